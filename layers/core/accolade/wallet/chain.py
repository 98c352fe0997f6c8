"""The hash chain of a wallet's entries: what an entry's hash covers, and the fold that a balance is a cache of."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from accolade.model.ledger import Entry, Wallet
from accolade.model.times import iso
from accolade.wallet import accounts


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
    text = json.dumps(as_json(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def fold(wallet: Wallet, entries: Iterable[Entry]) -> Wallet:
    """The wallet after the entries, in their order: balances, head and next sequence (the revision is not folded)."""
    mine, owed = accounts.wallet(wallet.participant), accounts.debt(wallet.participant)
    held_back = accounts.pending(wallet.participant)
    for entry in entries:
        available, debt, pending = wallet.available, wallet.debt, wallet.pending
        for transfer in entry.transfers:
            available += transfer.amount * ((transfer.target == mine) - (transfer.source == mine))
            debt += transfer.amount * ((transfer.source == owed) - (transfer.target == owed))
            pending += transfer.amount * ((transfer.target == held_back) - (transfer.source == held_back))
        wallet = replace(wallet, available=available, debt=debt, pending=pending, head=entry_hash(entry), next_seq=entry.seq + 1)
    return wallet
