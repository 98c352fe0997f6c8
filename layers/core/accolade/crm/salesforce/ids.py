"""Salesforce ids: 15 characters, case-sensitive, or the same with 3 more that make them safe where case is lost."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def is_id(text: str) -> bool:
    """Whether the text has the form of an id of 15 or 18 characters; nothing else may enter a SOQL query."""
    return len(text) in (15, 18) and text.isascii() and text.isalnum()


def to18(text: str) -> str:
    """The 18-character form of an id of 15 or 18 characters; ValueError if it is neither.

    Each further character tells which of five letters are capitals (Salesforce, "ID Field Type"). One of 18 stays as
    Salesforce wrote it, so that people find in our books the id that they know.
    """
    if not is_id(text):
        raise ValueError("not a Salesforce id")
    if len(text) == 18:
        return text
    head = text
    return head + "".join(_ALPHABET[_capitals(head[start : start + 5])] for start in (0, 5, 10))


def _capitals(five: str) -> int:
    return sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")
