"""What waits for the staff or a manager, and for whom a manager may act: nobody else's awards or names are ever given."""

from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from accolade.flows.asking_managers import award_id
from accolade.flows.nominations import Nomination
from accolade.model.errors import Missing
from accolade.model.participants import Participant
from accolade.programs.rules import Milestone, Program
from accolade.store.outstanding import Held
from accolade.texts.plain import plain
from accolade.web.visitors import ByVisitor


def waiting(by: ByVisitor, numbers: Collection[str] | None = None) -> list[Held]:
    """Awards that wait, oldest first; of these participants only, if any are named."""
    found = by.house.approvals.waiting(by.tenant.id)
    return [it for it in found if numbers is None or owner_of(it) in numbers]


def owner_of(held: Held) -> str:
    """The number of whom an award would belong to."""
    return held.award.split("/")[2]


def held_of(by: ByVisitor, id_: str, numbers: Collection[str] | None = None) -> Held:
    """The award of a short name that waits; Missing if none does, or it is not one of these participants'."""
    for it in waiting(by, numbers):
        if award_id(by.tenant.id, it.award) == id_:
            return it
    raise Missing("nothing waits under this address any more")


def reports(by: ByVisitor) -> list[Participant]:
    """The active participants whose manager is the visitor, by name."""
    numbers = by.house.people.led_by(by.person)
    found = by.house.people.participants(by.tenant.id, numbers).values()
    return sorted(
        (it for it in found if it.active), key=lambda it: ((plain(it.name, limit=120) or it.number).casefold(), it.number)
    )


def of_the_team(by: ByVisitor) -> list[Nomination]:
    """Nominations of the team that wait, and that the visitor did not make."""
    numbers = {it.number for it in reports(by)}
    found = by.house.nominations(by.tenant.id).list()
    return [it for it in found if it.state == "waits" and it.nominee in numbers and it.nominator != by.person.number]


def own_nominations(by: ByVisitor) -> list[Nomination]:
    """Those that the visitor made."""
    return [it for it in by.house.nominations(by.tenant.id).list() if it.nominator == by.person.number]


def open_milestones(by: ByVisitor) -> Iterator[tuple[Program, Milestone]]:
    """The manual milestones of programs in force for which a manager may nominate."""
    book = by.house.programs.rulebook(by.tenant.id)
    for id_ in book.program_ids():
        for version in book.versions(id_)[-1:]:
            program = book.on(id_, by.now.astimezone(ZoneInfo(version.zone)).date())
            if program is not None and not program.ghost:
                yield from ((program, it) for it in program.milestones if it.kind == "manual" and it.nominators != "admin")


def earned_this_month(by: ByVisitor) -> dict[str, int]:
    """Number -> points earned this month."""
    return {row.person.number: row.points for row in by.house.boards.board(by.tenant.id, now=by.now).rows}
