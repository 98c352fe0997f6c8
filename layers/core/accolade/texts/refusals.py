"""Refusals in words: what went wrong and how to mend it, as sentences for a page; and what was kept of it."""

from accolade.model.errors import AccoladeError
from accolade.texts import Texts


def sentences(texts: Texts, error: AccoladeError) -> list[str]:
    """What is wrong, and the next step if a page can take it; without the place, which is ours."""
    return [sentence(texts, part) for part in (error.what, error.step) if part]


def told(texts: Texts, error: AccoladeError) -> str:
    """The same in one line."""
    return " ".join(sentences(texts, error))


def kept(texts: Texts, text: str) -> str:
    """What was kept when something happened, in the reader's language: a phrase, or one that has no values by its English."""
    return texts.t(text) if text else ""


def sentence(texts: Texts, part: str) -> str:
    """A phrase in the reader's language, as a sentence of its own; what has no translation (a vendor's words) as it is."""
    text = texts.t(part).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
