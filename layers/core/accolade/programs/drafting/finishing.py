"""The keys that every kind of milestone may have, put on a milestone that its kind has built."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.drafting import LATE, Draft, reads_participant
from accolade.programs.drafting.extras import guards, multipliers, splits
from accolade.programs.drafting.limits import approval, caps, hold
from accolade.programs.drafting.measures import SUBJECTS, evaluation
from accolade.programs.problems import listed, shown
from accolade.programs.rules import Milestone

KEYS = (
    *("id", "title", "kind", "points", "credit", "evaluate", "closes_after", "subject", "sharing", "keep", "reached", "hold"),
    *("caps", "splits", "multipliers", "guards", "approval_above", "notify", "dated_by"),
)
"""The keys of every kind; which make no sense for one is said by `finished`."""

SHARINGS = ("equal", "by_kpi", "each")
_FOLDED = ("every", "kpi")
_DATES = (FieldType.DATE, FieldType.INSTANT)


def finished(draft: Draft, milestone: Milestone) -> Milestone | None:
    """The milestone with what its author wrote under the keys of every kind; None if some of it is wrong."""
    before = len(draft.findings)
    by_record = milestone.kpi is None
    record = milestone.record if by_record else None
    multiplied, held = multipliers(draft, record), hold(draft, record)
    personal = any(reads_participant(it.tree) for it in multiplied) or reads_participant(held.tree if held else None)
    made: dict[str, Any] = {
        "subject": draft.choice("subject", SUBJECTS, "person", noun=t("whom a milestone rewards")),
        "sharing": _sharing(draft, milestone),
        "evaluate": _evaluate(draft, milestone),
        "closes_after": _closes_after(draft),
        "keep": _keep(draft, milestone),
        "reached": _reached(draft),
        "hold": held,
        "caps": caps(draft, milestone.calendar, by_period=not by_record),
        "splits": _splits(draft, milestone),
        "multipliers": multiplied,
        "guards": _guards(draft, milestone),
        "approval_above": approval(draft),
        "notify": draft.flag("notify", default=True),
        "reads_participant": milestone.reads_participant or personal,
    }
    return replace(milestone, **made) if len(draft.findings) == before and not draft.findings.full else None


def dated_by(draft: Draft, record: str) -> str:
    """The field whose date is the event's; empty for the type's own date."""
    raw = draft.raw.get("dated_by")
    if raw is None:
        return ""
    known = [name for name, type_ in draft.head.catalogue.fields(record).items() if type_ in _DATES]
    known = [name for name in known if name.startswith(f"{record}.")]
    if isinstance(raw, str) and raw in known:
        return raw
    mend = draft.findings.meant(raw, known, listed(known))
    draft.wrong("dated_by", t("%(raw)s is not a date of %(record)s", raw=shown(raw), record=record), mend)
    return ""


def _evaluate(draft: Draft, milestone: Milestone) -> str:
    raw = draft.raw
    default = evaluation(milestone.kind, raw.get("kpi"), raw.get("subject"))
    chosen = draft.choice("evaluate", ("live", "at_close"), default, noun=t("when a milestone is evaluated"))
    if milestone.kpi is None and chosen == "at_close" and default == "live":
        draft.wrong("evaluate", t("an award a record has no period that could close"), t("Leave evaluate out"))
    elif chosen == "live" and milestone.kind in ("rank", "improvement"):
        what = t(
            "who is best, or better than before, is only known when the period is over: "
            "a milestone of kind %(kind)s is evaluated at close",
            kind=milestone.kind,
        )
        draft.wrong("evaluate", what, t("Leave evaluate out"))
    elif chosen == "live" and milestone.kpi is not None and milestone.kpi.kpi.looks_back:
        what = t("%(kpi)s compares with the time before, which is only done when the period is over", kpi=milestone.kpi.name)
        draft.wrong("evaluate", what, t("Leave evaluate out"))
    return chosen


def _closes_after(draft: Draft) -> timedelta:
    if draft.raw.get("closes_after") is None:
        return LATE
    if draft.raw.get("evaluate") == "live" and draft.raw.get("subject", "person") == "person":
        draft.wrong(
            "closes_after", t("a milestone that is evaluated live does not wait for its close"), t("Write evaluate: at_close")
        )
    days = draft.days("closes_after", least=0, example="3 days")
    return LATE if days is None else timedelta(days=days)


def _sharing(draft: Draft, milestone: Milestone) -> str:
    chosen = draft.choice("sharing", SHARINGS, "equal", noun=t("a way of sharing"))
    if draft.raw.get("sharing") is None:
        return chosen
    if draft.raw.get("subject", "person") == "person":
        draft.wrong("sharing", t("one person has nobody to share with"), t("Write subject: team, or leave sharing out"))
    elif chosen == "by_kpi" and (milestone.kpi is None or not milestone.kpi.kpi.additive):
        draft.wrong("sharing", t("what each added can only be told of sums and counts"), t("Use equal or each"))
    return chosen


def _keep(draft: Draft, milestone: Milestone) -> str:
    chosen = draft.choice("keep", ("while_true", "once_reached"), "while_true", noun=t("how long an award is kept"))
    if draft.raw.get("keep") is not None and milestone.kind not in _FOLDED:
        what = t(
            "keep is about goals that are reached on the way, and a milestone of kind %(kind)s has none", kind=milestone.kind
        )
        draft.wrong("keep", what, t("Leave it out"))
    return chosen


def _reached(draft: Draft) -> str:
    chosen = draft.choice("reached", ("record", "day"), "record", noun=t("when a goal is looked at"))
    if draft.raw.get("reached") is not None and draft.raw.get("keep") != "once_reached":
        draft.wrong(
            "reached", t("reached says when a goal is looked at that is then kept"), t("Write keep: once_reached as well")
        )
    return chosen


def _splits(draft: Draft, milestone: Milestone) -> Any:
    if draft.raw.get("splits") is None:
        return ()
    if milestone.kpi is not None or milestone.kind == "manual":
        draft.wrong("splits", t("a record has people who share, a period has none"), t("Write subject: team, and how it shares"))
        return ()
    if draft.raw.get("subject", "person") != "person":
        draft.wrong("splits", t("an award is either split by name or shared by a team"), t("Leave out subject, or splits"))
        return ()
    return splits(draft, milestone.record)


def _guards(draft: Draft, milestone: Milestone) -> Any:
    if draft.raw.get("guards") is None:
        return ()
    if milestone.kpi is not None or milestone.kind == "manual":
        mend = t("Leave such records out with where, for example {field: deal.stage_bounces, below: 2}")
        draft.wrong("guards", t("guards watch the record of an award, and an award of a period has many"), mend)
        return ()
    return guards(draft, milestone.record)
