"""What a KPI has to reach, as an author writes it: amounts in its unit, one threshold, tiers, attainment of a quota."""

from fractions import Fraction

from accolade.kpis import Kpi
from accolade.model.phrases import later as t
from accolade.programs import conditions, operands
from accolade.programs.drafting import Draft, whole
from accolade.programs.operands import Unreadable
from accolade.programs.problems import shown
from accolade.programs.terms import Threshold, Tier

THRESHOLDS = (*conditions.ORDER, "between")
COUNTS = ("deals", "records")
QUOTA_UNITS = (*COUNTS, "money", "points", "number")
"""The units in which somebody can be given a number to reach."""

MOST_TIERS = 20
_MOST_SHARE = 10
_TIERS = "[{at_least: 70%, points: 100}, {at_least: 100%, points: 300}]"


def amount(draft: Draft, raw: object, measure: Kpi, *, key: str) -> Fraction:
    """A value of the KPI as an author writes it: a whole number, `5000 USD`, `70%`, `14 days`. Unreadable otherwise."""
    if draft.raw.get("quota") is True:
        return attainment(raw, key)
    if measure.unit in ("money", "money_per_day"):
        return Fraction(operands.money(raw, key, draft.head.currency))
    if measure.unit == "ratio":
        return _share(raw, key)
    if measure.unit in ("days", "seconds"):
        return _time(raw, measure.unit)
    count = operands.number(raw, key)
    if measure.unit in COUNTS and (count != count.to_integral_value() or count < 0):
        raise Unreadable(t("%(raw)s is not a number of records", raw=shown(raw)), t("Write a whole number"))
    return Fraction(count)


def attainment(raw: object, key: str) -> Fraction:
    """A share of a quota: `80%`, `100%`, `120%`. Unreadable otherwise."""
    if not isinstance(raw, str) or not raw.endswith("%"):
        raise Unreadable(t("%(raw)s is not a share of a quota", raw=shown(raw)), t("Write it like %(key)s: 100%%", key=key))
    found = operands.share(raw, key)
    if not 0 < found <= _MOST_SHARE:
        raise Unreadable(t("%(raw)s is not a share of a quota", raw=shown(raw)), t("Use more than 0% and at most 1000%"))
    return found


def threshold(draft: Draft, measure: Kpi) -> Threshold | None:
    """The one threshold of a milestone."""
    given = [key for key in THRESHOLDS if draft.raw.get(key) is not None]
    if len(given) != 1:
        what = t("the milestone names no threshold")
        if given:
            what = t("the milestone names %(count)s thresholds (%(names)s)", count=len(given), names=", ".join(given))
        draft.wrong("", what, t("Write one of %(names)s", names=", ".join(THRESHOLDS)))
        return None
    line = _line(draft, given[0], measure)
    return line if line and _sound(draft, line) else None


def tiers(draft: Draft, measure: Kpi) -> tuple[Tier, ...] | None:
    """The tiers of a milestone, each harder than the one before and worth more; None if one of them is wrong."""
    found: list[Tier] = []
    for i, raw in enumerate(draft.listed("tiers", most=MOST_TIERS, example=_TIERS)):
        tier = _tier(draft, draft.at(raw, "tiers", i), measure)
        if tier is None or (found and not _harder(draft.at({}, "tiers", i), found[-1], tier)):
            return None
        found.append(tier)
    return tuple(found) or None


def quota(draft: Draft, measure: Kpi) -> bool:
    """Whether thresholds are shares of the imported quota; noted as wrong where nobody could be given one."""
    if not draft.flag("quota"):
        return False
    if measure.unit not in QUOTA_UNITS or measure.better != "higher":
        draft.wrong(
            "quota",
            t("a quota is a number to reach, and %(measure)s is none", measure=measure.name),
            t("Leave quota out and write the threshold itself, for example at_least: 70%"),
        )
    return True


def _line(draft: Draft, key: str, measure: Kpi) -> Threshold | None:
    raw = draft.raw[key]
    try:
        if key == "between":
            if not isinstance(raw, list) or len(raw) != 2:
                raise Unreadable(t("between needs two values"), t("Write it like between: [lowest, highest]; both count"))
            low, high = (amount(draft, it, measure, key=key) for it in raw)
            return Threshold(key, low, high)
        bound = amount(draft, raw, measure, key=key)
    except Unreadable as error:
        draft.wrong(key, error.what, error.mend)
        return None
    return Threshold(key, low=bound) if key in ("at_least", "above") else Threshold(key, high=bound)


def _sound(draft: Draft, line: Threshold) -> bool:
    """A threshold that doing nothing satisfies would pay everybody."""
    if line.low is not None and line.high is not None and line.high < line.low:
        draft.wrong("between", t("no value lies between these two"), t("Write the lower one first"))
        return False
    if line.crossed(0) and not draft.raw.get("min_sample"):
        draft.wrong(
            line.operator,
            t("this threshold is also kept by doing nothing"),
            t("Say how many records it takes, for example min_sample: 20"),
        )
        return False
    return True


def _tier(draft: Draft, part: Draft, measure: Kpi) -> Tier | None:
    operators = conditions.ORDER
    if not part.known((*operators, "points"), of=t("a tier"), example=t("Write tiers like %(example)s", example=_TIERS)):
        return None
    given = [key for key in operators if part.raw.get(key) is not None]
    if len(given) != 1 or part.raw.get("points") is None:
        part.wrong("", t("a tier has one threshold and its points"), t("Write tiers like %(example)s", example=_TIERS))
        return None
    asking = Draft({**draft.raw, **part.raw}, part.path, part.head, part.findings)
    line = _line(asking, given[0], measure)
    try:
        worth = whole(part.raw["points"], "points", least=1)
    except Unreadable as error:
        part.wrong("points", error.what, error.mend)
        return None
    return Tier(line, worth) if line and _sound(asking, line) else None


def _harder(part: Draft, before: Tier, tier: Tier) -> bool:
    one, other = before.threshold, tier.threshold
    if one.operator != other.operator:
        part.wrong("", t("tiers of one milestone ask the same way"), t("Use %(operator)s in each", operator=one.operator))
        return False
    rises = other.low > one.low if one.low is not None and other.low is not None else (other.high or 0) < (one.high or 0)
    if not rises or tier.points <= before.points:
        part.wrong(
            "", t("each tier is harder than the one before and is worth more"), t("Sort them from the easiest to the hardest")
        )
        return False
    return True


def _share(raw: object, key: str) -> Fraction:
    found = operands.share(raw, key)
    most = _MOST_SHARE if isinstance(raw, str) and raw.endswith("%") else 1
    if not 0 <= found <= most:
        raise Unreadable(t("%(raw)s is not a share between 0 and 1", raw=shown(raw)), t("Write it like 70% or 0.7"))
    return found


def _time(raw: object, unit: str) -> Fraction:
    minutes = operands.minutes(raw)
    if minutes is not None:
        return Fraction(minutes * 60) if unit == "seconds" else Fraction(minutes, 1440)
    try:
        bare = operands.number(raw, unit)
    except Unreadable as error:
        raise Unreadable(
            t("%(raw)s is not a length of time", raw=shown(raw)), t("Write it like 14 days, 4 hours or 30 minutes")
        ) from error
    if unit == "seconds" or bare < 0:
        raise Unreadable(t("%(raw)s does not say of what", raw=shown(raw)), t("Write it like 4 hours or 30 minutes"))
    return Fraction(bare)
