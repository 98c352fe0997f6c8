"""Items of the catalog as people write them: one at a time from a form, or many in a YAML file; problems say where and how."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accolade import providers
from accolade.model.catalog import ITEM_ID, MAX_OPTIONS, TEXT_LIMIT, TITLE_LIMIT, Item, Option
from accolade.model.errors import Rejected
from accolade.model.money import to_minor
from accolade.model.phrases import later as t

FIELDS = (
    *("id", "provider", "product", "title", "description", "terms", "category", "countries", "currency", "options", "active"),
)
LANGUAGES = ("en", "nl")
MAX_ITEMS = 1_000
MAX_POINTS = 10**9


def read_items(document: Any, *, tenant: str) -> tuple[list[Item], list[Rejected]]:
    """The items of a file `{items: [...]}` (or the list alone), and what is wrong with the others, each by its place.

    Rejected if the file as a whole is not one.
    """
    rows = document.get("items") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not rows:
        raise Rejected(t("the file has no items"), where="items", mend=t("Write items: and below it one entry for each item"))
    if len(rows) > MAX_ITEMS:
        raise Rejected(t("the file has more than %(most)s items", most=MAX_ITEMS), where="items", mend=t("Split it"))
    found: dict[str, Item] = {}
    problems: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            item = item_of(row, tenant=tenant, where=f"items[{place}]")
            if item.id in found:
                raise Rejected(
                    t("%(id)r is there twice", id=item.id), where=f"items[{place}].id", mend=t("Give each item one entry")
                )
            found[item.id] = item
        except Rejected as error:
            problems.append(error)
    return list(found.values()), problems


def item_of(values: Any, *, tenant: str, where: str = "item") -> Item:
    """An item of plain values (see FIELDS): texts alone are English, `options` are `{value, points}` with the value in whole
    currency units. Rejected with the field that is wrong."""
    if not isinstance(values, dict):
        raise Rejected(t("this is no item"), where=where, mend=t("An item has %(fields)s", fields=", ".join(FIELDS)))
    unknown = sorted(map(str, set(values) - set(FIELDS)))
    if unknown:
        raise Rejected(
            t("%(name)r is not known", name=unknown[0][:40]),
            where=where,
            mend=t("An item has %(fields)s", fields=", ".join(FIELDS)),
        )
    currency = _text(values, "currency", where, most=3, needed=True).upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise Rejected(t("%(currency)r is no currency", currency=currency), where=f"{where}.currency", mend=t("Write it as EUR"))
    return Item(
        tenant=tenant,
        id=_id(values, where),
        provider=_provider(values, where),
        title=_texts(values, "title", where, most=TITLE_LIMIT, needed=True),
        description=_texts(values, "description", where, most=TEXT_LIMIT),
        terms=_texts(values, "terms", where, most=TEXT_LIMIT),
        currency=currency,
        options=_options(values, currency, where),
        category=_text(values, "category", where, most=60),
        countries=_countries(values, where),
        product=_text(values, "product", where, most=100),
        active=_flag(values, where),
    )


def _id(values: Mapping[str, Any], where: str) -> str:
    found = _text(values, "id", where, most=60, needed=True)
    if not ITEM_ID.fullmatch(found):
        mend = t("Use up to 60 lower-case letters, digits and hyphens")
        raise Rejected(t("%(id)r is no item id", id=found), where=f"{where}.id", mend=mend)
    return found


def _provider(values: Mapping[str, Any], where: str) -> str:
    found = _text(values, "provider", where, most=40, needed=True)
    if found not in providers.names():
        mend = t("Use one of %(names)s", names=", ".join(providers.names()))
        raise Rejected(t("%(name)r is not a provider we know", name=found), where=f"{where}.provider", mend=mend)
    return found


def _text(values: Mapping[str, Any], name: str, where: str, *, most: int, needed: bool = False) -> str:
    found = values.get(name)
    text = "" if found is None else str(found).strip()
    if isinstance(found, (dict, list)) or len(text) > most or "\0" in text:
        raise Rejected(
            t("%(name)s is no text of at most %(most)s characters", name=name, most=most),
            where=f"{where}.{name}",
            mend=t("Shorten it"),
        )
    if needed and not text:
        raise Rejected(t("%(name)s is missing", name=name), where=f"{where}.{name}", mend=t("Write %(name)s: ...", name=name))
    return text


def _texts(values: Mapping[str, Any], name: str, where: str, *, most: int, needed: bool = False) -> Mapping[str, str]:
    """A text by language."""
    found = values.get(name)
    by_language = found if isinstance(found, dict) else {"en": found} if found else {}
    unknown = sorted(map(str, set(by_language) - set(LANGUAGES)))
    if unknown:
        raise Rejected(
            t("%(code)r is no language we have", code=unknown[0][:20]), where=f"{where}.{name}", mend=t("Use en or nl")
        )
    kept = {it: _text(by_language, it, f"{where}.{name}", most=most) for it in LANGUAGES}
    kept = {it: text for it, text in kept.items() if text}
    if needed and "en" not in kept:
        raise Rejected(
            t("%(name)s is missing", name=name), where=f"{where}.{name}", mend=t("Write %(name)s: {en: ...}", name=name)
        )
    return kept


def _options(values: Mapping[str, Any], currency: str, where: str) -> tuple[Option, ...]:
    rows = values.get("options")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_OPTIONS:
        mend = t("Write options: [{value: 10, points: 1000}]")
        raise Rejected(t("an item has 1 to %(most)s options", most=MAX_OPTIONS), where=f"{where}.options", mend=mend)
    found: dict[int, Option] = {}
    for place, row in enumerate(rows):
        option = _option(row, currency, f"{where}.options[{place}]")
        if option.value in found:
            raise Rejected(
                t("this value is there twice"), where=f"{where}.options[{place}].value", mend=t("Give each value one price")
            )
        found[option.value] = option
    return tuple(found[value] for value in sorted(found))


def _option(row: Any, currency: str, where: str) -> Option:
    if not isinstance(row, dict) or set(row) != {"value", "points"}:
        raise Rejected(t("an option has a value and points"), where=where, mend=t("Write {value: 10, points: 1000}"))
    try:
        value = to_minor(Decimal(str(row["value"])), currency)
    except (ValueError, ArithmeticError) as error:
        raise Rejected(t("this is no amount"), where=f"{where}.value", mend=t("Write it as 10 or 12.50")) from error
    points = row["points"]
    if value <= 0:
        raise Rejected(t("a value is above 0"), where=f"{where}.value", mend=t("Write it as 10 or 12.50"))
    if not isinstance(points, int) or isinstance(points, bool) or not 1 <= points <= MAX_POINTS:
        raise Rejected(t("points are a whole number above 0"), where=f"{where}.points", mend=t("Write it as 1000"))
    return Option(value, points)


def _countries(values: Mapping[str, Any], where: str) -> tuple[str, ...]:
    rows = values.get("countries") or []
    if not isinstance(rows, list) or len(rows) > 250:
        raise Rejected(
            t("countries are a list"), where=f"{where}.countries", mend=t("Write countries: [NL, DE]; none: everywhere")
        )
    found = []
    for row in rows:
        code = str(row).strip().upper() if row is not False else "NO"  # YAML reads a bare NO as false
        if len(code) != 2 or not code.isalpha() or not code.isascii():
            raise Rejected(
                t("%(code)r is no country", code=str(row)[:20]), where=f"{where}.countries", mend=t("Use two letters, like NL")
            )
        found.append(code)
    return tuple(sorted(set(found)))


def _flag(values: Mapping[str, Any], where: str) -> bool:
    found = values.get("active", True)
    if not isinstance(found, bool):
        raise Rejected(
            t("active is true or false"), where=f"{where}.active", mend=t("Write active: false to take it out of the shop")
        )
    return found
