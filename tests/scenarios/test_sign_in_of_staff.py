"""Staff sign in: with a password over Cognito's API, on Cognito's own page, and not at all with anything else."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser, site

from accolade import wiring
from accolade.identity.members import Members
from accolade.identity.sign_in import StaffSignIn
from accolade.model.errors import Missing, Refused, Retry
from accolade.store.tenants import Tenants
from accolade.web.entry.cookies import HOSTED, STAFF
from accolade.web.site import Site

FIRST, OWN = "Temporary-1234!", "Maria's own 2026 pass-phrase"
DOMAIN = "https://accolade-test.auth.us-east-1.amazoncognito.com"


class Firm:
    """Two companies and a user pool as infra/identity.yaml makes it."""

    def __init__(self) -> None:
        self.cognito, here = boto3.client("cognito-idp"), wiring.database()
        for id_ in ("acme", "other"):
            Tenants(here).ensure(id_)
        made = self.cognito.create_user_pool(
            PoolName="staff",
            UsernameAttributes=["email"],
            Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
        )
        self.pool = made["UserPool"]["Id"]
        self.client_id = self.cognito.create_user_pool_client(
            UserPoolId=self.pool, ClientName="pages", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        )["UserPoolClient"]["ClientId"]
        for group in ("admin", "finance", "support"):
            self.cognito.create_group(UserPoolId=self.pool, GroupName=group)
        self.members = Members(self.cognito, self.pool)

    def member(self, email: str = "maria@acme.example", *roles: str, tenant: str = "acme", password: str = OWN) -> str:
        """Somebody who has chosen a password already."""
        self.members.add(email, tenant, roles or ("admin",), password=FIRST)
        self.cognito.admin_set_user_password(UserPoolId=self.pool, Username=email, Password=password, Permanent=True)
        return email


@pytest.fixture
def firm(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> Firm:
    made = Firm()
    monkeypatch.setenv("USER_POOL_ID", made.pool)
    wiring.point_at({})
    return made


def entered(made: Site, email: str, password: str = OWN, **more: Any) -> Browser:
    browser = Browser(made, **more)
    browser.get("admin/today")
    assert browser.place == "sign-in/staff?next=admin%2Ftoday"
    browser.submit(email=email, password=password)
    return browser


def test_an_admin_signs_in_and_every_role_opens_its_rooms(firm: Firm) -> None:
    made = site()
    browser = entered(made, firm.member())
    assert browser.place == "admin/today"
    assert browser.text.startswith("staff acme maria@acme.example analytics approvals")
    assert "wallet" not in browser.text
    finance = entered(made, firm.member("fin@acme.example", "finance"), source="203.0.113.8")
    assert finance.status == 404
    assert finance.get("admin/budgets").startswith("staff acme fin@acme.example")
    finance.post("admin/settings", {"csrf": finance.text.split("csrf=")[1]})
    assert finance.status == 404
    both = entered(made, firm.member("both@acme.example", "finance", "support"), source="203.0.113.9")
    assert "budgets:write" in both.text
    assert "cases:write" in both.text


def test_a_first_sign_in_asks_for_a_password_of_ones_own(firm: Firm) -> None:
    firm.members.add("new@acme.example", "acme", ["support"], password=FIRST)
    browser = entered(site(), "new@acme.example", FIRST)
    assert "Choose your own password" in browser.seen
    for weak in ("short", "all lower case and long", "NoSigns1234567"):
        browser.submit(answer=weak)
        assert "This password is too easy to guess." in browser.seen
        assert weak not in browser.text
    browser.submit(answer=OWN)
    assert browser.text.startswith("staff acme new@acme.example")


def test_whatever_is_wrong_the_answer_is_the_same(firm: Firm) -> None:
    firm.member()
    disabled = firm.member("gone@acme.example")
    firm.cognito.admin_disable_user(UserPoolId=firm.pool, Username=disabled)
    answers = set()
    for number, (email, password) in enumerate(
        (
            ("maria@acme.example", "wrong"),
            ("nobody@acme.example", "wrong"),
            ("gone@acme.example", OWN),
            ("maria@acme.example", "x" * 300),
        )
    ):
        browser = entered(site(), email, password, source=f"203.0.113.{number}")
        assert "The e-mail address or the password is not right." in browser.seen
        assert password not in browser.text.replace("wrong way", "")
        answers.add((browser.status, re.sub(r'value="[^"]*"', "", browser.text)))
    assert len(answers) == 1


def test_attempts_are_counted_by_account_and_by_source(firm: Firm) -> None:
    made, email, now = site(), firm.member(), datetime.now(UTC)  # one instant for all: limits are counted in quarters of an hour
    for number in range(10):
        entered(made, email, "wrong", source=f"198.51.100.{number}", now=now)
    right = entered(made, email, source="198.51.100.99", now=now)
    assert "Too many attempts." in right.seen
    assert (right.status, right.headers["Retry-After"]) == (429, "900")
    assert STAFF not in right.cookies
    right.wait(minutes=15)
    right.get("sign-in/staff")
    right.submit(email=email, password=OWN)
    assert right.text.startswith("staff acme")
    for number in range(40):
        entered(made, f"nobody{number}@acme.example", "wrong", source="198.51.100.200", now=now)
    other = entered(made, firm.member("bob@acme.example"), source="198.51.100.200", now=now)
    assert "Too many attempts." in other.seen


def test_an_account_without_a_role_or_of_no_company_enters_nothing(firm: Firm) -> None:
    made = site()
    firm.member("roleless@acme.example", "finance")
    firm.members.set_roles("acme", "roleless@acme.example", [])
    assert "Your account has no role here." in entered(made, "roleless@acme.example").seen
    firm.member("lost@acme.example", tenant="no-such-company")
    assert "Your account has no role here." in entered(made, "lost@acme.example").seen
    firm.cognito.create_group(UserPoolId=firm.pool, GroupName="superuser")
    firm.member("odd@acme.example", "finance")
    firm.members.set_roles("acme", "odd@acme.example", ["superuser"])
    assert "Your account has no role here." in entered(made, "odd@acme.example").seen


def test_a_staff_session_is_short_and_ends_with_the_account(firm: Firm) -> None:
    made, email = site(), firm.member()
    browser = entered(made, email)
    for _ in range(3):
        browser.wait(minutes=14)
        assert browser.get("admin/today").startswith("staff")
    browser.wait(minutes=16)
    browser.get("admin/today")
    assert browser.place.startswith("sign-in/staff")
    again = entered(made, email)
    firm.members.remove("acme", email)
    made._house.sessions.end_all("acme", email)
    again.get("admin/today")
    assert again.place.startswith("sign-in/staff")


def test_signing_in_and_out_stands_in_the_audit_log_without_a_secret(firm: Firm) -> None:
    made = site()
    browser = entered(made, firm.member())
    csrf = browser.text.split("csrf=")[1]
    browser.wait(seconds=5)
    browser.post("sign-in/out", {"csrf": csrf})
    assert "You are signed out" in browser.seen
    assert STAFF not in browser.cookies
    log = made._house.actions.list("acme")
    assert [(it.by, it.what, it.after) for it in log] == [
        ("maria@acme.example", "staff.signed_out", None),
        ("maria@acme.example", "staff.signed_in", ["admin"]),
    ]
    assert OWN not in repr(log)


def test_a_jwt_of_a_browser_opens_nothing(firm: Firm) -> None:
    """Not even a genuine one, whichever way it comes."""
    email = firm.member()
    genuine = firm.cognito.initiate_auth(
        ClientId=firm.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": email, "PASSWORD": OWN}
    )["AuthenticationResult"]["IdToken"]
    browser = Browser(site())
    browser.cookies[STAFF] = genuine
    browser.get("admin/today", Authorization=f"Bearer {genuine}")
    assert browser.place.startswith("sign-in/staff")
    browser.get(f"sign-in/callback?id_token={genuine[:200]}&state=x")
    assert "This sign-in is not good." in browser.seen
    browser.get(f"sign-in/callback?code=x#id_token={genuine}")
    assert browser.status == 422


@dataclass
class Hosted:
    """Cognito's own page: gives codes, checks PKCE and the redirect, and hands out tokens once."""

    client_id: str
    pool: str
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)

    def visit(self, address: str) -> str:
        """Somebody signs in there; the address they are sent back to."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{DOMAIN}/oauth2/authorize?")
        assert (asked["response_type"], asked["client_id"]) == ("code", self.client_id)
        assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid")
        self.codes["code-1"] = asked
        return f"sign-in/callback?code=code-1&state={asked['state']}"

    def token(self, address: str, form: dict[str, str]) -> tuple[int, bytes]:
        assert address == f"{DOMAIN}/oauth2/token"
        self.asked.append(dict(form))
        if self.status != 200:
            return self.status, b'{"error":"server_error"}'
        asked = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if not asked or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, b'{"error":"invalid_grant"}'
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{self.pool}",
            "aud": self.client_id,
            "token_use": "id",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "Maria@acme.example",
            "custom:tenant": "acme",
            "cognito:groups": ["admin", "unknown"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        return 200, json.dumps({"id_token": f"e30.{payload}.sig", "access_token": "a", "token_type": "Bearer"}).encode()


@pytest.fixture
def hosted(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> tuple[Hosted, Site]:
    monkeypatch.setenv("SIGN_IN_DOMAIN", DOMAIN)
    monkeypatch.setenv("PUBLIC_URL", Browser.ORIGIN)
    wiring.point_at({})
    made, page = site(), Hosted(firm.client_id, firm.pool)
    made._house.__dict__["staff"] = StaffSignIn(firm.cognito, pool=firm.pool, domain=DOMAIN, post=page.token)
    return page, made


def sent_there(made: Site) -> Browser:
    browser = Browser(made)
    browser.get("admin/budgets")
    assert 'href="../sign-in/hosted?next=admin/budgets"' in browser.text
    assert "password" not in re.sub("<p>.*?</p>", "", browser.text)
    browser.get("sign-in/hosted?next=admin/budgets", follow=False)
    assert HOSTED in browser.cookies
    return browser


def test_an_admin_comes_back_from_cognitos_page(hosted: tuple[Hosted, Site]) -> None:
    page, made = hosted
    browser = sent_there(made)
    browser.get(page.visit(browser.headers["Location"]))
    assert browser.place == "admin/budgets"
    assert browser.text.startswith("staff acme maria@acme.example")
    assert HOSTED not in browser.cookies
    assert page.asked[0]["redirect_uri"] == "https://rewards.acme.example/live/sign-in/callback"
    browser.post("sign-in/out", {"csrf": browser.text.split("csrf=")[1]})
    assert f"{DOMAIN}/logout?client_id={page.client_id}" in browser.text.replace("&amp;", "&")


def test_without_an_address_of_our_own_the_api_says_where_we_are(
    hosted: tuple[Hosted, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, made = hosted
    monkeypatch.delenv("PUBLIC_URL")
    wiring.point_at({})
    made._house.settings = wiring.settings()
    browser = sent_there(made)
    assert "redirect_uri=https%3A%2F%2Frewards.acme.example%2Flive%2Fsign-in%2Fcallback" in browser.headers["Location"]


WRONG: tuple[dict[str, object], ...] = (
    {"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"},
    {"iss": "https://evil.example"},
    {"aud": "another-client"},
    {"aud": None},
    {"exp": 1},
    {"exp": "soon"},
    {"iat": 99999999999},
    {"nonce": "another"},
    {"nonce": None},
    {"token_use": "access"},
    {"email": None},
    {"email": ["maria@acme.example"]},
    {"custom:tenant": None},
    {"custom:tenant": {"S": "acme"}},
    {"custom:tenant": "no-such-company"},
    {"cognito:groups": None},
    {"cognito:groups": []},
    {"cognito:groups": "admin"},
    {"cognito:groups": ["Admin"]},
)
"""Each makes a token of Cognito's one that is not for us, not now, or says nobody."""


