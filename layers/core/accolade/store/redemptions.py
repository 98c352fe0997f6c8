"""Redemptions: written together with the wallet and the entry that they move, or not at all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from accolade.model.deliveries import Delivery
from accolade.model.errors import Missing
from accolade.model.kept_phrases import parts, phrases
from accolade.model.ledger import Entry, Wallet
from accolade.model.phrases import later as t
from accolade.model.redemptions import OPEN, Redemption, RedemptionState, participant_of
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.codec import entry_to_item, wallet_from_item, wallet_to_item
from accolade.store.database import Database, Item, put_if
from accolade.store.delivery_items import to_item as delivery_to_item

_TIMES = ("created_at", "updated_at", "due_at", "rate_at", "doubted_at")
_ROWS = ("history", "reveals")
_TEXTS = ("why", "parked", "refusal")
_PREFIX = "REDEMPTION#"
_NOBODY_LOOKS = "~"
"""Sorts after every instant: what is not due by itself."""


class Redemptions:
    """Reads and writes redemptions. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, tenant: str, id_: str) -> Redemption | None:
        """The redemption as it stands, read consistently; None if there is none (or the text is no id)."""
        number = participant_of(id_)
        item = self._db.get(self._db.state, redemption_key(tenant, number, id_)) if number else None
        return _from_item(item) if item else None

    def get(self, tenant: str, id_: str) -> Redemption:
        """The redemption as it stands; Missing if there is none."""
        found = self.find(tenant, id_)
        if found is None:
            raise Missing(t("there is no such redemption"), where=id_[:60], mend="accolade redemption list shows those there are")
        return found

    def many(self, tenant: str, ids: Sequence[str]) -> dict[str, Redemption]:
        """Redemptions by id, for those that are known; read consistently, 100 a call."""
        wanted = [redemption_key(tenant, number, id_) for id_ in ids if (number := participant_of(id_))]
        return {it.id: it for it in map(_from_item, self._db.get_many(self._db.state, wanted).values())}

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet as it stands, read consistently."""
        return wallet_from_item(tenant, number, self._db.get(self._db.state, (keys.person(tenant, number), "WALLET")))

    def of_person(self, tenant: str, number: str) -> list[Redemption]:
        """All redemptions of a person, read consistently, the newest first."""
        items = self._db.query(self._db.state, keys.person(tenant, number), sk_prefix=_PREFIX)
        return sorted(map(_from_item, items), key=lambda it: (it.created_at, it.id), reverse=True)

    def in_state(self, tenant: str, state: RedemptionState, *, limit: int, after: str = "") -> list[Redemption]:
        """At most `limit` redemptions in a state: open ones by when to look at them, ended and awaiting ones by when they last
        moved, oldest first. `after`: the place (`place_of`) of the last one of the page before."""
        return self._listed(tenant, state, limit, after=after)

    def waiting(self, tenant: str, state: RedemptionState, *, limit: int) -> int:
        """How many redemptions are in a state, at most `limit`; a moment behind, for display."""
        return self._db.count(keys.redemptions(tenant, state.value), index="tenant", key="tenant_pk", limit=limit)

    def newest(self, tenant: str, state: RedemptionState, *, limit: int) -> list[Redemption]:
        """At most `limit` redemptions in a state, in the reverse order."""
        return self._listed(tenant, state, limit, newest_first=True)

    def ended(
        self, tenant: str, state: RedemptionState, *, since: datetime, until: datetime, after: str = "", limit: int
    ) -> tuple[list[Redemption], str]:
        """At most `limit` redemptions that came to a last state in a period, in the order of their ends, and where the next
        page begins (empty: there is none). `after`: where it began."""
        pk = keys.redemptions(tenant, state.value)
        between = (f"{after}\0" if after else f"{iso(since)}#", f"{iso(until)}#~")
        index: dict[str, Any] = {"index": "tenant", "keys": ("tenant_pk", "tenant_sk")}
        rows = list(self._db.query(self._db.state, pk, between=between, limit=limit, **index))
        known = self.many(tenant, [row["tenant_sk"].rpartition("#")[2] for row in rows])
        return list(known.values()), rows[-1]["tenant_sk"] if len(rows) == limit else ""

    def due(self, tenant: str, now: datetime, *, limit: int) -> Iterator[Redemption]:
        """At most `limit` redemptions in each open state whose instant has come."""
        for state in (*OPEN, RedemptionState.FAILED):
            yield from self._listed(tenant, state, limit, upto=f"{iso(now)}#~")

    def _listed(self, tenant: str, state: RedemptionState, limit: int, **where: Any) -> list[Redemption]:
        """What the index names (a moment behind), as it stands and if it still is in that state."""
        pk = keys.redemptions(tenant, state.value)
        found = self._db.query(self._db.state, pk, index="tenant", keys=("tenant_pk", "tenant_sk"), limit=limit, **where)
        ids = [item["tenant_sk"].rpartition("#")[2] for item in found]
        known = self.many(tenant, ids)
        return [known[id_] for id_ in ids if id_ in known and known[id_].state is state]

    def put(self, redemption: Redemption) -> Redemption:
        """Write a redemption whose points do not move, on the revision that was read; the redemption with its new one."""
        written = replace(redemption, revision=redemption.revision + 1)
        self._db.call("put_item", **self._write(written)["Put"])
        return written

    def commit(
        self,
        redemption: Redemption,
        *,
        before: Wallet,
        after: Wallet,
        entry: Entry,
        deliveries: Sequence[Delivery] = (),
        beside: Sequence[Item] = (),
    ) -> Redemption:
        """Write a redemption with the wallet that it moves, the entry, what is to be told, and `beside`, all or nothing.

        Valid only on the revisions of redemption and wallet that were read. The redemption with its new revision.
        """
        written = replace(redemption, revision=redemption.revision + 1)
        wallet = wallet_to_item(replace(after, revision=before.revision + 1))
        self._db.transact(
            [
                self._write(written),
                _if_revision(self._db.state, wallet, before.revision),
                put_if(self._db.ledger, entry_to_item(entry), "attribute_not_exists(#pk)", names={"#pk": "pk"}),
                *(put_if(self._db.deliveries, delivery_to_item(it)) for it in deliveries),
                *beside,
            ]
        )
        return written

    def transact(self, operations: Sequence[Item]) -> None:
        """Operations of `write` and others, all or nothing; Conflict if one of them came too late."""
        self._db.transact(operations)

    def write(self, redemption: Redemption) -> tuple[Redemption, Item]:
        """The same as an operation for somebody else's transaction, with the redemption as it is then."""
        written = replace(redemption, revision=redemption.revision + 1)
        return written, self._write(written)

    def _write(self, written: Redemption) -> Item:
        return _if_revision(self._db.state, _to_item(written), written.revision - 1)


