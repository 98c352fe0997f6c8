"""API keys, the record of what staff did, limits, and finding people by address and by who leads them."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from tests.scenarios.command import Command
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.model.errors import Conflict, Missing, Rejected
from accolade.model.participants import Participant
from accolade.store.actions import HIDDEN, Actions
from accolade.store.keyring import Keyring
from accolade.store.limits import Limits
from accolade.store.people import People
from accolade.store.tenants import Tenants
from accolade.web.entry import key_visitor
from accolade.web.visitors import Scope

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def keyring(stack: Stack) -> Keyring:
    for id_ in ("acme", "other"):
        Tenants(wiring.database()).ensure(id_)
    return Keyring(wiring.database(), os.urandom)


def test_a_key_works_for_its_scopes_until_it_is_over_or_revoked(linked: Stack, keyring: Keyring) -> None:
    house = wiring.house(lambda *_, **__: None)
    made, text = keyring.add("acme", "Month-end report", scopes={"analytics", "people", "wallet?"}, now=NOW, by="maria")
    visitor = key_visitor(house, f"Bearer {text}", now=NOW)
    assert visitor is not None
    assert (visitor.tenant.id, visitor.name, visitor.how) == ("acme", "key:Month-end report", "key")
    assert visitor.scopes == {Scope.ANALYTICS, Scope.PEOPLE}
    assert keyring.get("acme", made.id).used_on == NOW.date()
    for wrong in (
        text,
        f"Bearer {text}x",
        f"Bearer {text[:-1]}",
        "Bearer",
        "",
        f"Basic {text}",
        f"Bearer acc_{made.id}_{'A' * 43}",
    ):
        assert key_visitor(house, wrong, now=NOW) is None, wrong
    assert key_visitor(house, f"Bearer {text}", now=NOW + timedelta(days=365)) is None
    keyring.revoke("acme", made.id, now=NOW)
    assert key_visitor(house, f"Bearer {text}", now=NOW) is None
    assert keyring.get("acme", made.id).revoked_at == NOW


def test_only_the_hash_of_a_key_is_kept_and_only_its_own_company_sees_it(keyring: Keyring, stack: Stack) -> None:
    made, text = keyring.add("acme", "a", scopes={"people"}, now=NOW)
    items = boto3.client("dynamodb").scan(TableName=stack.settings["state_table"])["Items"]
    assert text.split("_", 2)[2] not in json.dumps(items)
    assert [it.id for it in keyring.list("acme")] == [made.id]
    assert keyring.list("other") == []
    for act in (keyring.get, keyring.forget):
        with pytest.raises(Missing):
            act("other", made.id)
    with pytest.raises(Missing):
        keyring.revoke("other", made.id, now=NOW)
    keyring.forget("acme", made.id)
    assert keyring.list("acme") == []
    assert keyring.find(text, now=NOW) is None


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", {"people"}, 1),
        ("x" * 61, {"people"}, 1),
        ("<b>", {"people"}, 1),
        ("a", set(), 1),
        ("a", {"people"}, 0),
        ("a", {"people"}, 366),
    ],
)
def test_a_key_has_a_name_scopes_and_an_end(keyring: Keyring, name: str, scopes: set[str], days: int) -> None:
    with pytest.raises(Rejected):
        keyring.add("acme", name, scopes=scopes, now=NOW, life=timedelta(days=days))


def test_what_staff_did_is_on_record_newest_first_page_by_page(stack: Stack) -> None:
    actions = Actions(wiring.database())
    for number in range(5):
        actions.record(
            "acme", at=NOW + number * HOUR, by="maria", what="budget.raised", on="program:race", before=number, after=number + 1
        )
    actions.record("other", at=NOW, by="olga", what="budget.raised", on="program:race")
    first = actions.list("acme", limit=2)
    assert [it.before for it in first] == [4, 3]
    assert [it.before for it in actions.list("acme", before=first[-1].id, limit=2)] == [2, 1]
    assert [it.before for it in actions.list("acme", before=first[-1].id)] == [2, 1, 0]
    assert [it.before for it in actions.each("acme")] == [0, 1, 2, 3, 4]
    actions.record("acme", at=NOW, by="maria", what="budget.raised", on="program:race", before=0, after=1)
    assert len(actions.list("acme")) == 5, "the same act, told twice, is one"


def test_an_act_and_its_record_are_one_or_none(stack: Stack) -> None:
    here = wiring.database()
    actions = Actions(here)
    write = actions.write("acme", at=NOW, by="maria", what="key.revoked", on="key:a", reason="Lost laptop")
    here.transact([write])
    assert actions.list("acme")[0].reason == "Lost laptop"
    with pytest.raises(Conflict):
        here.transact([write])
    assert len(actions.list("acme")) == 1


def test_the_record_keeps_no_secret_and_is_bounded(stack: Stack) -> None:
    actions = Actions(wiring.database())
    state = {
        "name": "sf",
        "api": {"client_secret": "canary-1", "Token": "canary-2"},
        "list": [{"password": "canary-3"}],
        "token": "",
    }
    actions.record("acme", at=NOW, by="maria", what="connection.changed", on="sf", before=state, after={"text": "x" * 50_000})
    (kept,) = actions.list("acme")
    assert "canary" not in repr(kept)
    assert kept.before == {
        "name": "sf",
        "api": {"client_secret": HIDDEN, "Token": HIDDEN},
        "list": [{"password": HIDDEN}],
        "token": "",
    }
    assert len(kept.after) < 5_000


def test_a_limit_holds_for_many_at_once_and_starts_anew(stack: Stack) -> None:
    limits = Limits(wiring.database())
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: limits.take("spin#acme", HOUR, 5, NOW), range(20)))
    assert taken.count(True) == 5
    assert limits.take("spin#other", HOUR, 5, NOW)
    assert limits.take("spin#acme", HOUR, 5, NOW + HOUR)
    assert not limits.take("none", HOUR, 0, NOW)


def test_people_are_found_by_their_address_and_by_who_leads_them(stack: Stack) -> None:
    people = People(wiring.database())
    names = [("asha", "bob"), ("bob", None), ("carol", "BOB SMITH"), ("dan", "bob@people.example"), ("eve", "carol")]
    drafts = [
        Participant("acme", id_, "", id_, f"{id_}@people.example", "+3161234567" + str(i), manager=lead)
        for i, (id_, lead) in enumerate(names)
    ]
    drafts[1] = replace(drafts[1], name="Bob Smith")
    people.register("acme", drafts)
    number = {it.id: it.number for it in people.list("acme")}
    bob = people.by_id("acme", "bob")
    assert list(people.led_by(bob)) == [number["asha"], number["carol"], number["dan"]]
    assert list(people.led_by(people.by_id("acme", "asha"))) == []
    assert list(people.at_address("acme", "Bob@People.example ")) == [number["bob"]]
    assert list(people.at_address("acme", "+31 61 234-5671")) == [number["bob"]]
    assert list(people.at_address("other", "bob@people.example")) == []
    people.register("acme", [replace(drafts[0], manager=None, email="new@people.example")])
    assert list(people.led_by(bob)) == [number["carol"], number["dan"]]
    assert list(people.at_address("acme", "asha@people.example")) == []
    assert list(people.at_address("acme", "new@people.example")) == [number["asha"]]
    people.update(replace(people.by_id("acme", "asha"), email=None, phone=None))
    assert list(people.at_address("acme", "new@people.example")) == []
    people.register("acme", [replace(drafts[4], email="carol@people.example")])
    assert len(people.at_address("acme", "carol@people.example")) == 2


@pytest.fixture
def staffed(command: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on a stack that has a user pool."""
    cognito, cloud = boto3.client("cognito-idp"), boto3.client("cloudformation")
    pool = cognito.create_user_pool(PoolName="staff", UsernameAttributes=["email"])["UserPool"]["Id"]
    cognito.add_custom_attributes(UserPoolId=pool, CustomAttributes=[{"Name": "tenant", "AttributeDataType": "String"}])
    for group in ("admin", "finance", "support"):
        cognito.create_group(UserPoolId=pool, GroupName=group)
    template = cloud.get_template(StackName="accolade")["TemplateBody"]
    template = json.loads(template) if isinstance(template, str) else template
    template["Outputs"]["UserPoolId"] = {"Value": pool}
    cloud.update_stack(StackName="accolade", TemplateBody=json.dumps(template))
    return command


