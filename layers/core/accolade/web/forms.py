"""Forms that never lose input: what was typed, what is wrong with it, and typed values out of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accolade.texts import Texts
from accolade.web.asking import Ask

_APART = r"[.,' \u00a0\u202f]"
_WHOLE = re.compile(rf"[+-]?([0-9]{{1,15}}|[0-9]{{1,3}}({_APART}[0-9]{{3}}){{1,4}})")
"""A separator stands before three digits: 1,250 and 1.250 are a thousand and more, and 12.50 is no whole number."""


@dataclass
class FormState:
    """A form as it is shown: `values` by field, `problems` as (field or empty, words) in the order in which they were found.

    `here` is the page's own address, for the links from a problem to its field; `labels`: what the page calls its fields, and
    where in it they are, as far as it has told.
    """

    t: Texts
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    here: str = ""
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)

    def named(self, name: str, label: str, place: str = "") -> str:
        """Note what the page calls a field, and the id of its element; shows nothing."""
        self.labels.setdefault(name, (label, place or f"f-{name}"))
        return ""

    def place(self, name: str) -> str:
        """The id of a field's element."""
        return self.labels[name][1] if name in self.labels else f"f-{name}"

    def summed(self, name: str, words: str) -> str:
        """A problem as it is said above the form, where its field is not seen: with the field's name, if it has one."""
        label, _ = self.labels.get(name, ("", ""))
        if words == self.missing and label:
            return self.t.t("Fill in: %(field)s.", field=label)
        return self.t.t("%(field)s: %(words)s", field=label, words=words) if label else words

    def value(self, name: str) -> str:
        """The first value of a field; empty text if there is none."""
        return next(iter(self.values.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        """Whether a box with that value is ticked."""
        return value in self.values.get(name, ())

    def error(self, name: str) -> str:
        """What is wrong with a field; empty text if nothing is."""
        return next((words for field_, words in self.problems if field_ == name), "")

    @property
    def good(self) -> bool:
        return not self.problems

    @property
    def missing(self) -> str:
        """What is said of a field that has to be filled in and is not."""
        return self.t.t("Fill this in.")

    @property
    def empty(self) -> int:
        """How many fields are to be filled in and are not."""
        return sum(words == self.missing for _, words in self.problems)

    @property
    def first_empty(self) -> str:
        """The first of them; empty text if there is none."""
        return next((name for name, words in self.problems if words == self.missing), "")

    def wrong(self, name: str, words: str) -> None:
        """Note what is wrong with a field (empty: with the form)."""
        self.problems.append((name, words))

    def text(self, name: str, *, most: int = 200, required: bool = False) -> str:
        """A field's text, stripped; a problem if it is missing or too long."""
        text = self.value(name).strip()
        if required and not text:
            self.wrong(name, self.missing)
        elif len(text) > most:
            self.wrong(name, self.t.t("Use at most %(most)s characters.", most=self.t.number(most)))
        return text

    def whole(self, name: str, *, least: int = 0, most: int = 10**12, required: bool = False) -> int | None:
        """A whole number within bounds (separators of thousands allowed); None if empty."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.wrong(name, self.missing)
            return None
        number = int(re.sub(_APART, "", text)) if _WHOLE.fullmatch(text) else None
        if number is None or not least <= number <= most:
            words = self.t.t(
                "Write a whole number from %(least)s to %(most)s.", least=self.t.number(least), most=self.t.number(most)
            )
            self.wrong(name, words)
            return None
        return number

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A date as browsers send it (ISO); None if empty."""
        text = self.value(name).strip()
        if not text:
            if required:
                self.wrong(name, self.missing)
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, self.t.t("Write a date as 2026-03-31."))
            return None

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """One of the choices; a problem for anything else."""
        text = self.value(name)
        if text not in choices:
            self.wrong(name, self.t.t("Choose one of the list."))
            return choices[0]
        return text


def form_of(ask: Ask, **shown: str | Sequence[str]) -> FormState:
    """The form that was sent, or, when the page is opened, one that shows these values."""
    values = (
        ask.request.form if ask.request.method == "POST" else {k: (v,) if isinstance(v, str) else v for k, v in shown.items()}
    )
    return FormState(ask.t, values, here=ask.request.path[-1])
