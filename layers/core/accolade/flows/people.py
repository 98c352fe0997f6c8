"""Importing participants: all or nothing, unless told to take what is right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accolade.flows.participant_csv import Problem, read_participants
from accolade.model.participants import Channel, Participant
from accolade.store.people import People, Registered


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: counts, the lines that are wrong, and remarks on lines that were taken.

    `stored` is False if nothing was written because of a problem.
    """

    stored: bool
    registered: Registered
    problems: Sequence[Problem]
    remarks: Sequence[Problem]


class ParticipantImport:
    """Reads a file and stores its people; `announce` hears the (crm, user) pairs that lead to somebody since.

    What was waiting for one of those users is then decided again.
    """

    def __init__(self, people: People, announce: Callable[[str, Sequence[tuple[str, str]]], None]) -> None:
        self._people, self._announce = people, announce

    def run(
        self,
        content: bytes,
        *,
        tenant: str,
        now: datetime,
        partial: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Imported:
        """Import a CSV file; with `partial` the right lines are stored in spite of wrong ones.

        Rejected if the file cannot be read at all. Importing the same file again changes nothing.
        """
        reading = read_participants(content, tenant=tenant, today=now.date())
        drafts = [person for _, person in reading.people]
        line_of = {person.id: line for line, person in reading.people}
        conflicts = self._people.conflicts(tenant, drafts)
        problems = [*reading.problems, *(Problem(line_of[id_], "id", it.what, it.mend) for id_, it in conflicts.items())]
        problems.sort(key=lambda problem: problem.line)
        good = [draft for draft in drafts if draft.id not in conflicts]
        remarks = [remark for draft in good for remark in _remarks(draft, line_of[draft.id])]
        if problems and not partial:
            return Imported(False, Registered(), problems, remarks)
        registered = self._people.register(tenant, good, progress=progress) if good else Registered()
        if registered.identities:
            self._announce(tenant, registered.identities)
        return Imported(True, registered, problems, remarks)


def _remarks(person: Participant, line: int) -> list[Problem]:
    """What is allowed but probably not meant: a channel that may not be used."""
    silent = [channel for channel in person.channels if channel is not Channel.EMAIL and not person.consents_to(channel)]
    found = [
        Problem(line, "consents", f"{channel} is wanted, but no consent is stored", f"Write {channel}:DATE into consents")
        for channel in silent
    ]
    if not person.channels:
        found.append(
            Problem(line, "channels", "no channel is left, so no message will go out", "Fill in email, or phone and consents")
        )
    return found
