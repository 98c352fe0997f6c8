"""Expiring: what a wallet consists of, and which of it expires when; read anew from its entries each time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from accolade.model.ledger import Entry
from accolade.model.times import zone_of
from accolade.programs.expiring import rules, zones
from accolade.programs.rulebook import Rulebook
from accolade.store.expiring import ExpiryStore
from accolade.wallet.expiry import Lot, Lots, Rules, lots

MOST_MERGES = 8
"""Wallets that are read one behind the other, where people were merged again and again."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """Reads wallets of any tenant. `rulebook` gives a tenant's compiled programs."""

    store: ExpiryStore
    rulebook: Callable[[str], Rulebook]

    def lots(self, tenant: str, number: str) -> Lots:
        """What a participant's wallet consists of now."""
        return self.of(tenant, number, self.store.entries(tenant, number), rules(self.rulebook(tenant)))

    def of(self, tenant: str, number: str, entries: Sequence[Entry], known: Rules, depth: int = 0) -> Lots:
        """The same of entries that are at hand."""
        return lots(entries, number, known, partial(self._brought, tenant, known, depth))

    def expiring(self, tenant: str, number: str, now: datetime) -> list[tuple[date, int]]:
        """(last day, points) of what expires, soonest first; empty, without reading anything, if no program lets points do so."""
        there = zones(self.rulebook(tenant))
        if not there:
            return []
        today = min(now.astimezone(zone_of(zone)).date() for zone in there)
        return [(day, points) for day, points in self.lots(tenant, number).days().items() if day >= today]

    def _brought(self, tenant: str, known: Rules, depth: int, scope: str) -> Sequence[Lot]:
        """The lots that a merged wallet gave away, by the entry with which it did."""
        number, _, seq = scope.partition(".")
        if not seq.isdecimal() or depth >= MOST_MERGES:
            return ()
        gone = self.of(tenant, number, self.store.entries(tenant, number), known, depth + 1)
        return gone.left.get(int(seq), ())