def test_a_token_that_is_not_quite_right_opens_nothing(hosted: tuple[Hosted, Site]) -> None:
    page, made = hosted
    for claims in WRONG:
        page.claims = claims
        browser = sent_there(made)
        browser.get(page.visit(browser.headers["Location"]))
        assert browser.status == 422, claims
        assert STAFF not in browser.cookies, claims


def test_an_answer_belongs_to_the_browser_that_asked_and_works_once(hosted: tuple[Hosted, Site]) -> None:
    page, made = hosted
    browser, victim, other = sent_there(made), Browser(made), sent_there(made)
    back = page.visit(browser.headers["Location"])
    for it in (victim, other):
        it.get(back)
        assert "This sign-in is not good." in it.seen
        assert STAFF not in it.cookies
    assert page.asked == []
    held = browser.cookies[HOSTED]
    browser.get(back)
    assert STAFF in browser.cookies
    replay = Browser(made)
    replay.cookies[HOSTED] = held
    replay.get(back)
    assert STAFF not in replay.cookies
    late = sent_there(made)
    late.wait(minutes=11)
    late.get(page.visit(late.headers["Location"]))
    assert STAFF not in late.cookies
    forged = sent_there(made)
    content, _, proof = forged.cookies[HOSTED].partition(".")
    forged.cookies[HOSTED] = f"{content[:-4]}AAAA.{proof}"
    forged.get(page.visit(forged.headers["Location"]))
    assert STAFF not in forged.cookies


