"""For how long a KPI counts, as an author writes it: a kind of period, or a window of days."""

from collections.abc import Mapping
from datetime import date

from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.drafting import Draft
from accolade.programs.operands import Unreadable
from accolade.programs.periods import KINDS, Calendar, calendar, window
from accolade.programs.problems import shown

_WINDOW = "{from: 2026-03-01, to: 2026-03-15}"


def period(draft: Draft) -> Calendar | None:
    """The calendar of `period`, in the program's zone; a milestone that does not say is refused."""
    if draft.raw.get("period") is None:
        draft.wrong(
            "", t("the milestone does not say for how long its KPI counts"), t("Write period: %(kinds)s", kinds=", ".join(KINDS))
        )
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
        mend = draft.findings.meant(
            raw, KINDS, t("Use one of %(kinds)s, or a window like %(window)s", kinds=", ".join(KINDS), window=_WINDOW)
        )
        draft.wrong("period", t("%(raw)s is not a period", raw=shown(raw)), mend)
        return None
    try:
        return calendar(raw, zone=head.zone, fiscal_start=head.fiscal_start)
    except (ValueError, TypeError):
        return None  # the zone or the month is wrong, and the document's shape has said so


def _window(part: Draft) -> Calendar | None:
    if not part.known(("from", "to"), of=t("a window"), example=t("Write it like %(example)s", example=_WINDOW)):
        return None
    days: list[date] = []
    for key in ("from", "to"):
        try:
            days.append(operands.day(part.raw.get(key), key))
        except Unreadable as error:
            part.wrong(key, error.what, t("Write the window like %(window)s; `to` is the day after its last one", window=_WINDOW))
            return None
    if days[1] <= days[0]:
        part.wrong("to", t("the window would end before it begins"), t("Set `to` to the day after its last one"))
        return None
    try:
        return window(days[0], days[1], zone=part.head.zone)
    except ValueError:
        return None  # the zone is wrong, and the document's shape has said so
