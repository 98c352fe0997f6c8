"""What an option may be: one of those there are, in either case; else a refusal that names them, and the one that was meant."""

from collections.abc import Iterable, Sequence

from accolade.model.errors import Rejected
from accolade.programs.problems import closest, listed


def chosen(text: str, there: Iterable[str], *, where: str, noun: str) -> str:
    """`text` as it is spelled among those there are; Rejected (`'slaes' is {noun}`) if it is none of them."""
    known = list(dict.fromkeys(there))
    found = next((it for it in known if it.casefold() == text.strip().casefold()), None)
    if found is None:
        raise Rejected(f"{text[:60]!r} is {noun}", where=where, mend=meant(text, known))
    return found


def meant(text: str, known: Sequence[str]) -> str:
    """The one that was meant, if one is near, and those there are."""
    near = closest(text, known)
    return f"{f'Did you mean {near[0]}? ' if near else ''}{listed(known, most=60)}"


def unused(given: Iterable[tuple[str, object]], *, why: str) -> None:
    """Rejected if one of these options was given: (its name, what was given). It would be taken in silence."""
    for name, value in given:
        if value:
            raise Rejected(f"{why}, so it would change nothing", where=name, mend="Leave it out")
