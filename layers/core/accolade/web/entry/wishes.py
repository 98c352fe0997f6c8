"""What somebody wishes before they have signed in: an item at the price that they saw. Typing the code is their word for it."""

import json
import re
from dataclasses import asdict, dataclass

from accolade.model.catalog import ITEM_ID
from accolade.model.errors import Conflict, Missing, Refused, Rejected
from accolade.model.money import Money
from accolade.model.participants import Participant
from accolade.texts import chosen
from accolade.web.asking import Ask
from accolade.web.forms import FormState

_OPTION = re.compile(r"([0-9]{1,12}):([0-9]{1,12})")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Wish:
    """An item's face value (minor units) for so many points; `key` is the idempotency key of the form it came from."""

    item: str
    value: int
    points: int
    key: str

    def as_text(self) -> str:
        """As it is kept with the challenge."""
        return json.dumps(asdict(self), separators=(",", ":"))


def wish_of(form: FormState) -> Wish | None:
    """The wish that a form carries; None if it carries none, or what is none."""
    option = _OPTION.fullmatch(form.value("option"))
    if option is None or not ITEM_ID.fullmatch(form.value("item")) or not _KEY.fullmatch(form.value("key")):
        return None
    return Wish(form.value("item"), int(option[1]), int(option[2]), form.value("key"))


def read(text: str) -> Wish | None:
    """A wish as it was kept; None for none."""
    return Wish(**json.loads(text)) if text else None


def fulfil(ask: Ask, person: Participant, wish: Wish) -> str:
    """Take it, once however often it is asked; where its owner goes next: to the reward, or back to the item if it cannot be."""
    try:
        done = ask.house.redeeming.redeemer.redeem(
            person.tenant, person.number, wish.item, wish.value, wish.key, now=ask.now, actor=person.number, points=wish.points
        )
    except (Refused, Conflict, Missing, Rejected):
        return f"me/shop/{wish.item}"
    return f"me/rewards/{done.id}?done=ordered"


def said(ask: Ask, wish: Wish) -> str:
    """What typing the code does, in words; empty if there is no such item any more."""
    found = ask.house.redeeming.catalog.find(ask.tenant.id, wish.item)
    if found is None:
        return ""
    return ask.t.t(
        "Typing the code takes %(item)s, %(value)s, for %(points)s %(unit)s.",
        item=chosen(found.title, ask.t.language),
        value=ask.t.money(Money(wish.value, found.currency)),
        points=ask.t.number(wish.points),
        unit=ask.tenant.unit,
    )
