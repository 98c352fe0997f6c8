"""Problems of a program document: what is wrong, where, and how to mend it; all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from accolade.model.errors import Rejected
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t

MOST = 50
"""Problems listed at most: whoever has more mends these first, and a hostile document gets no longer list."""

MOST_LISTED = 15
"""Words of a list that a message quotes."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the line (from 1) and path in the file, what is wrong, and what to do about it."""

    file: str
    line: int
    path: str
    what: str
    mend: str = ""

    @property
    def message(self) -> str:
        """`deal.stgae is not a field of deal. Did you mean deal.stage?`"""
        return f"{self.what}. {self.mend}" if self.mend else self.what


class Problems(Rejected):
    """A document that was refused; `problems` lists why, `report` is what a person reads."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.report())

    def __str__(self) -> str:
        return self.report()

    def report(self, *, consequence: str = "nothing was done") -> str:
        """One line a problem (`file:line  path   message`, in columns) and a last line with their number."""
        places = [f"{it.file}:{it.line}" for it in self.problems]
        wide, deep = max(map(len, places), default=0), max((len(it.path) for it in self.problems), default=0)
        lines = [
            f"{place:<{wide}}  {it.path:<{deep}}   {it.message}" if deep else f"{place:<{wide}}  {it.message}"
            for place, it in zip(places, self.problems, strict=True)
        ]
        number = len(self.problems)
        return "\n".join([*lines, f"{number} problem{'' if number == 1 else 's'}; {consequence}."])


class Findings:
    """Collects problems while a document is read; one a path, at most MOST."""

    def __init__(self, file: str, lines: Mapping[Path, int] | None = None) -> None:
        self._file, self._lines = file, lines or {}
        self._found: dict[Path, Problem] = {}

    def add(self, path: Path, what: str, mend: str = "") -> None:
        """Note a problem, unless one is known for this very path or there are enough."""
        if path not in self._found and not self.full:
            self._found[path] = Problem(self._file, self._line(path), written(path), what, mend)

    def meant(self, word: object, options: Iterable[str], otherwise: str = "") -> str:
        """`Did you mean deal.stage?`, or `otherwise` if nothing comes near."""
        near = [] if self.full else closest(word, options)
        return t("Did you mean %(near)s?", near=near[0]) if near else otherwise

    @property
    def full(self) -> bool:
        """Whether further problems would not be listed."""
        return len(self._found) >= MOST

    def __len__(self) -> int:
        return len(self._found)

    def refuse(self) -> Problems:
        """What was found, in the order of the file."""
        return Problems(sorted(self._found.values(), key=lambda it: it.line))

    def _line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that is in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def closest(word: object, options: Iterable[str]) -> list[str]:
    """The option most like what was written, if any is."""
    return get_close_matches(str(word), list(options), n=1, cutoff=0.6) if isinstance(word, str) and len(word) <= 60 else []


def listed(options: Sequence[str], *, most: int = MOST_LISTED) -> Phrase:
    """`There are a, b and c`, or the first of many and how many more there are."""
    if len(options) == 1:
        return t("There is only %(name)s", name=options[0])
    more, names = len(options) - most, ", ".join(options[:most])
    if more <= 0:
        return t("There are %(names)s", names=names)
    return t("There are %(names)s and %(more)s more", names=names, more=more)


def written(path: Path) -> str:
    """`milestones[2].when.all[1].field`"""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}" if text else shown(step)
    return text


def shown(value: object) -> str:
    """What an author wrote, short enough and printable for one line of an answer."""
    text = str(value).lower() if isinstance(value, bool) else "nothing" if value is None else str(value)
    text = text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
    return text if len(text) <= 60 else f"{text[:57]}..."