def place_of(redemption: Redemption) -> str:
    """Where a redemption stands in the list of its state."""
    return str(_to_item(redemption)["tenant_sk"])


def redemption_key(tenant: str, number: str, id_: str) -> tuple[str, str]:
    """Where a participant's redemption lies."""
    return keys.person(tenant, number), f"{_PREFIX}{id_}"


def _if_revision(table: str, item: Item, revision: int) -> Item:
    if revision == 0:
        return put_if(table, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
    return put_if(table, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": revision})


def _to_item(it: Redemption) -> Item:
    pk, sk = redemption_key(it.tenant, it.participant, it.id)
    body: dict[str, Any] = {field.name: getattr(it, field.name) for field in fields(Redemption) if field.name != "revision"}
    body |= {name: iso(body[name]) if body[name] else None for name in _TIMES}
    body |= {"state": it.state.value, "title": dict(it.title)}
    said = parts([*(body[name] for name in _TEXTS), *(note for _, _, note in reversed(it.history))])
    body |= {"said": said or None}
    kept = {name: value for name, value in body.items() if value not in (None, "", (), 0, False) or name == "taxed"}
    look = it.due_at if it.state in (*OPEN, RedemptionState.FAILED) else it.updated_at
    return {
        "pk": pk,
        "sk": sk,
        "rev": it.revision,
        "tenant_pk": keys.redemptions(it.tenant, it.state.value),
        "tenant_sk": f"{iso(look) if look else _NOBODY_LOOKS + iso(it.updated_at)}#{it.id}",
        "body": json.dumps(kept, separators=(",", ":"), sort_keys=True, ensure_ascii=False),
    }


def _from_item(item: Item) -> Redemption:
    body = json.loads(item["body"])
    known = phrases(body.pop("said", ()))
    body |= {name: parse_instant(body[name]) for name in _TIMES if body.get(name)}
    body |= {name: known.get(body[name], body[name]) for name in _TEXTS if name in body}
    body |= {name: tuple(map(tuple, body.get(name, ()))) for name in _ROWS}
    body |= {"history": tuple((state, at, known.get(note, note)) for state, at, note in body["history"])}
    return Redemption(**body | {"state": RedemptionState(body["state"]), "revision": item["rev"]})
