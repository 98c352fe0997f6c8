"""Ghost or live: which version counts, what a draft would change, who won, and the acts that change it, each with its reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accolade.flows.program_states import Signed
from accolade.flows.publish import Asked, Done
from accolade.model.errors import AccoladeError, Conflict, Rejected
from accolade.model.phrases import Phrase
from accolade.programs.differences import differences
from accolade.programs.problems import Problems
from accolade.programs.rules import Program
from accolade.programs.states import State, in_rules
from accolade.programs.transitions import rollout_words
from accolade.store.program_states import Change
from accolade.texts import later as t
from accolade.texts.plain import plain
from accolade.texts.refusals import kept, told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, noted, went
from accolade.web.desk.ghost_compared import ghost_compared
from accolade.web.desk.program_seen import TONES, Seen, head, seen, state_words
from accolade.web.desk.program_warnings import warnings
from accolade.web.desk.program_winners import winners
from accolade.web.desk.rules.checking import look, problem_words
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered

REASON, CHANGES = 400, 30
"""Characters of a reason; lines of the log."""


DONE = {
    "published": t("Published. What is known already is decided again within two minutes."),
    "ghosted": t("Published as a ghost: it is evaluated, and posts nothing."),
    "waiting": t("Published. It waits for another person's approval."),
    "unchanged": t("This very document was published before; nothing has changed."),
    "approved": t("Approved."),
    "live": t("It is live; every function follows within 30 seconds."),
    "dropped": t("The draft is gone."),
    "withdrawn": t("Given up."),
    "retired": t("It ends at the beginning of that day."),
    "rolled": t("Rolled out."),
}


def live(ask: Ask) -> PageAnswer:
    """How the program stands, with all that may be done about it."""
    it = seen(ask)
    return _page(ask, it, form_of(ask, percent="100"))


def change(ask: Ask) -> PageAnswer:
    """One act. What is refused stands at the top, what was typed stays."""
    it, form = seen(ask), form_of(ask)
    act = _ACTS.get(form.value("do"))
    if act is None:
        raise Rejected(t("there is nothing to do"), mend=t("Load the page again"))
    reason = form.text("reason", most=REASON, required=form.value("do") in ("retire", "withdraw", "rollout"))
    before = {"draft": it.draft.text} if form.value("do") == "drop" and it.draft else _standing(it)
    if form.good:
        try:
            word = act(ask, it, form, Signed(ask.who.name, reason))
        except Problems as error:
            form.wrong("", problem_words(ask.t, error))
        except AccoladeError as error:
            form.wrong("", told(ask.t, error))
        else:
            if form.good:
                left = word != "dropped" or bool(it.versions)
                after = _standing(seen(ask)) if left else None
                noted(ask, f"program.{word}", f"program:{it.id}", before=before, after=after, reason=reason)
                return went(ask, f"admin/programs/{it.id}/live" if left else "admin/programs", word)
    return _page(ask, seen(ask), form, status=422)


def _page(ask: Ask, it: Seen, form: FormState, *, status: int = 200) -> PageAnswer:
    t, settings = ask.t, ask.tenant
    if form.value("do") != "rollout":  # another form of the page was sent, and this one is as it was
        form.values = {**form.values, "percent": ("100",)}
    words = {word: t.t(text) for word, text in DONE.items()}
    looked = look(it.draft.text, id_=it.id, own=ask.house.publishing.own_fields(settings.id), t=ask.t) if it.draft else None
    base = (it.of_state(State.LIVE) or it.programs)[-1:]
    waiting = [*it.of_state(State.GHOST), *it.of_state(State.DRAFT)]
    return site_rendered(
        ask,
        "desk/program_live.html",
        status=status,
        **head(ask, it, "live"),
        form=form,
        versions=[_version(ask, it, program) for program in reversed(it.programs)],
        draft=it.draft,
        saved=moment(ask, it.draft.at) if it.draft else "",
        good=looked is not None and looked.program is not None,
        problems_left=len(looked.wrong) if looked else 0,
        against=base[0].version if base else None,
        differences=differences(base[0], looked.program, t, titled=True) if looked and looked.program and base else [],
        warnings=warnings(ask, looked.program) if looked and looked.program else [],
        second=settings.second_person,
        waiting=[_waiting(ask, it, program) for program in waiting],
        begun=bool(it.of_state(State.LIVE)) and it.lifecycle.ends is None,
        ends=t.date(it.lifecycle.ends) if it.lifecycle.ends else "",
        tomorrow=(ask.now.date() + timedelta(days=1)).isoformat(),
        log=_log(ask, it),
        winners=winners(ask, it),
        compared=ghost_compared(ask, it) if ask.value("compare") else None,
        has_ghost=bool(it.of_state(State.GHOST)),
        done=done_word(ask, words),
    )


def _publish(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    """The draft as it was seen, published as the command does it; then there is no draft any more."""
    if it.draft is None or form.value("revision") != str(it.draft.revision):
        raise Conflict(t("the draft was changed meanwhile"), mend=t("Look at it again, then publish it"))
    asked = Asked(signed.by, ghost=form.value("do") == "ghost", reason=signed.reason, acknowledge=True, history=lambda _: {})
    publishing = ask.house.publishing
    looked = look(it.draft.text, id_=it.id, own=publishing.own_fields(ask.tenant.id), t=ask.t)
    if looked.program is None:
        raise Rejected(looked.wrong[0].words.rstrip(".") if looked.wrong else t("the draft is no program"), mend=t("See Rules"))
    done: Done = publishing.publish(it.draft.text, file=f"{it.id}.yaml", tenant=ask.tenant.id, asked=asked, now=ask.now)
    ask.house.programs.drafts.remove(ask.tenant.id, it.id, seen=it.draft.revision)
    if not done.is_new:
        return "unchanged"
    return {State.GHOST: "ghosted", State.DRAFT: "waiting"}.get(done.state, "published")


def _drop(ask: Ask, it: Seen, form: FormState, _: Signed) -> str:
    if it.draft is None or form.value("revision") != str(it.draft.revision):
        raise Conflict(t("the draft was changed meanwhile"), mend=t("Look at it again"))
    ask.house.programs.drafts.remove(ask.tenant.id, it.id, seen=it.draft.revision)
    return "dropped"


def _approve(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    ask.house.program_changes.approve(ask.tenant.id, it.id, _number(form), signed=signed, now=ask.now)
    return "approved"


def _go_live(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    starts, version = form.day("starts"), _number(form)
    if form.good:
        ask.house.program_changes.live(ask.tenant.id, it.id, version=version, starts=starts, signed=signed, now=ask.now)
    return "live"


def _withdraw(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    ask.house.program_changes.withdraw(ask.tenant.id, it.id, _number(form), signed=signed, now=ask.now)
    return "withdrawn"


def _retire(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    on = form.day("on", required=True)
    if on is not None:
        ask.house.program_changes.retire(ask.tenant.id, it.id, on=on, signed=signed, now=ask.now)
    return "retired"


def _roll_out(ask: Ask, it: Seen, form: FormState, signed: Signed) -> str:
    teams = [name.strip() for name in form.text("teams", most=1_000).split(",") if name.strip()]
    percent = None if teams else form.whole("percent", least=1, most=100, required=True)
    if form.good:
        ask.house.program_changes.roll_out(ask.tenant.id, it.id, percent=percent, teams=teams or None, signed=signed, now=ask.now)
    return "rolled"


_ACTS: dict[str, Callable[[Ask, Seen, FormState, Signed], str]] = {
    "publish": _publish,
    "ghost": _publish,
    "drop": _drop,
    "approve": _approve,
    "live": _go_live,
    "withdraw": _withdraw,
    "retire": _retire,
    "rollout": _roll_out,
}


def _number(form: FormState) -> int:
    text = form.value("version")
    if not text.isdecimal():
        raise Rejected(t("no version is named"), mend=t("Load the page again"))
    return int(text)


def _standing(it: Seen) -> dict[str, Any]:
    versions = {str(program.version): it.lifecycle.state(program.version).value for program in it.programs}
    rolled = {"percent": it.lifecycle.percent, "teams": it.lifecycle.teams, "ends": it.lifecycle.ends}
    return {"versions": versions} | {name: value for name, value in rolled.items() if value is not None}


def _version(ask: Ask, it: Seen, program: Program) -> dict[str, Any]:
    t, standing, state = ask.t, it.lifecycle.of(program.version), it.lifecycle.state(program.version)
    counts: Program = next(iter(in_rules([program], it.lifecycle)), program)
    whom = rollout_words(counts.rollout_percent, counts.rollout_teams)
    return {
        "version": program.version,
        "state": state_words(state, t),
        "tone": TONES[state],
        "from": t.date(counts.effective_from),
        "to": t.date(counts.effective_to) if counts.effective_to else t.t("no end"),
        "whom": t.t("everybody") if whom == "everybody" else plain(whom, limit=200),
        "author": standing.author if standing else "",
        "approver": standing.approver if standing else "",
    }


def _waiting(ask: Ask, it: Seen, program: Program) -> dict[str, Any]:
    standing, state = it.lifecycle.of(program.version), it.lifecycle.state(program.version)
    author = standing.author if standing else ""
    return {
        "version": program.version,
        "state": state_words(state, ask.t),
        "author": author,
        "approved": bool(standing and standing.approver),
        "approver": standing.approver if standing else "",
        "mine": author.strip().casefold() == ask.who.name.strip().casefold(),
        "asked": state is State.DRAFT or ask.tenant.second_person,
        "able": state is State.GHOST and (not ask.tenant.second_person or bool(standing and standing.approver)),
    }


def _log(ask: Ask, it: Seen) -> list[dict[str, Any]]:
    found = list(ask.house.programs.states.changes(ask.tenant.id, it.id))[-CHANGES:]
    return [_change(ask, row) for row in reversed(found)]


def _change(ask: Ask, row: Change) -> dict[str, Any]:
    """`english`: it was kept without its parts, before there were any."""
    english = not isinstance(row.what, Phrase)
    return {"at": moment(ask, row.at), "by": row.by, "what": kept(ask.t, row.what), "english": english, "reason": row.reason}
