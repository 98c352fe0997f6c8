"""Running the house with the command: what is wrong is said with what, where and how to mend it; nothing gets lost."""

import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from accolade import wiring
from accolade.cli.app import app
from accolade.cli.stack import note_path, open_stack
from accolade.crm.salesforce.ids import to18
from accolade.flows.trace import Tracer
from accolade.model.errors import Missing
from accolade.store.audit import Audit
from accolade.store.connections import Connections
from accolade.store.deliveries import Deliveries
from accolade.store.parked import Parked
from accolade.store.people import People

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = "id,name,email,salesforce_user_id\nasha,Asha Rao,asha@acme.example,0055e000000Asha\nbob,Bob,bob@acme.example,\n"
PROGRAM = (DEMO / "program.yaml").read_text()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "program.yaml").write_text(PROGRAM)
    return tmp_path


def test_importing_the_same_people_again_changes_nothing_and_keeps_their_numbers(command, folder):
    assert command.json("participant", "import", "people.csv")["created"] == 2
    again = command.json("participant", "import", "people.csv")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    (folder / "people.csv").write_text("id,name\nzoe,Zoe\nbob,Bob\nasha,Asha Rao\n")
    command.json("participant", "import", "people.csv")
    assert [(it["id"], it["number"]) for it in command.json("participant", "list")] == [
        ("asha", "P000001"),
        ("bob", "P000002"),
        ("zoe", "P000003"),
    ]


def test_one_wrong_line_stops_the_import_unless_partial_is_asked_for(command, folder):
    (folder / "people.csv").write_text(PEOPLE + "carol,Carol,carol@,\n")
    said = command.run("participant", "import", "people.csv", status=1)
    assert "people.csv:4" in said
    assert "name@example.com" in said
    assert command.json("participant", "list") == []
    done = command.json("participant", "import", "people.csv", "--partial")
    assert (done["created"], [it["line"] for it in done["problems"]]) == (2, [4])


def test_everything_wrong_with_a_line_is_said_at_once_also_what_only_the_stack_knows(command, folder):
    command.json("participant", "import", "people.csv")
    (folder / "more.csv").write_text(
        "id,name,email,zone,salesforce_user_id\nother,Other,other@,Mars,0055e000000Asha\ncleo,Cleo,,,\n"
    )
    found = command.json("participant", "import", "more.csv", status=1)
    assert [(it["line"], it["column"]) for it in found["problems"]] == [(2, "email"), (2, "zone"), (2, "id")]
    assert "already belongs to participant asha" in found["problems"][2]["what"]
    assert "1 created, 0 updated, 0 unchanged; 1 line left out" in command.run("participant", "import", "more.csv", "--partial")


def test_an_import_never_merges_two_people(command, folder):
    command.json("participant", "import", "people.csv")
    (folder / "more.csv").write_text("id,name,salesforce_user_id\nother,Other,0055e000000Asha\n")
    found = command.json("participant", "import", "more.csv", status=1)
    assert "already belongs to participant asha" in found["problems"][0]["what"]


def test_a_person_whom_a_sweep_found_takes_the_imports_id_and_keeps_the_number(command, folder):
    class User:
        id, name, email, active = to18("0055e000000Asha"), "Asha R.", "asha@acme.example", True

    command.json("tenant", "set", "default", "--name", "Acme")
    people = People(wiring.database())
    assert people.sync_users("default", "salesforce", [User()])["created"] == 1
    (folder / "people.csv").write_text("id,name,salesforce_user_id\nasha,Asha Rao,0055e000000Asha\n")
    assert command.json("participant", "import", "people.csv")["updated"] == 1
    (person,) = command.json("participant", "list")
    assert (person["id"], person["number"], person["name"]) == ("asha", "P000001", "Asha Rao")


def test_a_program_with_a_mistake_is_refused_with_line_path_and_what_was_meant(command, folder):
    (folder / "wrong.yaml").write_text(PROGRAM.replace("deal.stage,", "deal.stgae,"))
    said = CliRunner().invoke(app, ["program", "validate", "wrong.yaml"])
    assert said.exit_code == 1
    assert "Did you mean deal.stage?" in said.stdout
    assert "nothing was done" in said.stdout
    command.run("program", "publish", "wrong.yaml", status=1)
    assert command.json("program", "list") == []


