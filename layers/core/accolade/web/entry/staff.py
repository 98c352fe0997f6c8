"""The pages on which staff sign in: a way to Cognito's page and back, or, where there is none, a form of our own."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

from accolade.identity.sign_in import MFA, NEW_PASSWORD, Step, refused, strong, weak
from accolade.identity.tokens import SignedIn
from accolade.model.errors import Forged, Refused, Rejected, TooOften
from accolade.model.phrases import later as t
from accolade.model.times import iso
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.entry.cookies import HOSTED, STAFF, gone, kept
from accolade.web.entry.places import safe, wanted
from accolade.web.entry.strangers import check_form, form_proof, turned_away
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.visitors import ROLES

HOME = "admin/today"

QUARTER = timedelta(minutes=15)
PER_ACCOUNT, PER_SOURCE = 10, 40
"""Attempts in a quarter of an hour."""

ON_THE_PAGE = timedelta(minutes=10)
"""How long somebody may take on Cognito's page."""


def entrance(ask: Ask) -> PageAnswer:
    """`GET sign-in/staff`."""
    return _entrance(ask, form_of(ask))


def password_sent(ask: Ask) -> PageAnswer:
    """`POST sign-in/staff`: the same answer for whatever is wrong."""
    check_form(ask)
    form = form_of(ask)
    email, password = form.text("email", most=254, required=True).lower(), form.value("password")
    if not form.good:
        return _entrance(ask, form, status=422)
    try:
        _not_too_often(ask, email)
        if not 0 < len(password) <= 256:
            raise refused()
        return _arrived(ask, email, ask.house.staff.with_password(email, password, now=ask.now))
    except (Refused, Forged) as error:
        form.wrong("", told(ask.t, error))
        return turned_away(_entrance(ask, form, status=422), error)


def step_sent(ask: Ask) -> PageAnswer:
    """`POST sign-in/staff/step`: a password of one's own, or the digits of an authenticator."""
    check_form(ask)
    form = form_of(ask)
    email, answer = form.text("email", most=254, required=True).lower(), form.value("answer")
    step = Step(form.value("step"), form.value("session"))
    try:
        _not_too_often(ask, email)
        if step.name == NEW_PASSWORD and not strong(answer):
            raise weak()
        if not 0 < len(answer) <= 256:
            raise refused()
        return _arrived(ask, email, ask.house.staff.go_on(step, email, answer, now=ask.now))
    except Refused as error:
        form.wrong("", told(ask.t, error))
        return turned_away(_entrance(ask, form, status=422), error)
    except Rejected as error:
        form.wrong("answer", told(ask.t, error))
        return _step(ask, email, step, form, status=422)


def to_hosted(ask: Ask) -> PageAnswer:
    """`GET sign-in/hosted`: on to Cognito's page, with what has to come back kept in a sealed cookie."""
    state, nonce, verifier = (_text(ask.house.random(32)) for _ in range(3))
    held = {"state": state, "nonce": nonce, "verifier": verifier, "next": wanted(ask, otherwise=HOME)}
    address = ask.house.staff.page(redirect=_here(ask, "sign-in/callback"), state=state, nonce=nonce, verifier=verifier)
    return moved(address, cookies=(kept(HOSTED, _sealed(ask, held), life=ON_THE_PAGE),))


def callback(ask: Ask) -> PageAnswer:
    """`GET sign-in/callback`: back from Cognito's page, in the browser that was sent there, once."""
    held = _unsealed(ask, ask.request.cookies.get(HOSTED, ""))
    state, code = ask.value("state"), ask.value("code", limit=1_000)
    try:
        if not held or not code or not hmac.compare_digest(held["state"].encode(), state.encode()):
            raise Forged(t("this sign-in is not good"), mend=t("Sign in again"))
        signed_in = ask.house.staff.after_page(
            code, redirect=_here(ask, "sign-in/callback"), nonce=held["nonce"], verifier=held["verifier"], now=ask.now
        )
        return _begin(ask, signed_in, held["next"], also=(gone(HOSTED),))
    except (Refused, Forged) as error:
        form = form_of(ask)
        form.wrong("", told(ask.t, error))
        return _entrance(ask, form, status=422, also=(gone(HOSTED),))


