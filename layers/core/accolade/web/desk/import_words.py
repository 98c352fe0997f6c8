"""What an import of people would change, as a person says it: each field by its name, with what it says now."""

from typing import Any

from accolade.flows.people import PreviewLine
from accolade.model.participants import Participant
from accolade.texts import Texts
from accolade.web.channel_words import channel_name
from accolade.web.connecting import KINDS
from accolade.web.rendering import LANGUAGE_NAMES

_WITHOUT_VALUES = ("identities", "consents", "imported")


def changes(t: Texts, it: PreviewLine) -> list[str]:
    """What a line of a file would change, field by field: `Team: North (now West)`."""
    return [_change(t, name, it.person, it.now) for name in it.fields if it.now]


def field_name(t: Texts, name: str) -> str:
    """A field of a participant, or a column of a file, as people call it; what has no name of its own as it is written."""
    return {
        "id": t.t("Id"),
        "name": t.t("Name"),
        "email": t.t("E-mail address"),
        "phone": t.t("Phone"),
        "locale": t.t("Language"),
        "zone": t.t("Time zone"),
        "country": t.t("Country"),
        "manager": t.t("Manager"),
        "team": t.t("Team"),
        "role": t.t("Role"),
        "region": t.t("Region"),
        "kind": t.t("Kind"),
        "started_on": t.t("Started"),
        "salesforce_user_id": t.t("User in %(crm)s", crm=KINDS["salesforce"]),
        "hubspot_owner_id": t.t("User in %(crm)s", crm=KINDS["hubspot"]),
        "channels": t.t("Channels"),
        "consents": t.t("Consents"),
        "imported": t.t("Known from a CRM alone until now"),
    }.get(name, name)


def _change(t: Texts, name: str, wanted: Participant, now: Participant) -> str:
    if name == "identities":
        crms = sorted(
            crm for crm in {*wanted.identities, *now.identities} if wanted.identities.get(crm) != now.identities.get(crm)
        )
        return ", ".join(t.t("User in %(crm)s", crm=KINDS.get(crm, crm.capitalize())) for crm in crms)
    label = field_name(t, name)
    if name in _WITHOUT_VALUES:
        return label
    values = {"field": label, "value": _value(t, name, wanted), "now": _value(t, name, now)}
    return t.t("%(field)s: %(value)s (now %(now)s)", **values)


def _value(t: Texts, name: str, person: Participant) -> str:
    value: Any = getattr(person, name)
    if not value:
        return t.t("nothing")
    if name == "channels":
        return ", ".join(channel_name(t, channel) for channel in value)
    if name == "started_on":
        return t.date(value)
    if name == "country":
        return t.country(value)
    return str(LANGUAGE_NAMES.get(value, value) if name == "locale" else value)
