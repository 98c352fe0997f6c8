"""Disputes: written alone, or together with the wallet and the entry that settle them, or not at all."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from accolade.model.deliveries import Delivery
from accolade.model.disputes import Dispute, DisputeState, participant_of
from accolade.model.errors import Missing
from accolade.model.ledger import Entry, Wallet
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.codec import entry_to_item, wallet_from_item, wallet_to_item
from accolade.store.database import Database, Item, put_if
from accolade.store.delivery_items import to_item as delivery_to_item

_PREFIX = "DISPUTE#"
_TIMES = ("opened_at", "updated_at")


class Disputes:
    """Reads and writes disputes. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, tenant: str, id_: str) -> Dispute | None:
        """The dispute as it stands, read consistently; None if there is none (or the text is no id)."""
        number = participant_of(id_)
        item = self._db.get(self._db.state, _key(tenant, number, id_)) if number else None
        return _from_item(item) if item else None

    def get(self, tenant: str, id_: str) -> Dispute:
        """The dispute as it stands; Missing if there is none."""
        found = self.find(tenant, id_)
        if found is None:
            raise Missing(t("there is no such case"), where=id_[:60])
        return found

    def of_person(self, tenant: str, number: str) -> list[Dispute]:
        """All disputes of a person, read consistently, the newest first."""
        items = self._db.query(self._db.state, keys.person(tenant, number), sk_prefix=_PREFIX)
        return sorted(map(_from_item, items), key=lambda it: (it.opened_at, it.id), reverse=True)

    def in_state(self, tenant: str, state: DisputeState, *, limit: int, after: str = "") -> list[Dispute]:
        """At most `limit` disputes in a state, those that moved longest ago first. `after`: the place (`place_of`) of the last
        one of the page before. By an index, a moment behind; each as it stands."""
        return self._listed(tenant, state, limit, after=after)

    def waiting(self, tenant: str, state: DisputeState, *, limit: int) -> int:
        """How many disputes are in a state, at most `limit`; a moment behind, for display."""
        return self._db.count(keys.disputes(tenant, state.value), index="tenant", key="tenant_pk", limit=limit)

    def newest(self, tenant: str, state: DisputeState, *, limit: int) -> list[Dispute]:
        """At most `limit` disputes in a state, those that moved last first."""
        return self._listed(tenant, state, limit, newest_first=True)

    def _listed(self, tenant: str, state: DisputeState, limit: int, **where: Any) -> list[Dispute]:
        pk = keys.disputes(tenant, state.value)
        rows = self._db.query(self._db.state, pk, index="tenant", keys=("tenant_pk", "tenant_sk"), limit=limit, **where)
        ids = [row["tenant_sk"].rpartition("#")[2] for row in rows]
        wanted = [_key(tenant, number, id_) for id_ in ids if (number := participant_of(id_))]
        known = {it.id: it for it in map(_from_item, self._db.get_many(self._db.state, wanted).values())}
        return [known[id_] for id_ in ids if id_ in known and known[id_].state is state]

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet as it stands, read consistently."""
        return wallet_from_item(tenant, number, self._db.get(self._db.state, (keys.person(tenant, number), "WALLET")))

    def put(self, dispute: Dispute, *, deliveries: Sequence[Delivery] = (), beside: Sequence[Item] = ()) -> Dispute:
        """Write a dispute on the revision that was read, with what is to be told and `beside`; it with its new revision."""
        written = replace(dispute, revision=dispute.revision + 1)
        told = [put_if(self._db.deliveries, delivery_to_item(it)) for it in deliveries]
        self._db.transact([self._write(written), *told, *beside])
        return written

    def commit(
        self,
        dispute: Dispute,
        *,
        before: Wallet,
        after: Wallet,
        entry: Entry,
        deliveries: Sequence[Delivery] = (),
        beside: Sequence[Item] = (),
    ) -> Dispute:
        """Write a dispute with the wallet that it moves and the entry, what is to be told, and `beside`, all or nothing.

        Valid only on the revisions of dispute and wallet that were read.
        """
        wallet = wallet_to_item(replace(after, revision=before.revision + 1))
        moved = [
            _if_revision(self._db.state, wallet, before.revision),
            put_if(self._db.ledger, entry_to_item(entry), "attribute_not_exists(#pk)", names={"#pk": "pk"}),
        ]
        return self.put(dispute, deliveries=deliveries, beside=[*moved, *beside])

    def _write(self, written: Dispute) -> Item:
        return _if_revision(self._db.state, _to_item(written), written.revision - 1)


def place_of(dispute: Dispute) -> str:
    """Where a dispute stands in the list of its state."""
    return f"{iso(dispute.updated_at)}#{dispute.id}"


def _key(tenant: str, number: str, id_: str) -> tuple[str, str]:
    return keys.person(tenant, number), f"{_PREFIX}{id_}"


def _if_revision(table: str, item: Item, revision: int) -> Item:
    if revision == 0:
        return put_if(table, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
    return put_if(table, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": revision})


def _to_item(it: Dispute) -> Item:
    pk, sk = _key(it.tenant, it.participant, it.id)
    body: dict[str, Any] = {name.name: getattr(it, name.name) for name in fields(Dispute) if name.name != "revision"}
    body |= {name: iso(body[name]) for name in _TIMES} | {"state": it.state.value}
    kept = {name: value for name, value in body.items() if value not in ("", (), 0)}
    return {
        "pk": pk,
        "sk": sk,
        "rev": it.revision,
        "tenant_pk": keys.disputes(it.tenant, it.state.value),
        "tenant_sk": place_of(it),
        "body": json.dumps(kept, separators=(",", ":"), sort_keys=True, ensure_ascii=False),
    }


def _from_item(item: Item) -> Dispute:
    body = json.loads(item["body"])
    body |= {name: parse_instant(body[name]) for name in _TIMES}
    body |= {"state": DisputeState(body["state"]), "history": tuple(map(tuple, body.get("history", ())))}
    return Dispute(**body | {"revision": item["rev"]})
