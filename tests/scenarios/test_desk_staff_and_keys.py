"""An admin decides who may sign in and which programs may ask: their own company's, shown once, and all of it on record."""

import re
from typing import Any

import boto3
import pytest
from tests.scenarios.desk import Desk, send
from tests.scenarios.stack import Stack
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.identity.members import Members
from accolade.web.entry import key_visitor

DANA, SAM, OLGA = "dana@acme.example", "sam@acme.example", "olga@other.example"
FIRST = "Temporary-1234!"


@pytest.fixture
def pool(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> str:
    """A user pool as infra/identity.yaml makes it."""
    cognito = boto3.client("cognito-idp")
    tenant: Any = {"Name": "tenant", "AttributeDataType": "String", "Mutable": True}
    made = cognito.create_user_pool(PoolName="staff", UsernameAttributes=["email"], Schema=[tenant])["UserPool"]["Id"]
    for group in ("admin", "finance", "support"):
        cognito.create_group(UserPoolId=made, GroupName=group)
    monkeypatch.setenv("USER_POOL_ID", made)
    wiring.point_at({})
    return made


@pytest.fixture
def desk(pool: str, linked: Stack) -> Desk:
    """Dana is an admin of Acme, Sam does its finances, Olga is an admin of the other company."""
    made = Desk(linked)
    members = Members(boto3.client("cognito-idp"), pool)
    members.add(DANA, "acme", ["admin"], password=FIRST)
    members.add(SAM, "acme", ["finance"], password=FIRST)
    members.add(OLGA, "other", ["admin"], password=FIRST)
    return made


def sent(browser: Browser, path: str, **fields: str | list[str]) -> str:
    """Send a form of the page, in which a box may be ticked several times."""
    found = re.search(r'name="csrf" value="([^"]*)"', browser.get("/".join(path.split("/")[:2])))
    assert found
    return browser.post(path, {"csrf": found[1]} | fields)


def roles_of(desk: Desk, email: str, tenant: str = "acme") -> set[str]:
    return set(desk.here.members.get(tenant, email).roles)


def test_an_admin_sees_their_own_companys_staff_and_nobody_elses(desk: Desk) -> None:
    browser = desk.staff("admin")
    browser.get("admin/settings")
    assert 'href="../admin/staff"' in browser.text
    assert 'href="../admin/keys"' in browser.text
    browser.get("admin/staff")
    assert "dana@acme.example (you) has not signed in yet Admin" in browser.seen
    assert "sam@acme.example has not signed in yet Finance" in browser.seen
    assert OLGA not in browser.text
    for role in ("finance", "support"):
        for page in ("admin/staff", "admin/keys"):
            desk.staff(role, name=SAM).get(page)
            assert desk.staff(role, name=SAM).get(page).count("dana@acme.example") == 0


def test_a_member_is_added_with_roles_and_the_first_password_goes_by_mail(desk: Desk) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/staff", email="New@Acme.example", role=["finance", "support"])
    assert browser.place == "admin/staff?done=mailed"
    assert "Its first password was mailed" in browser.seen
    assert "new@acme.example has not signed in yet Finance Support" in browser.seen
    assert roles_of(desk, "new@acme.example") == {"finance", "support"}
    (made,) = [it for it in desk.here.actions.list("acme") if it.what == "staff.added"]
    assert (made.by, made.on, made.after) == (DANA, "new@acme.example", ["finance", "support"])


def test_a_first_password_is_shown_once_where_none_is_mailed(desk: Desk) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/staff", email="new@acme.example", role="support", show="1")
    (password,) = re.findall(r'class="secret">([^<]+)<', browser.text)
    assert len(password) >= 20
    assert browser.headers["Cache-Control"] == "no-store"
    assert password not in browser.get("admin/staff")
    kept = repr(desk.here.actions.list("acme")) + str(desk.stack.dynamodb.scan(TableName="accolade-state")["Items"])
    assert password not in kept
    client = boto3.client("cognito-idp")
    asked = client.admin_get_user(UserPoolId=desk.here.settings.user_pool_id, Username="new@acme.example")
    assert asked["UserStatus"] == "FORCE_CHANGE_PASSWORD"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "", "role": "admin"}, "Fill this in."),
        ({"email": "not an address", "role": "admin"}, "Write an e-mail address as name@example.com."),
        ({"email": "new@acme.example"}, "Choose at least one role."),
        ({"email": "new@acme.example", "role": "boss"}, "Choose one of the list."),
        ({"email": SAM, "role": "admin"}, "There is an account with this address."),
        ({"email": OLGA, "role": "admin"}, "There is an account with this address."),
        ({"email": f"{'x' * 400}@acme.example", "role": "admin"}, "Use at most 320 characters."),
    ],
)
def test_an_account_that_cannot_be_says_why_and_keeps_what_was_typed(desk: Desk, fields: dict[str, str], words: str) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/staff", **fields)
    assert browser.status == 422
    assert words in browser.seen
    assert f'value="{fields["email"]}"' in browser.text
    assert "staff.added" not in desk.did()
    assert roles_of(desk, SAM) == {"finance"}
    assert roles_of(desk, OLGA, "other") == {"admin"}


