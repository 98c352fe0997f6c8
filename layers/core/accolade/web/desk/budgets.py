"""Budgets: what each program may give, what it gave, when it runs dry at this pace; topping up, with a reason."""

from datetime import date, timedelta
from typing import Any

from accolade.flows.burning import PACE, SHOWN, Burn, burn, burn_down, given_by
from accolade.model.errors import AccoladeError
from accolade.model.ledger import Budget
from accolade.texts import chosen
from accolade.texts.refusals import told
from accolade.wallet.shares import program_of
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import REASON, done_word, noted, reason_of, tried, went
from accolade.web.desk.share_rows import done_words, share_choices, share_rows
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

MOST_TOP_UP = 1_000_000_000


def budgets(ask: Ask) -> PageAnswer:
    """All budgets, the scarcest first, with the shares of each."""
    return all_budgets(ask, form_of(ask))


def all_budgets(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    """The page of all budgets; `form` sets the company's share."""
    book = ask.house.programs.rulebook(ask.tenant.id)
    today = ask.now.date()
    given = given_by(ask.house.figures, ask.tenant.id, today - timedelta(days=PACE - 1), today)
    rows = [burn(it, sum(given.get(it.program, {}).values()), today) for it in ask.house.budgets.list(ask.tenant.id)]
    rows.sort(key=lambda it: (it.left is None, it.dry or date.max, it.budget.program))
    shares = share_rows(ask, ask.house.budget_shares.list(ask.tenant.id))
    words: dict[str, Any] = {
        "title": ask.t.t("Budgets"),
        "form": form,
        "company": next(iter(shares.get("", ())), None),
        "shares": {it.budget.program: shares.get(it.budget.program, []) for it in rows},
        "room": "budgets",
        "alerts": ask.tenant.alerts,
        "rows": [(_title(book, it.budget.program, ask), it, _share(it, ask)) for it in rows],
        "number": ask.t.number,
        "day": ask.t.date,
        "done": done_word(ask, done_words(ask)),
    }
    return site_rendered(ask, "desk/budgets.html", status=status, **words)


def budget(ask: Ask) -> PageAnswer:
    """One budget with its burn-down, and the form that raises it."""
    return one_budget(ask, form_of(ask))


def top_up(ask: Ask) -> PageAnswer:
    """Add points to a budget; what is parked resumes by itself."""
    form, program = form_of(ask), ask.args["program"]
    points = form.whole("points", least=1, most=MOST_TOP_UP, required=True)
    reason = reason_of(form)
    before = ask.house.budgets.get(ask.tenant.id, program)
    if form.good and points:
        try:
            after = ask.house.budgets.top_up(ask.tenant.id, program, points)
        except AccoladeError as error:
            form.wrong("", told(ask.t, error))
        else:
            limits = {"before": {"limit": before.limit}, "after": {"limit": after.limit}}
            noted(ask, "budget.raised", f"program:{program}", **limits, reason=reason)
            return went(ask, "admin/budgets", "topped")
    return one_budget(ask, form, status=422)


def one_budget(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    """The page of one budget; `form` raises it or sets a share of it."""
    program, today = ask.args["program"], ask.now.date()
    found = ask.house.budgets.get(ask.tenant.id, program)
    given = given_by(ask.house.figures, ask.tenant.id, today - timedelta(days=SHOWN - 1), today).get(program, {})
    pace = sum(points for on, points in given.items() if on > today - timedelta(days=PACE))
    shown = burn(found, pace, today)
    days = burn_down(found, given, today)
    mine = [it for it in ask.house.budget_shares.list(ask.tenant.id) if program_of(it.program) == program]
    words: dict[str, Any] = {
        "title": ask.t.t("Budget of %(program)s", program=_title(ask.house.programs.rulebook(ask.tenant.id), program, ask)),
        "room": "budgets",
        "program": program,
        "it": shown,
        "share": _share(shown, ask),
        "days": days,
        "chart": ";".join(f"{(on - date(1970, 1, 1)).days * 86_400},{left}" for on, _, left in days if left is not None),
        "number": ask.t.number,
        "day": ask.t.date,
        "form": form,
        "parked": ask.house.audit.parked_awards(ask.tenant.id, program),
        "shares": share_rows(ask, mine).get(program, []),
        "whose": share_choices(ask) if ask.may(Scope.BUDGETS_WRITE) else [],
        "done": done_word(ask, done_words(ask)),
    }
    return site_rendered(ask, "desk/budget.html", status=status, **words)


def set_company_share(ask: Ask) -> PageAnswer:
    """What all programs together may give."""
    form = form_of(ask)
    if _share_set(ask, form):
        return went(ask, "admin/budgets", "shared")
    return all_budgets(ask, form, status=422)


def set_share(ask: Ask) -> PageAnswer:
    """What a team or the people of a manager may get of a program."""
    form, program = form_of(ask), ask.args["program"]
    ask.house.budgets.get(ask.tenant.id, program)
    whose = form.one_of("whose", [value for value, _ in share_choices(ask)] or ["team:"])
    kind, _, who = whose.partition(":")
    if form.good and _share_set(ask, form, program=program, **{kind: who}):
        return went(ask, f"admin/budgets/{program}", "shared")
    return one_budget(ask, form, status=422)


def _share_set(ask: Ask, form: FormState, **whose: str) -> bool:
    """Set the limit that the form says (empty: none), with its reason; whether it was."""
    points = form.whole("limit", most=MOST_TOP_UP)
    reason = form.text("why", most=REASON, required=True)
    done: list[tuple[str, Budget]] = []
    if not form.good or not tried(form, lambda: done.append(ask.house.budget_shares.set(ask.tenant.id, points, **whose))):
        return False
    name, before = done[0]
    limits = {"before": {"limit": before.limit}, "after": {"limit": points}}
    noted(ask, "share.set", f"share:{name}", **limits, reason=reason)
    return True


def _title(book: Any, program: str, ask: Ask) -> str:
    versions = book.versions(program) if program in book.program_ids() else ()
    return chosen(versions[0].title, ask.t.language) if versions else program


def _share(it: Burn, ask: Ask) -> str:
    limit = it.budget.limit
    return ask.t.percent(it.budget.spent, limit) if limit else ""


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/budgets", Scope.BUDGETS, budgets),
    Route("GET", "admin/budgets/{program}", Scope.BUDGETS, budget),
    Route("POST", "admin/budgets/{program}", Scope.BUDGETS_WRITE, top_up),
    Route("POST", "admin/budgets", Scope.BUDGETS_WRITE, set_company_share),
    Route("POST", "admin/budgets/{program}/shares", Scope.BUDGETS_WRITE, set_share),
)
