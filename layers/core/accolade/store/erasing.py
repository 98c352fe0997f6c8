"""Erasing a person: a tombstone where the participant was, marks that keep imports from bringing them back, texts taken away.

Amounts and keys stay: the ledger, wallets and standings know numbers only.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from accolade.model.participants import Participant
from accolade.store import keys
from accolade.store.database import Database, Item, Key, delete, put_if
from accolade.store.people_items import id_key, to_item
from accolade.store.whereabouts import address_hash, pointer_writes

GONE = "(erased)"
"""What stands where a text was."""


class Erasing:
    """Writes erasures. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def commit(self, before: Participant, after: Participant, *, beside: Sequence[Item] = ()) -> None:
        """Put the tombstone and the marks; the import id and the addresses lead nowhere since, CRM users to the tombstone."""
        tenant, state = before.tenant, self._db.state
        names, values = {"#id": "id", "#identities": "identities"}, {":id": before.id, ":identities": dict(before.identities)}
        new_id = dict(zip(("pk", "sk"), id_key(tenant, after.id), strict=True)) | {"number": after.number}
        writes = [
            put_if(state, to_item(after), "#id = :id AND #identities = :identities", names=names, values=values),
            put_if(state, new_id),
            *pointer_writes(self._db, after, before),
            *(put_if(state, dict(zip(("pk", "sk"), key, strict=True))) for key in _marks(before)),
        ]
        if before.id != after.id:
            writes.append(delete(self._db, id_key(tenant, before.id)))
        self._db.transact([*writes, *beside])

    def forget_reasons(self, tenant: str, number: str, about: Iterable[str] = ()) -> int:
        """Take the text and salt of what was signed about somebody's awards, and about these nominations; how many."""
        done, nominations = 0, set(about)
        for item in self._db.query(self._db.state, keys.signed(tenant)):
            subject = item["about"]
            if (f"/{number}/" in f"{subject}/" or subject in nominations) and item.get("reason") not in (None, GONE):
                self._db.update(
                    self._db.state,
                    (item["pk"], item["sk"]),
                    "SET #reason = :gone REMOVE #salt",
                    names={"#reason": "reason", "#salt": "salt"},
                    values={":gone": GONE},
                )
                done += 1
        return done


def erased_among(db: Database, people: Sequence[Participant]) -> set[str]:
    """The import ids of those who were erased, by their id or an address, whatever else they are called now."""
    marks: dict[Key, list[str]] = {}
    for person in people:
        for key in _marks(person):
            marks.setdefault(key, []).append(person.id)
    return {id_ for key in db.get_many(db.state, marks) for id_ in marks[key]}


def _marks(person: Participant) -> Iterator[Key]:
    pk = keys.tenant(person.tenant)
    yield pk, f"ERASED#{sha256(f'{person.tenant}|id|{person.id}'.encode()).hexdigest()}"
    for address in (person.email, person.phone):
        if address:
            yield pk, f"ERASED#{address_hash(person.tenant, address)}"
