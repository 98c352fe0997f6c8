"""The pages of one-time codes: from a link one step up, or without a link by one's own address."""

from typing import Any

from accolade.model.errors import Forged, Missing, Refused, Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.store.challenges import Challenge
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name, masked
from accolade.web.entry.cookies import CHALLENGE, LINK, SESSION, gone, kept
from accolade.web.entry.places import wanted
from accolade.web.entry.strangers import check_form, form_proof, turned_away
from accolade.web.entry.wishes import fulfil, read, said, wish_of
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import sender_of, site_rendered

HOME = "me/wallet"


def choose(ask: Ask) -> PageAnswer:
    """`GET sign-in/code`: by which way the code should come; for somebody without a link, where to go instead."""
    next_ = wanted(ask, otherwise=HOME)
    if ask.visitor is None or ask.visitor.participant is None:
        return _without_link(ask, next_)
    if ask.visitor.how == "code":
        return moved(ask.root + next_)
    return _choice(ask, ask.visitor.participant, form_of(ask), next_)


def send(ask: Ask) -> PageAnswer:
    """`POST sign-in/code`: sends it, then on to where it is typed."""
    person, next_ = ask.person, wanted(ask, otherwise=HOME)
    form = form_of(ask)
    chosen = form.one_of("channel", [it.value for it in ask.house.sign_in.ways(ask.tenant, person)] or [""])
    if not form.good or not chosen:
        return _choice(ask, person, form, next_, status=422)
    wish = wish_of(form)
    kept_wish = wish.as_text() if wish else ""
    try:
        token = ask.house.sign_in.ask(ask.tenant, person, Channel(chosen), source=ask.request.source, now=ask.now, wish=kept_wish)
    except Refused as error:
        form.wrong("", told(ask.t, error))
        return turned_away(_choice(ask, person, form, next_, status=422), error)
    return _to_typing(ask, token, next_)


def person_form(ask: Ask) -> PageAnswer:
    """`GET sign-in/person/{tenant}`: for somebody who has no link at hand."""
    return _address_form(ask, _tenant(ask), form_of(ask))


def person_sent(ask: Ask) -> PageAnswer:
    """`POST sign-in/person/{tenant}`: the same answer whether anybody has that address or not."""
    check_form(ask)
    tenant, form = _tenant(ask), form_of(ask)
    address = form.text("address", most=254, required=True)
    if form.good:
        try:
            token = ask.house.sign_in.ask_at(tenant, address, source=ask.request.source, now=ask.now)
            return _to_typing(ask, token, wanted(ask, otherwise=HOME), tenant=tenant)
        except Rejected:
            form.wrong("address", ask.t.t("Write an e-mail address, or a phone number with its country, such as +31612345678."))
        except Refused as error:
            form.wrong("", told(ask.t, error))
            return turned_away(_address_form(ask, tenant, form, status=422), error)
    return _address_form(ask, tenant, form, status=422)


def typing(ask: Ask) -> PageAnswer:
    """`GET sign-in/type`: the six digits."""
    return _typing(ask, form_of(ask))


def typed(ask: Ask) -> PageAnswer:
    """`POST sign-in/type`: a session begins, under a new id, if the code is right."""
    check_form(ask)
    form, token = form_of(ask), ask.request.cookies.get(CHALLENGE, "")
    try:
        answered = ask.house.sign_in.answer(token, form.text("code", most=40), source=ask.request.source, now=ask.now)
    except Refused as error:
        form.wrong("code", told(ask.t, error))
        return turned_away(_typing(ask, form, status=422), error)
    return _begin(ask, answered)


