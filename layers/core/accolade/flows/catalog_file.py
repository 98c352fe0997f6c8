"""Items of the catalog as people write them: one at a time from a form, or many in a YAML file; problems say where and how."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accolade import providers
from accolade.model.catalog import ITEM_ID, MAX_OPTIONS, TEXT_LIMIT, TITLE_LIMIT, Item, Option
from accolade.model.errors import Rejected
from accolade.model.money import to_minor

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
        raise Rejected("the file has no items", where="items", mend="Write items: and below it one entry for each item")
    if len(rows) > MAX_ITEMS:
        raise Rejected(f"the file has more than {MAX_ITEMS:,} items", where="items", mend="Split it")
    found: dict[str, Item] = {}
    problems: list[Rejected] = []
    for place, row in enumerate(rows):
        try:
            item = item_of(row, tenant=tenant, where=f"items[{place}]")
            if item.id in found:
                raise Rejected(f"{item.id!r} is there twice", where=f"items[{place}].id", mend="Give each item one entry")
            found[item.id] = item
        except Rejected as error:
            problems.append(error)
    return list(found.values()), problems


def item_of(values: Any, *, tenant: str, where: str = "item") -> Item:
    """An item of plain values (see FIELDS): texts alone are English, `options` are `{value, points}` with the value in whole
    currency units. Rejected with the field that is wrong."""
    if not isinstance(values, dict):
        raise Rejected("this is no item", where=where, mend=f"An item has {', '.join(FIELDS)}")
    unknown = sorted(map(str, set(values) - set(FIELDS)))
    if unknown:
        raise Rejected(f"{unknown[0][:40]!r} is not known", where=where, mend=f"An item has {', '.join(FIELDS)}")
    currency = _text(values, "currency", where, most=3, needed=True).upper()
    if len(currency) != 3 or not currency.isalpha() or not currency.isascii():
        raise Rejected(f"{currency!r} is no currency", where=f"{where}.currency", mend="Write it as EUR")
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
        mend = "Use up to 60 lower-case letters, digits and hyphens"
        raise Rejected(f"{found!r} is no item id", where=f"{where}.id", mend=mend)
    return found


def _provider(values: Mapping[str, Any], where: str) -> str:
    found = _text(values, "provider", where, most=40, needed=True)
    if found not in providers.names():
        mend = f"Use one of {', '.join(providers.names())}"
        raise Rejected(f"{found!r} is not a provider we know", where=f"{where}.provider", mend=mend)
    return found


def _text(values: Mapping[str, Any], name: str, where: str, *, most: int, needed: bool = False) -> str:
    found = values.get(name)
    text = "" if found is None else str(found).strip()
    if isinstance(found, (dict, list)) or len(text) > most or "\0" in text:
        raise Rejected(f"{name} is no text of at most {most} characters", where=f"{where}.{name}", mend="Shorten it")
    if needed and not text:
        raise Rejected(f"{name} is missing", where=f"{where}.{name}", mend=f"Write {name}: ...")
    return text


def _texts(values: Mapping[str, Any], name: str, where: str, *, most: int, needed: bool = False) -> Mapping[str, str]:
    """A text by language."""
    found = values.get(name)
    by_language = found if isinstance(found, dict) else {"en": found} if found else {}
    unknown = sorted(map(str, set(by_language) - set(LANGUAGES)))
    if unknown:
        raise Rejected(f"{unknown[0][:20]!r} is no language we have", where=f"{where}.{name}", mend="Use en or nl")
    kept = {it: _text(by_language, it, f"{where}.{name}", most=most) for it in LANGUAGES}
    kept = {it: text for it, text in kept.items() if text}
    if needed and "en" not in kept:
        raise Rejected(f"{name} is missing", where=f"{where}.{name}", mend=f"Write {name}: {{en: ...}}")
    return kept


def _options(values: Mapping[str, Any], currency: str, where: str) -> tuple[Option, ...]:
    rows = values.get("options")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_OPTIONS:
        mend = "Write options: [{value: 10, points: 1000}]"
        raise Rejected(f"an item has 1 to {MAX_OPTIONS} options", where=f"{where}.options", mend=mend)
    found: dict[int, Option] = {}
    for place, row in enumerate(rows):
        option = _option(row, currency, f"{where}.options[{place}]")
        if option.value in found:
            raise Rejected("this value is there twice", where=f"{where}.options[{place}].value", mend="Give each value one price")
        found[option.value] = option
    return tuple(found[value] for value in sorted(found))


def _option(row: Any, currency: str, where: str) -> Option:
    if not isinstance(row, dict) or set(row) != {"value", "points"}:
        raise Rejected("an option has a value and points", where=where, mend="Write {value: 10, points: 1000}")
    try:
        value = to_minor(Decimal(str(row["value"])), currency)
    except (ValueError, ArithmeticError) as error:
        raise Rejected("this is no amount", where=f"{where}.value", mend="Write it as 10 or 12.50") from error
    points = row["points"]
    if value <= 0:
        raise Rejected("a value is above 0", where=f"{where}.value", mend="Write it as 10 or 12.50")
    if not isinstance(points, int) or isinstance(points, bool) or not 1 <= points <= MAX_POINTS:
        raise Rejected("points are a whole number above 0", where=f"{where}.points", mend="Write it as 1000")
    return Option(value, points)


def _countries(values: Mapping[str, Any], where: str) -> tuple[str, ...]:
    rows = values.get("countries") or []
    if not isinstance(rows, list) or len(rows) > 250:
        raise Rejected("countries are a list", where=f"{where}.countries", mend="Write countries: [NL, DE]; none: everywhere")
    found = []
    for row in rows:
        code = str(row).strip().upper() if row is not False else "NO"  # YAML reads a bare NO as false
        if len(code) != 2 or not code.isalpha() or not code.isascii():
            raise Rejected(f"{str(row)[:20]!r} is no country", where=f"{where}.countries", mend="Use two letters, like NL")
        found.append(code)
    return tuple(sorted(set(found)))


def _flag(values: Mapping[str, Any], where: str) -> bool:
    found = values.get("active", True)
    if not isinstance(found, bool):
        raise Rejected("active is true or false", where=f"{where}.active", mend="Write active: false to take it out of the shop")
    return found
