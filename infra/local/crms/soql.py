"""The part of SOQL that the reader writes: SELECT, FROM, WHERE with AND/OR/IN/comparisons, ORDER BY, LIMIT."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(r"\s*(?:('(?:[^'\\]|\\.)*')|(>=|<=|!=|[(),=<>])|([^\s(),=<>']+))")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Query:
    """A parsed query; `newest`: in descending order; `fields_used` are all fields that it names."""

    columns: tuple[str, ...]
    source: str
    test: Test
    order: tuple[str, ...]
    limit: int | None
    newest: bool = False
    fields_used: frozenset[str] = field(default_factory=frozenset)


def parse(text: str) -> Query:
    """The query of a text; ValueError says what was not understood."""
    return _Parser(text).query()


def comparable(value: Any) -> Any:
    """Stored and literal values as they compare: instants in time order, text as it is."""
    if isinstance(value, str) and _STAMP.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


def at(row: Row, path: str) -> Any:
    """The value of `Name` or `Account.Name` in a row; None if it is not there."""
    value: Any = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = [next(filter(None, found)) for found in _TOKEN.findall(text)]
        if _TOKEN.sub("", text).strip():
            raise ValueError(f"unexpected character in {text[:80]!r}")
        self._used: set[str] = set()

    def query(self) -> Query:
        self._word("SELECT")
        columns = self._names()
        self._word("FROM")
        source = self._next()
        test = self._any() if self._taken("WHERE") else lambda row: True
        order: tuple[str, ...] = ()
        newest = False
        if self._taken("ORDER"):
            self._word("BY")
            order = self._names()
            newest = self._taken("DESC")
        limit = int(self._next()) if self._taken("LIMIT") else None
        if self._tokens:
            raise ValueError(f"unexpected token: {self._tokens[0]!r}")
        return Query(columns, source, test, order, limit, newest, frozenset(self._used))

    def _names(self) -> tuple[str, ...]:
        names = [self._next()]
        while self._taken(","):
            names.append(self._next())
        self._used |= set(names)
        return tuple(names)

    def _any(self) -> Test:
        tests = [self._all()]
        while self._taken("OR"):
            tests.append(self._all())
        return lambda row: any(test(row) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._taken("AND"):
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._taken("("):
            inner = self._any()
            self._word(")")
            return inner
        name = self._next()
        self._used.add(name)
        if self._taken("IN"):
            self._word("(")
            wanted = {self._literal()}
            while self._taken(","):
                wanted.add(self._literal())
            self._word(")")
            return lambda row: at(row, name) in wanted
        sign = self._next()
        if sign not in _COMPARE:
            raise ValueError(f"unexpected token: {sign!r}")
        literal = comparable(self._literal())
        return lambda row: at(row, name) is not None and _COMPARE[sign](comparable(at(row, name)), literal)

    def _literal(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token.lower() in ("true", "false"):
            return token.lower() == "true"
        return token if _STAMP.fullmatch(token) else float(token)

    def _next(self) -> str:
        if not self._tokens:
            raise ValueError("unexpected end")
        return self._tokens.pop(0)

    def _taken(self, word: str) -> bool:
        if self._tokens and self._tokens[0].upper() == word:
            self._tokens.pop(0)
            return True
        return False

    def _word(self, word: str) -> None:
        if not self._taken(word):
            raise ValueError(f"{word} expected before {self._tokens[:1]}")
