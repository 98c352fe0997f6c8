"""What an event costs in DynamoDB: write units as the table counts them, and the bytes of every item."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

from tests.bench.house import EVERY_WIN, content, house, now, own_queues, processor
from tests.bench.rows import Row, row

from accolade import wiring
from accolade.cli.stack import Stack

UNIT_BYTES = 1024
MAX_UNITS = 12
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


@dataclass
class Meter:
    """Listens to the writes of this process: units by table and by index, and every item that was put."""

    units: dict[str, float] = field(default_factory=dict)
    indexes: dict[str, float] = field(default_factory=dict)
    items: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def attach(self) -> None:
        """Ask for the units of every write of the session's clients, and hear them."""
        for operation in _WRITES:
            wiring.session().register(f"before-parameter-build.dynamodb.{operation}", self._ask)
            wiring.session().register(f"after-call.dynamodb.{operation}", self._hear)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"
        puts = [entry["Put"] for entry in params.get("TransactItems", ()) if "Put" in entry]
        for put in [*puts, *([params] if "Item" in params else [])]:
            self.items.append((put["TableName"], put["Item"]))

    def _hear(self, parsed: dict[str, Any], **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity") or []
        for entry in consumed if isinstance(consumed, list) else [consumed]:
            table, whole = entry["TableName"], entry["CapacityUnits"]
            indexes = {**entry.get("GlobalSecondaryIndexes", {}), **entry.get("LocalSecondaryIndexes", {})}
            beside = {name: units["CapacityUnits"] for name, units in indexes.items()}
            own = entry.get("Table", {}).get("CapacityUnits", whole - sum(beside.values()))
            self.units[table] = self.units.get(table, 0) + own
            for name, units in beside.items():
                self.indexes[f"{table} {name}"] = self.indexes.get(f"{table} {name}", 0) + units


def writes(stack: Stack, notes: list[str]) -> Iterator[Row]:
    """One deal won, one award, one e-mail owed; then the same notification again. The people had an award before."""
    made = house(stack, "bench-writes", EVERY_WIN)
    own_queues(stack)
    meter = Meter()
    meter.attach()
    run = processor()
    owner = made.people[0]
    assert run({"1": made.message(content(1, owner), content(2, owner))}, now=now()) == []
    meter.units, meter.indexes, meter.items = {}, {}, []
    assert run({"2": made.message(content(3, owner))}, now=now()) == []
    award, beside, items = sum(meter.units.values()), sum(meter.indexes.values()), list(meter.items)
    by_table = ", ".join(f"{_short(name)} {units:g}" for name, units in sorted(meter.units.items()))
    notes += [f"write units of an award: {by_table}; indexes: {beside:g}"]
    meter.units, meter.indexes, meter.items = {}, {}, []
    assert run({"3": made.message(content(3, owner))}, now=now()) == []
    yield row("write units, an event that changes nothing", sum(meter.units.values()), "units", at_most=0)
    yield row("write units, an event with an award", award, "units", at_most=MAX_UNITS)
    computed = sum(2 * ceil(size_of(item) / UNIT_BYTES) for _, item in items) + 2
    yield row("the same by the bytes of the items (and the budget)", computed, "units", at_most=MAX_UNITS)
    yield row("write units of its indexes, as the local cloud counts them", beside, "units")
    for table, item in items:
        size = size_of(item)
        yield row(f"bytes of {_short(table)} {item['sk']['S'].partition('#')[0]}", size, "bytes", at_most=UNIT_BYTES)


def _short(table: str) -> str:
    return next((name for name in ("State", "Ledger", "Deliveries") if name.lower() in table.lower()), table)


def size_of(item: Mapping[str, Any]) -> int:
    """Bytes of an item in DynamoDB's typed form, as its documentation counts them."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(typed: Mapping[str, Any]) -> int:
    ((kind, content_),) = typed.items()
    match kind:
        case "S":
            return len(content_.encode())
        case "N":
            digits = "".join(map(str, Decimal(content_).as_tuple().digits)).strip("0")
            return ceil(len(digits) / 2) + 1 + (content_.startswith("-"))
        case "M":
            return 3 + sum(len(name.encode()) + _value(value) + 1 for name, value in content_.items())
        case "L":
            return 3 + sum(_value(value) + 1 for value in content_)
    return 1
