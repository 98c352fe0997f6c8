"""The hash chain of a wallet's entries: what an entry's hash covers, and the fold that a balance is a cache of."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from json.encoder import encode_basestring_ascii as _text

from accolade.model.ledger import Entry, Wallet
from accolade.model.times import iso
from accolade.wallet import accounts
from accolade.wallet.accounts import HELD


def as_json(entry: Entry) -> dict[str, object]:
    """The entry as plain data, in the stable form of `accolade ledger export`."""
    cause = entry.cause
    return {
        "id": entry.id,
        "seq": entry.seq,
        "tenant": entry.tenant,
        "at": iso(entry.at),
        "posted_at": iso(entry.posted_at),
        "kind": entry.kind.value,
        "cause": {
            "program": cause.program,
            "version": cause.version,
            "milestone": cause.milestone,
            "participant": cause.participant,
            "scope": cause.scope,
            "record": cause.record,
            "record_version": cause.record_version,
            "notification_ids": list(cause.notification_ids),
        },
        "transfers": [{"source": it.source, "target": it.target, "amount": it.amount, "unit": it.unit} for it in entry.transfers],
        "actor": entry.actor,
        "reason_hash": entry.reason_hash,
        "previous_hash": entry.previous_hash,
    }


def entry_hash(entry: Entry) -> str:
    """SHA-256 (hex) over the canonical JSON of the entry, the previous hash included."""
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def canonical(entry: Entry) -> str:
    """`as_json` as text without spaces, keys in order, ASCII only. Written out, because every posting passes here."""
    cause = entry.cause
    ids = ",".join([_text(it) for it in cause.notification_ids])
    transfers = ",".join(
        [
            f'{{"amount":{it.amount},"source":{_text(it.source)},"target":{_text(it.target)},"unit":{_text(it.unit)}}}'
            for it in entry.transfers
        ]
    )
    record = "null" if cause.record is None else _text(cause.record)
    version = "null" if cause.record_version is None else cause.record_version
    return (
        f'{{"actor":{_text(entry.actor)},"at":"{iso(entry.at)}","cause":{{"milestone":{_text(cause.milestone)},'
        f'"notification_ids":[{ids}],"participant":{_text(cause.participant)},"program":{_text(cause.program)},'
        f'"record":{record},"record_version":{version},"scope":{_text(cause.scope)},"version":{cause.version}}},'
        f'"id":{_text(entry.id)},"kind":"{entry.kind.value}","posted_at":"{iso(entry.posted_at)}",'
        f'"previous_hash":"{entry.previous_hash}","reason_hash":"{entry.reason_hash}","seq":{entry.seq},'
        f'"tenant":{_text(entry.tenant)},"transfers":[{transfers}]}}'
    )


def fold(wallet: Wallet, entries: Iterable[Entry]) -> Wallet:
    """The wallet after the entries, in their order: balances, head and next sequence (the revision is not folded)."""
    mine, owed = accounts.wallet(wallet.participant), accounts.debt(wallet.participant)
    held_back = accounts.pending(wallet.participant)
    for entry in entries:
        available, debt, pending, held = wallet.available, wallet.debt, wallet.pending, wallet.held
        for transfer in entry.transfers:
            available += transfer.amount * ((transfer.target == mine) - (transfer.source == mine))
            debt += transfer.amount * ((transfer.source == owed) - (transfer.target == owed))
            pending += transfer.amount * ((transfer.target == held_back) - (transfer.source == held_back))
            held += transfer.amount * (transfer.target.startswith(HELD) - transfer.source.startswith(HELD))
        wallet = replace(wallet, available=available, debt=debt, pending=pending, held=held)
        wallet = replace(wallet, head=entry_hash(entry), next_seq=entry.seq + 1)
    return wallet
