"""Offers: what of the catalog a person sees, and what of it they can afford."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from accolade.model.catalog import Item, Option
from accolade.model.errors import Missing, Refused
from accolade.model.participants import Participant
from accolade.model.phrases import later as t

Left = Mapping[str, Collection[int]]
"""Item -> the face values of which there is a code to take."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An item as shown to one person; `affordable`: the options that their points buy now; `sold_out`: face values of which
    none is left."""

    item: Item
    affordable: tuple[Option, ...]
    sold_out: frozenset[int] = frozenset()

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return all(it.value in self.sold_out for it in self.item.options)


def offers(
    items: Iterable[Item],
    person: Participant,
    available: int,
    *,
    left: Left | None = None,
    category: str = "",
    currency: str = "",
    affordable: bool = False,
) -> list[Offer]:
    """What a person with so many points sees, by category and id: active items of their country, and of what is asked for.

    `left`: item -> the face values that can be had of items that are counted; None: nobody has looked.
    """
    found = []
    for item in items:
        sold = sold_out(item, left)
        offer = Offer(item, tuple(it for it in item.options if it.points <= available and it.value not in sold), sold)
        asked = item.category == category or not category, item.currency == currency or not currency
        if is_for(item, person) and all(asked) and (offer.affordable or not affordable):
            found.append(offer)
    return sorted(found, key=lambda it: (it.item.category, it.item.id))


def sold_out(item: Item, left: Left | None) -> frozenset[int]:
    """The item's face values of which none is left; none of an item that is not counted."""
    if left is None or not item.counted:
        return frozenset()
    return frozenset(it.value for it in item.options) - frozenset(left.get(item.id, ()))


def is_for(item: Item, person: Participant) -> bool:
    """Whether the person may have the item: it is active, has options, and can be used in their country.

    Somebody whose country is not known sees only what can be used everywhere.
    """
    return item.active and bool(item.options) and (not item.countries or (person.country or "").upper() in item.countries)


def price(item: Item | None, person: Participant, value: int) -> Option:
    """The option of that face value. Missing if there is no such item for this person; Refused if it has no such option."""
    if item is None or not is_for(item, person):
        raise Missing(t("this is not in your shop"), mend=t("Choose something that the shop shows"))
    option = item.option(value)
    if option is None:
        raise Refused(
            t("there is no such value of this item"), where=item.id, mend=t("Choose one of the values that the shop shows")
        )
    return option