def test_cognito_that_does_not_answer_is_no_fault_of_the_visitor(hosted: tuple[Hosted, Site]) -> None:
    page, made = hosted
    page.status = 503
    browser = sent_there(made)
    browser.get(page.visit(browser.headers["Location"]))
    assert browser.status == 503
    assert STAFF not in browser.cookies


def test_members_are_those_of_ones_own_company(firm: Firm) -> None:
    firm.member("maria@acme.example", "admin")
    firm.member("olga@other.example", "admin", tenant="other")
    assert [it.email for it in firm.members.list("acme")] == ["maria@acme.example"]
    for act in (
        lambda: firm.members.get("acme", "olga@other.example"),
        lambda: firm.members.set_roles("acme", "olga@other.example", ["support"]),
        lambda: firm.members.remove("acme", "olga@other.example"),
        lambda: firm.members.remove("acme", "nobody@acme.example"),
    ):
        with pytest.raises(Missing):
            act()
    with pytest.raises(Refused):
        firm.members.add("maria@acme.example", "other", ["admin"], password=FIRST)
    assert firm.members.set_roles("acme", "maria@acme.example", ["support", "finance"]).roles == {"support", "finance"}


def test_a_stack_without_a_pool_says_so(linked: Stack) -> None:
    browser = Browser(site())
    browser.get("sign-in/staff")
    browser.submit(email="maria@acme.example", password=OWN)
    assert browser.status == 422
    assert "this stack has no accounts of staff" in browser.seen.lower()


def test_the_address_of_tokens_is_asked_over_checked_tls_only(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.tls import Server

    from accolade.identity.https import post_form
    from accolade.model.errors import Rejected

    with pytest.raises(Rejected):
        post_form("http://127.0.0.1:1/oauth2/token", {})
    with pytest.raises(Retry):
        post_form("https://127.0.0.1:1/oauth2/token", {})
    with Server(tmp_path) as server:
        with pytest.raises(Retry):
            post_form(server.url, {"code": "x"})
        assert server.bodies == [], "nothing is told to a stranger"
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert post_form(server.url, {"code": "a b"}) == (302, b"moved")
        assert server.bodies == [b"code=a+b"]
