"""Nominating: somebody of the team is put forward for what no CRM shows, out of a budget with an end."""

from typing import Any

from accolade.model.errors import Missing
from accolade.model.ledger import Budget
from accolade.texts import chosen
from accolade.texts.phrases import points
from accolade.texts.plain import plain
from accolade.wallet.shares import TEAM, kind_of
from accolade.web.answers import PageAnswer, moved
from accolade.web.approving import decide_nomination, nomination_rows, title_of
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, name_of, noted, tried
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope
from accolade.web.waiting import open_milestones, own_nominations, reports

REASON = 400


def asked(ask: Ask) -> PageAnswer:
    """The form, and what the visitor has nominated before."""
    return _page(ask, FormState(ask.t, here="nominate"))


def sent(ask: Ask) -> PageAnswer:
    """Nominate, or take a nomination back."""
    form = form_of(ask)
    if form.value("act") == "withdraw":
        if form.value("nomination") not in {it.id for it in own_nominations(ask)}:
            raise Missing("there is no such nomination")
        if decide_nomination(ask, form.value("nomination"), form):
            return moved(f"{ask.root}team/nominate?done=withdrawn")
        return _page(ask, form, status=422)
    team, open_ = {it.number: it for it in reports(ask)}, [f"{program.id}/{it.id}" for program, it in open_milestones(ask)]
    if not team or not open_:
        raise Missing("nobody can be nominated now")
    who, milestone = form.one_of("who", list(team)), form.one_of("milestone", open_)
    reason = form.text("reason", most=REASON, required=True)
    flow = ask.house.nominations(ask.tenant.id)
    made: list[Any] = []

    def nominate() -> None:
        made.append(flow.nominate(team[who], milestone, by=ask.person.number, reason=reason, now=ask.now))

    if not form.good or not tried(form, nominate):
        return _page(ask, form, status=422)
    noted(ask, "nomination.made", f"nomination:{made[0].id}", after={"milestone": milestone, "nominee": who}, reason=reason)
    return moved(f"{ask.root}team/nominate?done=nominated")


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t, open_ = ask.t, list(open_milestones(ask))
    budgets = {it.program: it for it in ask.house.budgets.list(ask.tenant.id)}
    people, choices, rooms = reports(ask), [], {}
    for program, it in open_:
        worth = it.points_for(1)
        title = title_of(ask, program.id, it.id)
        choices.append((f"{program.id}/{it.id}", f"{title} ({points(t, worth, ask.tenant.unit)})" if worth else title))
        budget = budgets.get(program.id)
        if budget and budget.limit is not None:
            rooms[title.rpartition(", ")[2]] = (budget.spent, budget.limit)
        for share in ask.house.budget_shares.on_the_way(ask.tenant.id, program.id, people):
            rooms[_whose(ask, program.id, share)] = (share.spent, share.limit or 0)
    done = {
        "nominated": t.t("They are nominated. Somebody else approves it, and then it pays."),
        "withdrawn": t.t("The nomination is taken back."),
    }
    return site_rendered(
        ask,
        "team/nominate.html",
        status=status,
        title=t.t("Nominate somebody"),
        tab="team",
        part="nominate",
        people=[(it.number, name_of(it)) for it in people],
        choices=choices,
        rooms=[_room(ask, name, *room) for name, room in rooms.items()],
        own=nomination_rows(ask, own_nominations(ask)),
        form=form,
        done=done_word(ask, done),
    )


def _whose(ask: Ask, program: str, share: Budget) -> str:
    """What a share is called on this page: the manager's own people are "your people"."""
    title = plain(chosen(ask.house.programs.rulebook(ask.tenant.id).versions(program)[-1].title, ask.t.language), limit=60)
    kind = kind_of(share.program)
    if kind == TEAM:
        return ask.t.t("%(program)s, team %(team)s", program=title, team=plain(share.who, limit=60))
    return ask.t.t("%(program)s, your people", program=title) if kind else ask.t.t("The whole company")


def _room(ask: Ask, name: str, spent: int, limit: int) -> dict[str, Any]:
    left = points(ask.t, max(0, limit - spent), ask.tenant.unit)
    words = ask.t.t("%(left)s left of %(limit)s", left=left, limit=ask.t.number(limit))
    return {"name": name, "spent": spent, "limit": limit, "words": words}


ROUTES = (
    Route("GET", "team/nominate", Scope.TEAM, asked),
    Route("POST", "team/nominate", Scope.TEAM, sent),
)
