"""A measured figure with its reference and its budget, and how the table of them reads."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """`measured` and `reference` in `unit`; `ratio` is measured to reference, or how many times as fast as the reference;
    `ok` None where there is no budget."""

    what: str
    measured: float
    unit: str
    reference: float | None
    against: str
    ratio: float | None
    budget: str
    ok: bool | None


def row(
    what: str,
    measured: float,
    unit: str,
    *,
    reference: float | None = None,
    against: str = "",
    at_most: float | None = None,
    at_least: float | None = None,
    ratio_at_most: float | None = None,
    ratio_at_least: float | None = None,
    times_as_fast: float | None = None,
) -> Row:
    """A row; every bound that is given has to hold. `times_as_fast`: of two times, how often ours fits into the reference."""
    ratio = measured / reference if reference else None
    if times_as_fast is not None and reference:
        ratio, ratio_at_least = reference / measured, times_as_fast
    bounds = (
        (measured, at_most, f"<= {at_most:g} {unit}" if at_most is not None else "", False),
        (measured, at_least, f">= {at_least:g} {unit}" if at_least is not None else "", True),
        (ratio, ratio_at_most, f"<= {ratio_at_most:g}x" if ratio_at_most is not None else "", False),
        (ratio, ratio_at_least, f">= {ratio_at_least:g}x" if ratio_at_least is not None else "", True),
    )
    held = [(value >= bound if lower else value <= bound) for value, bound, _, lower in bounds if None not in (value, bound)]
    budget = ", ".join(text for _, _, text, _ in bounds if text)
    return Row(what, measured, unit, reference, against, ratio, budget, all(held) if held else None)


def table(rows: Sequence[Row]) -> str:
    """The rows for people, in columns."""
    cells = [("what", "measured", "reference", "ratio", "budget", "")]
    for it in rows:
        reference = f"{number(it.reference)} {it.unit} ({it.against})" if it.reference is not None else "-"
        verdict = {True: "ok", False: "OVER", None: ""}[it.ok]
        ratio = f"{it.ratio:.2f}x" if it.ratio is not None else "-"
        cells.append((it.what, f"{number(it.measured)} {it.unit}", reference, ratio, it.budget or "-", verdict))
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def as_json(rows: Iterable[Row], notes: Sequence[str]) -> str:
    """The rows and notes for scripts."""
    return json.dumps({"rows": [asdict(it) for it in rows], "notes": list(notes)}, indent=2)


def number(value: float) -> str:
    """A figure with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of the sorted values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