def test_publishing_the_same_program_again_is_no_new_version(command, folder):
    assert command.json("program", "publish", "program.yaml")["new"] is True
    assert command.json("program", "publish", "program.yaml")["new"] is False
    assert [it["version"] for it in command.json("program", "list")] == [1]
    assert "500 points for every 5 won deals in a quarter" in command.run("program", "show", "q-race")


def test_topping_up_raises_the_limit_and_says_what_is_left(command, folder):
    command.json("program", "publish", "program.yaml")
    after = command.json("budget", "top-up", "q-race", "500")
    assert (after["limit"], after["spent"], after["left"]) == (800_500, 0, 800_500)
    assert command.json("budget", "show", "q-race")["limit"] == 800_500
    command.run("budget", "top-up", "q-race", "0", status=2)
    command.run("budget", "top-up", "other", "5", status=1)
    assert "accolade program list" in command.said


def test_a_parked_notification_is_listed_with_its_reason_and_decided_again_on_request(command):
    command.json("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000AbcD")
    content = {"id": "04l", "type": "Opportunity", "fields": {}}
    Parked(wiring.database()).park(
        "default", id_="case-1", connection="sf", crm="salesforce", reason="no id", mend="mend it", content=[content], now=NOW
    )
    (case,) = command.json("parked", "list")
    assert (case["id"], case["reason"], case["mend"]) == ("case-1", "no id", "mend it")
    assert command.json("parked", "retry", "case-1") == {"retried": ["case-1"], "left": []}
    (message,) = command.stack.messages("inbox")
    assert message["items"] == [content]
    assert command.json("parked", "list") == []
    command.run("parked", "retry", status=1)
    command.run("parked", "retry", "nothing", status=1)


def test_a_record_in_a_foreign_currency_is_judged_again_on_request(command):
    command.json("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000AbcD")
    content = {"record": "sf:deal:0065e00000LmN0pAAF", "fields": {"currency": "EUR"}}
    Parked(wiring.database()).park(
        "default", id_="euro", connection="sf", crm="salesforce", reason="in EUR", content=[content], origin="record", now=NOW
    )
    assert command.json("parked", "retry", "euro")["retried"] == ["euro"]
    (message,) = command.stack.messages("inbox")
    assert (message["kind"], message["records"]) == ("reevaluate", ["deal:0065e00000LmN0pAAF"])


def test_events_of_a_foreign_portal_can_be_listed_and_go_to_the_connection_that_was_added_since(command, monkeypatch):
    monkeypatch.setenv("HUB_SECRET", "secret")
    event = {"eventId": 1, "portalId": 77, "subscriptionType": "deal.creation", "objectId": 5}
    Parked(wiring.database()).park(
        "_foreign", id_="foreign", connection="hubspot", crm="hubspot", reason="no connection", content=[event], now=NOW
    )
    assert [case["id"] for case in command.json("parked", "list", "--tenant", "_foreign")] == ["foreign"]
    command.run("parked", "retry", "foreign", "--tenant", "_foreign", status=1)
    command.json("connection", "add", "hubspot", "hub", "--portal-id", "77", "--client-secret-env", "HUB_SECRET")
    assert command.json("parked", "retry", "foreign", "--tenant", "_foreign")["retried"] == ["foreign"]
    (message,) = command.stack.messages("inbox")
    assert (message["connection"], message["items"]) == ("hub", [event])


def test_dead_letters_are_counted_and_put_back(command):
    for number in range(12):
        command.stack.sqs.send_message(QueueUrl=command.dead["email"], MessageBody=json.dumps({"n": number}))
    email = next(it for it in command.json("status")["queues"] if it["queue"] == "email")
    assert (email["waiting"], email["dead"]) == (0, 12)
    command.not_offered("sqs.StartMessageMoveTask")
    assert command.json("redrive", "email") == {"queue": "email", "moved": 12}
    assert sorted(it["n"] for it in command.stack.messages("email")) == list(range(12))
    assert command.json("redrive", "email")["moved"] == 0
    command.run("redrive", "schedules", status=1)
    command.run("redrive", "postbox", status=1)


