"""What the form of a program asks for: the facts of all of it, and what each kind of milestone takes."""

from dataclasses import dataclass

from accolade.programs.drafting.measures import SUBJECTS
from accolade.programs.kinds.manual import NOMINATORS
from accolade.programs.periods import KINDS as PERIODS
from accolade.programs.problems import Path
from accolade.texts import later as t


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of the form: `name` (behind `p_` or `m0_`), where its value stands, how it is typed (`text`, `whole`, `scalar`,
    `list`, `choice`, `flag`, `tiers`, `condition`), what people read, and the choices as (value, words)."""

    name: str
    path: Path
    form: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    kind: str = ""


DEPARTMENTS = (
    ("", t("Say which")),
    ("sales", t("Sales")),
    ("service", t("Service")),
    ("marketing", t("Marketing")),
    ("success", t("Customer success")),
    ("dealer", t("Dealers")),
    ("training", t("Training")),
    ("operations", t("Operations")),
)

KINDS = {
    "record": t("Each record that meets conditions"),
    "every": t("Every so many"),
    "kpi": t("A figure beyond a target"),
    "streak": t("A run without a break"),
    "rank": t("The best of all"),
    "improvement": t("Better than before"),
    "behaviour": t("A good habit, so many a day"),
    "manual": t("A nomination by a person"),
}
"""Kind of milestone -> what it pays for."""

PERIOD_WORDS = {
    "day": t("each day"),
    "week": t("each week"),
    "month": t("each month"),
    "quarter": t("each quarter"),
    "half": t("each half year"),
    "year": t("each year"),
    "month_445": t("each retail month (4-4-5)"),
    "quarter_445": t("each retail quarter (4-4-5)"),
    "lifetime": t("all time"),
}

LINES = (
    ("at_least", t("at least")),
    ("above", t("more than")),
    ("at_most", t("at most")),
    ("below", t("less than")),
    ("between", t("between two values")),
    ("tiers", t("in tiers")),
)
"""How a figure is compared with its target."""

OPERATORS = {
    "is": t("is"),
    "in": t("is one of"),
    "at_least": t("is at least"),
    "above": t("is more than"),
    "at_most": t("is at most"),
    "below": t("is less than"),
    "between": t("lies between"),
    "is_set": t("is known (true or false)"),
    "contains": t("contains"),
    "starts_with": t("begins with"),
    "within": t("lies within"),
    "compares_to": t("compares to"),
}

GROUP_WORDS = (("all", t("All of these hold")), ("any", t("At least one of these holds")), ("not", t("This does not hold")))

PROGRAM = (
    Slot("title_en", ("title", "en"), "title", t("Title in English"), kind="wide"),
    Slot("title_nl", ("title", "nl"), "title", t("Title in Dutch"), kind="wide"),
    Slot("department", ("department",), "choice", t("Whose goal it serves"), choices=DEPARTMENTS, kind="short"),
    Slot("from", ("effective", "from"), "text", t("First day"), t("For example 2026-04-01."), kind="short"),
    Slot(
        "to",
        ("effective", "to"),
        "text",
        t("Day after the last"),
        t("Its rewards end at the beginning of that day."),
        kind="short",
    ),
    Slot("time_zone", ("time_zone",), "text", t("Time zone"), t("Whose days count, for example Europe/Amsterdam."), kind="short"),
    Slot(
        "point_value",
        ("point_value",),
        "text",
        t("What a point is worth"),
        t("With its currency, for example 0.01 USD."),
        kind="short",
    ),
    Slot(
        "budget",
        ("budget", "points"),
        "whole",
        t("Budget in points"),
        t("What does not fit waits. Empty: no limit."),
        kind="short",
    ),
    Slot(
        "backlog",
        ("backlog",),
        "choice",
        t("What happened before it went live"),
        choices=(("", t("pays, if it is dated after the first day")), ("pay", t("pays")), ("skip", t("pays nothing"))),
        kind="",
    ),
    Slot("audience", ("audience",), "condition", t("For whom")),
)

_TITLE = (
    Slot("title_en", ("title", "en"), "title", t("Title in English"), t("What people read of it."), kind="wide"),
    Slot("title_nl", ("title", "nl"), "title", t("Title in Dutch"), kind="wide"),
    Slot("kind", ("kind",), "kind", t("What it pays for"), choices=tuple(KINDS.items())),
)
_WHEN = Slot("when", ("when",), "condition", t("When"))
_WHERE = Slot("where", ("where",), "condition", t("Of which records"))
_RECORD = Slot("record", ("record",), "record", t("Kind of record"), kind="short")
_KPI = Slot("kpi", ("kpi",), "kpi", t("Figure"))
_PERIOD = Slot(
    "period",
    ("period",),
    "choice",
    t("For how long it counts"),
    choices=tuple((it, PERIOD_WORDS.get(it, it)) for it in PERIODS),
    kind="short",
)
_POINTS = Slot("points", ("points",), "points", t("Points"), kind="short")
_SAMPLE = Slot("min_sample", ("min_sample",), "whole", t("Records it takes at least"), kind="short")
_LINE = Slot("line", (), "line", t("Target"), t("A number, 70%, 5000 USD or 14 days, as the figure has it."), kind="short")
_QUOTA = Slot("quota", ("quota",), "flag", t("The target is a share of each person's quota, for example 100%"))
_TAIL = (
    Slot(
        "subject",
        ("subject",),
        "choice",
        t("Who is rewarded"),
        choices=(("", t("each person")), *zip(SUBJECTS[1:], (t("the team"), t("the region"), t("the company")), strict=True)),
        kind="short",
    ),
    Slot("approval_above", ("approval_above",), "whole", t("A person approves above so many points"), kind="short"),
)
_TOP = (
    Slot("top", ("top",), "whole", t("Places"), kind="short"),
    Slot("pot", ("pot",), "whole", t("Points in the pot"), kind="short"),
    Slot("shares", ("shares",), "list", t("Shares of the pot"), t("One for each place, for example 50%, 30%, 20%.")),
    Slot("prizes", ("prizes",), "list", t("Or points by place"), t("For example 500, 300, 100, instead of a pot.")),
)
_BETTER = (
    Slot("by", ("by",), "scalar", t("Better by"), t("For example 10%."), kind="short"),
    Slot("over", ("over",), "whole", t("Than the last so many periods"), kind="short"),
)
_NOMINATORS = tuple(zip(NOMINATORS, (t("their manager"), t("any colleague"), t("an administrator")), strict=True))
_OF = (("records", t("records")), ("days", t("days")), ("weeks", t("weeks")), ("months", t("months")))

BY_KIND: dict[str, tuple[Slot, ...]] = {
    "record": (*_TITLE, _RECORD, _WHEN, _POINTS, *_TAIL),
    "behaviour": (
        *(*_TITLE, _RECORD, _WHEN),
        Slot("per", ("per",), "choice", t("One award for each"), choices=(("", t("record")), ("day", t("day"))), kind="short"),
        Slot("daily_cap", ("daily_cap",), "whole", t("Awards a day at most"), kind="short"),
        *(_POINTS, *_TAIL[1:]),
    ),
    "every": (
        *_TITLE,
        _KPI,
        Slot("n", ("n",), "scalar", t("For every"), t("For example 5, or 5000 USD."), kind="short"),
        _PERIOD,
        _WHERE,
        _POINTS,
        *_TAIL,
    ),
    "kpi": (*_TITLE, _KPI, _LINE, _QUOTA, _SAMPLE, _PERIOD, _WHERE, _POINTS, *_TAIL),
    "streak": (
        *(*_TITLE, _RECORD, _WHEN),
        Slot("n", ("n",), "whole", t("How many in a row"), kind="short"),
        Slot("of", ("of",), "choice", t("In a row of"), choices=(("", t("Say which")), *_OF), kind="short"),
        Slot("once", ("once",), "flag", t("Only once a period")),
        *(_PERIOD, _POINTS, *_TAIL[1:]),
    ),
    "rank": (*_TITLE, _KPI, _PERIOD, *_TOP, _SAMPLE, _WHERE, *_TAIL),
    "improvement": (*_TITLE, _KPI, *_BETTER, _SAMPLE, _PERIOD, _WHERE, _POINTS, *_TAIL),
    "manual": (
        *_TITLE,
        Slot("by", ("by",), "choice", t("Who may nominate"), choices=_NOMINATORS, kind="short"),
        _POINTS,
        *_TAIL[1:],
    ),
}
"""Kind of milestone -> its fields in the order of the form."""

BY_RECORD = (
    *_TITLE,
    _RECORD,
    _WHEN,
    Slot(
        "faster_than",
        ("faster_than",),
        "choice",
        t("Faster than"),
        choices=(("team", t("half of the team in the period before")),),
    ),
    _SAMPLE,
    _PERIOD,
    _POINTS,
    *_TAIL[1:],
)
"""The other way to write an improvement: single records that were faster."""

PER = (
    Slot("per", ("points", "per"), "text", t("For each unit of"), kind="short"),
    Slot("rate", ("points", "rate"), "scalar", t("Points a unit"), t("For example 1%: one point for a hundred."), kind="short"),
    Slot("floor", ("points", "floor"), "whole", t("At least"), kind="short"),
    Slot("cap", ("points", "cap"), "whole", t("At most"), kind="short"),
)
"""Points that depend on a field of the record."""

FRESH: dict[str, dict[str, object]] = {
    "record": {"when": {"all": [{"field": "deal.stage", "is": "won"}]}, "points": 50},
    "behaviour": {
        "record": "activity",
        "when": {"all": [{"field": "activity.on_time", "is": True}]},
        "daily_cap": 3,
        "points": 5,
    },
    "every": {"kpi": "won_count", "n": 5, "period": "quarter", "points": 500},
    "kpi": {"kpi": "close_rate", "at_least": "40%", "min_sample": 10, "period": "quarter", "points": 500},
    "streak": {"record": "deal", "when": {"field": "deal.stage", "is": "won"}, "n": 5, "period": "year", "points": 500},
    "rank": {"kpi": "won_amount", "top": 3, "pot": 6000, "shares": ["50%", "30%", "20%"], "min_sample": 2, "period": "quarter"},
    "improvement": {"kpi": "close_rate", "by": "10%", "over": 3, "min_sample": 10, "period": "quarter", "points": 500},
    "manual": {"by": "manager", "points": 100},
}
"""Kind of milestone -> what a new one begins with."""


def slots_of(raw: object) -> tuple[Slot, ...]:
    """The fields of a milestone as it is written; none if its kind is unknown."""
    if not isinstance(raw, dict):
        return ()
    if raw.get("kind") == "improvement" and any(raw.get(key) is not None for key in ("record", "when", "faster_than")):
        return BY_RECORD
    kind = raw.get("kind")
    found = BY_KIND.get(kind, _TITLE) if isinstance(kind, str) else _TITLE
    if not isinstance(raw.get("points"), dict):
        return found
    place = next((i for i, it in enumerate(found) if it.form == "points"), len(found) - 1)
    return (*found[: place + 1], *PER, *found[place + 1 :])
