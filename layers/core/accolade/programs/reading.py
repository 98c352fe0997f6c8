"""Reading: YAML or JSON text as plain values with the line of each, within bounds, and nothing that runs or multiplies."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from accolade.model.phrases import later as t
from accolade.programs.problems import Path, Problem, Problems, shown

MAX_BYTES, MAX_DEPTH, MAX_NODES = 64 * 1024, 24, 12_000

_TOO_MUCH = t(
    "the document is nested too deeply (more than %(deep)s levels) or has too many values (more than %(many)s)",
    deep=MAX_DEPTH,
    many=MAX_NODES,
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,12}", re.ASCII)
_SPECIAL = re.compile(r"[-+]?\.(inf|nan)|[-+]?(inf|infinity|nan)|[-+]?[0-9.]+e[-+]?[0-9]+", re.ASCII | re.IGNORECASE)
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{},:]|[^\s,\[\]{}:"]+|\n')
_JSON = re.compile(r'\s*\{\s*["}]')
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Lines = dict[Path, int]


def read(text: str | bytes, *, file: str) -> tuple[Any, Lines]:
    """Plain values (numbers with a point as Decimal) and the line of each path.

    Problems if it is larger than 64 KB (looked at before anything else), not UTF-8, deeper than 24, longer than 12,000
    values, not well-formed, or uses YAML's aliases, tags or several documents, or names a key twice. What begins like a JSON
    object, or is named so, is read as JSON.
    """
    if len(text) > MAX_BYTES or (isinstance(text, str) and len(text.encode(errors="replace")) > MAX_BYTES):
        raise _refused(
            file, 1, t("the document is larger than %(most)s KB", most=MAX_BYTES // 1024), t("Split it into several programs")
        )
    if isinstance(text, bytes):
        text = _decoded(text, file)
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise _refused(file, line, t("there is a control character (U+%(code)s)", code=f"{ord(control[0]):04X}"), t("Remove it"))
    if file.endswith(".json") or _JSON.match(text):
        return _JsonReader(file).read(text)
    return _YamlReader(file).read(text)


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = t("the file is not UTF-8 text: there is a byte %(byte)s", byte=f"{content[error.start]:#04x}")
        raise _refused(file, line, what, t("Save it as UTF-8")) from error


class _JsonReader:
    """JSON by the standard library, after a look at its pieces for depth, size and lines."""

    def __init__(self, file: str) -> None:
        self._file = file

    def read(self, text: str) -> tuple[Any, Lines]:
        self._bounded(text)
        try:
            value = json.loads(
                text,
                parse_float=self._number,
                parse_int=self._number,
                parse_constant=self._constant,
                object_pairs_hook=self._once,
            )
        except json.JSONDecodeError as error:
            raise _refused(self._file, error.lineno, t("this is not JSON: %(msg)s", msg=error.msg), "") from error
        try:
            json.dumps(value, default=str, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise _refused(
                self._file, 1, t("the document holds half a character (an unpaired surrogate)"), t("Write it out")
            ) from error
        return value, _json_lines(text)

    def _bounded(self, text: str) -> None:
        depth = nodes = 0
        for piece, line in _pieces(text):
            depth += (piece in "[{") - (piece in "]}")
            nodes += piece not in "]},:"
            if depth > MAX_DEPTH or nodes > MAX_NODES:
                raise _refused(self._file, line, _TOO_MUCH, t("Make it simpler"))

    def _number(self, digits: str) -> int | Decimal:
        if not _INTEGER.fullmatch(digits) and not _DECIMAL.fullmatch(digits):
            raise _refused(
                self._file,
                1,
                t("%(digits)s is not a number that can be used", digits=shown(digits)),
                t("Write it with at most 18 digits"),
            )
        return int(digits) if "." not in digits else Decimal(digits)

    def _constant(self, word: str) -> Any:
        raise _refused(self._file, 1, t("%(digits)s is not a number that can be used", digits=word), t("Write a finite number"))

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for (first, _), (second, _) in pairwise(sorted(pairs, key=lambda pair: pair[0])):
            if first == second:
                raise _refused(self._file, 1, t("%(first)s is written twice", first=shown(first)), t("Keep one of the two"))
        return dict(pairs)


class _YamlReader:
    """YAML from parser events: a core schema of our own (no dates, no octal, no yes and no), so `country: NO` stays text."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.lines: Lines = {}
        self._nodes = 0

    def read(self, text: str) -> tuple[Any, Lines]:
        import yaml  # only where programs are written: the functions load what was validated

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._yaml = yaml
        try:
            self._events = iter(yaml.parse(text, Loader=loader))
            value = self._document()
        except yaml.MarkedYAMLError as error:
            mark = error.context_mark or error.problem_mark  # where something was begun that is not as it should be
            what = " ".join(shown(it) for it in (error.problem, error.context) if it)
            mend = t("Look there for a quote or a bracket that is not closed, or for an indentation that does not fit")
            raise _refused(self._file, mark.line + 1 if mark else 1, t("this is not YAML: %(what)s", what=what), mend) from error
        except (yaml.YAMLError, UnicodeError) as error:
            raise _refused(
                self._file, 1, t("this is not YAML: %(error)s", error=shown(error)), t("Save it as UTF-8 text")
            ) from error
        return value, self.lines

    def _document(self) -> Any:
        next(self._events)
        event = next(self._events)
        if isinstance(event, self._yaml.StreamEndEvent):
            raise _refused(self._file, 1, t("the document is empty"), t("Start with id: and title:"))
        value = self._value(next(self._events), (), 0)
        next(self._events)
        if not isinstance(event := next(self._events), self._yaml.StreamEndEvent):
            raise self._wrong(event, t("the file holds more than one document"), t("Keep one program a file"))
        return value

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        self._allowed(event, depth)
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, self._yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, self._yaml.SequenceStartEvent):
            return [self._value(one, (*path, i), depth + 1) for i, one in enumerate(self._until(self._yaml.SequenceEndEvent))]
        return self._mapping(path, depth)

    def _allowed(self, event: Any, depth: int) -> None:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise self._wrong(event, _TOO_MUCH, t("Make it simpler"))
        if isinstance(event, self._yaml.AliasEvent) or event.anchor:
            raise self._wrong(event, t("aliases and anchors (* and &) are not allowed"), t("Write the value out"))
        if event.tag is not None:
            raise self._wrong(event, t("tags (%(tag)s) are not allowed", tag=shown(event.tag)), t("Write a plain value"))

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._until(self._yaml.MappingEndEvent):
            self._allowed(event, depth)
            if not isinstance(event, self._yaml.ScalarEvent) or event.value == "<<":
                raise self._wrong(event, t("a key must be a plain word"), t("Write it like id: value"))
            key = event.value
            if key in found:
                raise self._wrong(event, t("%(first)s is written twice", first=shown(key)), t("Keep one of the two"))
            self.lines[(*path, key)] = event.start_mark.line + 1
            found[key] = self._value(next(self._events), (*path, key), depth + 1)
        return found

    def _until(self, end: type) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if event.style:  # quoted or a block: text as it stands; libyaml says "" for plain, the pure parser None
            return text
        if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
            return _WORDS[text.lower()]
        try:
            if _INTEGER.fullmatch(text):
                return int(text)
            if _DECIMAL.fullmatch(text):
                return Decimal(text)
        except InvalidOperation as error:
            raise self._wrong(event, t("%(digits)s is not a number", digits=shown(text)), "") from error
        if _SPECIAL.fullmatch(text):
            raise self._wrong(
                event,
                t("%(digits)s is not a number that can be used", digits=shown(text)),
                t("Write a finite number in plain digits"),
            )
        return text

    def _wrong(self, event: Any, what: str, mend: str) -> Problems:
        return _refused(self._file, event.start_mark.line + 1, what, mend)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for matched in _PIECE.finditer(text):
        if matched[0] == "\n":
            line += 1
        else:
            yield matched[0], line


def _json_lines(text: str) -> Lines:
    """Path -> line of well-formed JSON, by one walk over its pieces."""
    lines: Lines = {(): 1}
    path: list[Any] = []
    key = False
    for piece, line in _pieces(text):
        if piece in "[{":
            lines.setdefault(tuple(path), line)
            path.append(0 if piece == "[" else None)
            key = piece == "{"
        elif piece in "]}":
            path.pop()
        elif piece == ",":
            key = path[-1] is None or isinstance(path[-1], str)
            path[-1] = None if key else path[-1] + 1
        elif key:
            path[-1], key = json.loads(piece), False
            lines[tuple(path)] = line
        elif piece != ":":
            lines.setdefault(tuple(path), line)
    return lines


def _refused(file: str, line: int, what: str, mend: str) -> Problems:
    return Problems([Problem(file, line, "", what, mend)])
