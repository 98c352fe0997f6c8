"""What somebody should know before they publish a draft: for how many it is, and what would let it pay without limit."""

from accolade.flows.news import concerns
from accolade.programs.rules import Program
from accolade.texts.plain import plain
from accolade.web.asking import Ask

PEOPLE, NAMED = 2_000, 8


def warnings(ask: Ask, program: Program) -> list[str]:
    """First for how many people it is, then what to think of."""
    t = ask.t
    people = [it for it in ask.house.people.page(ask.tenant.id, limit=PEOPLE) if it.active]
    inside = sum(1 for it in people if concerns(program, it, ask.now))
    found = [t.t("It is for %(count)s of %(all)s people as they are now.", count=t.number(inside), all=t.number(len(people)))]
    if people and not inside:
        roles, teams = (
            ", ".join(sorted({plain(getattr(it, key) or "-", limit=40) for it in people})[:NAMED]) for key in ("role", "team")
        )
        found.append(
            t.t("Nobody is in its audience. Their roles are %(roles)s; their teams %(teams)s.", roles=roles, teams=teams)
        )
    if program.budget is None:
        found.append(t.t("It has no budget: nothing limits what it pays."))
    for goal in program.milestones:
        if goal.points.per and goal.points.cap is None:
            words = t.t("%(goal)s has no cap: a mistyped %(field)s pays without limit.", goal=goal.id, field=goal.points.per)
            found.append(words)
    return found
