"""Participants: who earns, under which number, known to which CRM as whom, and where not to send."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.errors import Conflict, Missing, Refused, Retry
from accolade.model.participants import Channel, Participant, Suppression
from accolade.model.phrases import later as t
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.crm_users import User, plan
from accolade.store.database import Database, Item, in_batches, put_if
from accolade.store.erasing import erased_among
from accolade.store.people_items import from_item, id_key, identity_key, person_key, suppression_key, to_item
from accolade.store.tenants import tenant_counter, tenant_key
from accolade.store.whereabouts import address_hash, numbers_at, numbers_led_by, pointer_writes

_BATCH = 7
"""People in one transaction: each is at most fourteen items, and a transaction has at most a hundred."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration did: counts, and the (crm, user) pairs that lead to somebody since."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    identities: tuple[tuple[str, str], ...] = ()


class People:
    """Reads and writes participants and suppressions. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def ahead(self, tenant: str, number: str) -> None:
        """Read a participant and the tenant at once: whoever asks for the one, asks for the other."""
        self._db.ahead(self._db.state, [tenant_key(tenant), person_key(tenant, number)])

    def by_number(self, tenant: str, number: str) -> Participant:
        """The participant of an opaque number; Missing if there is none."""
        item = self._db.get(self._db.state, person_key(tenant, number))
        if item is None:
            raise Missing(
                t("there is no participant %(number)s", number=number), mend="accolade participant list shows those there are"
            )
        return from_item(item)

    def by_id(self, tenant: str, id_: str) -> Participant:
        """The participant of an import id, or of a number (`P000017`); Missing if there is none."""
        pointer = self._db.get(self._db.state, id_key(tenant, id_))
        if pointer is None and not id_.startswith("P"):
            raise Missing(t("there is no participant %(id)r", id=id_), mend="accolade participant list shows those there are")
        return self.by_number(tenant, pointer["number"] if pointer else id_)

    def by_identity(self, tenant: str, crm: str, user: str) -> Participant | None:
        """The participant whom that CRM knows as `user`; None if nobody is."""
        number = self.identities(tenant, [(crm, user)]).get((crm, user))
        return self.by_number(tenant, number) if number else None

    def identities(self, tenant: str, users: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """(crm, user) -> participant number, for those that are known; read consistently, 100 a call."""
        wanted = {identity_key(tenant, crm, user): (crm, user) for crm, user in users}
        found = self._db.get_many(self._db.state, wanted)
        return {wanted[key]: item["number"] for key, item in found.items()}

    def numbers(self, tenant: str, ids: Iterable[str]) -> dict[str, str]:
        """Import id -> participant number, for those that are known."""
        wanted = {id_key(tenant, id_): id_ for id_ in ids}
        return {wanted[key]: item["number"] for key, item in self._db.get_many(self._db.state, wanted).items()}

    def participants(self, tenant: str, numbers: Iterable[str]) -> dict[str, Participant]:
        """Number -> participant, for those that are known; read consistently, 100 a call."""
        found = self._db.get_many(self._db.state, [person_key(tenant, number) for number in numbers])
        return {item["number"]: from_item(item) for item in found.values()}

    def list(self, tenant: str) -> Iterator[Participant]:
        """All participants of a tenant in the order of their numbers."""
        return (from_item(item) for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="PERSON#"))

    def page(self, tenant: str, *, after: str = "", limit: int) -> Iterator[Participant]:
        """At most `limit` participants in the order of their numbers, those after a number."""
        between = (f"PERSON#{after}!" if after else "PERSON#", "PERSON#~")
        found = self._db.query(self._db.state, keys.tenant(tenant), between=between, limit=limit)
        return (from_item(item) for item in found)

    def conflicts(self, tenant: str, drafts: Sequence[Participant]) -> dict[str, Refused]:
        """Import id -> why that draft cannot be registered (it would merge two people), for those that cannot."""
        own, by_identity, known = self._known(tenant, drafts)
        found: dict[str, Refused] = {}
        taken: dict[str, str] = {}
        erased = erased_among(self._db, drafts)
        for draft in drafts:
            if draft.id in erased:
                found[draft.id] = Refused(t("this person was erased at their request"), mend=t("Leave the line out"))
                continue
            try:
                number = _number(draft, own.get(draft.id), by_identity, known)
                if number and taken.setdefault(number, draft.id) != draft.id:
                    raise _merging(t("participant %(number)s is meant by %(id)s too", number=number, id=taken[number]), draft)
            except Refused as error:
                found[draft.id] = error
        return found

    def register(
        self, tenant: str, drafts: Sequence[Participant], *, progress: Callable[[int], None] = lambda done: None
    ) -> Registered:
        """Store participants whose `number` is empty: known ids keep their numbers, new ones get the next in this order.

        A participant that only a sweep knew (by an identity) takes the given id and keeps its number. Refused if an
        identity belongs to somebody else: two people are never merged. `progress` hears how many are stored.
        """
        numbered, before = self._numbered(tenant, drafts)
        changed = [person for person in numbered if before.get(person.number) != person]
        for batch in in_batches(changed, _BATCH):
            try:
                self._db.transact(
                    [operation for person in batch for operation in self._writes(person, before.get(person.number))]
                )
            except Conflict as error:
                raise Retry(
                    t("somebody else changed these participants at the same time"), after=1, mend=t("Import again")
                ) from error
            progress(len(batch))
        return Registered(
            created=sum(person.number not in before for person in changed),
            updated=sum(person.number in before for person in changed),
            unchanged=len(numbered) - len(changed),
            identities=tuple(_new_identities(changed, before)),
        )

    def sync_users(self, tenant: str, crm: str, users: Sequence[User]) -> dict[str, int]:
        """Bring the participants in step with a CRM's users (see `crm_users.plan`); gives counts by what happened.

        One that somebody else changes meanwhile is left for the next sweep.
        """
        wanted = plan(list(self.list(tenant)), users, tenant=tenant, crm=crm)
        erased = erased_among(self._db, wanted.created)
        numbers = [person.number for person in (*wanted.updated, *wanted.linked)]
        before = self.participants(tenant, numbers)
        counts = {"updated": 0, "linked": 0, "created": 0, "unchanged": wanted.unchanged}
        for kind, people in (("updated", wanted.updated), ("linked", wanted.linked)):
            for person in people:
                with suppress(Conflict):
                    self._db.transact(self._writes(person, before[person.number]))
                    counts[kind] += 1
        created = [person for person in wanted.created if person.id not in erased]
        counts["created"] = self.register(tenant, created).created if created else 0
        return counts

    def update(self, person: Participant) -> None:
        """Store changed settings (preferences, locale, active) of a participant whose id and identities stay; else Conflict."""
        before = self.by_number(person.tenant, person.number)
        same = put_if(
            self._db.state,
            to_item(person),
            "#id = :id AND #identities = :identities",
            names={"#id": "id", "#identities": "identities"},
            values={":id": person.id, ":identities": dict(person.identities)},
        )
        self._db.transact([same, *pointer_writes(self._db, person, before)])

    def at_address(self, tenant: str, address: str) -> Sequence[str]:
        """The numbers of the participants with that e-mail address or phone number, three at most."""
        return numbers_at(self._db, tenant, address)

    def led_by(self, person: Participant) -> Sequence[str]:
        """The numbers of those whose manager is this participant."""
        return numbers_led_by(self._db, person)

    def suppress(self, tenant: str, channel: Channel, address: str, *, reason: str, now: datetime) -> None:
        """Never send to this address on this channel again, until `lift`; the first reason stays."""
        pk, sk = suppression_key(tenant, channel, address)
        item = {"pk": pk, "sk": sk, "reason": reason[:200], "since": iso(now)}
        try:
            self._db.put(self._db.state, item, new=True)
        except Conflict:
            return

    def lift(self, tenant: str, channel: Channel, address: str) -> None:
        """Allow the address on the channel again (the person asked for it)."""
        self._db.delete(self._db.state, suppression_key(tenant, channel, address))

    def suppression(self, tenant: str, channel: Channel, address: str) -> Suppression | None:
        """Why nothing goes to this address on this channel; None if it may."""
        item = self._db.get(self._db.state, suppression_key(tenant, channel, address))
        if item is None:
            return None
        return Suppression(channel, address_hash(tenant, address), item.get("reason", ""), parse_instant(item["since"]))

    def _numbered(self, tenant: str, drafts: Sequence[Participant]) -> tuple[Sequence[Participant], dict[str, Participant]]:
        """The drafts with their numbers, and how those who have one are stored now."""
        own, by_identity, known = self._known(tenant, drafts)
        numbers = [_number(draft, own.get(draft.id), by_identity, known) for draft in drafts]
        twice = [draft for i, draft in enumerate(drafts) if numbers[i] and numbers[i] in numbers[:i]]
        if twice:
            raise _merging(t("this participant is named twice"), twice[0])
        missing = numbers.count(None)
        last = tenant_counter(self._db, tenant, "person", missing) if missing else 0
        fresh = iter(range(last - missing + 1, last + 1))
        numbered = [
            as_kept(draft, known[number]) if number else replace(draft, number=f"P{next(fresh):06d}")
            for draft, number in zip(drafts, numbers, strict=True)
        ]
        return numbered, known

    def _known(
        self, tenant: str, drafts: Sequence[Participant]
    ) -> tuple[dict[str, str], dict[tuple[str, str], str], dict[str, Participant]]:
        """Numbers by import id and by identity, and the participants behind them."""
        own = self.numbers(tenant, [draft.id for draft in drafts])
        pairs = [(crm, user) for draft in drafts for crm, user in draft.identities.items()]
        by_identity = self.identities(tenant, pairs)
        return own, by_identity, self.participants(tenant, {*own.values(), *by_identity.values()})

    def _writes(self, person: Participant, before: Participant | None) -> Sequence[Item]:
        """The conditional writes that store one participant: itself, its id and its identities."""
        table = self._db.state
        free = {"names": {"#number": "number"}, "values": {":number": person.number}}
        mine = "attribute_not_exists(#number) OR #number = :number"
        writes = [put_if(table, to_item(person))]
        if before is None or before.id != person.id:
            writes.append(put_if(table, _pointer(id_key(person.tenant, person.id), person.number), mine, **free))
        old = dict(before.identities) if before else {}
        for crm, user in person.identities.items():
            if old.get(crm) != user:
                writes.append(put_if(table, _pointer(identity_key(person.tenant, crm, user), person.number), mine, **free))
        for crm, user in old.items():
            if person.identities.get(crm) != user:
                pk, sk = identity_key(person.tenant, crm, user)
                writes.append({"Delete": {"TableName": table, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}})
        return writes + pointer_writes(self._db, person, before)


def as_kept(draft: Participant, known: Participant) -> Participant:
    """How a draft is stored over who is known: with what only a person here changes, and what somebody chose themselves."""
    kept = {name: getattr(known, name) for name in ("number", "active", "tax_form_on", "left_on", "erased_on", "merged_into")}
    if known.chosen_at is None:
        return replace(draft, **kept)
    mine = [it for it in known.consents if it.given_at]
    others = [it for it in draft.consents if it.channel not in {one.channel for one in mine}]
    chosen = {"channels": known.channels, "locale": known.locale, "chosen_at": known.chosen_at}
    return replace(draft, **kept | chosen, consents=(*others, *mine))


def _pointer(key: tuple[str, str], number: str) -> Item:
    return {"pk": key[0], "sk": key[1], "number": number}


def _number(
    draft: Participant, own: str | None, by_identity: Mapping[tuple[str, str], str], known: Mapping[str, Participant]
) -> str | None:
    """The number a draft has or may adopt; None if it needs a new one; Refused where that would merge two people."""
    for pair in draft.identities.items():
        other = by_identity.get(pair)
        if other is None or other == own:
            continue
        holder = known[other]
        if own is not None or (holder.imported and holder.id != draft.id):
            crm, user = pair
            raise _merging(
                t("%(crm)s user %(user)s already belongs to participant %(id)s", crm=crm, user=user, id=holder.id), draft
            )
        own = other
    return own


def _merging(what: str, draft: Participant) -> Refused:
    mend = t("Two participants are never merged: use one id for this person, or take the user id away from the other")
    return Refused(what, where=f"participant {draft.id}", mend=mend)


def _new_identities(changed: Iterable[Participant], before: Mapping[str, Participant]) -> Iterator[tuple[str, str]]:
    for person in changed:
        old = before[person.number].identities if person.number in before else {}
        yield from (pair for pair in person.identities.items() if old.get(pair[0]) != pair[1])
