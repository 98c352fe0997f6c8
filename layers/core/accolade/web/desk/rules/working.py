"""One step of work on a program: what was typed on either side becomes one text, and a button adds or takes a part away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accolade.model.errors import Rejected
from accolade.model.phrases import later as t
from accolade.programs.catalogue import Catalogue
from accolade.programs.editing import GONE, Edit, at, edited
from accolade.programs.kinds import names
from accolade.programs.problems import Problems
from accolade.programs.reading import read
from accolade.store.drafts import MAX_BYTES
from accolade.web.desk.rules import conditions
from accolade.web.desk.rules.form import Values, as_kind, edits, milestones, places, record_of, rows_of


@dataclass(frozen=True, slots=True)
class Step:
    """The text after a step. `unread`: the form said something that could not be put in, because the text cannot be read."""

    text: str
    unread: bool = False


def worked(sent: Values, do: str, catalogue: Catalogue) -> Step:
    """The YAML after what was sent: `text` as typed, with the changes that the form made to the text it was made of (`was`),
    then the button `do`. Rejected for what no form of ours sends, or what is too large."""
    text, was = (_lines(sent, name) for name in ("text", "was"))
    before = _document(was)
    changes = edits(before, sent, catalogue) if before is not None else []
    now = _document(text)
    if now is None:
        return Step(text, unread=bool(changes))
    if text != was:  # typed on both sides: what the form says is put where it still belongs
        changes = [it for it in changes if len(it[0]) < 2 or at(now, it[0][:2]) is not None]
    try:
        after = edited(text, changes)
        return Step(edited(after, _act(do, _document(after), catalogue)))
    except Problems:
        return Step(text, unread=True)


def _lines(sent: Values, name: str) -> str:
    text = next(iter(sent.get(name, ())), "").replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode()) > MAX_BYTES:
        raise Rejected(
            t("the document is larger than %(most)s KB", most=MAX_BYTES // 1024), mend=t("Split it into several programs")
        )
    return text if text.endswith("\n") or not text else f"{text}\n"


def _document(text: str) -> Any:
    """The plain values of a text; None if it cannot be read, or is no mapping."""
    try:
        values = read(text, file="the program")[0]
    except Problems:
        return None
    return values if isinstance(values, dict) else None


def _act(do: str, document: Any, catalogue: Catalogue) -> list[Edit]:
    """What a button does; nothing for those that only save or look."""
    word, _, rest = do.partition(":")
    if word == "milestone" and rest in names():
        return [(("milestones", len(milestones(document))), _milestone(document, rest))]
    if word == "drop" and rest.isdecimal() and int(rest) < len(milestones(document)):
        return [(("milestones", int(rest)), GONE)]
    if word == "per":
        return [
            (path, _PER_UNIT)
            for key, base, slot in places(document)
            if key == rest and slot.form == "points"
            for path in [(*base, "points")]
        ]
    name, _, place = rest.partition(":")
    found = next(((*base, *slot.path) for key, base, slot in places(document) if key == name and slot.form == "condition"), None)
    if found is None or word not in _ROWS or not place.removeprefix("-").isdecimal():
        return []
    types = catalogue.fields(record_of(at(document, found[:-1])) if len(found) > 1 else None)
    rows = _ROWS[word](rows_of(document, found), int(place))
    empty = "everyone" if found == ("audience",) else GONE
    return [(found, conditions.tree(rows, types) if rows else empty)]


_PER_UNIT = {"per": "deal.amount", "rate": "1%", "cap": 1000}

_ROWS: dict[str, Callable[[list[conditions.Row], int], list[conditions.Row]]] = {
    "test": conditions.with_test,
    "group": lambda rows, place: conditions.with_test(rows, place, group=True),
    "gone": conditions.without,
}


def _milestone(document: Any, kind: str) -> dict[str, Any]:
    """A new milestone under an id that is free."""
    taken = {it.get("id") for it in milestones(document) if isinstance(it, dict)}
    id_ = next(it for it in (f"goal-{number}" for number in range(1, len(taken) + 2)) if it not in taken)
    return {"id": id_, "title": {"en": "New goal", "nl": "Nieuw doel"}} | as_kind({}, kind)
