"""Packing: a compiled program as JSON values, so that who loads it need not build it again (`unpacking` is the way back).

Values are as JSON has them, except for lists, which begin with a mark of what they hold. Conditions are nodes of one table,
each written once: the audience is part of every milestone's. Functions are not written: predicates are compiled again from
their trees, a judge and a KPI are found by name.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accolade import kpis
from accolade.kpis import Kpi
from accolade.programs import kinds
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Question, Test
from accolade.programs.rules import Milestone, Program
from accolade.programs.shapes import DEFAULTS, ELSEWHERE, FORMAT, MADE, PREDICATES, SHAPES


class Unstorable(Exception):
    """Something has no stored form; the program is then built from its document."""


def packed(program: Program) -> dict[str, object]:
    """The compiled program as JSON values; Unstorable if some part of it has none."""
    writer = _Writer()
    head, milestones = writer.fields(program, Program), [writer.fields(it, Milestone) for it in program.milestones]
    return {
        "format": FORMAT,
        "head": head,
        "milestones": milestones,
        "nodes": writer.nodes,
        "questions": [[it.field, it.type.value, it.operator, it.currency, it.zone, it.event] for it in writer.questions],
    }


class _Writer:
    """Collects the nodes and questions of the conditions that are written."""

    def __init__(self) -> None:
        self.nodes: list[object] = []
        self.questions: dict[Question, int] = {}
        self._known: dict[Condition, int] = {}

    def fields(self, value: object, shape: type) -> dict[str, object]:
        """The fields of an instance that are not as they are by default."""
        elsewhere = ELSEWHERE.get(shape, ())
        found: dict[str, object] = {}
        for name, default in DEFAULTS[shape].items():
            one = getattr(value, name)
            if name not in elsewhere and one is not default and one != default:
                found[name] = True if name in PREDICATES else self.value(one)
        return found

    def value(self, value: Any) -> object:
        """One value; Unstorable for what there is no mark for."""
        match value:
            case None | bool() | int():
                return value
            case str():
                return str(value)
            case Mapping():
                return {str(key): self.value(it) for key, it in value.items()}
            case tuple():
                return ["t", *map(self.value, value)]
        return self._marked(value)

    def _marked(self, value: Any) -> object:
        match value:
            case Test() | All() | AnyOf() | Not():
                return ["n", self.node(value)]
            case Fraction():
                return ["F", value.numerator, value.denominator]
            case Decimal():
                return ["D", str(value)]
            case date():
                return ["T" if isinstance(value, datetime) else "d", value.isoformat()]
            case timedelta():
                return ["s", value.days, value.seconds]
            case Kpi():
                return self._measure(value)
        return self._instance(value)

    def _measure(self, kpi: Kpi) -> object:
        """A KPI by its name and options; one that a kind makes of conditions by what it is made of."""
        if type(kpi) in MADE.values():
            return ["K", type(kpi).__name__, *map(self.value, vars(kpi)["made_of"])]
        if kpi.name not in kpis.names() or type(kpis.kpi(kpi.name, kpi.chosen)) is not type(kpi):
            raise Unstorable(f"{kpi.name} is made by a kind and says not of what")
        return ["k", kpi.name, dict(kpi.chosen)]

    def _instance(self, value: Any) -> object:
        shape = SHAPES.get(type(value).__name__)
        if shape is type(value):
            return ["o", type(value).__name__, self.fields(value, shape)]
        name = getattr(value, "name", None)
        if name in kinds.names() and kinds.kind(str(name)) is value:
            return ["j", name]
        raise Unstorable(f"{type(value).__name__} has no stored form")

    def node(self, tree: Condition) -> int:
        """The number of a condition's node. A test is its question, its operand, and how that is written if otherwise."""
        if tree not in self._known:
            match tree:
                case Test():
                    asked = self.questions.setdefault(tree.about, len(self.questions))
                    node = [asked, self.value(tree.operand), *([tree.written] if tree.written != tree.operand else [])]
                case Not(part):
                    node = ["!", self.node(part)]
                case All(parts) | AnyOf(parts):
                    node = ["&" if isinstance(tree, All) else "|", *map(self.node, parts)]
            self._known[tree] = len(self.nodes)
            self.nodes.append(node)
        return self._known[tree]
