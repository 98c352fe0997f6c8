"""What a ghost would have given beside what the live version gave, person by person, within what a page may read."""

from collections.abc import Mapping
from typing import Any

from accolade.flows.ghosts import totals
from accolade.programs.states import State
from accolade.texts import Texts
from accolade.web.asking import Ask
from accolade.web.desk.program_seen import Seen
from accolade.web.effects import beside

SHOWN = 20
"""People and goals that are named."""


def ghost_compared(ask: Ask, it: Seen) -> dict[str, Any] | None:
    """The table; None if there is no ghost. `cut`: not everything was read."""
    ghosts = it.of_state(State.GHOST)
    if not ghosts:
        return None
    t, found = ask.t, beside(ask, ghosts[-1])
    rows = found.rows
    titles = {goal.id: goal.title.get(t.language) or goal.title.get("en") or goal.id for goal in ghosts[-1].milestones}
    return {
        "version": ghosts[-1].version,
        "goals": _lines(totals(rows, lambda row: row.milestone), titles, t),
        "people": _lines(totals(rows, lambda row: row.participant), {key: it.name for key, it in found.people.items()}, t),
        "live": t.number(sum(row.live for row in rows)),
        "ghost": t.number(sum(row.ghost for row in rows)),
        "cut": found.cut,
    }


def _lines(found: Mapping[str, tuple[int, int]], names: Mapping[str, str], t: Texts) -> list[dict[str, str]]:
    return [
        {
            "name": names.get(key, key),
            "live": t.number(live),
            "ghost": t.number(ghost),
            "change": f"{ghost - live:+,}" if ghost != live else "0",
        }
        for key, (live, ghost) in list(found.items())[:SHOWN]
    ]
