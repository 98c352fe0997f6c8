"""Disputes: somebody says that something is wrong; a person answers, and may settle it by a correcting entry."""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PROGRAM = "~adjustment"
"""What stands in the cause of a correcting entry where awards name their program: no program can be called so."""

MILESTONE = "dispute"

TEXT_LIMIT = 2_000
"""Characters of what somebody writes, and of an answer."""

TRACE_LIMIT = 24_000
"""Characters of the explanation that is kept with a dispute."""

MAX_POINTS = 10_000_000


class DisputeState(StrEnum):
    """open: waits for an answer; proposed: a correction waits for a second person; answered: without a correction;
    settled: with one."""

    OPEN = "open"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    SETTLED = "settled"


OPEN = (DisputeState.OPEN, DisputeState.PROPOSED)
"""States in which somebody has to do something."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """What somebody says is wrong, and what became of it.

    `text`: their own words. `line`: the number of the statement's line (0: none), `entry` its id; `milestone`, `record`: what
    else it is about; `about`: that line in words, as they read it; `trace`: the explanation as JSON, as it was then.
    `answer`: what they are told; `points`: the correction, signed, that is proposed or was posted; `proposed_by`,
    `decided_by`: who; `behind`: who answers for the key that proposed it; `alone`: points that whoever proposed it had
    corrected alone in the days before; `salt` of the answer's hash in the ledger. `history`: (state, ISO instant, by) of its
    moves. `revision` counts its writes.
    """

    id: str
    tenant: str
    participant: str
    text: str
    opened_at: datetime
    updated_at: datetime
    state: DisputeState = DisputeState.OPEN
    line: int = 0
    entry: str = ""
    milestone: str = ""
    record: str = ""
    about: str = ""
    trace: str = ""
    answer: str = ""
    points: int = 0
    proposed_by: str = ""
    behind: str = ""
    alone: int = 0
    decided_by: str = ""
    salt: str = ""
    history: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in OPEN


_ID = re.compile(r"(p[0-9]{6,12})d[a-z2-7]{16}")


def dispute_id(tenant: str, participant: str, key: str) -> str:
    """The dispute of a form that was sent: the same form sent twice is one dispute."""
    digest = hashlib.sha256("\n".join((tenant, participant, key)).encode()).digest()
    return f"{participant.lower()}d{base64.b32encode(digest)[:16].decode().lower()}"


def participant_of(id_: str) -> str | None:
    """Whose dispute it is; None if the text is no dispute's id."""
    found = _ID.fullmatch(id_)
    return found[1].upper() if found else None
