"""Stock: the company's own codes, taken one by one. The same redemption always gets the same code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accolade.model.catalog import ProviderAccount
from accolade.model.errors import Forged, Missing, Rejected
from accolade.model.money import Money
from accolade.model.phrases import later as t
from accolade.model.redemptions import Revealed
from accolade.model.times import iso
from accolade.providers import Codes, Event, Listed, Order, Orders, Placed, Product, Progress, Replay

ERRORS: Mapping[type[Exception], tuple[type[Exception], str]] = {
    Missing: (Rejected, t("it is sold out")),
}
"""What the store of codes raises -> what it means for the order, and in which words. Everything else is passed on as it is."""

_FREE = t("its code lies among those that are free, so that somebody else may get it too")


@dataclass(frozen=True, slots=True)
class Account:
    """One tenant's codes."""

    codes: Codes
    name: str = "stock"
    replay: Replay = "replay"

    def order(self, order: Order, *, now: datetime) -> Placed:
        """Take a code of the face value."""
        try:
            code = self.codes.take(order.item, value=order.value.minor, redemption=order.key, now=now)
        except Missing as error:
            kind, words = ERRORS[Missing]
            raise kind(words) from error
        return Placed(order.key, code, Progress.DONE, order.value)

    def find(self, order: Order) -> Placed | None:
        """The code that was taken."""
        found = self.codes.taken(order.item, order.key)
        return Placed(order.key, found[0], Progress.DONE, Money(found[1], order.value.currency)) if found else None

    def orders(self, since: datetime, until: datetime, *, place: str = "") -> Orders:
        """The codes that were taken then; each is an order that was delivered at once."""
        found, further = self.codes.all_taken(place=place)
        return Orders(
            tuple(
                Listed(
                    it.redemption,
                    it.redemption,
                    it.code,
                    Progress.DONE,
                    it.value,
                    placed_at=iso(it.at),
                    wrong=_FREE if it.free else "",
                )
                for it in found
                if since <= it.at <= until
            ),
            further,
        )

    def reveal(self, order: Order, reward: str) -> Revealed:
        """The code itself."""
        return self.codes.read(order.item, order.key)

    def balance(self) -> tuple[Money, ...]:
        """Codes are counted by item (`accolade stock count`), there is no balance."""
        return ()

    def products(self) -> list[Product]:
        """What there is to order is the catalog's."""
        return []

    def key_of(self, event: Event) -> str | None:
        """Nobody tells of events."""
        return None


class Stock:
    """The adapter."""

    name = "stock"
    replay: Replay = "replay"
    api_hosts: tuple[str, ...] = ()
    asks: Mapping[str, str] = {}
    default_base = ""

    def connect(self, account: ProviderAccount, *, secret: Callable[[str], str], codes: Codes) -> Account:
        """The tenant's own codes; nothing has to be set."""
        return Account(codes)

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str) -> None:
        """Nobody sends webhooks about our own codes."""
        raise Forged("nobody sends this")

    def read_event(self, body: bytes) -> Event:
        """Nobody sends webhooks about our own codes."""
        raise Rejected("nobody sends this")


ADAPTER = Stock()
