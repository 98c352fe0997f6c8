"""What was wrong with an export: its rows, every problem counted and the first of them kept word for word; a file as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from accolade.model.errors import Rejected
from accolade.model.phrases import later as t

KEPT_PROBLEMS = 200
"""Problems kept word for word; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be read (`skipped`), or a reference that leads nowhere; `column` is empty for the whole line."""

    file: str
    line: int
    column: str
    what: str
    mend: str
    skipped: bool = True

    @property
    def said(self) -> str:
        """The same as `str(self)`, as a phrase of its parts."""
        place = f"{self.file}:{self.line}  {self.column}".rstrip()
        whole = t("%(place)s: %(what)s. %(mend)s.", place=place, what=self.what, mend=self.mend)
        return whole if whole == str(self) else str(self)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}  {self.column}".rstrip()
        return f"{place}: {self.what}. {self.mend}".rstrip(". ") + "."


@dataclass(slots=True)
class Problems:
    """What was wrong: the first of them, and how many there are."""

    first: list[Problem] = field(default_factory=list)
    total: int = 0
    skipped: int = 0
    _told: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, problem: Problem) -> None:
        """Keep the problem if there is room, and count it."""
        self.total += 1
        self.skipped += problem.skipped
        if len(self.first) < KEPT_PROBLEMS:
            self.first.append(problem)

    def once(self, key: tuple[str, str, str], problem: Problem) -> None:
        """The same, but a second one with that key is nothing new."""
        if key not in self._told and len(self._told) < KEPT_PROBLEMS:
            self._told.add(key)
            self.add(problem)


def unlike(missing: str, header: Sequence[str], where: str) -> Rejected:
    """What is wrong with a file that lacks a column: that it is empty, is no text, is cut by another sign, or just that."""
    line = ", ".join(header)
    if not header:
        return Rejected(
            t("the file is empty"), where=where, mend=t("Export it again, with the names of the columns in the first line")
        )
    if any((sign < " " and sign != "\t") or sign == "\ufffd" for sign in line):
        return Rejected(t("this is not a CSV in UTF-8"), where=where, mend=t("In Excel: File > Save As > CSV UTF-8"))
    for sign, name in _SIGNS.items():
        if len(header) == 1 and sign in line:
            mend = t("Write layout: {delimiter: %(sign)s} beside fields: in the mapping", sign=name[1])
            return Rejected(t("the columns are separated by %(name)s, not by commas", name=name[0]), where=where, mend=mend)
    near = get_close_matches(missing, header, n=1)
    mend = t("The file has %(line)s", line=line[:400])
    if near:
        mend = t("Did you mean %(near)s? The file has %(line)s", near=near[0], line=line[:400])
    return Rejected(t("column %(name)r is missing", name=missing), where=where, mend=mend)


_SIGNS = {";": (t("semicolons"), '";"'), "\t": (t("tabs"), r'"\t"'), "|": (t("bars"), '"|"')}
