"""The periods of today, of the programs that are in force."""

from datetime import datetime

from accolade.programs import capping
from accolade.programs.rulebook import Rulebook


def current_periods(book: Rulebook, now: datetime) -> set[str]:
    """The ids of the periods in which something is counted now, for whomever."""
    found = set()
    for program_id in book.program_ids():
        for program in book.versions(program_id):
            for rule in map(capping.by_period, program.milestones):
                period = rule.calendar.period_at(now) if rule.calendar else None
                if period and book.for_period(program_id, period.start) is program:
                    found.add(period.id)
    return found
