"""Adding a connection, or changing one: secrets go to Secrets Manager and are never shown again."""

import json

from accolade import crm
from accolade.crm.addresses import check_api_base
from accolade.flows.connecting import Added, Wanted
from accolade.model.connections import Connection
from accolade.model.errors import Missing, Rejected
from accolade.programs.periods import midnight
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.connecting import KINDS, api_url, connecting_of, external_of
from accolade.web.desk.acting import noted, tried
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SECRETS = ("client_id", "client_secret", "token", "app_secret")
"""Fields of the form that are never sent back."""


def asked(ask: Ask) -> PageAnswer:
    """The empty form; or what is known of a connection, without its secrets."""
    kind = _kind(ask)
    known = _known(ask, ask.value("id", limit=40), kind)
    shown = (
        {"id": known.id, "external": known.external_id, "trust": known.trust, "api_base": known.api_base or ""} if known else {}
    )
    return _page(ask, kind, form_of(ask, **({"trust": "message"} | shown)), known)


def sent(ask: Ask) -> PageAnswer:
    """Store it; the URL to enter in the CRM is shown this once."""
    kind, form = _kind(ask), form_of(ask)
    known = _known(ask, form.value("id").strip(), kind)
    wanted = _wanted(ask, kind, form)
    added: list[Added] = []
    if form.good and tried(form, lambda: added.append(connecting_of(ask.house, ask.tenant).add(wanted, now=ask.now))):
        it = added[0].connection
        before = _plain(known) if known else None
        noted(ask, "connection.changed" if known else "connection.added", it.id, before=before, after=_plain(it))
        return site_rendered(
            ask,
            "desk/connection_added.html",
            title=f"{KINDS[kind]} {it.id}",
            room="connections",
            it=it,
            url=added[0].url,
            shared=it.shared_url,
            kind=kind,
        )
    form.values = {name: value for name, value in form.values.items() if name not in SECRETS}
    return _page(ask, kind, form, known, status=422)


def _kind(ask: Ask) -> str:
    if ask.args["kind"] not in KINDS:
        raise Missing("there is no such CRM")
    return ask.args["kind"]


def _known(ask: Ask, id_: str, kind: str) -> Connection | None:
    found = ask.house.connections.find(id_) if id_ else None
    return found if found and found.tenant == ask.tenant.id and found.crm == kind else None


def _wanted(ask: Ask, kind: str, form: FormState) -> Wanted:
    """What the form asks for; problems stand in it."""
    external, base = form.text("external", most=30, required=True), form.text("api_base", most=200) or None
    if external:
        try:
            external = external_of(kind, external)
        except Rejected as error:
            form.wrong("external", ask.t.t(error.mend))
    if base:
        hosts = crm.adapter(kind).api_hosts
        if not tried(
            at := FormState(ask.t), lambda: check_api_base(base, vendor_hosts=hosts, allowed=ask.house.settings.api_hosts)
        ):
            form.wrong("api_base", at.problems[0][1])
    since = form.day("since")
    return Wanted(
        id=form.text("id", most=40, required=True),
        tenant=ask.tenant.id,
        crm=kind,
        external_id=external,
        trust=form.one_of("trust", ("message", "reread")) if kind == "salesforce" else None,
        api_base=base.rstrip("/") if base else None,
        since=midnight(since, ask.zone) if since else None,
        secrets=_secrets(ask, kind, form),
    )


def _secrets(ask: Ask, kind: str, form: FormState) -> dict[str, str]:
    given = {name: form.text(name, most=4_000) for name in SECRETS}
    if kind == "hubspot":
        return {name: text for name, text in (("secret", given["app_secret"]), ("credentials", given["token"])) if text}
    if bool(given["client_id"]) != bool(given["client_secret"]):
        form.wrong("client_secret", ask.t.t("Fill in both, the key and the secret, or neither."))
    if not given["client_id"]:
        return {}
    return {"credentials": json.dumps({name: given[name] for name in ("client_id", "client_secret")})}


def _plain(it: Connection) -> dict[str, object]:
    names = ("crm", "external_id", "trust", "api_base", "since")
    return {name: str(getattr(it, name)) for name in names} | {"with_api": it.credentials is not None}


def _page(ask: Ask, kind: str, form: FormState, known: Connection | None, *, status: int = 200) -> PageAnswer:
    t = ask.t
    if not api_url(ask.house, ask.tenant) and form.good:
        form.wrong("", t.t("First say in the settings at which address this company is reached: the CRM has to call it."))
    return site_rendered(
        ask,
        "desk/connection_form.html",
        status=status,
        title=t.t("Add %(crm)s", crm=KINDS[kind]) if known is None else f"{KINDS[kind]} {known.id}",
        room="connections",
        kind=kind,
        form=form,
        known=known,
        trusts=[("message", t.t("Messages are believed")), ("reread", t.t("Every record is read again"))],
    )


ROUTES = (
    Route("GET", "admin/connections/add/{kind}", Scope.CONNECTIONS_WRITE, asked),
    Route("POST", "admin/connections/add/{kind}", Scope.CONNECTIONS_WRITE, sent),
)
