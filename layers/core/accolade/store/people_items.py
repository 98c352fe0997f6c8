"""How a participant is written as an item and read back."""

from datetime import date
from typing import Any

from accolade.model.participants import Channel, Consent, Participant
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Item
from accolade.store.whereabouts import address_hash

_TEXTS = ("id", "number", "name", "email", "phone", "locale", "zone", "country", "manager", "team", "role", "region", "kind")

_DAYS = ("started_on", "tax_form_on", "left_on", "erased_on")


def person_key(tenant: str, number: str) -> tuple[str, str]:
    """Where a participant lies."""
    return keys.tenant(tenant), f"PERSON#{number}"


def id_key(tenant: str, id_: str) -> tuple[str, str]:
    """Where an import id leads to a number."""
    return keys.tenant(tenant), f"PERSONID#{id_}"


def identity_key(tenant: str, crm: str, user: str) -> tuple[str, str]:
    """Where a CRM's user leads to a number."""
    return keys.tenant(tenant), f"IDENTITY#{crm}#{user}"


def suppression_key(tenant: str, channel: Channel, address: str) -> tuple[str, str]:
    """Where it is noted that nothing goes to an address on a channel."""
    return keys.tenant(tenant), f"SUPPRESSED#{channel.value}#{address_hash(tenant, address)}"


def to_item(person: Participant) -> Item:
    """The participant's own item."""
    pk, sk = person_key(person.tenant, person.number)
    return {
        "pk": pk,
        "sk": sk,
        "tenant": person.tenant,
        **{name: getattr(person, name) for name in _TEXTS},
        "started_on": person.started_on.isoformat() if person.started_on else None,
        "identities": dict(person.identities),
        "channels": [channel.value for channel in person.channels],
        "consents": [_from_consent(it) for it in person.consents],
        "chosen_at": iso(person.chosen_at) if person.chosen_at else None,
        "tax_form_on": person.tax_form_on.isoformat() if person.tax_form_on else None,
        "left_on": person.left_on.isoformat() if person.left_on else None,
        "erased_on": person.erased_on.isoformat() if person.erased_on else None,
        "merged_into": person.merged_into,
        "active": person.active,
        "imported": person.imported,
    }


def from_item(item: Item) -> Participant:
    """The participant of an item."""
    known: dict[str, Any] = {name: item[name] for name in _TEXTS if name in item}
    days: dict[str, Any] = {name: date.fromisoformat(item[name]) for name in _DAYS if item.get(name)}
    return Participant(
        tenant=item["tenant"],
        **known,
        identities=item.get("identities", {}),
        channels=tuple(Channel(channel) for channel in item.get("channels", ())),
        consents=tuple(_consent(entry) for entry in item.get("consents", ())),
        active=item.get("active", True),
        imported=item.get("imported", True),
        merged_into=item.get("merged_into"),
        chosen_at=parse_instant(item["chosen_at"]) if item.get("chosen_at") else None,
        **days,
    )


def _from_consent(it: Consent) -> Item:
    given = {"channel": it.channel.value, "given_on": it.given_on.isoformat(), "source": it.source, "text": it.text}
    return given | ({"given_at": iso(it.given_at)} if it.given_at else {})


def _consent(entry: Item) -> Consent:
    return Consent(
        Channel(entry["channel"]),
        date.fromisoformat(entry["given_on"]),
        entry.get("source", ""),
        entry.get("text", ""),
        parse_instant(entry["given_at"]) if "given_at" in entry else None,
    )
