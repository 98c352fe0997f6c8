"""Which programs let their points expire, and where: asked of the rulebook, so that nothing is read where none does."""

from collections.abc import Callable

from accolade.model.expiry import Rule
from accolade.programs.rulebook import Rulebook


def zones(book: Rulebook) -> tuple[str, ...]:
    """The zones of the programs of which some version lets points expire, each once, in order; empty if none does."""
    known = (version for id_ in book.program_ids() for version in book.versions(id_))
    return tuple(sorted({it.zone for it in known if it.expires is not None and not it.ghost}))


def rules(book: Rulebook) -> Callable[[str, int], Rule | None]:
    """The rule of a program's version: what was promised with the points is kept, whatever later versions say."""
    known = (version for id_ in book.program_ids() for version in book.versions(id_))
    found = {(it.id, it.version): Rule(it.expires, it.zone) for it in known if it.expires is not None}
    return lambda program, version: found.get((program, version))
