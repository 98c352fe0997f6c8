"""Importing participants: all or nothing, unless told to take what is right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from accolade.flows.participant_csv import Problem, Reading, read_participants
from accolade.model.errors import Refused
from accolade.model.participants import Channel, Participant
from accolade.model.phrases import later as t
from accolade.store.people import People, Registered, as_kept


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: counts, all that is wrong with the lines, and remarks on lines that were taken.

    `stored` is False if nothing was written because of a problem.
    """

    stored: bool
    registered: Registered
    problems: Sequence[Problem]
    remarks: Sequence[Problem]

    @property
    def left_out(self) -> int:
        """How many lines have problems."""
        return _lines_of(self.problems)


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What a line of a file would do: `what` is added, changed or unchanged; `fields`: what would be other than it is `now`.
    `person`: as it would be stored, but for the number of a new one."""

    line: int
    person: Participant
    what: str
    fields: tuple[str, ...] = ()
    now: Participant | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do, line by line, and what is wrong with the lines that it would leave out."""

    lines: Sequence[PreviewLine]
    problems: Sequence[Problem]
    remarks: Sequence[Problem]

    @property
    def left_out(self) -> int:
        """How many lines have problems."""
        return _lines_of(self.problems)


def _lines_of(problems: Sequence[Problem]) -> int:
    return len({it.line for it in problems})


class ParticipantImport:
    """Reads a file and stores its people; `announce` hears the (crm, user) pairs that lead to somebody since.

    What was waiting for one of those users is then decided again.
    """

    def __init__(self, people: People, announce: Callable[[str, Sequence[tuple[str, str]]], None]) -> None:
        self._people, self._announce = people, announce

    def preview(self, content: bytes, *, tenant: str, now: datetime) -> Preview:
        """What `run` would do; nothing is written. Rejected if the file cannot be read at all."""
        reading = read_participants(content, tenant=tenant, today=now.date())
        drafts, conflicts, problems = self._checked(reading, tenant)
        line_of = {person.id: line for line, person in reading.people}
        stored = self._stored(tenant, drafts)
        lines = [_preview(line_of[it.id], it, stored.get(it.id)) for it in drafts if it.id not in conflicts]
        return Preview(lines, problems, [remark for it in lines for remark in _remarks(it.person, it.line)])

    def _checked(self, reading: Reading, tenant: str) -> tuple[list[Participant], Mapping[str, Refused], list[Problem]]:
        """The people of a file, who of them cannot be stored, and everything that is wrong by line."""
        drafts = [person for _, person in reading.people]
        line_of = {person.id: line for line, person in (*reading.people, *reading.others)}
        conflicts = self._people.conflicts(tenant, [*drafts, *(person for _, person in reading.others)])
        problems = [*reading.problems, *(Problem(line_of[id_], "id", it.what, it.mend) for id_, it in conflicts.items())]
        problems.sort(key=lambda problem: problem.line)
        return drafts, conflicts, problems

    def _stored(self, tenant: str, drafts: Sequence[Participant]) -> dict[str, Participant]:
        """Import id of a draft -> the participant whom it would change."""
        by_id = self._people.numbers(tenant, [draft.id for draft in drafts])
        pairs = [pair for draft in drafts for pair in draft.identities.items()]
        by_identity = self._people.identities(tenant, pairs)
        number_of = {
            draft.id: by_id.get(draft.id) or next((by_identity[it] for it in draft.identities.items() if it in by_identity), "")
            for draft in drafts
        }
        known = self._people.participants(tenant, set(filter(None, number_of.values())))
        return {id_: known[number] for id_, number in number_of.items() if number in known}

    def run(
        self,
        content: bytes,
        *,
        tenant: str,
        now: datetime,
        partial: bool = False,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Imported:
        """Import a CSV file; with `partial` the right lines are stored in spite of wrong ones; with `dry_run` nothing is,
        and the counts say what the right lines would do.

        Rejected if the file cannot be read at all. Importing the same file again changes nothing.
        """
        reading = read_participants(content, tenant=tenant, today=now.date())
        drafts, conflicts, problems = self._checked(reading, tenant)
        line_of = {person.id: line for line, person in reading.people}
        good = [draft for draft in drafts if draft.id not in conflicts]
        remarks = [remark for draft in good for remark in _remarks(draft, line_of[draft.id])]
        if dry_run:
            return Imported(False, self._would(tenant, good), problems, remarks)
        if problems and not partial:
            return Imported(False, Registered(), problems, remarks)
        return Imported(True, self.register(tenant, good, progress=progress), problems, remarks)

    def register(
        self, tenant: str, drafts: Sequence[Participant], *, progress: Callable[[int], None] = lambda done: None
    ) -> Registered:
        """Store participants without numbers as `store.people` says; what waited for one of their CRM users is decided."""
        registered = self._people.register(tenant, drafts, progress=progress) if drafts else Registered()
        if registered.identities:
            self._announce(tenant, registered.identities)
        return registered

    def _would(self, tenant: str, drafts: Sequence[Participant]) -> Registered:
        """How many would be made, changed, or left as they are."""
        own = self._people.numbers(tenant, [draft.id for draft in drafts])
        users = self._people.identities(tenant, [pair for draft in drafts for pair in draft.identities.items()])
        known = self._people.participants(tenant, {*own.values(), *users.values()})
        before = [own.get(it.id) or next((users[pair] for pair in it.identities.items() if pair in users), "") for it in drafts]
        same = sum(
            as_kept(it, known[number]) == known[number] for it, number in zip(drafts, before, strict=True) if number in known
        )
        created = sum(number not in known for number in before)
        return Registered(created, len(drafts) - created - same, same)


def _preview(line: int, draft: Participant, stored: Participant | None) -> PreviewLine:
    if stored is None:
        return PreviewLine(line, draft, "added")
    person = as_kept(draft, stored)
    other = tuple(it.name for it in fields(Participant) if getattr(person, it.name) != getattr(stored, it.name))
    return PreviewLine(line, person, "changed" if other else "unchanged", other, stored)


def _remarks(person: Participant, line: int) -> list[Problem]:
    """What is allowed but probably not meant: a channel that may not be used."""
    silent = [channel for channel in person.channels if channel is not Channel.EMAIL and not person.consents_to(channel)]
    found = [
        Problem(
            line,
            "consents",
            t("%(channel)s is wanted, but no consent is stored", channel=channel),
            t("Write %(channel)s:DATE into consents", channel=channel),
        )
        for channel in silent
    ]
    if not person.channels:
        found.append(
            Problem(
                line, "channels", t("no channel is left, so no message will go out"), t("Fill in email, or phone and consents")
            )
        )
    return found
