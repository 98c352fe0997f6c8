"""What was wrong with the rows of an export: every problem counted, the first of them kept word for word."""

from dataclasses import dataclass, field

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
