"""Editing: a value of a program's YAML is put, changed or taken away, and the rest of the text stays as its author wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from accolade.programs.document import Document, MilestonePart
from accolade.programs.problems import Path, Problems
from accolade.programs.reading import read
from accolade.programs.writing import flow, item, rendered, word, written

GONE = object()
"""Instead of a value: the key or the part of a list is taken away."""

Edit = tuple[Path, Any]

_FILE = "the program"


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, in their order; Problems if it cannot be read, or begins with no mapping.

    Comments and the form of everything else stay. Where a part cannot be cut out of the text, all of it is written anew.
    """
    for path, value in edits:
        text = _edited(text, path, value)
    return text


def changed(values: Any, path: Path, value: Any) -> Any:
    """Plain values with one of them changed (or added, if the path ends just behind a list); what was given stays as it is."""
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        kept = list(values) if isinstance(values, list) else []
        if rest or value is not GONE:
            after = changed(kept[step] if step < len(kept) else {}, rest, value) if rest else value
            return [*kept[:step], after, *kept[step + 1 :]]
        return [*kept[:step], *kept[step + 1 :]]
    known = dict(values) if isinstance(values, Mapping) else {}
    if rest:
        known[step] = changed(known.get(step), rest, value)
    elif value is GONE:
        known.pop(step, None)
    else:
        known[step] = value
    return known


def at(values: Any, path: Path) -> Any:
    """The value of a path; None if there is none."""
    for step in path:
        if isinstance(step, int):
            values = values[step] if isinstance(values, list) and step < len(values) else None
        else:
            values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _edited(text: str, path: Path, value: Any) -> str:
    values = read(text, file=_FILE)[0]
    wanted = changed(values, path, value)
    if wanted == values and _there(values, path) == (value is not GONE):
        return text
    while len(path) > 1 and not isinstance(at(values, path[:-1]), Mapping | list):
        path, value = path[:-1], changed(None, path[-1:], value)
    if not text.lstrip().startswith("{"):  # JSON becomes YAML by being written anew
        found = _Splice(text).put(path, value)
        try:
            if found is not None and read(found, file=_FILE)[0] == wanted:
                return found
        except Problems:
            return written(wanted)
    return written(wanted)


def _there(values: Any, path: Path) -> bool:
    parent = at(values, path[:-1])
    if isinstance(parent, Mapping):
        return path[-1] in parent
    return isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent)


class _Splice:
    """One change of a text, at the places that YAML's parser names."""

    def __init__(self, text: str) -> None:
        import yaml  # only where programs are written

        self._text = text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._yaml = yaml
        self._root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def put(self, path: Path, value: Any) -> str | None:
        """The text with the value in its place; None where that is not to be found."""
        parent = self._node(path[:-1])
        if isinstance(parent, self._yaml.MappingNode):
            return self._in_mapping(parent, str(path[-1]), value)
        if isinstance(parent, self._yaml.SequenceNode) and isinstance(path[-1], int):
            return self._in_list(parent, path[-1], value)
        return None

    def _node(self, path: Path) -> Any:
        node = self._root
        for step in path:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(value for key, value in node.value if key.value == step)
        return node

    def _in_mapping(self, node: Any, key: str, value: Any) -> str | None:
        place = next((i for i, (name, _) in enumerate(node.value) if name.value == key), None)
        if place is None:
            return self._with_key(node, key, value)
        name, old = node.value[place]
        if value is GONE:
            spans = [(self._start(one), self._end(other)) for one, other in node.value]
            return self._without(spans, place, flowing=node.flow_style)
        begin = self._text.index(":", self._end(name)) + 1
        end = max(begin, self._end(old))
        shown = f" {flow(value)}" if node.flow_style else rendered(value, self._column(name), key=key)
        return self._text[:begin] + shown + self._text[end:]

    def _with_key(self, node: Any, key: str, value: Any) -> str | None:
        if not node.value:
            return None
        last = self._before(node, key)
        end = self._end(node.value[last][1]) or self._end(node.value[last][0])
        if node.flow_style:
            return f"{self._text[:end]}, {word(key)}: {flow(value)}{self._text[end:]}"
        column = self._column(node.value[0][0])
        end = self._line_end(max(end, self._end(node.value[last][0])))
        return f"{self._text[:end]}\n{' ' * column}{word(key)}:{rendered(value, column, key=key)}{self._text[end:]}"

    def _before(self, node: Any, key: str) -> int:
        """The place of the key after which a new one is usually written."""
        present = [name.value for name, _ in node.value]
        known = [it.alias or name for name, it in (Document if node is self._root else MilestonePart).model_fields.items()]
        earlier = known[: known.index(key)] if key in known else []
        return max((i for i, name in enumerate(present) if name in earlier), default=len(present) - 1)

    def _in_list(self, node: Any, place: int, value: Any) -> str | None:
        spans = [(self._start(it), self._end(it)) for it in node.value]
        if value is GONE:
            return self._without(spans, place, flowing=node.flow_style) if place < len(spans) else None
        if place < len(spans):
            begin, end = spans[place]
            column = self._column(node.value[place])
            shown = flow(value) if node.flow_style else item(value, column - 2)[2:]
            return self._text[:begin] + shown + self._text[end:]
        if not spans:
            return None
        if node.flow_style:
            return f"{self._text[: spans[-1][1]]}, {flow(value)}{self._text[spans[-1][1] :]}"
        column, end = node.start_mark.column, self._line_end(spans[-1][1])
        gap = "\n\n" if isinstance(value, Mapping) and "kind" in value else "\n"
        return f"{self._text[:end]}{gap}{' ' * column}{item(value, column)}{self._text[end:]}"

    def _without(self, spans: list[tuple[int, int]], place: int, *, flowing: bool) -> str | None:
        begin, end = spans[place]
        if flowing and place:
            return self._text[: spans[place - 1][1]] + self._text[end:]
        line = self._text.rfind("\n", 0, begin) + 1
        if not flowing and not self._text[line:begin].strip(" -") and (place or "-" not in self._text[line:begin]):
            return self._text[:line] + self._text[self._line_end(end) + 1 :]
        if place + 1 < len(spans):
            return self._text[:begin] + self._text[spans[place + 1][0] :]
        return None

    def _start(self, node: Any) -> int:
        return self._starts[node.start_mark.line] + node.start_mark.column

    def _end(self, node: Any) -> int:
        """Where a value ends, without the blank lines and comments that the parser counts in."""
        if isinstance(node, self._yaml.MappingNode) and not node.flow_style and node.value:
            return max(self._end(node.value[-1][1]), self._end(node.value[-1][0]))
        if isinstance(node, self._yaml.SequenceNode) and not node.flow_style and node.value:
            return self._end(node.value[-1])
        begin = self._start(node)
        end = self._starts[node.end_mark.line] + node.end_mark.column
        return begin + len(self._text[begin:end].rstrip())

    def _column(self, node: Any) -> int:
        return int(node.start_mark.column)

    def _line_end(self, place: int) -> int:
        found = self._text.find("\n", place)
        return len(self._text) if found < 0 else found