def test_other_roles_end_whatever_was_open(desk: Desk) -> None:
    browser, sams = desk.staff("admin"), desk.staff("finance", name=SAM)
    sams.get("admin/budgets")
    assert sams.status == 200
    sent(browser, "admin/staff/roles", email=SAM, role="support")
    assert browser.place == "admin/staff?done=roles"
    assert roles_of(desk, SAM) == {"support"}
    sams.get("admin/budgets")
    assert sams.place.startswith("sign-in/staff")
    (changed,) = [it for it in desk.here.actions.list("acme") if it.what == "staff.roles_changed"]
    assert (changed.on, changed.before, changed.after) == (SAM, ["finance"], ["support"])
    sent(browser, "admin/staff/roles", email=SAM)
    assert browser.status == 422
    assert "Choose at least one role." in browser.seen
    assert roles_of(desk, SAM) == {"support"}


def test_nobody_takes_the_role_of_admin_from_themselves(desk: Desk) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/staff/roles", email="DANA@acme.example", role="support")
    assert browser.status == 422
    assert "Nobody takes the role of admin from themselves. Another admin can." in browser.seen
    sent(browser, "admin/staff/remove", email=DANA)
    assert browser.status == 422
    assert "Nobody removes their own account. Another admin can." in browser.seen
    assert roles_of(desk, DANA) == {"admin"}
    assert desk.did() == set()
    other = desk.staff("admin", name=SAM)
    sent(other, "admin/staff/roles", email=DANA, role="support")
    assert roles_of(desk, DANA) == {"support"}, "another admin can"


def test_an_account_that_is_removed_opens_nothing_any_more(desk: Desk) -> None:
    browser, sams = desk.staff("admin"), desk.staff("finance", name=SAM)
    sent(browser, "admin/staff/remove", email=SAM)
    assert browser.place == "admin/staff?done=removed"
    assert SAM not in browser.text
    sams.get("admin/budgets")
    assert sams.place.startswith("sign-in/staff")
    sent(browser, "admin/staff/remove", email=SAM)
    assert browser.status == 404
    assert desk.did() == {"staff.removed"}


@pytest.mark.parametrize("act", ["roles", "remove"])
@pytest.mark.parametrize("email", [OLGA, "nobody@acme.example", "", "no address"])
def test_staff_of_another_company_are_not_there(desk: Desk, act: str, email: str) -> None:
    browser = desk.staff("admin")
    sent(browser, f"admin/staff/{act}", email=email, role="support")
    assert browser.status == 404
    assert roles_of(desk, OLGA, "other") == {"admin"}
    assert desk.did() == set()


def test_finance_and_support_change_no_staff_and_no_keys(desk: Desk) -> None:
    for role in ("finance", "support"):
        browser = desk.staff(role, name=SAM)
        session = desk.here.sessions.find(next(iter(browser.cookies.values())), now=desk.house.now)
        assert session
        for path in ("admin/staff", "admin/staff/roles", "admin/staff/remove", "admin/keys"):
            browser.post(path, {"csrf": session.csrf, "email": SAM, "role": "admin", "name": "mine", "scope": "keys:write"})
            assert browser.status == 404
    assert roles_of(desk, SAM) == {"finance"}
    assert list(desk.here.keyring.list("acme")) == []


