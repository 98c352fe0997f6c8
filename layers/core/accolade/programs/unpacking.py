"""Unpacking: a compiled program from its stored form (see `packing`), each part when it is first asked for."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, overload

from accolade import kpis
from accolade.model.fields import FieldType
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Test, question
from accolade.programs.rules import Milestone, Program
from accolade.programs.shapes import DEFAULTS, MADE, PREDICATES, SHAPES


def unpacked(kept: Mapping[str, Any], *, document: Mapping[str, Any], own: Mapping[str, Mapping[str, str]]) -> Program:
    """The program of its packed form, its document, and the types of the org's own fields."""
    reader, head = _Reader(kept), kept["head"]
    milestones = tuple([Stored.of(head["id"], head["version"], it, reader) for it in kept["milestones"]])
    found: Program = reader.instance(Program, head, milestones=milestones, document=document, fields=own)
    return found


class _Reader:
    """Reads what was packed; each node once, when it is first needed."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        self._nodes = kept["nodes"]
        self._known: list[Condition | None] = [None] * len(self._nodes)
        self._questions = [question(field, FieldType(type_), *more) for field, type_, *more in kept["questions"]]

    def field(self, shape: type, kept: Mapping[str, Any], name: str) -> Any:
        """One field of an instance: as stored, or by default."""
        if name not in kept:
            return DEFAULTS[shape][name]
        if name == "tree":
            return self.node(kept[name][1])
        if name in PREDICATES:
            return compiled(self.value(kept[PREDICATES[name]]))
        return self.value(kept[name])

    def instance(self, shape: type, kept: Mapping[str, Any], **more: object) -> Any:
        """A whole instance; `more` are the fields that lie elsewhere."""
        return shape(**{name: self.field(shape, kept, name) for name in kept}, **more)

    def value(self, kept: Any) -> Any:
        """One value."""
        if type(kept) is list:
            return self.node(kept[1]) if kept[0] == "n" else _READERS[kept[0]](self, kept)
        return {key: self.value(it) for key, it in kept.items()} if type(kept) is dict else kept

    def node(self, number: int) -> Condition:
        """The condition of a node."""
        known = self._known[number]
        if known is None:
            known = self._known[number] = self._read(self._nodes[number])
        return known

    def _read(self, kept: list[Any]) -> Condition:
        mark = kept[0]
        if type(mark) is int:
            operand = kept[1]
            return Test(self._questions[mark], self.value(operand) if type(operand) is list else operand, kept[-1])
        if mark == "!":
            return Not(self.node(kept[1]))
        parts = tuple([self._known[it] or self.node(it) for it in kept[1:]])
        return All(parts) if mark == "&" else AnyOf(parts)


def _judge(name: str) -> Any:
    from accolade.programs import kinds  # with all that drafts a milestone: only where one is judged

    return kinds.kind(name)


_READERS: dict[str, Callable[[_Reader, list[Any]], Any]] = {
    "t": lambda reader, kept: tuple([reader.value(it) for it in kept[1:]]),
    "F": lambda reader, kept: Fraction(kept[1], kept[2]),
    "D": lambda reader, kept: Decimal(kept[1]),
    "d": lambda reader, kept: date.fromisoformat(kept[1]),
    "T": lambda reader, kept: datetime.fromisoformat(kept[1]),
    "s": lambda reader, kept: timedelta(kept[1], kept[2]),
    "k": lambda reader, kept: kpis.kpi(kept[1], kept[2]),
    "K": lambda reader, kept: MADE[kept[1]](*map(reader.value, kept[2:])),
    "j": lambda reader, kept: _judge(kept[1]),
    "o": lambda reader, kept: reader.instance(SHAPES[kept[1]], kept[2]),
}


class _Late:
    """A field of a stored milestone: read when it is first asked for, and then kept in the instance, which comes first."""

    def __init__(self, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, made: None, owner: type) -> "_Late": ...
    @overload
    def __get__(self, made: "Stored", owner: type) -> Any: ...
    def __get__(self, made: "Stored | None", owner: type) -> Any:
        if made is None:
            return self
        held = made.__dict__
        value = held[self._name] = held["_reader"].field(Milestone, held["_kept"], self._name)
        return value


class Stored(Milestone):
    """A milestone as it lies in the store."""

    @classmethod
    def of(cls, program: str, version: int, kept: Mapping[str, Any], reader: _Reader) -> "Stored":
        """The milestone of a stored form."""
        made = object.__new__(cls)
        # What rules are sorted by is put down at once: it is asked of every one of them.
        made.__dict__.update(
            _reader=reader,
            _kept=kept,
            program=program,
            version=version,
            record=kept["record"],
            dated_by=kept.get("dated_by", ""),
        )
        if "kpi" not in kept:
            made.__dict__["kpi"] = None
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Milestone) and all(getattr(self, it) == getattr(other, it) for it in _COMPARED)

    __hash__ = Milestone.__hash__


_COMPARED = tuple(name for name, it in Milestone.__dataclass_fields__.items() if it.compare)
for _name in DEFAULTS[Milestone]:
    setattr(Stored, _name, _Late(_name))
