"""Answers as CSV and JSON: exact figures as decimal text, undefined as nothing."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, TextIO

from accolade.flows.formulas import plain_cell
from accolade.flows.measuring import MONEY_FIELDS, Answer, Line, Question
from accolade.kpis import Kpi

DECIMALS = 6
"""Of rates, ratios and means; half up."""

_FIRST = ("subject", "period", "value")
_BROKEN = ("ratio", "money_per_day")
"""Units whose values are always written with decimals."""


def write_csv(answer: Answer, question: Question, to: TextIO) -> None:
    """`subject,period,value` and the parts; UTF-8, LF, quotes only where they are needed; no name is a formula."""
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow([*_FIRST, *answer.names])
    for cells in _rows(answer, question):
        subject, *figures = cells.values()
        writer.writerow([plain_cell(subject or ""), *("" if it is None else it for it in figures)])


def write_json(answer: Answer, question: Question, to: TextIO, *, skipped: int) -> None:
    """One document: what was asked, and the same lines; figures as text, so that nobody rounds them; null is undefined."""
    kpi = question.kpi
    document: dict[str, Any] = {
        "kpi": kpi.name,
        "title": kpi.title,
        "unit": kpi.unit,
        "options": kpi.chosen,
        "by": question.by,
        "period": question.period,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "currency": answer.currency if kpi.reads_money else None,
        "records": answer.records,
        "skipped": skipped,
        "without_subject": answer.unowned,
        "lines": list(_rows(answer, question)),
    }
    json.dump(document, to, ensure_ascii=False, indent=2)
    to.write("\n")


def _rows(answer: Answer, question: Question) -> Iterator[dict[str, str | None]]:
    kpi, shown = question.kpi, frozenset(question.show)
    plain = type(kpi).columns is Kpi.columns
    for line in answer.lines:
        found: dict[str, str | None] = {"subject": line.subject, "period": line.period, "value": _value(line, kpi, answer.places)}
        for name in answer.names:
            # Sums that nothing was added to are 0; what a KPI itself leaves out, or shows as None, is undefined.
            given = line.columns.get(name, 0 if plain and name not in shown else None)
            found[name] = _cell(given, answer.places if _is_money(name, kpi, question) else None)
        yield found


def _is_money(name: str, kpi: Kpi, question: Question) -> bool:
    board = question.board
    breaker = next((it for it in board.breakers if it.name == name), None) if board else None
    return name in kpi.money or name in MONEY_FIELDS or (breaker is not None and breaker.unit == "money")


def _value(line: Line, kpi: Kpi, places: int) -> str | None:
    money = kpi.unit in ("money", "money_per_day")
    if line.value is not None and kpi.unit in _BROKEN:
        exact = Fraction(line.value, 10**places) if money else Fraction(line.value)
        return rounded(exact)
    return _cell(line.value, places if money else None)


def _cell(value: object, places: int | None) -> str | None:
    """A figure as text: whole ones as they are, fractions to six decimals; `places`: it is minor units of money."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Fraction | Decimal):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if places is None:
        return str(value) if isinstance(value, int) else rounded(value)
    return f"{Decimal(value).scaleb(-places, _WIDE):f}" if isinstance(value, int) else rounded(value / 10**places)


_WIDE = Context(prec=60)


def rounded(exact: Fraction) -> str:
    """A fraction to six decimals, half away from zero."""
    scaled = abs(exact) * 10**DECIMALS
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if exact < 0 and whole else ""
    return f"{sign}{whole // 10**DECIMALS}.{whole % 10**DECIMALS:06d}"
