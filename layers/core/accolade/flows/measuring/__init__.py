"""Measuring: any KPI over any history, by subject and period, with the same code that production counts with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from accolade.flows.history import History, Row
from accolade.flows.history.problems import Problem
from accolade.flows.history.reading import Ahead
from accolade.flows.measuring.gathering import Gathered
from accolade.flows.measuring.placing import Board, placed
from accolade.flows.measuring.spells import ALL, Spells
from accolade.flows.measuring.subjects import Subjects
from accolade.kpis import Kpi, Value
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.model.money import exponent
from accolade.model.sales import SALE_FIELDS
from accolade.programs.catalogue import Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, fields

__all__ = ["ALL", "Answer", "Line", "Question", "measure"]

CHECKED = 3_000_000
"""Records among which one that comes twice is noticed."""

MAX_LINES = 2_000_000
"""Lines of an answer at most: subjects times periods."""


MONEY_FIELDS = frozenset(
    name for record in Catalogue().records for name, type_ in Catalogue().fields(record).items() if type_ is FieldType.MONEY
)
"""Every field of any record that holds money."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `by`: as in `subjects.BY`, or a field such as `deal.product`. `period`: a calendar's kind, or `all`.

    `as_of`: the day it is seen from: what is dated on it or later is not there yet, and recency ends with it. `where`: only
    records for which this is true. `show`: fields beside the value, for `by: record`. `board`: the best of each period only.
    """

    kpi: Kpi
    by: str = "participant"
    period: str = "all"
    as_of: date | None = None
    where: Condition | None = None
    show: tuple[str, ...] = ()
    board: Board | None = None

    def asks(self) -> set[str]:
        """Every field that is read, apart from those of KPIs that break ties."""
        return {*self.kpi.reads, self.by, *self.show, *(fields(self.where) if self.where else ())}


@dataclass(frozen=True, slots=True)
class Line:
    """A KPI of one subject in one period; `columns` are its parts as the KPI shows them, money in minor units. `sample`: how
    many records the value rests on."""

    subject: str
    period: str
    value: Value
    columns: Mapping[str, object]
    sample: int = 0


@dataclass(slots=True)
class Answer:
    """The lines in the order of subject and period (a board: of period and position), and what they rest on.

    `places`: decimals of the minor unit that money is counted in. `records`: rows that were read; `unowned`: those that
    nobody owns, where it matters. `as_of`: the day it was seen from.
    """

    lines: list[Line]
    currency: str
    places: int
    as_of: date | None
    records: int = 0
    unowned: int = 0
    names: tuple[str, ...] = field(default=())


def measure(history: History, question: Question, *, ahead: Ahead = lambda _: None) -> Answer:
    """The answer to a question over a history. `ahead` is told how many bytes of all files were read.

    Rejected where the history has no file of the records that the KPI reads, or the answer would be too long.
    """
    kpi = question.kpi
    types = [it for it in kpi.records if it in history.types]
    if not types:
        raise Rejected(
            f"{kpi.name} reads {' and '.join(kpi.records)}", where="--records", mend=f"Add --records {kpi.records[0]}=FILE.csv"
        )
    if question.asks() & SALE_FIELDS:
        history.tell_sales()
    counting = _Counting(history, question)
    before = 0
    for type_ in types:
        for row in history.records(type_, ahead=lambda count, before=before: ahead(before + count)):  # type: ignore[misc] # default of a lambda
            counting.add(row)
        before += history.size(type_)
    return counting.answer()


class _Counting:
    """Takes rows, gives the answer."""

    def __init__(self, history: History, question: Question) -> None:
        self._history, self._question = history, question
        self._subjects = Subjects(history, question.by, question.kpi)
        self._where = compiled(question.where) if question.where else None
        kpis = [question.kpi, *(question.board.breakers if question.board else ())]
        self._gathered = [Gathered(kpi, Spells(question.period)) for kpi in kpis]
        self._currency = ""
        self._single = len(question.kpi.records) == 1
        self._shown: dict[str, dict[str, object]] = {}
        self._records = self._unowned = 0
        self._ids: set[tuple[str, str] | str] = set()

    def add(self, row: Row) -> None:
        """Count a row."""
        self._records += 1
        if self._twice(row):
            return
        subject = self._subjects.of(row)
        if self._where and self._where(self._askable(row)) is not True:
            return
        if subject is None:
            self._unowned += any(True for _ in self._question.kpi.moments(row.values))
            return
        for gathered in self._gathered:
            if gathered.kpi.reads_money and not self._same_currency(row):
                return
            gathered.add(row, subject, as_of=self._question.as_of, about=self._subjects.by_about)
        if self._question.show:
            self._shown[subject] = {name: row.values.get(name) for name in self._question.show}

    def answer(self) -> Answer:
        """What was counted."""
        question, main = self._question, self._gathered[0]
        part = self._history.part(next(it for it in main.kpi.records if it in self._history.types))
        currency = self._currency or part.map.currency
        as_of = question.as_of or (main.last + timedelta(days=1) if main.last and question.period == ALL else None)
        expected = self._subjects.expected(main.subjects)
        spells = main.spells.between(main.first, main.last, as_of)
        if len(expected) * max(1, len(spells)) > MAX_LINES:
            what = f"{len(expected):,} subjects in {len(spells):,} periods"
            raise Rejected(what, where="--by, --period", mend="Choose longer periods, or another --by")
        lines = list(self._board(expected, as_of) if question.board else self._lines(expected, as_of))
        places = exponent(currency) if part.digits is None else part.digits
        answer = Answer(lines, currency, places, as_of, self._records, self._unowned)
        answer.names = tuple(dict.fromkeys(name for line in lines for name in line.columns))
        return answer

    def _lines(self, expected: list[str], as_of: date | None) -> Iterator[Line]:
        main, found = self._gathered[0], dict[tuple[str, str], Line]()
        spells = main.spells.between(main.first, main.last, as_of)
        for spell in spells:
            tallies = main.tallies(expected, spell)
            for subject, (value, columns) in main.kpi.together(tallies).items():
                shown = self._shown.get(subject, {}) if self._question.show else {}
                sample = main.kpi.sample(tallies[subject])
                found[subject, spell.label] = Line(subject, spell.label, value, {**shown, **columns}, sample)
        for subject in expected:
            for spell in spells:
                yield found[subject, spell.label]

    def _board(self, expected: list[str], as_of: date | None) -> Iterator[Line]:
        main, board = self._gathered[0], self._question.board
        assert board is not None  # noqa: S101 (asked before)
        for spell in main.spells.between(main.first, main.last, as_of):
            tallies = main.tallies(expected, spell)
            others = {it.kpi.name: it.tallies(expected, spell) for it in self._gathered[1:]}
            known = main.kpi.together(tallies)
            for place in placed(main.kpi, board, tallies, others):
                columns = {"position": place.position, "rank": place.rank, **known[place.subject][1]}
                values = {it.kpi.name: it.kpi.value(others[it.kpi.name][place.subject]) for it in self._gathered[1:]}
                yield Line(place.subject, spell.label, known[place.subject][0], columns | values)

    def _twice(self, row: Row) -> bool:
        """Whether the record was there before; a problem is noted if so. Past CHECKED records nobody looks any more."""
        if not self._history.part(row.type).id or len(self._ids) >= CHECKED:
            return False
        before = len(self._ids)
        self._ids.add(row.id if self._single else (row.type, row.id))
        if len(self._ids) > before:
            return False
        column = self._history.part(row.type).id[0]
        self._history.problems.add(Problem(row.file, row.line, column, f"{row.id[:60]} is there already", "Keep one of the two"))
        return True

    def _same_currency(self, row: Row) -> bool:
        """Whether the row's money can be added to that of the others; a problem is noted if not."""
        stated = str(row.values.get(f"{row.type}.currency") or "")
        self._currency = self._currency or stated
        if not stated or stated == self._currency:
            return True
        self._history.problems.add(
            Problem(
                row.file,
                row.line,
                "",
                f"this is in {stated}, what came before in {self._currency}",
                "Convert it, or ask with --where",
            )
        )
        return False

    def _askable(self, row: Row) -> Mapping[str, object]:
        """The values as conditions ask for them: money in minor units of its currency, whatever decimals the file has."""
        if row.digits is None:
            return row.values
        more = Fraction(10) ** (row.digits - exponent(str(row.values.get(f"{row.type}.currency"))))
        return {name: _scaled(value, more) if name in MONEY_FIELDS else value for name, value in row.values.items()}


def _scaled(value: object, by: Fraction) -> object:
    return Fraction(value) / by if isinstance(value, int) else value
