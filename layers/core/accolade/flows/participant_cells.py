"""What each column of a participants file may hold, and how it reads."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache, partial
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale

from accolade.crm.salesforce.ids import to18
from accolade.flows.csv_table import CellError, Faults, Row
from accolade.model.participants import Channel, Consent, Participant
from accolade.model.phrases import later as t
from accolade.model.times import parse_date

LOCALES = ("en", "nl")
"""The languages of messages and pages."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_NUMBER = re.compile(r"P\d{6,}")
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_SALESFORCE_USER = re.compile(r"005([A-Za-z0-9]{12}|[A-Za-z0-9]{15})")
_HUBSPOT_OWNER = re.compile(r"\d{1,18}")
_CHANNELS = {
    **dict.fromkeys(("email", "e-mail", "mail"), Channel.EMAIL),
    **dict.fromkeys(("sms", "text"), Channel.SMS),
    **dict.fromkeys(("whatsapp", "wa"), Channel.WHATSAPP),
}


def participant_of(row: Row, *, tenant: str, today: date, faults: Faults) -> Participant:
    """The participant of a row, without a number; what is wrong is added to `faults`, and left out of the participant."""
    cell = partial(_cell, row, faults)
    country = cell("country", _country, None)
    person = Participant(
        tenant=tenant,
        id=cell("id", _id, ""),
        number="",
        name=cell("name", _name, ""),
        email=cell("email", _email, None),
        phone=_national(row, faults) if "country" in faults else cell("phone", lambda text: _phone(text, country), None),
        locale=cell("locale", _locale, LOCALES[0]),
        zone=cell("zone", _zone, "UTC"),
        country=country,
        manager=row.get("manager") or None,
        team=row.get("team") or None,
        role=row.get("role") or None,
        region=row.get("region") or None,
        kind=row.get("kind") or None,
        started_on=cell("started_on", lambda text: _day("started_on", text) if text else None, None),
        identities=_identities(row, faults),
        consents=_consents(row.get("consents", ""), today, faults),
        channels=_channels(row, faults),
    )
    faults.found.extend(_unreachable(person, faults))
    return person


def _cell[T](row: Row, faults: Faults, column: str, read: Callable[[str], T], otherwise: T) -> T:
    """What a cell says, unless it could not be taken at all."""
    return otherwise if column in faults else faults.read(lambda: read(row.get(column, "")), otherwise)


def _national(row: Row, faults: Faults) -> str | None:
    """The number where the country cannot be read: what is wrong with a national one is not known yet."""
    return _cell(row, faults, "phone", lambda text: _phone(text, None) if text.startswith("+") else None, None)


def _unreachable(person: Participant, faults: Faults) -> Iterator[CellError]:
    """Channels whose address is missing, and not just wrong."""
    for channel in person.channels:
        column = "email" if channel is Channel.EMAIL else "phone"
        if person.address(channel) is None and column not in faults:
            yield CellError(
                "channels",
                t("%(channel)s is wanted, but %(column)s is empty", channel=channel.value, column=column),
                t("Fill in %(column)s, or leave %(channel)s out", column=column, channel=channel.value),
            )


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise CellError(
            "id",
            t("%(text)r is not an id", text=text),
            t("Use up to 64 letters, digits and . _ @ + - without spaces, for example asha"),
        )
    if _NUMBER.fullmatch(text):
        raise CellError(
            "id", t("%(text)s reads like one of our own numbers", text=text), t("Use another id, for example the login name")
        )
    return text


def _name(text: str) -> str:
    if not text:
        raise CellError("name", t("the name is empty"), t("Write the name as colleagues know it"))
    return text


def _email(text: str) -> str | None:
    if text and not _EMAIL.fullmatch(text):
        raise CellError("email", t("this is not an e-mail address"), t("Write it as name@example.com"))
    return text or None


def _phone(text: str, country: str | None) -> str | None:
    """The number in E.164 (ITU-T); national numbers are read as of the row's country."""
    if not text:
        return None
    mend = (
        t("Write it with the country code, for example +31612345678")
        if country
        else t("Write it with the country code, for example +31612345678, or fill in country")
    )
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise CellError("phone", t("this is not a phone number"), mend) from error
    if not phonenumbers.is_valid_number(number):
        raise CellError("phone", t("no such phone number can exist"), mend)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _locale(text: str) -> str:
    language = re.split(r"[-_]", text.lower())[0] or LOCALES[0]
    if language not in LOCALES:
        raise CellError(
            "locale", t("messages are not written in %(text)r", text=text), t("Use one of %(names)s", names=", ".join(LOCALES))
        )
    return language


