"""Trails: facts in event order that remember how far a fold over them came, so that one fact more costs one step more.

A judge may fold over all facts of a period at every event; without this, a history would cost the square of its length.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from accolade.kpis.port import Fact


class Trail(tuple[Fact, ...]):
    """Facts like any tuple of them, with the states of the folds that went over them."""

    states: dict[Hashable, tuple[int, Any]]


def grown(facts: Sequence[Fact], fact: Fact) -> Trail:
    """The facts with one more at the end. What their folds came to goes with the new ones, and with them alone: facts that
    grow twice (a decision made again) must not hear of each other."""
    made = Trail((*facts, fact))
    known = facts.__dict__ if isinstance(facts, Trail) else {}
    made.states = known.pop("states", None) or {}
    return made


def folded[S](facts: Sequence[Fact], key: Hashable, start: S, step: Callable[[S, Fact], S]) -> S:
    """`step` over all facts, one after another, from where the fold called `key` stood before the facts grew.

    The same key always has to mean the same fold; states are never changed in place.
    """
    states = facts.__dict__.get("states") if isinstance(facts, Trail) else None
    done, state = states.get(key, (0, start)) if states is not None else (0, start)
    for place in range(done, len(facts)):
        state = step(state, facts[place])
    if states is not None:
        states[key] = (len(facts), state)
    return state
