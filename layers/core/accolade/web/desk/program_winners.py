"""Who won by a program lately, from the ledger's month index, within what a page may read."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from accolade.model.ledger import Entry
from accolade.store.months import Months
from accolade.wallet.accounts import program as program_account
from accolade.web.asking import Ask
from accolade.web.desk.program_seen import Seen
from accolade.web.desk.simulation_view import unit_words

WINNERS, ENTRIES = 20, 1_500
"""People who are named; entries that are read of each shard of a month."""


def winners(ask: Ask, it: Seen) -> dict[str, Any]:
    """Who got how much by this program in this month and the one before, most first, as far as it was read."""
    months, account = Months(ask.house.db), program_account(it.id)
    got: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    read, now = 0, ask.now.astimezone(UTC)
    for month in (f"{now:%Y-%m}", f"{_before(now):%Y-%m}"):
        for entry in months.entries(ask.tenant.id, month, limit=ENTRIES):
            read += 1
            if entry.cause.program == it.id:
                got[entry.cause.participant][0] += _points(entry, account)
                got[entry.cause.participant][1] += 1
    best = sorted(got.items(), key=lambda row: (-row[1][0], row[0]))
    people = ask.house.people.participants(ask.tenant.id, [number for number, _ in best[:WINNERS]])
    rows = [
        {"number": number, "name": people[number].name if number in people else number, "points": ask.t.number(points)}
        for number, (points, _) in best[:WINNERS]
    ]
    unit = unit_words(it.newest.unit if it.newest else ask.tenant.unit, ask.t)
    return {"rows": rows, "people": len(best), "cut": read >= ENTRIES, "unit": unit}


def _points(entry: Entry, account: str) -> int:
    """What an entry moved out of the program's account, below 0 what came back."""
    return sum(move.amount * ((move.source == account) - (move.target == account)) for move in entry.transfers)


def _before(now: datetime) -> datetime:
    return now.replace(day=1) - timedelta(days=1)
