"""Who may sign in here: the company's own staff, added, given roles and removed by an admin, and never another company's."""

from collections.abc import Sequence
from typing import Any

from accolade.identity.members import ADDRESS, Member, first_password
from accolade.model.errors import Refused, Rejected
from accolade.texts import Texts
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, noted, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import ROLES, Scope

PAGE = 50
"""Members of staff on a page."""

ADMIN = "admin"
_PASSWORD_BYTES = 12


def staff(ask: Ask) -> PageAnswer:
    """The staff, and the form for one more."""
    return _page(ask, form_of(ask))


def add(ask: Ask) -> PageAnswer:
    """A new account; Cognito mails its first password, or it is shown now and never again."""
    form = form_of(ask)
    address, roles = form.text("email", most=320, required=True).lower(), _roles(form)
    if address and form.good and not ADDRESS.fullmatch(address):
        form.wrong("email", ask.t.t("Write an e-mail address as name@example.com."))
    if not form.good:
        return _page(ask, form, status=422)
    accounts = ask.house.members
    password = first_password(ask.house.random(_PASSWORD_BYTES)) if form.has("show", "1") else ""
    try:
        accounts.add(address, ask.tenant.id, roles, password=password)
    except (Refused, Rejected) as error:
        form.wrong("email", told(ask.t, error))
        return _page(ask, form, status=422)
    noted(ask, "staff.added", address, after=roles)
    if password:
        return _page(ask, FormState(ask.t, here="staff"), made=address, password=password)
    return went(ask, "admin/staff", "mailed")


def roles(ask: Ask) -> PageAnswer:
    """Exactly these roles for a member; whoever is signed in has to sign in again."""
    form, accounts = form_of(ask), ask.house.members
    before = _member(ask)
    wanted = _roles(form, field="")
    if _own(ask, before) and ADMIN not in wanted:
        form.wrong("", ask.t.t("Nobody takes the role of admin from themselves. Another admin can."))
    if not form.good:
        return _page(ask, form, status=422, changed=before.email)
    after = accounts.set_roles(ask.tenant.id, before.email, wanted)
    ask.house.sessions.end_all(ask.tenant.id, before.email)
    noted(ask, "staff.roles_changed", before.email, before=sorted(before.roles), after=sorted(after.roles))
    return went(ask, "admin/staff", "roles")


def remove(ask: Ask) -> PageAnswer:
    """An account is gone, and whatever is open with it."""
    gone = _member(ask)
    if _own(ask, gone):
        form = FormState(ask.t, here="staff")
        form.wrong("", ask.t.t("Nobody removes their own account. Another admin can."))
        return _page(ask, form, status=422)
    ask.house.members.remove(ask.tenant.id, gone.email)
    ask.house.sessions.end_all(ask.tenant.id, gone.email)
    noted(ask, "staff.removed", gone.email, before=sorted(gone.roles))
    return went(ask, "admin/staff", "removed")


def _member(ask: Ask) -> Member:
    """The member that a form is about; Missing for another company's, and for nobody's."""
    address = ask.field("email", limit=320).lower()
    return ask.house.members.get(ask.tenant.id, address if ADDRESS.fullmatch(address) else "nobody@invalid")


def _own(ask: Ask, member: Member) -> bool:
    return ask.who.name.casefold() == member.email.casefold()


def _roles(form: FormState, *, field: str = "role") -> list[str]:
    """The roles that are ticked; a problem (of the field) if there are none, or one that does not exist."""
    given = sorted(set(form.values.get("role", ())))
    if not given:
        form.wrong(field, form.t.t("Choose at least one role."))
    elif not set(given) <= set(ROLES):
        form.wrong(field, form.t.t("Choose one of the list."))
    return given


def _page(ask: Ask, form: FormState, *, status: int = 200, made: str = "", password: str = "", changed: str = "") -> PageAnswer:
    """`made` and `password`: the account whose first password is shown; `changed`: whose row the form is that was sent."""
    t, page = ask.t, int(ask.value("page", limit=2)) if ask.value("page", limit=2).isdecimal() else 0
    found, wrong = _found(ask)
    shown = found[page * PAGE : (page + 1) * PAGE]
    done = {
        "mailed": t.t("The account is there. Its first password was mailed, and is good for three days."),
        "roles": t.t("The roles are changed. Whoever was signed in has to sign in again."),
        "removed": t.t("The account is gone, and whatever was open with it."),
    }
    words: dict[str, Any] = {
        "title": t.t("Staff"),
        "room": "settings",
        "form": FormState(t, {}, form.problems, form.here) if changed else form,
        "rows": [_row(ask, it, form if it.email == changed else None) for it in shown],
        "roles": _choices(t),
        "wrong": wrong,
        "made": made,
        "password": password,
        "newer": "staff" if page else "",
        "older": f"staff?page={page + 1}" if len(found) > (page + 1) * PAGE else "",
        "done": done_word(ask, done),
    }
    return site_rendered(ask, "desk/staff.html", status=status, **words)


def _found(ask: Ask) -> tuple[Sequence[Member], str]:
    """The staff, or why there can be none: a stack without accounts is a stack whose pages work."""
    try:
        return ask.house.members.list(ask.tenant.id), ""
    except Rejected as error:
        return (), told(ask.t, error)


def _row(ask: Ask, member: Member, sent: FormState | None) -> dict[str, Any]:
    t, names = ask.t, dict(_names(ask.t))
    states = {"FORCE_CHANGE_PASSWORD": t.t("has not signed in yet"), "CONFIRMED": t.t("has signed in")}
    return {
        "email": member.email,
        "own": _own(ask, member),
        "roles": [names.get(role, role) for role in sorted(member.roles)],
        "state": states.get(member.state, member.state.replace("_", " ").lower()) if member.enabled else t.t("is locked"),
        "form": sent or FormState(t, {"role": tuple(member.roles)}),
        "open": sent is not None,
    }


def _names(t: Texts) -> list[tuple[str, str]]:
    return [(ADMIN, t.t("Admin")), ("finance", t.t("Finance")), ("support", t.t("Support"))]


def _choices(t: Texts) -> list[tuple[str, str]]:
    """Role -> its name and what it opens."""
    opens = {
        ADMIN: t.t("everything but what belongs to the people who earn"),
        "finance": t.t("budgets, approvals, the shop, redemptions, analytics, the audit log"),
        "support": t.t("messages and cases; people, programs and redemptions to look at"),
    }
    return [(role, f"{name}: {opens[role]}") for role, name in _names(t)]


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/staff", Scope.SETTINGS_WRITE, staff),
    Route("POST", "admin/staff", Scope.SETTINGS_WRITE, add),
    Route("POST", "admin/staff/roles", Scope.SETTINGS_WRITE, roles),
    Route("POST", "admin/staff/remove", Scope.SETTINGS_WRITE, remove),
)
