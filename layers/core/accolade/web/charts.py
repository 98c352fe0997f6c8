"""Charts as plain SVG, drawn from figures that stand in a table beside them; colours come from the page's style."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

WIDTH = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 28
_WIDEST = 72
"""Of a single column: one month alone is no wall."""

_LABEL_EVERY = 64
"""Pixels that a label below a column needs."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of values with its name; `tone` is a class of the style: `one`, `two`, `gain` or `loss`."""

    name: str
    values: Sequence[int]
    tone: str = "one"


def columns(labels: Sequence[str], series: Sequence[Series], *, title: str, height: int = 240) -> str:
    """Columns side by side, one group a label."""
    top = _ceiling(max((value for it in series for value in it.values), default=0))
    low = -_ceiling(-min((value for it in series for value in it.values if value < 0), default=0))
    scale = _Scale(low, top, height)
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    gap = min(slot * 0.3, 24)
    wide = min((slot - gap) / max(1, len(series)), _WIDEST)
    gap = slot - wide * max(1, len(series))
    parts = [scale.grid()]
    every = max(1, -(-_LABEL_EVERY // max(1, int(slot))))
    for place, label in enumerate(labels):
        left = _LEFT + place * slot
        for number, it in enumerate(series):
            value = it.values[place]
            y, zero = scale.y(max(value, 0)), scale.y(0)
            tall = abs(scale.y(value) - zero)
            x = left + gap / 2 + number * wide
            rectangle = (
                f'<rect class="{it.tone}" x="{x:.1f}" y="{y:.1f}" width="{max(1.0, wide - 1):.1f}" height="{tall:.1f}" rx="2">'
            )
            parts.append(f"{rectangle}<title>{escape(f'{label}: {it.name} {value:,}')}</title></rect>")
        if place % every == 0:
            parts.append(_text(left + slot / 2, height - 8, label, "middle"))
    return _svg("".join(parts), title, height)


def line(
    points: Sequence[tuple[float, int]], labels: Sequence[tuple[float, str]], *, title: str, marks: "Sequence[Mark]" = ()
) -> str:
    """A line that steps from value to value; x runs from 0 to 1. `labels` stand below, `marks` are upright lines."""
    height = 260
    values = [value for _, value in points]
    scale = _Scale(-_ceiling(-min([0, *values])), _ceiling(max([0, *values])), height)
    path, last = [], None
    for x, value in points:
        if last is not None:
            path.append(f"{_x(x):.1f},{scale.y(last):.1f}")
        path.append(f"{_x(x):.1f},{scale.y(value):.1f}")
        last = value
    zero = f"{scale.y(0):.1f}"
    area = f'<polygon class="area" points="{_x(points[0][0]):.1f},{zero} {" ".join(path)} {_x(points[-1][0]):.1f},{zero}"/>'
    parts = [scale.grid(), area, f'<polyline class="line" points="{" ".join(path)}"/>']
    for mark in marks:
        x = _x(mark.x)
        anchor = "end" if mark.x > 0.5 else "start"
        parts.append(f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{height - _BOTTOM}"/>')
        parts.append(_text(x + (-6 if anchor == "end" else 6), _TOP + 12, mark.text, anchor, "strong"))
    parts += [_text(_x(x), height - 8, text, "middle") for x, text in labels]
    return _svg("".join(parts), title, height)


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line at `x` (0 to 1) with its words."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A lying bar: its name, its value, what stands at its end."""

    name: str
    value: int
    says: str
    tone: str = "one"


def bars(rows: Sequence[Bar], *, title: str) -> str:
    """Lying bars, one below the other; those below zero go to the left."""
    row, height = 28, 28 * len(rows) + 8
    names, ends = 190, 120
    high = max([0, *(it.value for it in rows)])
    low = min([0, *(it.value for it in rows)])
    span = max(1, high - low)
    room = WIDTH - names - ends
    zero = names + room * -low / span
    parts = []
    for place, it in enumerate(rows):
        y = place * row + 4
        wide = room * abs(it.value) / span
        x = zero if it.value >= 0 else zero - wide
        end = max(zero, zero + room * it.value / span)
        parts.append(_text(names - 10, y + 16, _short(it.name, 26), "end"))
        parts.append(f'<rect class="{it.tone}" x="{x:.1f}" y="{y + 3}" width="{max(1.0, wide):.1f}" height="18" rx="2"/>')
        parts.append(_text(end + 8, y + 16, it.says, "start", "strong"))
    if low < 0:
        parts.append(f'<line class="axis" x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height}"/>')
    return _svg("".join(parts), title, height)


class _Scale:
    """Values up, with three to six lines at round figures."""

    def __init__(self, low: int, high: int, height: int) -> None:
        self.low, self.high, self.height = low, max(high, low + 1), height

    def y(self, value: float) -> float:
        room = self.height - _TOP - _BOTTOM
        return _TOP + room * (self.high - value) / (self.high - self.low)

    def grid(self) -> str:
        step = _step(self.high - self.low)
        parts = []
        value = -(-self.low // step) * step
        while value <= self.high:
            y = self.y(value)
            kind = "axis" if value == 0 else "grid"
            parts.append(f'<line class="{kind}" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(_text(_LEFT - 8, y + 4, _figure(value), "end"))
            value += step
        return "".join(parts)


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _step(span: int) -> int:
    """A round figure that divides the span into three to six parts."""
    rough = max(1, span) / 5
    unit = 10 ** max(0, floor(log10(rough))) if rough >= 1 else 1
    return next(int(unit * by) for by in (1, 2, 5, 10) if unit * by >= rough)


def _ceiling(value: int) -> int:
    """The next round figure from a value on; 0 for 0 and below."""
    if value <= 0:
        return 0
    step = max(1, _step(value))
    return -(-value // step) * step


def _figure(value: int) -> str:
    for unit, letter in ((1_000_000_000, "bn"), (1_000_000, "M"), (1_000, "k")):
        if abs(value) >= unit and value % (unit // 10) == 0:
            return f"{value / unit:g} {letter}"
    return f"{value:,}"


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}\u2026"


def _text(x: float, y: float, text: str, anchor: str, tone: str = "") -> str:
    kind = f' class="{tone}"' if tone else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(inside: str, title: str, height: int) -> str:
    named = escape(title, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{named}">{inside}</svg>'
