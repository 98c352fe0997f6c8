"""Deliveries: the messages owed, one item each, moved from state to state under a condition (`model.deliveries.TRANSITIONS`)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from accolade.model.deliveries import TRANSITIONS, Delivery, DeliveryState
from accolade.model.errors import Conflict, Missing, Retry
from accolade.model.participants import Channel
from accolade.model.phrases import later as t
from accolade.model.phrases import shortened
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, from_wire, in_batches
from accolade.store.delivery_items import day_pk, delivery_key, due_pk, due_sk, from_item, id_of, parked_pk, to_item

LEASE = timedelta(seconds=120)
"""How long a claim holds: longer than a sender may run, so a late worker cannot meet its successor."""

RECHECK = timedelta(minutes=15)
"""How long an unknown outcome waits for a receipt before the one further attempt, or a person."""

HISTORY = 20
"""Moves kept with a delivery."""

_RACES = 5
_VENDOR_SAYS = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.BOUNCED)
_REF_KEPT = timedelta(days=30)


class Deliveries:
    """Reads and moves deliveries. Busy or unreachable: Retry.

    Every move is a conditional put on the revision that was read: two workers cannot make the same one. A move that
    the state does not allow any more (a receipt was faster, or came twice) is not made, and that is no error.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, delivery: Delivery) -> bool:
        """Store a new delivery alone; one that is there already stays as it is. Whether it was new."""
        try:
            self._db.put(self._db.deliveries, to_item(delivery), new=True)
        except Conflict:
            return False
        return True

    def get(self, id_: str) -> Delivery | None:
        """The delivery as it stands, read consistently; None if there is none."""
        item = self._db.get(self._db.deliveries, delivery_key(id_))
        return from_item(item) if item else None

    def by_reference(self, channel: Channel, reference: str) -> Delivery | None:
        """The delivery that the vendor knows by this id; None if we do not know it (yet)."""
        item = self._db.get(self._db.deliveries, (keys.reference(channel.value, reference), "REF"))
        return self.get(item["delivery"]) if item else None

    def claim(self, delivery: Delivery, *, now: datetime) -> Delivery | None:
        """Take a due delivery, exactly as it was read, for LEASE; None if somebody was faster. One try, never a second."""
        if delivery.state is not DeliveryState.DUE:
            return None
        note = f"{delivery.channel} attempt {delivery.attempts + 1}"
        taken = _moved(delivery, DeliveryState.CLAIMED, now, note, attempts=delivery.attempts + 1, lease=now + LEASE)
        try:
            self._put(taken)
        except Conflict:
            return None
        return taken

    def settle_sent(self, delivery: Delivery, *, reference: str, now: datetime) -> Delivery:
        """The vendor took it and calls it `reference`: store that name first, so that a receipt finds it."""
        self.refer(delivery, reference, now=now)
        note = f"{delivery.channel} {reference}"
        return self._move(delivery, DeliveryState.SENT, now, note, reference=reference, outcome="", lease=None)

    def refer(self, delivery: Delivery, reference: str, *, now: datetime) -> None:
        """Store that the vendor's id leads to this delivery."""
        pk = keys.reference(str(delivery.channel), reference)
        ttl = int((now + _REF_KEPT).timestamp())
        self._db.put(self._db.deliveries, {"pk": pk, "sk": "REF", "delivery": delivery.id, "ttl": ttl})

    def settle_unknown(self, delivery: Delivery, *, note: str, now: datetime) -> Delivery:
        """Nobody knows whether it went: wait RECHECK for a receipt."""
        doubts, due = delivery.doubts + 1, now + RECHECK
        return self._move(delivery, DeliveryState.UNKNOWN, now, note, due_at=due, doubts=doubts, lease=None, outcome=note)

    def settle_busy(self, delivery: Delivery, *, until: datetime, note: str, now: datetime) -> Delivery:
        """Certainly not sent, and it may be tried again at `until`."""
        return self._move(delivery, DeliveryState.DUE, now, note, due_at=until, lease=None, outcome=note)

    def reroute(
        self, delivery: Delivery, channel: Channel, *, due_at: datetime, failed: bool, note: str, now: datetime
    ) -> Delivery:
        """It goes by this channel from now on; `failed`: its former channel is not tried again."""
        tried = (*delivery.tried, delivery.channel) if failed and delivery.channel else delivery.tried
        kept = tuple(dict.fromkeys(tried))
        return self._move(
            delivery, DeliveryState.DUE, now, note, channel=channel, due_at=due_at, tried=kept, lease=None, outcome=note
        )

    def settle_delivered(self, delivery: Delivery, *, note: str, now: datetime) -> Delivery:
        """The vendor's word: it arrived."""
        return self._move(delivery, DeliveryState.DELIVERED, now, note, lease=None, outcome=note)

    def settle_bounced(self, delivery: Delivery, *, note: str, now: datetime) -> Delivery:
        """The vendor's word: it did not arrive, and there is no other way."""
        return self._move(delivery, DeliveryState.BOUNCED, now, note, lease=None, outcome=note)

    def settle_suppressed(self, delivery: Delivery, *, note: str, now: datetime) -> Delivery:
        """The person wants or allows no message."""
        return self._move(delivery, DeliveryState.SUPPRESSED, now, note, lease=None, outcome=note)

    def settle_parked(self, delivery: Delivery, *, note: str, now: datetime) -> Delivery:
        """It waits for a person (`accolade deliveries list --parked`)."""
        return self._move(delivery, DeliveryState.PARKED, now, note, lease=None, outcome=note, due_at=now)

    def retry(self, id_: str, *, now: datetime) -> Delivery:
        """Send a parked delivery again, on a person's word; Missing if there is none of that id."""
        delivery = self.get(id_)
        if delivery is None:
            raise Missing(t("there is no delivery %(id)s", id=id_), mend="accolade deliveries list shows those there are")
        if delivery.state is not DeliveryState.PARKED:
            return delivery
        return self._move(delivery, DeliveryState.DUE, now, t("a person retries"), due_at=now, doubts=0, tried=(), outcome="")

    def park_receipt(self, channel: Channel, reference: str, reason: str, *, now: datetime) -> None:
        """Keep a vendor's word on a message that we do not know, for a person; never an address."""
        sk = f"{iso(now)}#{channel.value}#{reference}"
        ttl = int((now + _REF_KEPT).timestamp())
        self._db.put(self._db.deliveries, {"pk": keys.parked("receipts"), "sk": sk, "reason": reason[:200], "ttl": ttl})

    def parked_receipts(self) -> Iterator[tuple[str, str]]:
        """(when, channel and reference; reason) of receipts for messages that we do not know, oldest first."""
        return ((item["sk"], item["reason"]) for item in self._db.query(self._db.deliveries, keys.parked("receipts")))

    def look_again(self, delivery: Delivery, at: datetime) -> None:
        """Let `due` show an open delivery not before `at`; nothing else changes, so nobody's claim is disturbed.

        A move that came between wins.
        """
        try:
            self._db.update(
                self._db.deliveries,
                delivery_key(delivery.id),
                "SET #due_sk = :due_sk",
                names={"#due_sk": "due_sk", "#revision": "revision"},
                values={":due_sk": due_sk(delivery, at), ":revision": delivery.revision},
                condition="#revision = :revision",
            )
        except Conflict:
            return

    def due(self, now: datetime, limit: int = 1000) -> Iterator[Delivery]:
        """What is open and whose instant has come, oldest first over all shards, as it stands, at most `limit`."""
        upto = f"{iso(now)}#~"
        shards = (
            self._db.query(self._db.deliveries, due_pk(shard), index="due", keys=("due_pk", "due_sk"), upto=upto, limit=limit)
            for shard in range(keys.SHARDS)
        )
        found = islice(merge(*shards, key=lambda item: item["due_sk"]), limit)
        return self._read([id_of(item) for item in found])

    def parked(self, tenant: str, limit: int = 1000) -> Iterator[Delivery]:
        """What waits for a person, oldest first."""
        found = self._db.query(self._db.deliveries, parked_pk(tenant), index="due", keys=("due_pk", "due_sk"), limit=limit)
        return self._read([id_of(item) for item in found])

    def parked_count(self, tenant: str, *, limit: int) -> int:
        """How many wait for a person, at most `limit`; a moment behind, for display."""
        pk = parked_pk(tenant)
        return sum(1 for _ in self._db.query(self._db.deliveries, pk, index="due", keys=("due_pk", "due_sk"), limit=limit))

    def owed_since(self, tenant: str, since: datetime, until: datetime, *, limit: int) -> Iterator[tuple[str, datetime]]:
        """(id, when) of messages that became owed between two instants, in no order; at most `limit` of each shard of a day, a
        moment behind, for display."""
        for day in dict.fromkeys((since.date(), until.date())):
            for shard in range(keys.SHARDS):
                found = self._db.query(
                    self._db.deliveries,
                    day_pk(tenant, day.isoformat(), shard),
                    index="day",
                    keys=("day_pk", "person_sk"),
                    between=(iso(since), iso(until)),
                    limit=limit,
                )
                yield from ((id_of(item), parse_instant(item["person_sk"])) for item in found)

    def of_person(self, tenant: str, participant: str, limit: int = 50, *, upto: datetime | None = None) -> Iterator[Delivery]:
        """What a participant was or is to be sent, newest first; with `upto` what was owed by then."""
        found = self._db.query(
            self._db.deliveries,
            f"{tenant}#{participant}",
            index="person",
            keys=("person_pk", "person_sk"),
            upto=f"{iso(upto)}#~" if upto else "",
            newest_first=True,
            limit=limit,
        )
        return self._read([id_of(item) for item in found])

    def of_day(self, tenant: str, day: date, *, before: str = "", limit: int) -> Iterator[Delivery]:
        """What was owed on a day (UTC), newest first, at most `limit`; `before`: older than this place (`place_of`)."""
        shards = (
            self._db.query(
                self._db.deliveries,
                day_pk(tenant, day.isoformat(), shard),
                index="day",
                keys=("day_pk", "person_sk"),
                upto=before.partition("#")[0],
                newest_first=True,
                limit=limit,
            )
            for shard in range(keys.SHARDS)
        )
        places = merge(*shards, key=lambda item: (item["person_sk"], id_of(item)), reverse=True)
        found = (id_of(item) for item in places if not before or f"{item['person_sk']}#{id_of(item)}" < before)
        return self._read(list(islice(found, limit)))

    def of_tenant(self, tenant: str) -> Iterator[Delivery]:
        """All deliveries of a tenant, in no order: a scan, for commands and never for functions."""
        request: dict[str, Any] = {
            "TableName": self._db.deliveries,
            "FilterExpression": "#tenant = :tenant AND #sk = :sk",
            "ExpressionAttributeNames": {"#tenant": "tenant", "#sk": "sk"},
            "ExpressionAttributeValues": {":tenant": {"S": tenant}, ":sk": {"S": "DELIVERY"}},
            "ConsistentRead": True,
        }
        while True:
            answer = self._db.call("scan", **request)
            yield from (from_item(from_wire(item)) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _read(self, ids: list[str]) -> Iterator[Delivery]:
        for batch in in_batches(ids, 100):
            found = self._db.get_many(self._db.deliveries, [delivery_key(id_) for id_ in batch])
            yield from (from_item(found[delivery_key(id_)]) for id_ in batch if delivery_key(id_) in found)

    def _move(self, delivery: Delivery, to: DeliveryState, now: datetime, note: str, **changes: Any) -> Delivery:
        """Make a move if the state allows it, and give the delivery as it stands then.

        A move belongs to the channel and the claim it was decided for: it is not made once the delivery goes by
        another channel, nor does it end somebody else's claim (unless it tells what the vendor did).
        """
        stands = delivery
        for _ in range(_RACES):
            if to not in TRANSITIONS[stands.state] or not _concerns(delivery, stands, to):
                return stands
            moved = _moved(stands, to, now, note, **changes)
            try:
                self._put(moved)
            except Conflict:
                again = self.get(delivery.id)
                if again is None:
                    return stands
                stands = again
            else:
                return moved
        raise Retry(t("the delivery is moved by many at once"), after=1, where=delivery.id)

    def _put(self, delivery: Delivery) -> None:
        self._db.put(
            self._db.deliveries,
            to_item(delivery),
            condition="#revision = :revision",
            names={"#revision": "revision"},
            values={":revision": delivery.revision - 1},
        )


def place_of(delivery: Delivery) -> str:
    """Where a delivery stands in the list of its day."""
    return f"{iso(delivery.created_at)}#{delivery.id}"


def _concerns(decided_on: Delivery, stands: Delivery, to: DeliveryState) -> bool:
    if stands.channel is not decided_on.channel:
        return False
    return stands.state is not DeliveryState.CLAIMED or to in _VENDOR_SAYS or stands.attempts == decided_on.attempts


def _moved(delivery: Delivery, to: DeliveryState, now: datetime, note: str, **changes: Any) -> Delivery:
    """The delivery after a move, with its row of history; the oldest rows go."""
    rows = (*delivery.history, (to.value, iso(now), shortened(note, 160)))[-HISTORY:]
    settled = replace(delivery, state=to, history=rows, revision=delivery.revision + 1)
    return replace(settled, **changes)
