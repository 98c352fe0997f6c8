"""What a ghost would have given beside what the live version gave, person by person, within what a page may read."""

from collections.abc import Iterator, Mapping
from typing import Any

from accolade.flows.ghosts import compared, totals
from accolade.model.ledger import Standing
from accolade.model.records import Record
from accolade.programs.states import State
from accolade.texts import Texts
from accolade.web.asking import Ask
from accolade.web.desk.program_seen import Seen

PEOPLE, RECORDS, SECONDS, SHOWN = 500, 5_000, 8.0, 20
"""People and records that are read at most, for how long, and how many are named."""


def ghost_compared(ask: Ask, it: Seen) -> dict[str, Any] | None:
    """The table; None if there is no ghost. `cut`: not everything was read."""
    ghosts = it.of_state(State.GHOST)
    if not ghosts:
        return None
    house, tenant, t = ask.house, ask.tenant.id, ask.t
    people = {person.number: person for person in house.people.page(tenant, limit=PEOPLE)}
    until, cut = house.monotonic() + SECONDS, [len(people) >= PEOPLE]

    def standings() -> Iterator[Standing]:
        for number in people:
            if house.monotonic() > until:
                cut[0] = True
                return
            yield from house.audit.standings(tenant, number)

    def records() -> Iterator[Record]:
        for read, record in enumerate(house.audit.records(tenant, *{goal.record for goal in ghosts[-1].milestones})):
            if read >= RECORDS or house.monotonic() > until:
                cut[0] = True
                return
            yield record

    rows = compared(ghosts[-1], standings=standings(), records=records())
    titles = {goal.id: goal.title.get(t.language) or goal.title.get("en") or goal.id for goal in ghosts[-1].milestones}
    return {
        "version": ghosts[-1].version,
        "goals": _lines(totals(rows, lambda row: row.milestone), titles, t),
        "people": _lines(totals(rows, lambda row: row.participant), {key: it.name for key, it in people.items()}, t),
        "live": t.number(sum(row.live for row in rows)),
        "ghost": t.number(sum(row.ghost for row in rows)),
        "cut": cut[0],
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
