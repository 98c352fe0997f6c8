"""Phrases: English texts that still know their pattern and their values, so that a page can say them in another language."""

from collections.abc import Mapping
from typing import Self


class Phrase(str):
    """A text in English, wherever a text is wanted: in a log, on the command line, in the API's answers.

    `pattern` is a constant with `%(name)s` holes (`%(name)r`: between quotation marks, as Python writes them) and `values`
    fill them; `Texts.t` looks the pattern up and writes numbers and dates as its reader does. `plural` is the pattern for
    all numbers but one, empty if nothing is counted; `number` then decides. A value may be a phrase itself.
    """

    __slots__ = ("number", "pattern", "plural", "values")

    pattern: str
    plural: str
    number: int
    values: Mapping[str, object]

    def __new__(cls, pattern: str, plural: str = "", number: int = 1, /, **values: object) -> Self:
        chosen = pattern if number == 1 else plural
        made = super().__new__(cls, chosen % {name: _english(value) for name, value in values.items()} if values else chosen)
        made.pattern, made.plural, made.number, made.values = pattern, plural, number, values
        return made


def later(pattern: str, /, **values: object) -> Phrase:
    """Marks a phrase for the catalogues (import it as `t`): it is put into the reader's language when a page is made."""
    return Phrase(pattern, **values)


def counted(singular: str, plural: str, count: int, /, **values: object) -> Phrase:
    """The same for what is counted (import it as `n`): `%(count)s` is the count."""
    return Phrase(singular, plural, count, count=count, **values)


def said_by(error: Exception) -> str:
    """What an exception says: the phrase that it was made of, else its text."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Phrase) else str(error)


def shortened(text: str, most: int) -> str:
    """A text in at most so many characters: a phrase that is short enough stays one, what is cut is a plain text."""
    return text if len(text) <= most else text[:most]


def _english(value: object) -> object:
    return f"{value:,}" if type(value) is int else value
