"""An award that somebody decided before its reader came: who, when and why, instead of a page that is not there."""

from typing import Any

from markupsafe import Markup

from accolade.flows.asking_managers import award_id
from accolade.model.errors import Missing
from accolade.store.signatures import Signature
from accolade.texts.phrases import points
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.approving import title_of
from accolade.web.asking import Ask
from accolade.web.desk.acting import name_of
from accolade.web.moments import instant, with_instant
from accolade.web.rendering import site_rendered

LOOKED_AT = 500
"""Signatures, newest first, among which the decision is looked for."""


def decided(ask: Ask, template: str, numbers: set[str] | None = None, **words: Any) -> PageAnswer:
    """What became of the award of the address: 409 for whoever sent a decision of their own. Missing if nothing did, or it is
    not one of these participants'."""
    it = _signature(ask, ask.args["award"], numbers)
    _, _, number, _ = it.about.split("/", 3)
    late = ask.request.method == "POST"
    names = {one: name_of(person) for one, person in ask.house.people.participants(ask.tenant.id, {number, it.by}).items()}
    return site_rendered(
        ask,
        template,
        status=409 if late else 200,
        title=title_of(ask, *it.about.split("/")[:2]),
        who=names.get(number, number),
        points=points(ask.t, it.points, ask.tenant.unit),
        said=_said(ask, it, names.get(it.by, it.by)),
        reason=plain(it.reason, limit=400),
        tone="good" if it.what == "approved" else "warn",
        late=late and it.by != ask.who.name,
        **words,
    )


def _signature(ask: Ask, id_: str, numbers: set[str] | None) -> Signature:
    for it in ask.house.approvals.signatures.list(ask.tenant.id, limit=LOOKED_AT):
        if it.what not in ("approved", "refused") or award_id(ask.tenant.id, it.about) != id_:
            continue
        if numbers is None or it.about.split("/")[2] in numbers:
            return it
    raise Missing("nothing was decided under this address")


def _said(ask: Ask, it: Signature, by: str) -> Markup:
    t = ask.t
    mine = it.by == ask.who.name

    def sentence(when: str) -> str:
        if it.what == "approved":
            return (
                t.t("You approved it on %(when)s.", when=when)
                if mine
                else t.t("%(by)s approved it on %(when)s.", by=by, when=when)
            )
        return t.t("You refused it on %(when)s.", when=when) if mine else t.t("%(by)s refused it on %(when)s.", by=by, when=when)

    return with_instant(sentence, instant(t, it.at, ask.zone))