def leaving_hosted(ask: Ask) -> str:
    """The address that signs out of Cognito's page; empty where there is none."""
    return ask.house.staff.leaving(back=_here(ask, "sign-in/staff")) if ask.house.settings.sign_in_domain else ""


def _arrived(ask: Ask, email: str, came: SignedIn | Step) -> PageAnswer:
    if isinstance(came, Step):
        return _step(ask, email, came, FormState(ask.t, here=ask.request.path[-1]))
    return _begin(ask, came, wanted(ask, otherwise=HOME))


def _begin(ask: Ask, who: SignedIn, next_: str, *, also: tuple[str, ...] = ()) -> PageAnswer:
    """A new session under a new id; the tenant and the roles are those of the token, and no others."""
    house, roles = ask.house, who.groups & set(ROLES)
    if house.tenants.find(who.tenant) is None or not roles:
        raise Refused(t("your account has no role here"), mend=t("Ask your administrator"))
    former = house.sessions.find(ask.request.cookies.get(STAFF, ""), now=ask.now)
    if former is not None:
        house.sessions.end(former)
    _, id_ = house.sessions.begin("staff", who.tenant, who.email, now=ask.now, roles=roles)
    house.actions.record(who.tenant, at=ask.now, by=who.email, what="staff.signed_in", on=who.email, after=sorted(roles))
    return moved(ask.root + (safe(next_) or HOME), cookies=(kept(STAFF, id_), *also))


def _not_too_often(ask: Ask, email: str) -> None:
    """Wrong attempts and right ones count alike, so that the count tells nothing."""
    limits, now = ask.house.limits, ask.now
    source, account = (sha256(it.encode()).hexdigest()[:24] for it in (ask.request.source, email))
    by_source = limits.take(f"staff-source#{source}", QUARTER, PER_SOURCE, now)
    if not (by_source and limits.take(f"staff-account#{account}", QUARTER, PER_ACCOUNT, now)):
        raise TooOften(t("too many attempts"), after=QUARTER.total_seconds(), mend=t("Try again in a quarter of an hour"))


def _entrance(ask: Ask, form: FormState, *, status: int = 200, also: tuple[str, ...] = ()) -> PageAnswer:
    hosted = bool(ask.house.settings.sign_in_domain)
    return _page(ask, "entry/staff.html", status=status, also=also, form=form, hosted=hosted)


def _step(ask: Ask, email: str, step: Step, form: FormState, *, status: int = 200) -> PageAnswer:
    return _page(ask, "entry/step.html", status=status, form=form, email=email, step=step, mfa=step.name == MFA)


def _page(ask: Ask, template: str, *, status: int, also: tuple[str, ...] = (), **words: Any) -> PageAnswer:
    csrf, cookies = form_proof(ask)
    shown = {"next": wanted(ask, otherwise=HOME)} | words
    return site_rendered(ask, template, status=status, cookies=(*cookies, *also), csrf=csrf, **shown)


def _here(ask: Ask, page: str) -> str:
    """The full address of a page of ours, as Cognito knows it; it takes no other."""
    return f"{(ask.house.settings.public_url or ask.request.base).rstrip('/')}/{page}"


def _sealed(ask: Ask, held: dict[str, str]) -> str:
    content = _text(json.dumps(held | {"until": iso(ask.now + ON_THE_PAGE)}).encode())
    return f"{content}.{ask.house.links.csrf(f'hosted:{content}')}"


def _unsealed(ask: Ask, cookie: str) -> dict[str, str]:
    """What was sealed; nothing if it was not by us, or is over."""
    content, _, proof = cookie.partition(".")
    if len(cookie) > 2_000 or not hmac.compare_digest(proof.encode(), ask.house.links.csrf(f"hosted:{content}").encode()):
        return {}
    held = json.loads(urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    return held if held["until"] > iso(ask.now) else {}


def _text(random: bytes) -> str:
    return urlsafe_b64encode(random).rstrip(b"=").decode()
