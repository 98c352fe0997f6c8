"""Comparing providers' orders with redemptions: how far each account is, and the keys of the orders that were found right."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from accolade.model.kept_phrases import parts, phrases
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

ORDERS, REDEMPTIONS, DONE = "orders", "redemptions", "done"
"""The steps of a round: the provider's list against redemptions, then redemptions that the list did not have."""

KEPT = timedelta(days=3)
"""How long the keys of a round are kept: longer than a round may take."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("since", "until", "again_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Round:
    """The comparison of one account. `day` (ISO, UTC): what it was done for last, empty: to be done again; `begun` counts rounds.

    `since`, `until`: the period whose orders are compared; `place`: where the next page begins; `pages` of the list so far.
    `orders`, `redemptions`, `differences`: what the round has looked at and found, `news` cases of which are new, `settled`
    redemptions that are asked for now. `cut`: the list was longer than is read in a round. `problem`: why it does not go on,
    `again_at`: not before that. `ended_at`: when the round ended.
    """

    provider: str
    day: str = ""
    step: str = DONE
    begun: int = 0
    since: datetime = NEVER
    until: datetime = NEVER
    place: str = ""
    pages: int = 0
    orders: int = 0
    redemptions: int = 0
    differences: int = 0
    news: int = 0
    settled: int = 0
    cut: bool = False
    problem: str = ""
    again_at: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 0


class Comparing:
    """Reads and moves progress. Busy: Retry; somebody else is at it: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def progress(self, tenant: str) -> dict[str, Round]:
        """By provider, how far each is that was ever begun; read consistently."""
        return {it.provider: it for it in map(_from_item, self._db.query(self._db.state, keys.compared(tenant)))}

    def move(self, tenant: str, progress: Round) -> Round:
        """Store a progress that followed the one of its revision."""
        written = replace(progress, revision=progress.revision + 1)
        values = asdict(written)
        values |= {name: iso(values[name]) for name in _TIMES if values[name]}
        values["said"] = json.dumps(parts([progress.problem])) if progress.problem else None
        item = {"pk": keys.compared(tenant), "sk": progress.provider} | values
        if progress.revision:
            names, value = {"#revision": "revision"}, {":revision": progress.revision}
            self._db.put(self._db.state, item, condition="#revision = :revision", names=names, values=value)
        else:
            self._db.put(self._db.state, item, new=True)
        return written

    def keep(self, tenant: str, progress: Round, right: Collection[str], *, now: datetime) -> None:
        """Keep the keys of a page that were found right; the same page again replaces them."""
        if not right:
            return
        sk = f"{progress.begun:08d}#{progress.pages:06d}"
        item = {"pk": keys.compared(tenant, progress.provider), "sk": sk, "keys": sorted(right)}
        self._db.put(self._db.state, item | {"ttl": int((now + KEPT).timestamp())})

    def kept(self, tenant: str, progress: Round) -> Iterator[str]:
        """The keys of the round that were found right."""
        pk = keys.compared(tenant, progress.provider)
        for item in self._db.query(self._db.state, pk, sk_prefix=f"{progress.begun:08d}#"):
            yield from item["keys"]


def _from_item(item: Item) -> Round:
    known: dict[str, Any] = {it.name: item[it.name] for it in fields(Round) if it.name in item}
    problem, said = known.get("problem", ""), phrases(json.loads(item.get("said", "[]")))
    known |= {"problem": said.get(problem, problem)}
    known |= {name: parse_instant(known[name]) for name in _TIMES if known.get(name)}
    return Round(**known | {"provider": item["sk"]})
