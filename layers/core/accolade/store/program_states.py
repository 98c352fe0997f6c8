"""How each program stands (`programs.states`), one item a program, and every change of it as an item that stays."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accolade.model.kept_phrases import parts, phrases
from accolade.model.phrases import shortened
from accolade.model.times import iso, parse_instant
from accolade.programs.states import Lifecycle, State, VersionState
from accolade.store import keys
from accolade.store.database import Database, Item, put_if


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as the audit shows it: who did what, when and why; `before` and `after` are lifecycles as JSON-able
    values. `what` is a phrase, or the English of one from before there were any."""

    program: str
    revision: int
    at: datetime
    by: str
    what: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


class ProgramStates:
    """Reads lifecycles and writes them with their audit line. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, tenant: str, program: str) -> Lifecycle:
        """How a program stands, read consistently; everything is live if nothing was ever said."""
        item = self._db.get(self._db.state, (keys.tenant(tenant), keys.program_state(program)))
        return lifecycle_from_item(item) if item else Lifecycle(program)

    def all(self, tenant: str) -> dict[str, Lifecycle]:
        """Program -> how it stands, for all of which something was said."""
        found = self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=keys.program_state(""))
        return {item["program"]: lifecycle_from_item(item) for item in found}

    def writes(
        self, tenant: str, before: Lifecycle, after: Lifecycle, *, what: str, by: str, reason: str, now: datetime
    ) -> list[Item]:
        """The operations of one change for `Database.transact`: the new lifecycle if nobody was faster, and its audit line."""
        revision, pk = before.revision + 1, keys.tenant(tenant)
        item = {"pk": pk, "sk": keys.program_state(after.program), "rev": revision, "at": iso(now)} | _values(after)
        if before.revision:
            names, values = {"#rev": "rev"}, {":rev": before.revision}
            put = put_if(self._db.state, item, "#rev = :rev", names=names, values=values)
        else:
            put = put_if(self._db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"})
        said = parts([what])
        line = {
            "pk": pk,
            "sk": keys.program_change(after.program, revision),
            "at": iso(now),
            "by": by[:80],
            "what": shortened(what, 200),
            "said": json.dumps(said, separators=(",", ":"), ensure_ascii=False) if said else None,
            "reason": reason[:400],
            "before": _text(before),
            "after": _text(after),
        }
        return [put, put_if(self._db.state, line, "attribute_not_exists(#pk)", names={"#pk": "pk"})]

    def changes(self, tenant: str, program: str) -> Iterator[Change]:
        """Every change of a program, oldest first."""
        prefix = keys.program_change(program, 0)[:-6]
        for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=prefix):
            what, known = item["what"], phrases(json.loads(item.get("said", "[]")))
            yield Change(
                program,
                int(item["sk"].removeprefix(prefix)),
                parse_instant(item["at"]),
                item.get("by", ""),
                known.get(what, what),
                item.get("reason", ""),
                json.loads(item["before"]),
                json.loads(item["after"]),
            )


def lifecycle_from_item(item: Item) -> Lifecycle:
    """The lifecycle of a stored item."""
    teams = item.get("teams")
    return Lifecycle(
        program=item["program"],
        versions={int(number): _version(it) for number, it in json.loads(item["versions"]).items()},
        ends=_day(item.get("ends")),
        percent=item.get("percent"),
        teams=None if teams is None else tuple(teams),
        revision=item["rev"],
        changed_at=parse_instant(item["at"]),
        rolled_out_at=parse_instant(item["rolled_out_at"]) if item.get("rolled_out_at") else None,
    )


def _values(lifecycle: Lifecycle) -> Item:
    return {
        "program": lifecycle.program,
        "versions": json.dumps({str(number): _plain(it) for number, it in sorted(lifecycle.versions.items())}),
        "ends": lifecycle.ends.isoformat() if lifecycle.ends else None,
        "percent": lifecycle.percent,
        "teams": None if lifecycle.teams is None else list(lifecycle.teams),
        "rolled_out_at": iso(lifecycle.rolled_out_at) if lifecycle.rolled_out_at else None,
    }


def _text(lifecycle: Lifecycle) -> str:
    """What the audit keeps: without what is not said."""
    values = _values(lifecycle)
    shown = {"versions": json.loads(values.pop("versions"))} | values
    return json.dumps({name: value for name, value in shown.items() if value not in (None, {})}, ensure_ascii=False)


def _plain(it: VersionState) -> dict[str, str]:
    values = {
        "state": it.state.value,
        "since": iso(it.since),
        "author": it.author[:80],
        "approver": it.approver[:80],
        "starts": it.starts.isoformat() if it.starts else "",
        "pays_from": it.pays_from.isoformat() if it.pays_from else "",
    }
    return {name: value for name, value in values.items() if value}


def _version(values: dict[str, str]) -> VersionState:
    return VersionState(
        State(values["state"]),
        parse_instant(values["since"]),
        author=values.get("author", ""),
        approver=values.get("approver", ""),
        starts=_day(values.get("starts")),
        pays_from=_day(values.get("pays_from")),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
