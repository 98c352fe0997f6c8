"""The report of a back-test as one file: no request leaves it, every chart has its table, light and dark."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from accolade.flows.simulation.outcome import Change, Outcome, Simulation, percentile
from accolade.texts.colours import FALLBACK, accents
from accolade.web.charts import Bar, Mark, Series, bars, columns, line

_TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 10
_MONTHS = 30
"""More months than this are drawn as quarters."""
_CURVE = 400
"""Steps that a curve has at most: more is not seen on a screen."""


def report(simulation: Simulation) -> str:
    """The whole page as HTML text."""
    style = _style()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        _environment()
        .get_template("simulation.html")
        .render(
            style=Markup(style),  # noqa: S704 (our own file)
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            it=simulation,
            this=simulation.this,
            other=simulation.other,
            figures=figures(simulation),
            payout=_payout(simulation),
            spread=_spread(simulation.this),
            budget=_budget(simulation),
            top=_top(simulation.this),
            moves=_moves(simulation),
        )
    )


def figures(simulation: Simulation) -> list[tuple[str, str, str, str]]:
    """What is compared at a glance: name, the other program's figure, this one's, the change."""
    this, other = simulation.this, simulation.other
    rows = [
        _row("awards", this.awards, other.awards if other else None),
        _row(this.unit, this.points, other.points if other else None),
        _cost_row(this, other),
    ]
    if this.budget is not None or (other and other.budget is not None):
        name = f"budget {money(this, this.budget)}" if this.budget is not None else "budget"
        short = f"short by {money(this, this.short)}" if this.short else ""
        rows.append((name, ends(other) if other else "", ends(this), short))
    rows.append(_row(f"people who win, of {this.audience:,}", this.winners, other.winners if other else None))
    if other:
        gain = sum(1 for it in simulation.changes if it.by > 0)
        rows.append(("people who gain / lose", "", f"{gain:,} / {len(simulation.changes) - gain:,}", ""))
    for count in (3, 10):
        if this.audience > count:
            before = share(other.top(count)) if other else ""
            rows.append((f"top {count} of {this.audience:,} take", before, share(this.top(count)), ""))
    return rows


def ends(outcome: Outcome) -> str:
    """When the budget would be used up."""
    if outcome.budget is None:
        return "no budget"
    return f"ends {day(outcome.dry)}" if outcome.dry else "suffices"


def money(outcome: Outcome, points: int) -> str:
    """What points cost, with the currency."""
    return f"{outcome.cost(points):,} {outcome.currency}"


def share(part: Fraction | None) -> str:
    """Whole percent, half up."""
    return "-" if part is None else f"{(part * 200 + 1) // 2} %"


def day(on: date | None) -> str:
    """A day as people write it."""
    return f"{on.day} {on:%b %Y}" if on else "-"


def _row(name: str, this: int, other: int | None) -> tuple[str, str, str, str]:
    return (name, "", f"{this:,}", "") if other is None else (name, f"{other:,}", f"{this:,}", _change(this - other))


def _change(by: int) -> str:
    return f"{by:+,}" if by else "0"


def _cost_row(this: Outcome, other: Outcome | None) -> tuple[str, str, str, str]:
    worth = f"{this.point_value.numerator / this.point_value.denominator:g} {this.currency} a point"
    name = f"cost ({worth})"
    if other is None:
        return name, "", money(this, this.points), ""
    change = this.cost(this.points) - other.cost(other.points) if other.currency == this.currency else None
    return (
        name,
        money(other, other.points),
        money(this, this.points),
        f"{change:+,} {this.currency}" if change is not None else "",
    )


def _payout(simulation: Simulation) -> dict[str, Any]:
    this, other = simulation.this, simulation.other
    kind = "month" if len(this.spell("month")) <= _MONTHS else "quarter"
    labels = sorted({it.label for outcome in (this, other) if outcome for it in outcome.spell(kind)})
    mine = {it.label: it for it in this.spell(kind)}
    theirs = {it.label: it for it in other.spell(kind)} if other else {}
    series = [Series(this.label, [mine[it].points if it in mine else 0 for it in labels])]
    if other:
        series.insert(0, Series(other.label, [theirs[it].points if it in theirs else 0 for it in labels], "two"))
    rows = [(label, mine.get(label), theirs.get(label)) for label in labels]
    drawn = columns(labels, series, title=f"{this.unit} by {kind}") if labels else ""
    return {"kind": kind, "chart": Markup(drawn), "rows": rows, "series": series}  # noqa: S704 (escaped where it is drawn)


def _spread(this: Outcome) -> dict[str, Any]:
    """How many people got how much, in bands of one width, and the percentiles."""
    got = sorted(it.points for it in this.people)
    if not got:
        return {"chart": "", "rows": [], "percentiles": []}
    wide = max(1, -(-(got[-1] - min(0, got[0])) // 10))
    wide = _round_up(wide)
    low = -(-min(0, got[0]) // wide) * wide if got[0] < 0 else 0
    bands: dict[int, int] = {}
    for points in got:
        bands[(points - low) // wide] = bands.get((points - low) // wide, 0) + 1
    numbers = range(max(bands) + 1)
    rows = [(f"{low + it * wide:,} to {low + (it + 1) * wide - 1:,}", bands.get(it, 0)) for it in numbers]
    labels = [f"{low + it * wide:,}" for it in numbers]
    drawn = columns(labels, [Series("people", [bands.get(it, 0) for it in numbers])], title="People by points", height=200)
    found = [(f"{percent} %", percentile(got, percent)) for percent in (10, 25, 50, 75, 90, 95)]
    return {"chart": Markup(drawn), "rows": rows, "percentiles": [*found, ("everybody", got[-1])]}  # noqa: S704 (as above)


def _budget(simulation: Simulation) -> dict[str, Any]:
    """What is left of the budget day by day; without one, what was spent."""
    this = simulation.this
    days = this.days
    if not days:
        return {"chart": "", "rows": []}
    first, last = days[0][0].toordinal(), max(days[-1][0].toordinal(), days[0][0].toordinal() + 1)
    spent, curve = 0, [(0.0, this.budget or 0)]
    for on, points in days:
        spent += points
        curve.append(((on.toordinal() - first) / (last - first), this.budget - spent if this.budget is not None else spent))
    marks = [Mark((this.dry.toordinal() - first) / (last - first), f"used up on {day(this.dry)}")] if this.dry else []
    thin = curve if len(curve) <= _CURVE else [*curve[:: -(-len(curve) // _CURVE)], curve[-1]]
    labels = [(at / 4, f"{date.fromordinal(first + (last - first) * at // 4):%b %Y}") for at in range(5)]
    title = "Budget left" if this.budget is not None else "Spent so far"
    rows, spent = [], 0
    for it in this.spell("month"):
        spent += it.points
        rows.append((it.label, it.points, spent, this.budget - spent if this.budget is not None else None))
    return {"chart": Markup(line(thin, _inside(labels), title=title, marks=marks)), "rows": rows, "title": title}  # noqa: S704 (escaped where it is drawn)


def _inside(labels: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Labels moved in from the edges, so that none is cut."""
    return [(min(0.96, max(0.02, x)), text) for x, text in labels]


