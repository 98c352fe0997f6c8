"""What a program reads whose request is not as described: words of ours for every kind of fault that an operation can have."""

import inspect
from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from accolade.web.api import faults
from accolade.web.api.operations import OPERATIONS
from accolade.web.api.shapes import Points, Reason, Whole
from accolade.web.api.simulating import SimulationWanted

PIECES: tuple[Any, ...] = (
    *(None, True, 0, 5, -1, 10**30, 2.5, float("inf"), "", "x", "\x01", "1.5", "9" * 5_000, "x" * 1_000_001, "P000017 "),
    *("2026-13-01", "2026-01-31T10:00:00", "wallet", [], {}),
)
ODD: tuple[Any, ...] = (
    *PIECES,
    *([piece] for piece in PIECES),
    *({"a": piece} for piece in PIECES),
    *({"x" * 500: "x"}, {"": ""}, {str(it): "x" for it in range(300)}, ["x"] * 6_000, [{}] * 6_000, {"en": ["x"] * 300}),
)
"""What programs send by mistake."""


def shapes(kind: Any) -> Iterator[type[BaseModel]]:
    """The objects that a type is made of."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for it in kind.model_fields.values():
            yield from shapes(it.annotation)
    for part in get_args(kind):
        yield from shapes(part)


def asked() -> dict[str, Any]:
    """Every parameter of every operation, and every object in a body, by its name."""
    kinds: dict[str, Any] = {}
    for operation in OPERATIONS:
        for name, it in list(inspect.signature(operation.answer).parameters.items())[1:]:
            kinds[f"{operation.id} {name}"] = it.annotation
            kinds |= {shape.__qualname__: shape for shape in shapes(it.annotation)}
    return kinds


def found(kind: Any, given: Any) -> list[Any]:
    try:
        TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        return error.errors()
    return []


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from patterns(part)


def test_whatever_is_sent_it_is_said_in_our_words() -> None:
    kinds = asked()
    seen = set[str]()
    for name, kind in kinds.items():
        fields = getattr(kind, "model_fields", {})
        for given in [*ODD, *({field: odd for field in fields} for odd in ODD if fields)]:
            for fault in found(kind, given):
                words = faults.said(fault)
                assert words != faults.OTHER, (name, fault["type"])
                assert fault["msg"] not in words
                seen.add(fault["type"])
    assert len(kinds) > 150
    assert seen > {
        "int_type",
        "string_pattern_mismatch",
        "literal_error",
        "enum",
        "value_error",
        "too_short",
        "too_long",
        "missing",
    }
    assert any(it.startswith("date_") for it in seen)


def test_every_pattern_of_an_operation_is_said_in_words() -> None:
    used = {
        it
        for operation in OPERATIONS
        for parameter in list(inspect.signature(operation.answer).parameters.values())[1:]
        for it in patterns(TypeAdapter(parameter.annotation).json_schema())
    }
    assert (used - set(faults.PATTERNS), len(used) > 20) == (set(), True)


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (Points, 0, "it is too small: 1 is the least"),
        (Points, 2_000_000_000, "it is too large: 1,000,000,000 is the most"),
        (Points, "5", "write a whole number without quotation marks, like 5"),
        (Whole, None, "write a whole number without quotation marks, like 5"),
        (Reason, "", "it is empty: write something"),
        (Reason, "x" * 401, "it is too long: 400 characters are the most"),
        (Reason, "a\x01b", "it has control characters: leave them out"),
        (Reason, ["why"], "write a text between quotation marks"),
        (Annotated[str, Field(min_length=8)], "short", "it is too short: 8 characters are the least"),
        (Annotated[list[int], Field(min_length=1)], [], "it is empty: name at least one"),
        (Annotated[list[int], Field(min_length=2)], [1], "there are too few: 2 are the least"),
        (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "there are too many: 2 are the most"),
    ],
)
def test_a_fault_names_the_limit_and_how_to_write_it(kind: Any, given: Any, words: str) -> None:
    assert [faults.said(it) for it in found(kind, given)] == [words]


def test_of_a_few_values_the_near_one_is_offered_and_what_was_sent_is_not_repeated() -> None:
    (operation,) = [it for it in OPERATIONS if it.id == "put_my_preferences"]
    body = inspect.signature(operation.answer).parameters["body"].annotation
    told = faults.named(found(body, {"channels": ["emial", "<b>pigeon</b>"], "language": "en", "colour": "red"}))
    assert {it["field"]: it["what"] for it in told if it["field"] != "preferred"} == {
        "channels.0": "did you mean email? use one of email, sms, whatsapp",
        "channels.1": "use one of email, sms, whatsapp",
        "colour": "there is no such field: leave it out, or look for its name in /openapi.json",
    }


def test_a_value_of_several_kinds_is_one_fault() -> None:
    records = {"type": "deal", "mapping": "x", "rows": [{"amount": ["5"], "int": {}}]}
    told = faults.named(found(SimulationWanted, {"records": records}))
    assert told == [
        {"field": f"records.rows.0.{name}", "what": "write a text, a number, true, false or null"} for name in ("amount", "int")
    ]
