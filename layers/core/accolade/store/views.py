"""Reads for pages: one person's wallet, statement, standings and messages; nothing is decided on them."""

from collections.abc import Iterable
from datetime import datetime

from accolade.model.deliveries import Delivery
from accolade.model.ledger import Entry, Standing, Wallet
from accolade.model.participants import Channel, Participant
from accolade.model.records import Record, RecordKey
from accolade.model.redemptions import PROGRAM as REDEMPTION
from accolade.store import keys
from accolade.store.budgets import budget_key
from accolade.store.codec import entry_from_item, record_from_item, standing_from_item, wallet_from_item
from accolade.store.database import Database
from accolade.store.deliveries import Deliveries
from accolade.store.people_items import identity_key, suppression_key
from accolade.store.redemptions import redemption_key

RECENT = 100
"""Messages among which a page looks for those about its entries, and for announcements: one read of many."""

MOST_AHEAD = 100
"""Items that one read of many brings: what is not among them is read when it is asked for."""

_PAGE = 50


class Views:
    """Reads one person at a time. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db, self._deliveries = db, Deliveries(db)

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet; an empty one before the first entry."""
        item = self._db.get(self._db.state, (keys.person(tenant, number), "WALLET"))
        return wallet_from_item(tenant, number, item)

    def wallets(self, tenant: str, numbers: Iterable[str]) -> dict[str, Wallet]:
        """The wallets of several people by number; empty ones before the first entry."""
        places = {(keys.person(tenant, number), "WALLET"): number for number in numbers}
        found = self._db.get_many(self._db.state, places)
        return {number: wallet_from_item(tenant, number, found.get(place)) for place, number in places.items()}

    def entries(self, tenant: str, number: str, *, before: int | None = None, limit: int) -> list[Entry]:
        """At most `limit` entries, newest first; with `before` those of a smaller sequence number."""
        found = self._db.query(
            self._db.ledger,
            keys.ledger(tenant, number),
            index="seq",
            keys=("pk", "seq"),
            upto="" if before is None else before - 1,
            newest_first=True,
            limit=limit,
        )
        return [entry_from_item(item) for item in found]

    def entries_since(self, tenant: str, number: str, since: datetime, *, limit: int) -> list[Entry]:
        """The entries posted since then, newest first, at most `limit`; read a page at a time, so that few are read in vain."""
        found: list[Entry] = []
        while len(found) < limit:
            page = self.entries(tenant, number, before=found[-1].seq if found else None, limit=_PAGE)
            found += [entry for entry in page if entry.posted_at >= since]
            if len(page) < _PAGE or page[-1].posted_at < since:
                break
        return found[:limit]

    def award(self, tenant: str, number: str, key: str) -> list[Entry]:
        """The entries of one award of the person's, oldest first."""
        items = self._db.query(self._db.ledger, keys.ledger(tenant, number), sk_prefix=f"ENTRY#{key}#")
        return sorted((entry_from_item(item) for item in items), key=lambda entry: entry.seq)

    def standings(self, tenant: str, number: str, periods: Iterable[str]) -> dict[str, Standing]:
        """Period id -> standing, for the periods that have one."""
        wanted = {(keys.person(tenant, number), f"STANDING#{period}"): period for period in periods}
        found = self._db.get_many(self._db.state, wanted)
        return {wanted[key]: standing_from_item(tenant, number, wanted[key], item) for key, item in found.items()}

    def standings_of(self, tenant: str, numbers: Iterable[str], period: str) -> dict[str, Standing]:
        """Participant number -> standing of one period, for those who have one."""
        wanted = {(keys.person(tenant, number), f"STANDING#{period}"): number for number in numbers}
        found = self._db.get_many(self._db.state, wanted)
        return {wanted[key]: standing_from_item(tenant, wanted[key], period, item) for key, item in found.items()}

    def records(self, tenant: str, records: Iterable[str]) -> dict[str, Record]:
        """Record key text (`connection:deal:ID`) -> the record as it is now, for those that are known."""
        wanted = {}
        for text in records:
            connection, kind, id_ = text.split(":", 2)
            wanted[keys.record(tenant, connection, kind, id_), "RECORD"] = RecordKey(tenant, connection, kind, id_)
        found = self._db.get_many(self._db.state, wanted)
        return {str(wanted[key]): record_from_item(wanted[key], item) for key, item in found.items()}

    def deliveries(self, tenant: str, number: str, *, upto: datetime | None = None) -> list[Delivery]:
        """The newest messages, announcements among them, newest first: of all, or of those that were owed by `upto`."""
        return list(self._deliveries.of_person(tenant, number, RECENT, upto=upto))

    def ahead(self, person: Participant, entries: Iterable[Entry], *, periods: Iterable[str], programs: Iterable[str]) -> None:
        """Read at once what a page that shows and explains these entries asks for by key."""
        mine = keys.person(person.tenant, person.number)
        wanted = [(mine, "WALLET"), *((mine, f"STANDING#{period}") for period in periods)]
        wanted += [suppression_key(person.tenant, it, address) for it in Channel if (address := person.address(it))]
        wanted += [identity_key(person.tenant, crm, user) for crm, user in person.identities.items()]
        wanted += [budget_key(person.tenant, program) for program in programs]
        causes = [entry.cause for entry in entries]
        wanted += [(mine, f"STANDING#{it.scope}") for it in causes if not it.record and not it.program.startswith("~")]
        wanted += [redemption_key(person.tenant, person.number, it.scope) for it in causes if it.program == REDEMPTION]
        for text in dict.fromkeys(it.record for it in causes if it.record):
            connection, kind, id_ = text.split(":", 2)
            wanted += [(keys.route(connection), "CONNECTION"), (keys.record(person.tenant, connection, kind, id_), "RECORD")]
        self._db.ahead(self._db.state, list(dict.fromkeys(wanted))[:MOST_AHEAD])
