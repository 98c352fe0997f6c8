"""Guarding: what the anti-gaming signals of a milestone do to an award: cap it, hold it back, or send it to a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accolade.model.records import Record
from accolade.programs.terms import Guard


@dataclass(frozen=True, slots=True)
class Watched:
    """The effect of all signals that were seen: the lowest cap, the longest hold (days), the signals for a person to review."""

    cap: int | None = None
    days: int = 0
    review: str = ""
    seen: tuple[tuple[Guard, int], ...] = ()


def watch(guards: Iterable[Guard], record: Record, values: Mapping[str, object]) -> Watched:
    """Measure each guard's signal; those above what is allowed take effect."""
    from accolade.programs import signals

    found = [(guard, signals.measure(guard.signal, record, values)) for guard in guards]
    seen = [(guard, measured) for guard, measured in found if measured is not None and measured > guard.above]
    caps = [guard.points for guard, _ in seen if guard.effect == "cap"]
    return Watched(
        min(caps, default=None),
        max((guard.days for guard, _ in seen if guard.effect == "hold"), default=0),
        ", ".join(guard.signal for guard, _ in seen if guard.effect == "review"),
        tuple(seen),
    )
