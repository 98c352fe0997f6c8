"""What keeps an award back or within bounds, as an author writes it: holds and gates, caps, approval."""

from accolade.model.phrases import later as t
from accolade.programs.drafting import Draft, own_condition, predicate
from accolade.programs.drafting.calendars import optional_period
from accolade.programs.operands import written
from accolade.programs.periods import Calendar
from accolade.programs.problems import shown
from accolade.programs.terms import Cap, Hold

CAP_SCOPES = ("participant", "team", "region", "company")
MOST_CAPS = 10
_HOLD = "Write hold: 30 days, or hold: {for: 90 days, until: {field: deal.invoice_paid, is: true}}"
_CAP = "{points: 1000, per: participant, period: month, over: trim}"


def hold(draft: Draft, record: str | None) -> Hold | None:
    """How long points stay pending; a gate (`until`) may ask about the record, or only about the person (`record` None)."""
    raw = draft.raw.get("hold")
    if raw is None:
        return None
    if isinstance(raw, str):
        days = draft.days("hold")
        return Hold(days, written=written(raw)) if days else None
    part = draft.at(raw, "hold")
    if not part.known(("for", "until"), of=t("a hold"), example=_HOLD):
        return None
    if part.raw.get("for") is None:
        part.wrong("", t("the gate has no limit, so its points could wait for ever"), t("Say how long: for: 90 days"))
        return None
    days, tree = part.days("for"), own_condition(part, "until", record)
    if days is None or (part.raw.get("until") is not None and tree is None):
        return None
    return Hold(days, predicate(tree), tree, written(part.raw["for"]))


def caps(draft: Draft, own: Calendar | None = None, *, by_period: bool = False) -> tuple[Cap, ...]:
    """The caps; one without a period binds in `own`, or for ever.

    `by_period`: the award itself is of a period, and a cap a person cannot cut that into other periods.
    """
    found: list[Cap] = []
    for i, raw in enumerate(draft.listed("caps", most=MOST_CAPS, example=f"caps: [{_CAP}]")):
        part = draft.at(raw, "caps", i)
        if not part.known(
            ("points", "per", "period", "over"), of=t("a cap"), example=t("Write it like %(example)s", example=_CAP)
        ):
            continue
        points = part.whole("points", example=1000)
        if part.raw.get("points") is None:
            part.wrong("", t("the cap does not say at how many points"), t("Write it like %(example)s", example=_CAP))
        scope = part.choice("per", CAP_SCOPES, "participant", noun=t("whom a cap binds"))
        over = part.choice("over", ("trim", "refuse"), "trim", noun=t("what happens over a cap"))
        cut = optional_period(part)
        if by_period and scope == "participant" and cut is not None and cut != own:
            what = t("an award of a %(own)s cannot be cut by the %(cut)s", own=shown(_named(own)), cut=shown(_named(cut)))
            part.wrong("period", what, t("Leave the cap's period out, or give the milestone that period"))
        elif points is not None:
            found.append(Cap(points, scope, cut or (own if by_period else None), over))
    return tuple(found)


def approval(draft: Draft) -> int | None:
    """Above how many points a person has to approve an award; None for never."""
    return draft.whole("approval_above", least=0, example=5000)


def _named(cut: Calendar | None) -> str:
    return cut.kind.replace("_", " ") if cut else "lifetime"
