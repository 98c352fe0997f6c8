"""A redemption's moves from state to state: what changes with each, and that no other is made."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from accolade.model.errors import Refused
from accolade.model.phrases import later as t
from accolade.model.phrases import shortened
from accolade.model.redemptions import STATE_WORDS, TRANSITIONS, Redemption, RedemptionState
from accolade.model.times import iso

HISTORY = 40
"""Moves kept with a redemption."""

REVEALS = 40
"""Looks at the code kept with a redemption."""

NOTE_LIMIT = 160


def moved(redemption: Redemption, to: RedemptionState, now: datetime, note: str, **changes: Any) -> Redemption:
    """The redemption after a move, with its row of history; the oldest rows go. Refused for a move that is none."""
    if to not in TRANSITIONS[redemption.state]:
        raise Refused(
            t("a redemption that is %(state)s cannot become %(to)s", state=STATE_WORDS[redemption.state], to=STATE_WORDS[to]),
            where=redemption.id,
        )
    rows = (*redemption.history, (to.value, iso(now), shortened(note, NOTE_LIMIT)))[-HISTORY:]
    settled = replace(redemption, state=to, history=rows, updated_at=now)
    return replace(settled, **changes)


def looked_at(redemption: Redemption, now: datetime, by: str) -> Redemption:
    """The redemption after somebody has seen its code."""
    return replace(redemption, reveals=(*redemption.reveals, (iso(now), by[:NOTE_LIMIT]))[-REVEALS:])
