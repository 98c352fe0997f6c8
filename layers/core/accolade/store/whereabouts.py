"""Finding participants by what they are reached at, and by who leads them: small items beside each, written with it."""

from collections.abc import Iterator
from hashlib import sha256

from accolade.model.participants import Participant
from accolade.store import keys
from accolade.store.database import Database, Item, Key, delete, put_if


def address_hash(tenant: str, address: str) -> str:
    """A hash of an address as it is compared: trimmed, lower case; phone numbers without spaces and punctuation."""
    text = address.strip().lower()
    if "@" not in text:
        text = "+" + "".join(sign for sign in text if sign.isdigit())
    return sha256(f"{tenant}\n{text}".encode()).hexdigest()


def pointer_writes(db: Database, person: Participant, before: Participant | None) -> list[Item]:
    """The operations that bring the pointers to a participant in step with it; none if they are."""
    wanted, stand = set(_pointers(person)), set(_pointers(before)) if before else set()
    puts = [put_if(db.state, {"pk": pk, "sk": sk}) for pk, sk in sorted(wanted - stand)]
    return puts + [delete(db, key) for key in sorted(stand - wanted)]


def numbers_at(db: Database, tenant: str, address: str) -> list[str]:
    """The numbers of the participants with that e-mail address or phone number: usually one, at most three are given."""
    found = db.query(db.state, keys.tenant(tenant), sk_prefix=f"ADDRESS#{address_hash(tenant, address)}#", limit=3)
    return [item["sk"].rpartition("#")[2] for item in found]


def numbers_led_by(db: Database, person: Participant, *, limit: int = 500) -> list[str]:
    """The numbers of those whose `manager` is this participant, by import id, number, name or e-mail address."""
    numbers: set[str] = set()
    for name in sorted({_folded(it) for it in (person.id, person.number, person.name, person.email or "") if it}):
        prefix = f"LEDBY#{_led_by(person.tenant, name)}#"
        found = db.query(db.state, keys.tenant(person.tenant), sk_prefix=prefix, limit=limit)
        numbers.update(item["sk"].rpartition("#")[2] for item in found)
    return sorted(numbers - {person.number})[:limit]


def _pointers(person: Participant) -> Iterator[Key]:
    pk = keys.tenant(person.tenant)
    for address in (person.email, person.phone):
        if address:
            yield pk, f"ADDRESS#{address_hash(person.tenant, address)}#{person.number}"
    if person.manager:
        yield pk, f"LEDBY#{_led_by(person.tenant, _folded(person.manager))}#{person.number}"


def _folded(name: str) -> str:
    return name.strip().casefold()


def _led_by(tenant: str, name: str) -> str:
    return sha256(f"{tenant}\n{name}".encode()).hexdigest()[:32]