def _begin(ask: Ask, answered: Challenge) -> PageAnswer:
    house = ask.house
    person = house.people.by_number(answered.tenant, answered.participant)
    former = house.sessions.find(ask.request.cookies.get(SESSION, ""), now=ask.now)
    if former is not None:
        house.sessions.end(former)
    leads = bool(house.people.led_by(person))
    _, id_ = house.sessions.begin("code", person.tenant, person.number, now=ask.now, leads=leads)
    cookies = [kept(SESSION, id_), gone(CHALLENGE)]
    if not _is_own_link(ask, person):
        cookies.append(gone(LINK))  # of somebody else who used this browser before
    wish = read(answered.wish)
    next_ = fulfil(ask, person, wish) if wish else wanted(ask, otherwise=HOME)
    return moved(ask.root + next_, cookies=tuple(cookies))


def _is_own_link(ask: Ask, person: Participant) -> bool:
    try:
        claims = ask.house.links.read(ask.request.cookies.get(LINK, ""), purpose="w", now=ask.now)
    except Forged:
        return False
    return claims.participant == person.number and claims.tenant_number == ask.house.tenants.get(person.tenant).number


def _to_typing(ask: Ask, token: str, next_: str, *, tenant: Tenant | None = None) -> PageAnswer:
    kept_for = f"&company={tenant.id}" if tenant else ""
    return moved(f"{ask.root}sign-in/type?next={next_}{kept_for}", cookies=(kept(CHALLENGE, token),))


def _typing(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    """Only whoever came by their own link is told where the code went; to everybody else all addresses are the same."""
    asked = ask.house.sign_in.asked(ask.request.cookies.get(CHALLENGE, ""), now=ask.now)
    person = ask.visitor.participant if ask.visitor else None
    where = wish = ""
    if asked and person and ask.visitor and ask.visitor.how == "link":
        own = (asked.tenant, asked.participant) == (person.tenant, person.number)
        where = masked(asked.channel, person.address(asked.channel)) if own else ""
        wished = read(asked.wish) if own else None
        wish = said(ask, wished) if wished else ""
    company = ask.value("company", limit=64) or ask.field("company", limit=64)
    again = f"sign-in/person/{company}" if company and ask.house.tenants.find(company) else "sign-in/code"
    return _page(
        ask,
        "entry/type.html",
        status=status,
        form=form,
        where=where,
        wish=wish,
        asked=asked is not None,
        again=again,
        company=company,
    )


def _choice(ask: Ask, person: Participant, form: FormState, next_: str, *, status: int = 200) -> PageAnswer:
    ways = [
        {"channel": it.value, "name": channel_name(ask.t, it), "address": masked(it, person.address(it))}
        for it in ask.house.sign_in.ways(ask.tenant, person)
    ]
    newest = not form.good and ask.house.sign_in.asked(ask.request.cookies.get(CHALLENGE, ""), now=ask.now) is not None
    return _page(ask, "entry/code.html", status=status, form=form, ways=ways, next=next_, newest=newest)


def _address_form(ask: Ask, tenant: Tenant, form: FormState, *, status: int = 200) -> PageAnswer:
    return _page(ask, "entry/person.html", status=status, form=form, sender=sender_of(tenant), tenant=tenant)


def _without_link(ask: Ask, next_: str) -> PageAnswer:
    """The page of the company that their link names, or of the only one; where there are several, nobody is told which."""
    tenants, company = ask.house.tenants.list(), ask.value("company", limit=64)
    known = [it.id for it in tenants if it.id == company or len(tenants) == 1]
    if known:
        return moved(f"{ask.root}sign-in/person/{known[0]}?next={next_}")
    return _page(ask, "entry/no_link.html")


def _tenant(ask: Ask) -> Tenant:
    tenant = ask.house.tenants.find(ask.args["tenant"])
    if tenant is None:
        raise Missing("there is no such company")
    return tenant


def _page(ask: Ask, template: str, *, status: int = 200, **words: Any) -> PageAnswer:
    csrf, cookies = form_proof(ask)
    shown = {"next": wanted(ask, otherwise=HOME)} | words
    return site_rendered(ask, template, status=status, cookies=cookies, csrf=csrf, **shown)
