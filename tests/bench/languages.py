"""Conditions in other languages of rules, from the same documents: Python, zen-engine, simpleeval and JSONLogic."""

import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from accolade.model.fields import FieldType
from accolade.programs.catalogue import Catalogue
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Other, Test
from accolade.programs.conditions import Asked, parse
from accolade.programs.problems import Findings

OWN = {"deal": {"list_price": FieldType.MONEY}, "account": {"segment": FieldType.TEXT}}
Facts = Mapping[str, Mapping[str, Any]]
"""A record as these languages want it: one mapping a record type, numbers as they compare fastest."""
Ask = Callable[[Facts], object]

_SIGNS = {"is": "==", "at_least": ">=", "above": ">", "at_most": "<=", "below": "<"}
_GROUPS = {All: "and", AnyOf: "or"}
_INSTALLED = Path(__file__).resolve().parents[2] / ".tools" / "bench" / "lib" / "python3.13" / "site-packages"


def tree_of(raw: object) -> Condition:
    """A condition document of deals, read as programs' are."""
    findings = Findings("bench.yaml")
    tree = parse(raw, Asked(Catalogue(OWN), "deal", "USD", "UTC", findings), ("when",))
    if tree is None:
        raise findings.refuse()
    return tree


def nested(values: Mapping[str, object]) -> Facts:
    """Typed values by `type.field` as one mapping a type."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        kind, _, field = name.partition(".")
        found.setdefault(kind, {})[field] = float(value) if isinstance(value, Decimal) else value
    return found


def languages(trees: list[Condition]) -> dict[str, list[Ask]]:
    """The conditions, compiled as far as each language can. ModuleNotFoundError, by its name, if one is not installed."""
    if str(_INSTALLED) not in sys.path:
        sys.path.append(str(_INSTALLED))  # behind our own: what is measured here is never imported by the rest
    return {
        "eval of compiled Python": [_python(tree) for tree in trees],
        "zen-engine": _zen(trees),
        "simpleeval": _simpleeval(trees),
        "json-logic": _json_logic(trees),
    }


def _python(tree: Condition) -> Ask:
    code, nothing = compile(_infix(tree, _subscript), "condition", "eval"), {"__builtins__": {}}
    return lambda facts: eval(code, nothing, facts)  # noqa: S307 (the text is made here, of constants)


def _zen(trees: list[Condition]) -> list[Ask]:
    import zen

    return [zen.compile_expression(_infix(tree, str, contains="contains({field}, {value})")).evaluate for tree in trees]


def _simpleeval(trees: list[Condition]) -> list[Ask]:
    from simpleeval import EvalWithCompoundTypes

    def ask(tree: Condition) -> Ask:
        text, evaluator = _infix(tree, _subscript), EvalWithCompoundTypes()
        parsed = evaluator.parse(text)

        def run(facts: Facts) -> object:
            evaluator.names = facts
            return evaluator.eval(text, previously_parsed=parsed)

        return run

    return [ask(tree) for tree in trees]


def _json_logic(trees: list[Condition]) -> list[Ask]:
    from json_logic import jsonLogic

    def ask(tree: Condition) -> Ask:
        logic = _logic(tree)
        return lambda facts: jsonLogic(logic, facts)

    return [ask(tree) for tree in trees]


def _subscript(field: str) -> str:
    kind, _, name = field.partition(".")
    return f"{kind}[{name!r}]"


def _infix(tree: Condition, named: Callable[[str], str], contains: str = "{value} in {field}") -> str:
    """The condition as an expression; `named` writes a field, `contains` that a text is part of one."""
    match tree:
        case All(parts) | AnyOf(parts):
            return "(" + f" {_GROUPS[type(tree)]} ".join(_infix(part, named, contains) for part in parts) + ")"
        case Not(part):
            return f"(not ({_infix(part, named, contains)}))"
        case Test():
            text = _infix_test(tree, named(tree.field), named, contains)
            coin = named(f"{tree.field.partition('.')[0]}.currency")
            return f"({coin} == {tree.currency!r} and {text})" if tree.currency else text


def _infix_test(test: Test, field: str, named: Callable[[str], str], contains: str) -> str:
    operand: Any = test.operand
    if isinstance(operand, Other):
        return f"{field} {_SIGNS[operand.operator]} {float(operand.factor)} * {named(operand.field)}"
    if test.operator == "between":
        return f"({field} >= {_number(operand[0])} and {field} <= {_number(operand[1])})"
    if test.operator == "in":
        return f"{field} in [{', '.join(map(_number, operand))}]"
    if test.operator == "contains":
        return contains.format(field=field, value=repr(operand))
    return f"{field} {_SIGNS[test.operator]} {_number(operand)}"


def _number(value: object) -> str:
    return str(float(value)) if isinstance(value, Decimal) else repr(value)


def _logic(tree: Condition) -> dict[str, Any]:
    """The condition as JSONLogic."""
    match tree:
        case All(parts) | AnyOf(parts):
            return {_GROUPS[type(tree)]: [_logic(part) for part in parts]}
        case Not(part):
            return {"!": [_logic(part)]}
        case Test():
            asked = _logic_test(tree)
            coin = {"==": [{"var": f"{tree.field.partition('.')[0]}.currency"}, tree.currency]}
            return {"and": [coin, asked]} if tree.currency else asked


def _logic_test(test: Test) -> dict[str, Any]:
    field, operand = {"var": test.field}, test.operand
    if isinstance(operand, Other):
        return {_SIGNS[operand.operator]: [field, {"*": [float(operand.factor), {"var": operand.field}]}]}
    if isinstance(operand, tuple):
        return {"in": [field, list(operand)]} if test.operator == "in" else {"<=": [operand[0], field, operand[1]]}
    if test.operator == "contains":
        return {"in": [operand, field]}
    return {_SIGNS[test.operator]: [field, float(operand) if isinstance(operand, Decimal) else operand]}