def test_staff_are_added_given_roles_and_removed_on_the_terminal(staffed: Command) -> None:
    made = staffed.json("staff", "add", "Maria@acme.example", "--role", "admin", "--print-password")
    assert (made["email"], made["roles"], made["state"]) == ("maria@acme.example", ["admin"], "has not signed in yet")
    assert len(made["password"]) >= 20
    assert "a temporary password was mailed" in staffed.run(
        "staff", "add", "sam@acme.example", "--role", "finance", "--role", "support"
    )
    assert [it["email"] for it in staffed.json("staff", "list")] == ["maria@acme.example", "sam@acme.example"]
    assert staffed.json("staff", "roles", "sam@acme.example", "--role", "support")["roles"] == ["support"]
    again = staffed.run("staff", "roles", "sam@acme.example", "--role", "support")
    assert "sam@acme.example is support of default already; nothing has changed" in again
    staffed.run("staff", "add", "sam@acme.example", "--role", "admin", status=1)
    staffed.run("staff", "add", "sam@acme.example", "--role", "boss", status=1)
    assert "'boss' is no role" in staffed.said
    assert "There are admin, finance, support" in staffed.said
    staffed.run("staff", "remove", "nobody@acme.example", status=1)
    assert staffed.json("staff", "remove", "maria@acme.example")["sessions_ended"] == 0
    assert [it["email"] for it in staffed.json("staff", "list")] == ["sam@acme.example"]
    log = Actions(wiring.database()).list("default")
    assert [it.what for it in log] == ["staff.removed", "staff.roles_changed", "staff.added", "staff.added"]
    assert made["password"] not in repr(log)


def test_keys_are_made_listed_and_revoked_on_the_terminal(staffed: Command) -> None:
    made = staffed.json("key", "add", "Report", "--scope", "analytics", "--days", "30")
    assert made["key"].startswith(f"acc_{made['id']}_")
    (listed,) = staffed.json("key", "list")
    assert "key" not in listed
    assert (listed["name"], listed["scopes"], listed["used_on"]) == ("Report", ["analytics"], None)
    assert staffed.json("key", "revoke", made["id"])["revoked_at"]
    assert "nothing has changed" in staffed.run("key", "revoke", made["id"])
    staffed.run("key", "add", "Report", "--scope", "redeem", status=1)
    assert "'redeem' is no scope that a key may have" in " ".join(staffed.said.split())
    staffed.run("key", "revoke", "unknown", status=1)
    assert [it.what for it in Actions(wiring.database()).list("default")] == ["key.revoked", "key.added"]
