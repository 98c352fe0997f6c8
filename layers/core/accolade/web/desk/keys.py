"""Keys with which programs of others use the API: made, shown once, revoked, and taken off the list."""

from datetime import timedelta
from typing import Any

from accolade.model.errors import Refused, Rejected
from accolade.model.phrases import later as t
from accolade.store.keyring import LIFE, ApiKey
from accolade.texts import Texts
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, noted, went
from accolade.web.forms import FormState, form_of
from accolade.web.moments import day
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import OWN, Scope


def keys(ask: Ask) -> PageAnswer:
    """The keys, newest first, and the form for another one."""
    return _page(ask, _empty(ask))


def make(ask: Ask) -> PageAnswer:
    """A new key, shown now and never again; nobody gives it more than they may themselves."""
    form = form_of(ask)
    name, days = form.text("name", most=60, required=True), form.whole("days", least=1, most=LIFE.days, required=True)
    wanted = {it for it in form.values.get("scope", ()) if it}
    if not wanted:
        form.wrong("scope", ask.t.t("Choose at least one thing that it may do."))
    elif not wanted <= {it.value for it in _given(ask)}:
        form.wrong("scope", ask.t.t("Choose one of the list."))
    if not form.good:
        return _page(ask, form, status=422)
    life = timedelta(days=days or LIFE.days)
    try:
        made, text = ask.house.keyring.add(ask.tenant.id, name, scopes=wanted, now=ask.now, by=ask.who.name, life=life)
    except Rejected as error:
        form.wrong("name" if error.where == "name" else "", told(ask.t, error))
        return _page(ask, form, status=422)
    noted(ask, "key.added", f"key:{made.id}", after=_plain(made))
    return _page(ask, _empty(ask), text=text)


def revoke(ask: Ask) -> PageAnswer:
    """A key works no more, from now on."""
    known = ask.house.keyring.revoke(ask.tenant.id, ask.args["key"], now=ask.now)
    noted(ask, "key.revoked", f"key:{known.id}", before=_plain(known))
    return went(ask, "admin/keys", "revoked")


def forget(ask: Ask) -> PageAnswer:
    """A key that works no more is taken off the list; the audit log keeps what it was. Refused while it works."""
    known = ask.house.keyring.get(ask.tenant.id, ask.args["key"])
    if known.works(ask.now):
        raise Refused(t("this key works"), where="key", mend=t("Revoke it first"))
    ask.house.keyring.forget(ask.tenant.id, known.id)
    noted(ask, "key.forgotten", f"key:{known.id}", before=_plain(known))
    return went(ask, "admin/keys", "forgotten")


def _page(ask: Ask, form: FormState, *, status: int = 200, text: str = "") -> PageAnswer:
    """`text`: a key that has just been made."""
    words: dict[str, Any] = {
        "title": ask.t.t("Keys for the API"),
        "room": "settings",
        "form": form,
        "rows": [_row(ask, it) for it in ask.house.keyring.list(ask.tenant.id)],
        "scopes": [(it.value, _words(ask.t)[it]) for it in _given(ask)],
        "text": text,
        "done": done_word(
            ask,
            {
                "revoked": ask.t.t("The key works no more."),
                "forgotten": ask.t.t("The key is off the list; the audit log keeps what it was."),
            },
        ),
    }
    return site_rendered(ask, "desk/keys.html", status=status, **words)


def _empty(ask: Ask) -> FormState:
    return FormState(ask.t, {"days": (str(LIFE.days),)}, here="keys")


def _row(ask: Ask, it: ApiKey) -> dict[str, Any]:
    t, works, made = ask.t, it.works(ask.now), day(ask.t, it.made_at, ask.zone)
    state = t.t("works") if works else t.t("is revoked") if it.revoked_at else t.t("is over")
    by = t.t("made on %(day)s by %(name)s", day=made, name=it.made_by)
    return {
        "id": it.id,
        "name": it.name,
        "scopes": sorted(it.scopes),
        "made": by if it.made_by else t.t("made on %(day)s", day=made),
        "until": t.t("until %(day)s", day=day(t, it.expires, ask.zone)),
        "used": t.t("last used on %(day)s", day=t.date(it.used_on)) if it.used_on else t.t("never used"),
        "works": works,
        "state": state,
    }


def _plain(it: ApiKey) -> dict[str, Any]:
    return {"name": it.name, "scopes": sorted(it.scopes), "until": it.expires}


def _given(ask: Ask) -> list[Scope]:
    """What the visitor may give to a key: it is nobody, so nothing about oneself, and nothing that they may not do."""
    return [it for it in Scope if it not in OWN and ask.may(it)]


def _words(t: Texts) -> dict[Scope, str]:
    return {
        Scope.PEOPLE: t.t("See people, their wallets and their ways"),
        Scope.PEOPLE_WRITE: t.t("Import and change people"),
        Scope.PROGRAMS: t.t("See programs"),
        Scope.PROGRAMS_WRITE: t.t("Draft, publish, pause and end programs"),
        Scope.BUDGETS: t.t("See budgets"),
        Scope.BUDGETS_WRITE: t.t("Raise and lower budgets"),
        Scope.APPROVALS: t.t("Approve and refuse awards"),
        Scope.MESSAGES: t.t("See messages"),
        Scope.MESSAGES_WRITE: t.t("Send messages again"),
        Scope.CASES: t.t("See cases and questions"),
        Scope.CASES_WRITE: t.t("Decide cases and answer questions"),
        Scope.CONNECTIONS: t.t("See connections to CRMs"),
        Scope.CONNECTIONS_WRITE: t.t("Change connections and their keys"),
        Scope.CATALOG: t.t("See the shop"),
        Scope.CATALOG_WRITE: t.t("Change the shop and store codes"),
        Scope.REDEMPTIONS: t.t("See redemptions, never their codes"),
        Scope.REDEMPTIONS_WRITE: t.t("Approve, refuse and stop redemptions"),
        Scope.ANALYTICS: t.t("See figures and take them along"),
        Scope.AUDIT: t.t("See the audit log"),
        Scope.SETTINGS_WRITE: t.t("Change the settings and the staff"),
        Scope.KEYS_WRITE: t.t("Make and revoke keys"),
    }


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/keys", Scope.KEYS_WRITE, keys),
    Route("POST", "admin/keys", Scope.KEYS_WRITE, make),
    Route("POST", "admin/keys/{key}/revoke", Scope.KEYS_WRITE, revoke),
    Route("POST", "admin/keys/{key}/forget", Scope.KEYS_WRITE, forget),
)
