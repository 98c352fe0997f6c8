"""News: when a program starts, changes or ends, each of its audience is told once, in their own language."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accolade.model.deliveries import Announcement, Delivery, delivery_id, notice
from accolade.model.participants import Participant
from accolade.programs.differences import differences
from accolade.programs.loading import from_json
from accolade.programs.rollout import buckets
from accolade.programs.rules import Program
from accolade.programs.timeline import CHANGED, ENDED, STARTED, Turn, turns
from accolade.programs.words import program_sentences
from accolade.seeing import attributes
from accolade.store.announced import DONE, Announced
from accolade.store.deliveries import Deliveries
from accolade.store.programs import Programs, Published
from accolade.texts import Texts, texts

LOOK_BACK = timedelta(days=7)
"""News that is older is none, should maintain have been down or the history be old."""

PEOPLE_A_RUN = 500
"""Participants told in one run, so that a minute's work stays a minute's."""

SENTENCES = 12
"""A message says so many at most; the wallet page shows all."""


@dataclass(frozen=True, slots=True)
class News:
    """Called each minute with a tenant; `people` gives its participants in the order of their numbers, `route` a
    delivery's channel and time. The delivery is stored before it is handed over, and its id is its cause."""

    programs: Programs
    people: Callable[[str], Iterable[Participant]]
    announced: Announced
    deliveries: Deliveries
    route: Callable[[Delivery, Participant, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]

    def __call__(self, tenant: str, *, now: datetime) -> int:
        """Tell what has happened lately; how many messages became owed."""
        told = 0
        for turn in self._turns(tenant):
            if turn.at <= now < turn.at + LOOK_BACK and self.announced.upto(tenant, _name(turn)) != DONE:
                told += self._tell(tenant, turn, now, room=PEOPLE_A_RUN - told)
            if told >= PEOPLE_A_RUN:
                break
        return told

    def _turns(self, tenant: str) -> Iterator[Turn]:
        by_id: dict[str, list[Published]] = {}
        for published in self.programs.bundle(tenant):
            by_id.setdefault(published.id, []).append(published)
        for id_, versions in by_id.items():
            programs = [from_json(it.text) for it in versions]
            at = {it.version: it.published_at for it in versions}
            for turn in turns(programs, self.programs.states.get(tenant, id_), at):
                if turn.program.document.get("announce") is not False:
                    yield turn

    def _tell(self, tenant: str, turn: Turn, now: datetime, *, room: int) -> int:
        upto, owed = self.announced.upto(tenant, _name(turn)), list[Delivery]()
        for person in self.people(tenant):
            if person.number <= upto or not concerns(turn.program, person, now):
                continue
            if len(owed) >= room:
                break
            owed.append(self.route(_delivery(tenant, turn, person, now), person, now))
            upto = person.number
        else:
            upto = DONE
        new = [delivery for delivery in owed if self.deliveries.add(delivery)]
        self.announced.move(tenant, _name(turn), upto)
        self.hand_over(new, now)
        return len(new)


def concerns(program: Program, person: Participant, now: datetime) -> bool:
    """Whether a person is among the audience of a program, and it is rolled out to them."""
    if not person.active or program.audience is None:
        return person.active
    known = attributes(person, now.date())
    values = {f"participant.{name}": value for name, value in known.items() if value is not None}
    return program.audience({**values, **buckets([program], person.number)}) is True


def words(turn: Turn, t: Texts) -> tuple[str, ...]:
    """What a turn means, in sentences: the goals of what starts, the differences of what changes."""
    if turn.event == STARTED:
        said = program_sentences(turn.program, t)
    elif turn.event == CHANGED and turn.before is not None:
        # From when on it counts is the headline; that both versions begin on different days is no news.
        former = replace(turn.before, effective_from=turn.program.effective_from)
        said = differences(former, turn.program, t, titled=True)
    else:
        said = []
    return tuple(said[:SENTENCES])


def _delivery(tenant: str, turn: Turn, person: Participant, now: datetime) -> Delivery:
    program = turn.program
    last = turn.on - timedelta(days=1) if turn.event == ENDED else turn.on
    return notice(
        delivery_id("news", tenant, turn.key, person.number),
        tenant,
        person.number,
        now=now,
        program=program.id,
        announcement=Announcement(turn.event, last.isoformat(), program.title, words(turn, texts(person.locale))),
    )


def _name(turn: Turn) -> str:
    """A turn and to whom: a wider roll-out is told to those who are new in it, for the ids of the others are taken."""
    return f"{turn.key}#{delivery_id(str(turn.program.rollout_percent), *turn.program.rollout_teams)[:8]}"