def _top(this: Outcome) -> dict[str, Any]:
    people = [it for it in this.people[:_SHOWN] if it.points > 0]
    rows, together = [], 0
    for place, it in enumerate(people, start=1):
        together += it.points
        rows.append((place, it, share(Fraction(it.points, this.points)), share(Fraction(together, this.points))))
    drawn = bars([Bar(it.name, it.points, f"{it.points:,}") for it in people], title="Who gets most") if people else ""
    return {"chart": Markup(drawn), "rows": rows}  # noqa: S704 (as above)


def _moves(simulation: Simulation) -> dict[str, Any]:
    """Those who gain and lose most, at most ten of each."""
    changes = simulation.changes
    gain, lose = [it for it in changes if it.by > 0], [it for it in changes if it.by < 0]
    shown: list[Change] = [*gain[:_SHOWN], *lose[-_SHOWN:]]
    drawn = bars([_bar(it) for it in shown], title="Who gains and who loses") if shown else ""
    return {"chart": Markup(drawn), "rows": shown, "gain": len(gain), "lose": len(lose)}  # noqa: S704 (as above)


def _bar(change: Change) -> Bar:
    return Bar(change.name, change.by, f"{change.by:+,}", "gain" if change.by > 0 else "loss")


def _round_up(wide: int) -> int:
    """A width that reads well: 1, 2 or 5 times a power of ten."""
    unit = 10 ** (len(str(wide)) - 1)
    return next(unit * by for by in (1, 2, 5, 10) if unit * by >= wide)


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"day": day, "change": _change, "number": lambda value: f"{value:,}"}
    made.globals["money"] = money
    return made


@cache
def _style() -> str:
    text = (_TEMPLATES / "simulation.css").read_text(encoding="utf-8")
    found = accents(FALLBACK)
    for name in ("light", "dark"):
        text = text.replace(f"ACCENT_{name.upper()}", found[name])
    return text.strip()