def test_waiting_for_idle_ends_when_the_queues_are_empty_and_fails_when_they_are_not(command):
    assert command.json("status", "--wait-idle", "120")["idle"] is True
    command.stack.sqs.send_message(QueueUrl=command.stack.queues["inbox"], MessageBody="{}", DelaySeconds=60)
    assert command.json("status", "--wait-idle", "1", status=1)["idle"] is False


def test_sending_is_paused_and_resumed_by_channel(command):
    assert command.json("pause", "--channel", "sms")["paused"] == ["sms"]
    assert command.json("pause")["paused"] == ["email", "sms", "whatsapp"]
    assert command.json("resume", "--channel", "email")["paused"] == ["sms", "whatsapp"]
    assert command.json("resume")["paused"] == []


def test_a_tenant_is_added_once_and_its_settings_are_checked(command):
    command.json("tenant", "add", "acme", "--name", "Acme", "--sender-email", "rewards@acme.example")
    assert command.json("tenant", "set", "acme", "--sending-hours", "0-24")["sending_hours"] == [0, 24]
    command.run("tenant", "set", "acme", "--sending-hours", "20-9", status=1)
    assert command.json("tenant", "set", "acme", "--zone", "Asia/Tokyo")["zone"] == "Asia/Tokyo"
    command.run("tenant", "set", "acme", "--zone", "tokyo", status=1)
    assert "Did you mean Asia/Tokyo?" in command.said
    command.run("tenant", "add", "Acme GmbH", status=1)
    command.run("participant", "list", "--tenant", "nobody", status=1)
    assert "accolade tenant add nobody" in command.said


def test_who_is_told_when_a_budget_runs_low_is_set_and_the_doctor_says_if_nobody_is(command, folder):
    said = "nobody is told when a budget runs low"
    command.not_offered("sesv2.GetAccount", "sns.GetSMSAttributes")
    command.json("program", "publish", "program.yaml")
    (found,) = [it for it in command.json("doctor", status=1)["checks"] if it["what"] == said]
    assert found["mend"] == "accolade tenant set default --alerts name@example.com"
    alerts = "ann@acme.example,ben@acme.example"
    saved = command.json("tenant", "set", "default", "--alerts", alerts, "--alerts-locale", "nl")
    assert (saved["alerts"], saved["alerts_locale"]) == (alerts.split(","), "nl")
    assert said not in {it["what"] for it in command.json("doctor", status=1)["checks"]}
    command.run("tenant", "set", "default", "--alerts", "ann at acme", status=1)
    assert "name@example.com" in command.said
    assert "ann at acme" not in command.said
    command.run("tenant", "set", "default", "--alerts-locale", "tlh", status=1)
    assert command.json("tenant", "set", "default", "--name", "Acme")["alerts"] == alerts.split(",")
    assert command.json("tenant", "set", "default", "--alerts", "")["alerts"] == []


def test_two_tenants_may_use_the_same_ids_but_never_the_same_connection(command, folder):
    command.json("tenant", "add", "other")
    command.json("participant", "import", "people.csv")
    command.json("participant", "import", "people.csv", "--tenant", "other")
    command.json("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000AbcD")
    command.run("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000Abcd", "--tenant", "other", status=1)
    assert "taken" in command.said
    command.run("connection", "add", "salesforce", "sf2", "--organization-id", "00D5e000000AbcD", "--tenant", "other", status=1)
    assert "belongs to another connection" in command.said


def test_the_doctor_names_each_finding_with_its_next_step(command, folder):
    command.json("connection", "add", "salesforce", "sf", "--organization-id", "00D5e000000AbcD")
    command.stack.sqs.send_message(QueueUrl=command.dead["sms"], MessageBody="{}")
    command.not_offered("sesv2.GetAccount", "sns.GetSMSAttributes")
    found = command.json("doctor", status=1)
    by_what = {check["what"]: check for check in found["checks"]}
    assert by_what["sms has 1 dead letters"]["mend"].endswith("accolade redrive sms")
    assert by_what["has no participants, so nobody can earn"]["status"] == "warn"
    assert by_what["no API credentials are stored"]["status"] == "warn"
    assert {"Stack", "Tables", "Clock", "Queues", "Schedules", "Link secret", "E-mail", "SMS"} <= {
        it["about"] for it in found["checks"]
    }
    assert by_what["cannot be asked here (GetSMSAttributes is not offered)"]["status"] == "note"
    assert all(check["mend"] for check in found["checks"] if check["status"] in ("warn", "FAIL"))


