"""Plain values to DynamoDB's typed form and back, for the types that our items hold: boto3's own costs every cold start."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

DIGITS = 38
"""What a number of DynamoDB has at most."""

Item = dict[str, Any]


def to_wire(item: Mapping[str, Any]) -> Item:
    """Plain values to typed ones; None and empty text are left out. TypeError, ValueError: what no item can hold."""
    return {name: _typed(value) for name, value in item.items() if value is not None and value != ""}


def from_wire(item: Mapping[str, Any]) -> Item:
    """Typed values to plain ones; whole numbers become int."""
    return {name: _plain(value) for name, value in item.items()}


def _typed(value: Any) -> Item:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": _number(value)}
        case None:
            return {"NULL": True}
        case Mapping():
            return {"M": {name: _typed(entry) for name, entry in value.items()}}
        case list() | tuple():
            return {"L": [_typed(entry) for entry in value]}
    raise TypeError(f"an item cannot hold a {type(value).__name__}")


def _number(value: int | Decimal) -> str:
    exact = Decimal(value)
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    if not exact.is_finite() or len(digits) > DIGITS:
        raise ValueError(f"no number of at most {DIGITS} digits")
    return str(value)


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "S" | "BOOL":
            return content
        case "N":
            number = Decimal(content)
            return int(number) if number == number.to_integral_value() else number
        case "NULL":
            return None
        case "M":
            return from_wire(content)
        case "L":
            return [_plain(entry) for entry in content]
    raise TypeError(f"no item of ours holds a {kind}")
