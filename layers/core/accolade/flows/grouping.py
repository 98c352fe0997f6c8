"""Which decisions belong in one transaction: those about the same people or records, packed as far as it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from accolade.flows.inbox import Step
from accolade.situation import Decision
from accolade.store.decisions import MAX_ITEMS, size_of


@dataclass(frozen=True, slots=True)
class Decided:
    """A step and what was decided about it."""

    step: Step
    decision: Decision


def groups(decided: Sequence[Decided]) -> list[list[Decided]]:
    """Decisions that touch a common record, person or account's sales, in their order; the groups in any order."""
    leader: dict[object, object] = {}

    def root(name: object) -> object:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for it in decided:
        accounts = it.decision.sales.accounts if it.decision.sales else ()
        names = [it.step.key, *it.decision.wallets, *(("account", name) for name in accounts)]
        for name in names[1:]:
            leader[root(name)] = root(names[0])
    together: dict[object, list[Decided]] = {}
    for it in decided:
        together.setdefault(root(it.step.key), []).append(it)
    return _turned(list(together.values()))


def _turned(together: list[list[Decided]]) -> list[list[Decided]]:
    """Begun at another place in every batch: two workers that have the same people then do not meet at each of them."""
    start = crc32(str(together[0][0].step.key).encode()) % len(together) if together else 0
    return together[start:] + together[:start]


def packed(together: Sequence[Sequence[Decided]]) -> list[list[Sequence[Decided]]]:
    """Groups filled into packs of one transaction each. A group too large for one is a pack of its own: see `cut`."""
    packs: list[list[Sequence[Decided]]] = []
    room = 0
    for group in together:
        size = sum(size_of(it.decision) for it in group)
        if not packs or size > room:
            packs.append([])
            room = MAX_ITEMS
        packs[-1].append(group)
        room -= size
    return packs


def cut(group: Sequence[Decided]) -> list[list[Decided]]:
    """A group in parts of one transaction each, in order: a part is valid only if those before it were committed."""
    parts: list[list[Decided]] = [[]]
    size = 0
    for it in group:
        if parts[-1] and size + size_of(it.decision) > MAX_ITEMS:
            parts.append([])
            size = 0
        parts[-1].append(it)
        size += size_of(it.decision)
    return parts