def test_many_members_of_staff_are_shown_page_by_page(desk: Desk) -> None:
    for number in range(50):
        desk.here.members.add(f"s{number:02d}@acme.example", "acme", ["support"], password=FIRST)
    browser = desk.staff("admin")
    browser.get("admin/staff")
    assert "s48@acme.example" in browser.text
    assert "s49@acme.example" not in browser.text
    assert 'rel="next" href="staff?page=1"' in browser.text
    browser.get("admin/staff?page=1")
    assert "s49@acme.example" in browser.text
    browser.get("admin/staff?page=x")
    assert browser.status == 200


def test_a_stack_without_accounts_says_so_on_the_page(linked: Stack) -> None:
    browser = Desk(linked).staff("admin")
    browser.get("admin/staff?lang=nl")
    assert browser.status == 200
    assert "Deze stack heeft geen accounts voor medewerkers." in browser.seen


def test_a_key_is_made_shown_once_used_and_revoked(desk: Desk) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/keys", name="Month-end report", days="90", scope=["analytics", "people"])
    (text,) = re.findall(r'class="secret">(acc_[^<]+)<', browser.text)
    assert "Copy it now; it is not shown again." in browser.seen
    visitor = key_visitor(desk.here, f"Bearer {text}", now=desk.house.now)
    assert visitor
    assert sorted(visitor.scopes) == ["analytics", "people"]
    assert text not in browser.get("admin/keys")
    (made,) = desk.here.keyring.list("acme")
    assert (made.expires - made.made_at).days == 90
    assert "Month-end report works" in browser.seen
    assert f"last used on {desk.here.keyring.get('acme', made.id).used_on:%-d %B %Y}" in browser.seen
    send(browser, "admin/keys", f"admin/keys/{made.id}/forget")
    assert browser.status == 403, "it works: revoke it first"
    send(browser, "admin/keys", f"admin/keys/{made.id}/revoke")
    assert "The key works no more." in browser.seen
    assert key_visitor(desk.here, f"Bearer {text}", now=desk.house.now) is None
    send(browser, "admin/keys", f"admin/keys/{made.id}/forget")
    assert "No key yet." in browser.seen
    log = desk.here.actions.list("acme")
    assert {it.what for it in log} == {"key.added", "key.revoked", "key.forgotten"}
    assert {it.by for it in log} == {DANA}
    assert text.split("_", 2)[2] not in repr(log)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "days": "9", "scope": "people"}, "Fill this in."),
        ({"name": "<b>x</b>", "days": "9", "scope": "people"}, "The name of a key has 1 to 60 letters"),
        ({"name": "x", "days": "366", "scope": "people"}, "Write a whole number from 1 to 365."),
        ({"name": "x", "days": "9"}, "Choose at least one thing that it may do."),
        ({"name": "x", "days": "9", "scope": "wallet"}, "Choose one of the list."),
        ({"name": "x", "days": "9", "scope": "everything"}, "Choose one of the list."),
    ],
)
def test_a_key_that_cannot_be_says_why(desk: Desk, fields: dict[str, str], words: str) -> None:
    browser = desk.staff("admin")
    sent(browser, "admin/keys", **fields)
    assert browser.status == 422
    assert words in browser.seen
    assert desk.here.keyring.list("acme") == []
    assert desk.did() == set()


def test_a_key_of_another_company_is_not_there(desk: Desk) -> None:
    made, text = desk.here.keyring.add("other", "Theirs", scopes={"people"}, now=desk.house.now)
    browser = desk.staff("admin")
    assert "Theirs" not in browser.get("admin/keys")
    for act in ("revoke", "forget"):
        send(browser, "admin/keys", f"admin/keys/{made.id}/{act}")
        assert browser.status == 404
    assert desk.here.keyring.find(text, now=desk.house.now)
