"""For how long a KPI counts, as an author writes it: a kind of period, or a window of days."""

from collections.abc import Mapping
from datetime import date

from accolade.programs import operands
from accolade.programs.drafting import Draft
from accolade.programs.operands import Unreadable
from accolade.programs.periods import KINDS, Calendar, calendar, window
from accolade.programs.problems import shown

_WINDOW = "{from: 2026-03-01, to: 2026-03-15}"


def period(draft: Draft) -> Calendar | None:
    """The calendar of `period`, in the program's zone; a milestone that does not say is refused."""
    if draft.raw.get("period") is None:
        draft.wrong("", "the milestone does not say for how long its KPI counts", f"Write period: {', '.join(KINDS)}")
        return None
    return optional_period(draft)


def optional_period(draft: Draft) -> Calendar | None:
    """The calendar of `period`; None if it is absent or wrong."""
    raw, head = draft.raw.get("period"), draft.head
    if raw is None:
        return None
    if isinstance(raw, Mapping):
        return _window(draft.at(raw, "period"))
    if not isinstance(raw, str) or raw not in KINDS:
        mend = draft.findings.meant(raw, KINDS, f"Use one of {', '.join(KINDS)}, or a window like {_WINDOW}")
        draft.wrong("period", f"{shown(raw)} is not a period", mend)
        return None
    try:
        return calendar(raw, zone=head.zone, fiscal_start=head.fiscal_start)
    except (ValueError, TypeError):
        return None  # the zone or the month is wrong, and the document's shape has said so


def _window(part: Draft) -> Calendar | None:
    if not part.known(("from", "to"), of="a window", example=f"Write it like {_WINDOW}"):
        return None
    days: list[date] = []
    for key in ("from", "to"):
        try:
            days.append(operands.day(part.raw.get(key), key))
        except Unreadable as error:
            part.wrong(key, error.what, f"Write the window like {_WINDOW}; `to` is the day after its last one")
            return None
    if days[1] <= days[0]:
        part.wrong("to", "the window would end before it begins", "Set `to` to the day after its last one")
        return None
    try:
        return window(days[0], days[1], zone=part.head.zone)
    except ValueError:
        return None  # the zone is wrong, and the document's shape has said so
