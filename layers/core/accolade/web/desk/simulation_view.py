"""A back-test as a page shows it: a few figures, charts as pictures of their own tables, in the reader's language."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from accolade.flows.figures import Worth
from accolade.flows.simulation.outcome import Outcome, Simulation
from accolade.texts import Texts
from accolade.texts.phrases import points
from accolade.texts.plain import plain
from accolade.texts.refusals import kept
from accolade.web.charts import Bar, Series, bars, columns
from accolade.web.desk.analytics import worth
from accolade.web.simulation_page import share

SHOWN, MONTHS, LEFT = 10, 30, 12
"""People who are named; months that are drawn, more become quarters; reasons that are told."""


def simulation_view(it: Simulation, t: Texts) -> dict[str, Any]:
    """Everything that the template shows. Nothing is said of people who got nothing, but how many they are."""
    return {
        "records": t.number(it.records),
        "start": t.date(it.start) if it.start else "",
        "end": t.date(it.end) if it.end else "",
        "this": it.this.label,
        "other": it.other.label if it.other else "",
        "unit": unit_words(it.this.unit, t),
        "figures": _figures(it, t),
        "notes": [note for outcome in (it.this, it.other) if outcome for note in _notes(outcome, t)],
        "goals": [
            (
                plain(part.title, limit=120),
                t.number(part.awards),
                t.number(part.points),
                _money(it.this, part.points, t),
                t.number(part.people),
            )
            for part in it.this.parts
        ],
        "payout": _payout(it, t),
        "top": _top(it.this, t),
        "moves": _moves(it, t),
        "left": [(kept(t, entry.reason), t.number(entry.count)) for entry in (*it.read, *it.this.left)[:LEFT]],
        "left_more": max(0, len(it.read) + len(it.this.left) - LEFT),
    }


def unit_words(unit: str, t: Texts) -> str:
    """What several points are called: a company's own unit as it is, points in the reader's language."""
    return plain(points(t, 2, unit).partition(" ")[2], limit=40)


def _figures(it: Simulation, t: Texts) -> list[tuple[str, str, str, str]]:
    """What is compared at a glance: its name, the other's figure, this one's, the change."""
    this, other = it.this, it.other
    rows = [
        _row(t.t("Awards"), this.awards, other.awards if other else None, t),
        _row(unit_words(this.unit, t).capitalize(), this.points, other.points if other else None, t),
        (t.t("Cost"), _money(other, other.points, t) if other else "", _money(this, this.points, t), ""),
        _row(
            t.t("People who win, of %(count)s", count=t.number(this.audience)), this.winners, other.winners if other else None, t
        ),
    ]
    if this.budget is not None or (other and other.budget is not None):
        rows.append((t.t("Budget"), _ends(other, t) if other else "", _ends(this, t), ""))
    for count in (3, 10):
        if this.audience > count:
            before = share(other.top(count)) if other else ""
            rows.append((t.t("The first %(count)s take", count=count), before, share(this.top(count)), ""))
    return rows


def _row(name: str, this: int, other: int | None, t: Texts) -> tuple[str, str, str, str]:
    return (name, "", t.number(this), "") if other is None else (name, t.number(other), t.number(this), _signed(this - other, t))


def _signed(by: int, t: Texts) -> str:
    return f"{'+' if by > 0 else '\u2212' if by < 0 else ''}{t.number(abs(by))}"


def _money(outcome: Outcome, amount: int, t: Texts) -> str:
    return worth(amount, Worth(outcome.point_value, outcome.currency), t)


def _ends(outcome: Outcome, t: Texts) -> str:
    if outcome.budget is None:
        return t.t("no limit")
    return t.t("used up on %(day)s", day=t.date(outcome.dry)) if outcome.dry else t.t("suffices")


def _notes(outcome: Outcome, t: Texts) -> list[str]:
    found = [kept(t, it) for it in outcome.notes]
    if outcome.always:
        name = outcome.label[:1].upper() + outcome.label[1:]
        found.append(t.t("%(name)s is in force on no day of this history; it was judged as if it had always been.", name=name))
    return found


def _payout(it: Simulation, t: Texts) -> dict[str, Any]:
    this, other = it.this, it.other
    kind = "month" if len(this.spell("month")) <= MONTHS else "quarter"
    labels = sorted({spell.label for outcome in (this, other) if outcome for spell in outcome.spell(kind)})
    mine, theirs = ({spell.label: spell for spell in outcome.spell(kind)} if outcome else {} for outcome in (this, other))
    series = [Series(this.label, [mine[label].points if label in mine else 0 for label in labels])]
    if other:
        series.insert(0, Series(other.label, [theirs[label].points if label in theirs else 0 for label in labels], "two"))
    title = t.t("Paid by month") if kind == "month" else t.t("Paid by quarter")
    rows = [
        (
            t.period(label),
            *_spelled(mine.get(label), t),
            _money(this, mine[label].points if label in mine else 0, t),
            t.number(theirs[label].points if label in theirs else 0),
        )
        for label in labels
    ]
    return {
        "title": title,
        "rows": rows,
        "series": series,
        "chart": _drawn(columns(labels, series, title=title)) if labels else "",
    }


def _spelled(spell: Any, t: Texts) -> tuple[str, str, str]:
    return (t.number(spell.awards), t.number(spell.people), t.number(spell.points)) if spell else ("0", "0", "0")


def _top(this: Outcome, t: Texts) -> dict[str, Any]:
    people = [it for it in this.people[:SHOWN] if it.points > 0]
    rows = [
        (place, it.name, t.number(it.awards), t.number(it.points), share(Fraction(it.points, this.points)))
        for place, it in enumerate(people, start=1)
    ]
    return {"rows": rows, "chart": _bars([Bar(it.name, it.points, t.number(it.points)) for it in people], t.t("Who gets most"))}


def _moves(it: Simulation, t: Texts) -> dict[str, Any]:
    """Those who gain and lose most, at most ten of each."""
    changes = it.changes
    gain, lose = [one for one in changes if one.by > 0], [one for one in changes if one.by < 0]
    shown = [*gain[:SHOWN], *lose[-SHOWN:]]
    drawn = [Bar(one.name, one.by, _signed(one.by, t), "gain" if one.by > 0 else "loss") for one in shown]
    rows = [(one.name, t.number(one.before), t.number(one.after), _signed(one.by, t)) for one in shown]
    return {
        "rows": rows,
        "gain": t.number(len(gain)),
        "lose": t.number(len(lose)),
        "chart": _bars(drawn, t.t("Who gains and who loses")),
    }


def _bars(rows: Sequence[Bar], title: str) -> Markup:
    return _drawn(bars(rows, title=title)) if rows else Markup("")


def _drawn(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 (names are escaped where they are drawn)