def _zone(text: str) -> str:
    if text and text not in _zones():
        near = _near(text)
        raise CellError(
            "zone",
            t("%(text)r is not a time zone", text=text),
            t("Did you mean %(near)s?", near=near[0]) if near else t("Use for example Europe/Amsterdam"),
        )
    return text or "UTC"


@lru_cache(maxsize=1_000)
def _near(text: str) -> list[str]:
    """The zone that was meant, if one is near; remembered, for a wrong one often stands on every line."""
    return get_close_matches(text, _zones(), n=1, cutoff=0.6)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _country(text: str) -> str | None:
    code = text.upper()
    if code and (not re.fullmatch("[A-Z]{2}", code) or code not in _countries()):
        raise CellError(
            "country", t("%(text)r is not a country code", text=text), t("Use two letters (ISO 3166), for example NL or US")
        )
    return code or None


@cache
def _countries() -> frozenset[str]:
    return frozenset(Locale("en").territories) - {"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"}


def _day(column: str, text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise CellError(column, t("%(text)r is not a date", text=text), t("Write it as 2026-01-31")) from error


def _identities(row: Row, faults: Faults) -> dict[str, str]:
    found = {
        "salesforce": _cell(row, faults, "salesforce_user_id", _salesforce_user, ""),
        "hubspot": _cell(row, faults, "hubspot_owner_id", _hubspot_owner, ""),
    }
    return {crm: user for crm, user in found.items() if user}


def _salesforce_user(user: str) -> str:
    if user and not _SALESFORCE_USER.fullmatch(user):
        mend = t("Copy it from the user's page in Salesforce: 005 and 12 or 15 more characters")
        raise CellError("salesforce_user_id", t("%(user)r is not a Salesforce user id", user=user), mend)
    return to18(user) if user else ""


def _hubspot_owner(owner: str) -> str:
    if owner and not _HUBSPOT_OWNER.fullmatch(owner):
        mend = t("Use the owner id (digits), not the user id")
        raise CellError("hubspot_owner_id", t("%(owner)r is not a HubSpot owner id", owner=owner), mend)
    return owner


def _channels(row: Row, faults: Faults) -> tuple[Channel, ...]:
    """The channels in order; where the cell is empty, e-mail if there is an address."""
    names = [name for name in re.split(r"[;|,\s]+", row.get("channels", "").lower()) if name]
    read = [faults.read(partial(_channel, "channels", name), None) for name in dict.fromkeys(names)]
    found = tuple(dict.fromkeys(it for it in read if it))
    return found or ((Channel.EMAIL,) if row.get("email") and not names else ())


def _channel(column: str, name: str) -> Channel:
    if name not in _CHANNELS:
        near = get_close_matches(name, _CHANNELS, n=1)
        raise CellError(
            column,
            t("%(name)r is not a channel", name=name),
            t("Did you mean %(near)s?", near=near[0]) if near else t("Use email, sms, whatsapp"),
        )
    return _CHANNELS[name]


def _consents(text: str, today: date, faults: Faults) -> tuple[Consent, ...]:
    """Consents such as `sms:2026-01-05`, `sms=2026-01-05 signed form` or `sms` (given today), several by ; | or ,"""
    words = [word for part in re.split(r"[;|,]", text) for word in _phrases(part)]
    found = [faults.read(partial(_consent, word, today), None) for word in words]
    return tuple({it.channel: it for it in found if it}.values())


def _consent(word: str, today: date) -> Consent:
    name, _, rest = re.sub(r"[:=]", " ", word, count=1).strip().partition(" ")
    day, _, source = rest.strip().partition(" ")
    given = _day("consents", day) if re.match(r"\d", day) else today
    if given > today:
        raise CellError("consents", t("%(day)s lies in the future", day=day), t("State the day on which it was given"))
    channel = _channel("consents", name.lower())
    return Consent(channel, given, source=(source if re.match(r"\d", day) else rest.strip())[:200])


def _phrases(part: str) -> list[str]:
    """One phrase a consent: a channel with a date starts a new one, a bare channel too unless a source is being told."""
    phrases: list[str] = []
    for word in part.split():
        name, separator, _ = re.sub("=", ":", word, count=1).partition(":")
        starts = name.lower() in _CHANNELS and (separator or not phrases or " " not in phrases[-1])
        if starts or not phrases:
            phrases.append(word)
        else:
            phrases[-1] += f" {word}"
    return phrases
