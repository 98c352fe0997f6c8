"""An item of the shop in words: its title, its values, what it costs, and how far it is."""

from typing import Any

from accolade.catalog.offers import Offer
from accolade.model.catalog import TEXT_LIMIT, TITLE_LIMIT, Item
from accolade.model.money import Money
from accolade.texts import Texts, chosen
from accolade.texts.phrases import points
from accolade.texts.plain import one_line, readable
from accolade.web.asking import Ask


def card(ask: Ask, offer: Offer, *, available: int | None = None) -> dict[str, Any]:
    """An item among others; with `available` points also how many more the cheapest value takes."""
    t, item, unit = ask.t, offer.item, ask.tenant.unit
    least = min(option.points for option in item.options if offer.gone or option.value not in offer.sold_out)
    price = points(t, least, unit)
    missing = max(0, least - available) if available is not None else 0
    return {
        "link": f"{ask.root}me/shop/{item.id}",
        "title": title(item, t),
        "range": values(item, t),
        "price": price if len(item.options) == 1 else t.t("from %(price)s", price=price),
        "short": t.t("Sold out") if offer.gone else t.t("%(points)s to go", points=points(t, missing, unit)) if missing else "",
    }


def title(item: Item, t: Texts) -> str:
    """The item's name in the reader's language."""
    return one_line(chosen(item.title, t.language) or item.id, limit=TITLE_LIMIT)


def kind_of(item: Item) -> str:
    """What kind of thing it is, as its author wrote it."""
    return one_line(item.category, limit=60)


def text(by_language: dict[str, str], t: Texts) -> list[str]:
    """Paragraphs of a description or of terms, in the reader's language."""
    lines = readable(chosen(by_language, t.language), limit=TEXT_LIMIT).splitlines()
    return [line for line in lines if line.strip()][:40]


def values(item: Item, t: Texts) -> str:
    """Its face values: one, or the smallest and the largest."""
    known = sorted(option.value for option in item.options)
    least = t.money(Money(known[0], item.currency))
    if len(known) == 1:
        return least
    return t.t("%(least)s to %(most)s", least=least, most=t.money(Money(known[-1], item.currency)))