def test_what_nobody_knows_cannot_be_traced(command):
    command.run("trace", "04l5e00000Q1w2eAAA", status=1)
    assert "connection:deal:ID" in command.said


def test_a_missing_stack_is_said_with_the_command_that_helps(command):
    command.run("tenant", "list", "--stack", "elsewhere", status=1)
    assert "there is no stack elsewhere at AWS" in command.said
    assert "make up" in command.said
    with pytest.raises(Missing):
        open_stack(name="elsewhere", endpoint="aws")
    assert note_path().name == "accolade.json"


def test_a_wrong_command_line_ends_with_status_2(command):
    command.run("tenant", "frobnicate", status=2)
    assert "No such command 'frobnicate'" in command.said
    command.run("pause", "--channel", "pigeon", status=2)
    assert "'pigeon' is not one of 'email'" in command.said
    assert command.json("pause", "--channel", "sms")["paused"] == ["sms"]


def test_tables_are_for_people_and_markup_in_names_is_only_text(command, folder):
    (folder / "people.csv").write_text("id,name\nasha,[bold]Asha[/bold]\n")
    command.run("participant", "import", "people.csv")
    assert "[bold]Asha[/bold]" in command.run("participant", "list")
    assert "[bold]Asha[/bold]" in command.run("participant", "show", "asha")


def test_json_is_all_that_a_script_gets(command, folder):
    """Each is one document, of a company with two people and nothing earned; whatever else is said is not in between."""
    assert command.json("participant", "import", "people.csv")["created"] == 2
    status = command.json("status")
    assert {(it["waiting"], it["in_flight"], it["dead"]) for it in status.pop("queues")} == {(0, 0, 0)}
    assert status == {"deliveries_due": 0, "parked": 0}
    for lists in (("leaderboard",), ("budget", "show"), ("deliveries", "list"), ("connection", "list")):
        assert command.json(*lists) == [], lists
    assert command.json("ledger", "verify") == {"ok": True, "problems": [], "wallets": 2, "entries": 0, "points": 0}


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "list"),
        ("approval", "approve", "nothing", "--as", "dana", "--reason", "Seen"),
        ("rfm", "run"),
        ("nomination", "list"),
        ("redemption", "list"),
        ("catalog", "list"),
    ],
)
def test_a_command_finds_the_stack_of_make_up_without_a_region_in_the_environment(command, tmp_path, monkeypatch, words):
    note = tmp_path / "accolade.json"
    note.write_text(json.dumps({"region": "us-east-1", "access_key": "testing", "secret_key": "testing"}))
    monkeypatch.setattr("accolade.cli.stack.note_path", lambda: note)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    wiring.point_at({})
    said = CliRunner().invoke(app, list(words))
    assert "AWS did not answer" not in said.output


def test_the_command_may_call_what_the_functions_may(command):
    cloud = boto3.client("cloudformation")
    body = cloud.get_template(StackName="accolade")["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else dict(body)
    template["Parameters"] = {"ApiHosts": {"Type": "String", "Default": ""}}
    given = [{"ParameterKey": "ApiHosts", "ParameterValue": "127.0.0.1"}]
    cloud.update_stack(StackName="accolade", TemplateBody=json.dumps(template), Parameters=given)
    command.run("status")
    assert wiring.house(lambda event, **fields: None).settings.api_hosts == ("127.0.0.1",)


def test_a_leaderboard_of_points_has_no_period(command):
    command.run("leaderboard", "--period", "2017Q1", status=1)
    assert "--kpi won_count" in command.said


def test_a_word_too_short_for_an_id_is_not_looked_for_in_every_line_of_the_logs(command):
    here, asked = wiring.database(), list[str]()
    tracer = Tracer(Audit(here), People(here), Deliveries(here), Connections(here), lambda terms: asked.extend(terms) or ())

    with pytest.raises(Missing, match="nothing is known of 'x'"):
        tracer.trace("acme", "x")
    assert asked == []
    with pytest.raises(Missing):
        tracer.trace("acme", "04l5e00000Q1w2eAAA")
    assert asked == ["04l5e00000Q1w2eAAA"] * 2
