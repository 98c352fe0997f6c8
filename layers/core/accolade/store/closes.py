"""Closes: what each milestone that is judged over everybody came to in each period, and what moved after that."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from accolade.model.errors import Conflict
from accolade.model.times import iso, parse_instant
from accolade.situation import Closed, Result
from accolade.store import keys
from accolade.store.database import Database, Item, put_if

_LONG = 10_000
"""Characters from which on a judgement is packed."""

Name = tuple[str, str, str]
"""(program, milestone, period id)."""


@dataclass(frozen=True, slots=True)
class Close:
    """One judgement as stored: who should hold what. `final`: the period is over and its window has passed; `settled`:
    everybody holds it. `revision` counts the judgements that differed."""

    name: Name
    closed: Closed
    judged_at: datetime
    final: bool = False
    settled: bool = False
    revision: int = 0


_QUOTA = "quota:"
"""What stands before the participant in a mark that a changed quota left."""


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody's standing moved after its period was judged, or (`quota`) a quota did, of a participant, or of a group: then
    `participant` is empty. `mark` tells a newer move from an older."""

    period: str
    participant: str
    mark: str
    key: tuple[str, str] = field(repr=False)
    quota: bool = False


class Closes:
    """Reads and writes judgements. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self, tenant: str) -> dict[Name, Close]:
        """Every judgement of a tenant."""
        items = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=keys.close("", "", ""))
        return {close.name: close for close in map(_from_item, items)}

    def some(self, tenant: str, names: Iterable[Name]) -> dict[Name, Close]:
        """The judgements of these milestones in these periods, for those that were judged."""
        wanted = {(keys.tenant(tenant), keys.close(*name)): name for name in names}
        found = self._db.get_many(self._db.state, wanted)
        return {wanted[key]: _from_item(item) for key, item in found.items()}

    def put(self, tenant: str, close: Close) -> Close:
        """Store a judgement over the one of its revision; Conflict if that has been replaced."""
        item = {
            "pk": keys.tenant(tenant),
            "sk": keys.close(*close.name),
            "name": list(close.name),
            "rev": close.revision + 1,
            "judged_at": iso(close.judged_at),
            "final": close.final,
            "settled": close.settled,
            "body": _body(close.closed),
        }
        if close.revision == 0:
            self._db.put(self._db.state, item, new=True)
        else:
            self._db.put(self._db.state, item, condition="#rev = :rev", names={"#rev": "rev"}, values={":rev": close.revision})
        return Close(close.name, close.closed, close.judged_at, close.final, close.settled, close.revision + 1)

    def numbers(self, tenant: str, period: str) -> set[str]:
        """Who has a standing in the period (by the board index, a moment behind: a close waits for days)."""
        found: set[str] = set()
        for shard in range(keys.SHARDS):
            pk = f"{tenant}#{period}#{shard}"
            items = self._db.query(self._db.state, pk, index="board", keys=("board_pk", "board_sk"))
            found |= {item["board_sk"] for item in items if item["sk"] == f"STANDING#{period}"}
        return found

    def late(self, tenant: str, *, limit: int) -> Iterator[Late]:
        """What moved after its period was judged."""
        for item in self._db.query(self._db.state, keys.late(tenant), limit=limit):
            period, _, number = item["sk"].rpartition("#")
            quota, number = number.startswith(_QUOTA), number.removeprefix(_QUOTA)
            yield Late(period, number, item["mark"], (item["pk"], item["sk"]), quota)

    def forget(self, late: Late) -> None:
        """Take a mark away, unless a newer one has come in its place."""
        try:
            self._db.delete(
                self._db.state, late.key, condition="#mark = :mark", names={"#mark": "mark"}, values={":mark": late.mark}
            )
        except Conflict:
            return


def quota_mark(db: Database, tenant: str, period: str, number: str, mark: str) -> Item:
    """The operation that marks a changed quota, for its transaction; `number` is empty for a group's."""
    return put_if(db.state, {"pk": keys.late(tenant), "sk": f"{period}#{_QUOTA}{number}", "mark": mark})


def _body(closed: Closed) -> str:
    """What was judged, as text; packed, for twenty thousand people have to fit into one item."""
    body = {
        "r": {number: [it.points, it.level, it.place] for number, it in sorted(closed.results.items())},
        "b": {number: str(it) for number, it in sorted(closed.baselines.items())},
        "t": {group: list(members) for group, members in sorted(closed.rosters.items())},
    }
    text = json.dumps({name: it for name, it in body.items() if it}, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode())).decode() if len(text) > _LONG else text


def _from_item(item: Mapping[str, Any]) -> Close:
    text = item["body"]
    body = json.loads(text if text.startswith("{") else zlib.decompress(b64decode(text)))
    program, milestone, period = item["name"]
    closed = Closed(
        {number: Result(*result) for number, result in body.get("r", {}).items()},
        {number: Fraction(exact) for number, exact in body.get("b", {}).items()},
        {group: tuple(members) for group, members in body.get("t", {}).items()},
    )
    return Close(
        (program, milestone, period), closed, parse_instant(item["judged_at"]), item["final"], item["settled"], item["rev"]
    )
