"""Conditions as rows of a form, and rows as conditions: groups and tests in reading order, each with its depth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.conditions import OPERATORS
from accolade.programs.editing import Edit
from accolade.programs.problems import Path
from accolade.programs.reading import read
from accolade.programs.writing import flow
from accolade.web.desk.rules.values import scalar_of, shown_scalar

GROUPS = ("all", "any", "not")
LISTS = ("in", "between")
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a condition. `word`: `all`, `any`, `not`, `test`, or `kept` (written in YAML, `value` is its text).
    `path`: where it stands in the condition; rows that were typed have none."""

    depth: int
    word: str
    field: str = ""
    operator: str = ""
    value: str = ""
    path: Path = ()

    @property
    def said(self) -> tuple[int | str, ...]:
        """What a form sends of it that counts."""
        return (self.depth, self.word) + (() if self.word in GROUPS else (self.field, self.operator, self.value))


def rows(raw: object, path: Path = (), depth: int = 0) -> Iterator[Row]:
    """The rows of a condition as an author wrote it; what has no row of its own stays as text."""
    if raw is None:
        return
    word = next(iter(raw)) if isinstance(raw, Mapping) and len(raw) == 1 else ""
    inside = raw[word] if isinstance(raw, Mapping) and word in GROUPS else None
    if word in ("all", "any") and isinstance(inside, list):
        yield Row(depth, word, path=path)
        for place, part in enumerate(inside):
            yield from rows(part, (*path, word, place), depth + 1)
    elif word == "not" and isinstance(inside, Mapping):
        yield Row(depth, word, path=path)
        yield from rows(inside, (*path, word), depth + 1)
    else:
        yield _test(raw, path, depth) or Row(depth, "kept", value=flow(raw), path=path)


def _test(raw: object, path: Path, depth: int) -> Row | None:
    """The row of `{field: ..., operator: ...}`; None for anything that a row cannot hold."""
    if not isinstance(raw, Mapping) or len(raw) != 2 or not isinstance(raw.get("field"), str):
        return None
    operator = next(key for key in raw if key != "field")
    if operator not in OPERATORS:
        return None
    value = raw[operator]
    if isinstance(value, list) and operator in LISTS and all(_plain(it) and "," not in str(it) for it in value):
        return Row(depth, "test", raw["field"], operator, ", ".join(map(shown_scalar, value)), path)
    return Row(depth, "test", raw["field"], operator, shown_scalar(value), path) if _plain(value) else None


def _plain(value: object) -> bool:
    return isinstance(value, str | int | bool | Decimal)


def sent(values: Mapping[str, Sequence[str]], name: str) -> list[Row]:
    """The rows that a form sends under `name`, of equally long columns; Rejected for what no form of ours sends."""
    columns = [values.get(f"{name}_{it}", ()) for it in ("depth", "word", "field", "operator", "value")]
    if len({len(it) for it in columns}) != 1 or len(columns[0]) > MOST_ROWS:
        raise Rejected(t("the conditions cannot be read"), mend=t("Load the page again"))
    found = []
    for depth, word, *rest in zip(*columns, strict=True):
        if (
            word not in (*GROUPS, "test", "kept")
            or rest[1] not in ("", *OPERATORS)
            or not (depth.isdecimal() and int(depth) < 10)
        ):
            raise Rejected(t("the conditions cannot be read"), mend=t("Load the page again"))
        found.append(Row(int(depth), word, *(it.strip() for it in rest)))
    return found


def tree(found: Sequence[Row], types: Mapping[str, FieldType]) -> object:
    """The condition of rows, values typed as their fields are; None for no rows. Several rows without a group: all of them."""
    parts = _parts(list(found), 0, types)
    if len(parts) > 1:
        return {"all": parts}
    return parts[0] if parts else None


def _parts(found: list[Row], depth: int, types: Mapping[str, FieldType]) -> list[object]:
    """Takes the rows of this depth and below off the list."""
    parts: list[object] = []
    while found and found[0].depth >= depth:
        row = found.pop(0)
        if row.word in GROUPS:
            inside = _parts(found, row.depth + 1, types)
            parts.append({row.word: inside} if row.word != "not" else _negated(inside))
        else:
            parts.append(test_of(row, types))
    return parts


def _negated(inside: list[object]) -> object:
    return {"not": inside[0] if len(inside) == 1 else {"all": inside}}


def test_of(row: Row, types: Mapping[str, FieldType]) -> object:
    """The test that a row says."""
    if row.word == "kept":
        return read(row.value, file="condition")[0] if row.value else None
    type_ = FieldType.BOOLEAN if row.operator == "is_set" else types.get(row.field)
    if row.operator in LISTS:
        texts = [it.strip() for it in row.value.split(",") if it.strip()]
        return {"field": row.field, row.operator: [scalar_of(it, type_) for it in texts]}
    return {"field": row.field, row.operator or "is": scalar_of(row.value, None if row.operator == "within" else type_)}


def edits(path: Path, before: Sequence[Row], after: Sequence[Row], types: Mapping[str, FieldType]) -> list[Edit]:
    """What turns one condition into the other: single tests where only they differ, else all of it."""
    if [it.said for it in before] == [it.said for it in after]:
        return []
    if [(it.depth, it.word) for it in before] == [(it.depth, it.word) for it in after]:
        pairs = zip(before, after, strict=True)
        return [((*path, *one.path), test_of(other, types)) for one, other in pairs if one.said != other.said]
    return [(path, tree(after, types))]


def with_test(found: Sequence[Row], place: int, *, group: bool = False) -> list[Row]:
    """One more empty test (or a group with one) at the end of the group at `place`; at the end of all if there is no group."""
    kept = list(found)
    if not kept:
        return _new(0, group=group)
    if kept[0].word not in GROUPS or (len(kept) > 1 and sum(it.depth == 0 for it in kept) > 1):
        kept = [Row(0, "all"), *(replace(it, depth=it.depth + 1) for it in kept)]
        place = 0
    place = place if 0 <= place < len(kept) and kept[place].word in GROUPS else 0
    depth = kept[place].depth
    end = next((i for i in range(place + 1, len(kept)) if kept[i].depth <= depth), len(kept))
    return [*kept[:end], *_new(depth + 1, group=group), *kept[end:]]


def without(found: Sequence[Row], place: int) -> list[Row]:
    """The rows without the one at `place` and what is inside it; a group that is left empty goes too."""
    if not 0 <= place < len(found):
        return list(found)
    depth = found[place].depth
    end = next((i for i in range(place + 1, len(found)) if found[i].depth <= depth), len(found))
    kept = [*found[:place], *found[end:]]
    if place and kept[place - 1].depth == depth - 1 and (place == len(kept) or kept[place].depth < depth):
        return without(kept, place - 1)
    return kept


def _new(depth: int, *, group: bool) -> list[Row]:
    empty = Row(depth + group, "test", operator="is")
    return [Row(depth, "any"), empty] if group else [empty]


def asked(found: Iterable[Row]) -> bool:
    """Whether there is anything in it."""
    return any(True for _ in found)
