"""Own codes from a CSV file: every line becomes a code, or a problem that says how to mend it. Codes are never repeated."""

from dataclasses import dataclass
from datetime import datetime

from accolade.flows.csv_table import CellError, Problem, Row, table
from accolade.model.catalog import Item
from accolade.model.errors import Rejected
from accolade.model.money import to_minor
from accolade.model.phrases import later as t
from accolade.store.stock import Stock

COLUMNS = ("value", "code", "pin")
REQUIRED = ("value", "code")
CODE_LIMIT, PIN_LIMIT = 200, 40


@dataclass(frozen=True, slots=True)
class Code:
    """One line: a code of a face value in minor units."""

    line: int
    value: int
    code: str
    pin: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: codes stored, and what is wrong with the other lines. Nothing is stored if anything is wrong, but
    with `partial`."""

    stored: int
    problems: tuple[Problem, ...]


def import_codes(stock: Stock, item: Item, content: bytes, *, now: datetime, partial: bool = False, before: int = 0) -> Imported:
    """Store the codes of a CSV file (`value,code,pin`) for an item. Rejected if the file as a whole cannot be read, or the
    item has no own codes. A code that was ever here is a problem of its line, taken or not.
    `before`: lines that were put before what somebody wrote, and are not counted (see `with_header`)."""
    if item.provider != "stock":
        raise Rejected(
            t("%(item)s is delivered by %(provider)s", item=item.id, provider=item.provider),
            where=item.id,
            mend=t("Only items of provider stock have codes"),
        )
    codes, problems = read_codes(content, item, before=before)
    if problems and not partial:
        return Imported(0, tuple(problems))
    stored = 0
    for it in codes:
        if stock.add(item.tenant, item.id, value=it.value, code=it.code, pin=it.pin, now=now):
            stored += 1
        else:
            problems.append(Problem(it.line, "code", t("this code was here before"), t("Take the line out")))
    return Imported(stored, tuple(sorted(problems, key=lambda it: it.line)))


def with_header(text: str) -> tuple[str, int]:
    """A list of codes that may come without a header: as a file with one, and how many lines were put before it."""
    return (text, 0) if text.lower().startswith("value") else (",".join(COLUMNS) + "\n" + text, 1)


def read_codes(content: bytes, item: Item, *, before: int = 0) -> tuple[list[Code], list[Problem]]:
    """The codes of a file, checked line by line."""
    file = table(content, columns=COLUMNS, required=REQUIRED)
    codes: list[Code] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for place, cells in file.lines:
        line = place - before
        try:
            code = _code(file.row(cells), item, line)
            if code.code in seen:
                raise CellError(
                    "code",
                    t("this code stands on line %(line)s already", line=str(seen[code.code])),
                    t("Take one of the lines out"),
                )
        except CellError as error:
            problems.append(Problem(line, error.column, error.what, error.mend))
            continue
        seen[code.code] = line
        codes.append(code)
    if not codes and not problems:
        raise Rejected(
            t("the file has no codes"), mend=t("Below the header goes one line for each: %(columns)s", columns=",".join(COLUMNS))
        )
    return codes, problems


def _code(row: Row, item: Item, line: int) -> Code:
    try:
        value = to_minor(row.get("value", ""), item.currency)
    except ValueError as error:
        raise CellError("value", t("the value is no amount"), t("Write it as 10 or 12.50")) from error
    if item.option(value) is None:
        raise CellError("value", t("the item has no such value"), t("Add the option to the item, or correct the value"))
    code, pin = row.get("code", ""), row.get("pin", "")
    if not 1 <= len(code) <= CODE_LIMIT:
        raise CellError(
            "code", t("a code has 1 to %(most)s characters", most=CODE_LIMIT), t("Write the code as the shop gave it")
        )
    if len(pin) > PIN_LIMIT:
        raise CellError("pin", t("a PIN has at most %(most)s characters", most=PIN_LIMIT), t("Write the PIN as the shop gave it"))
    return Code(line, value, code, pin)
