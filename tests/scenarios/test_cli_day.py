"""A company's first day with the command: connect, import, publish, replay, look, prove."""

import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from tests.scenarios.command import Command

from accolade.cli.replay.salesforce import record_id
from accolade.crm.salesforce.ids import to18

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo"
EXPORT = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
DEAL0001,Darcel Schlecht,GTX,Acme,Won,2017-03-01,2017-03-05,6000
DEAL0002,Darcel Schlecht,GTX,Acme,Won,2017-03-01,2017-03-30,100
DEAL0003,Anna Snelling,GTX,Beta,Lost,2017-03-02,2017-03-06,0
DEAL0004,Anna Snelling,GTX,Beta,Engaging,2017-03-03,,
DEAL0005,Anna Snelling,GTX,Beta,Prospecting,,,
DEAL0006,Nobody Known,GTX,Beta,Won,2017-03-04,2017-03-06,50
"""
ORG = "00D5e000000AbcD"


@pytest.fixture
def ready(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Two connections since 2016, two of the demo's people, its program, and an export of six deals."""
    monkeypatch.setenv("HUB_SECRET", "canary-secret")
    (tmp_path / "deals.csv").write_text(EXPORT)
    people = (DEMO / "participants.csv").read_text().splitlines(keepends=True)
    (tmp_path / "people.csv").write_text("".join(line for line in people if line.startswith(("id,", "anna,", "darcel,"))))
    monkeypatch.chdir(tmp_path)
    mapping = ("--mapping", str(DEMO / "mapping.yaml"), "--since", "2016-01-01")
    command.json("connection", "add", "salesforce", "sf", "--organization-id", ORG, *mapping)
    command.json("connection", "add", "hubspot", "hub", "--portal-id", "33", "--client-secret-env", "HUB_SECRET", *mapping)
    command.json("participant", "import", "people.csv")
    command.json("program", "publish", str(DEMO / "program.yaml"))
    return command


def send(command: Command, crm: str, connection: str, *more: str) -> dict:
    sent = command.json("send", crm, "deals.csv", "--connection", connection, "--mapping", str(DEMO / "mapping.yaml"), *more)
    command.work()
    return sent


def points(command: Command, who: str) -> dict[str, int]:
    """Points by milestone and scope."""
    entries = command.json("wallet", "show", who)["entries"]
    return {
        f"{entry['cause']['milestone']} {entry['cause']['scope']}": sum(it["amount"] for it in entry["transfers"])
        for entry in entries
    }


def test_connecting_salesforce_gives_the_url_to_enter_and_keeps_only_a_hash_of_its_token(command):
    added = command.json("connection", "add", "salesforce", "sf", "--organization-id", ORG)
    token = added["url"].rsplit("/", 1)[1]
    assert added == {"id": "sf", "url": f"{command.door.url}/crm/salesforce/sf/{token}"}
    assert len(token) >= 43
    state = json.dumps(command.stack.dynamodb.scan(TableName=command.stack.settings["state_table"])["Items"], default=str)
    assert token not in state
    assert to18(ORG) in state


def test_adding_a_connection_again_keeps_its_settings_and_makes_the_former_url_useless(command):
    first = command.json("connection", "add", "salesforce", "sf", "--organization-id", ORG, "--since", "2016-01-01")
    again = command.json("connection", "add", "salesforce", "sf", "--organization-id", ORG)
    assert again["url"] != first["url"]
    (listed,) = command.json("connection", "list")
    assert listed["since"] == "2016-01-01T00:00:00.000Z"


def test_a_hubspot_connection_without_a_client_secret_is_refused(command):
    command.run("connection", "add", "hubspot", "hub", "--portal-id", "33", status=1)
    assert "--client-secret-env" in command.said
    assert command.json("connection", "list") == []


def test_an_empty_secret_variable_is_named_and_nothing_is_added(command, monkeypatch):
    monkeypatch.setenv("HUB_SECRET", "")
    command.run("connection", "add", "hubspot", "hub", "--portal-id", "33", "--client-secret-env", "HUB_SECRET", status=1)
    assert "HUB_SECRET is empty" in command.said


def test_a_secret_stands_in_no_table_and_in_nothing_that_is_written(ready):
    shown = ready.run("connection", "list", "--json") + ready.run("connection", "list")
    state = json.dumps(ready.stack.dynamodb.scan(TableName=ready.stack.settings["state_table"])["Items"], default=str)
    assert "canary-secret" not in shown + state
    assert (
        ready.stack.secrets.get_secret_value(SecretId="accolade/accolade/connection/hub/secret")["SecretString"]
        == "canary-secret"
    )


@pytest.mark.parametrize(("crm", "connection"), [("salesforce", "sf"), ("hubspot", "hub")])
def test_a_replayed_export_pays_through_the_real_front_door(ready, crm, connection):
    sent = send(ready, crm, connection)
    assert (sent["deals"], sent["failed_requests"]) == (5, 0)
    assert sent["acknowledged"] == sent["notifications"]
    assert sent["skipped"] == {"without creation date": 1}
    darcel = points(ready, "darcel")
    assert {key.split(" ")[0]: value for key, value in darcel.items()} == {"first-big-deal": 1000, "fast-win": 50}
    assert points(ready, "anna") == {}
    shown = ready.json("wallet", "show", "darcel")
    assert (shown["participant"], shown["available"], shown["debt"]) == ("darcel", 1050, 0)


@pytest.mark.parametrize(("crm", "connection"), [("salesforce", "sf"), ("hubspot", "hub")])
def test_everything_tripled_and_shuffled_gives_the_same_balances(ready, crm, connection):
    send(ready, crm, connection, "--repeat", "3", "--shuffle", "7")
    assert ready.json("wallet", "show", "darcel")["available"] == 1050
    assert ready.json("ledger", "verify")["ok"] is True


def test_the_books_are_proved_and_exported_under_the_imports_ids(ready):
    send(ready, "salesforce", "sf")
    assert ready.json("ledger", "verify")["problems"] == []
    lines = [json.loads(line) for line in ready.run("ledger", "export", "--format", "jsonl").splitlines()]
    assert {line["id"].split("/")[2] for line in lines} == {"darcel"}
    assert list(lines[0]) == ["id", "seq", "tenant", "at", "posted_at", "kind", "cause", "transfers", "previous_hash"]
    assert list(lines[0]["cause"]) == ["program", "version", "milestone", "participant", "scope", "record"]
    assert {it["target"] for line in lines for it in line["transfers"]} == {"wallet:darcel"}
    assert lines[0]["previous_hash"] == ""


def test_a_changed_entry_breaks_the_proof(ready):
    send(ready, "salesforce", "sf")
    table, dynamodb = ready.stack.settings["ledger_table"], ready.stack.dynamodb
    item = dynamodb.scan(TableName=table)["Items"][0]
    item["body"]["S"] = item["body"]["S"].replace('"amount":', '"amount":9')
    dynamodb.put_item(TableName=table, Item=item)
    found = ready.json("ledger", "verify", status=1)
    assert found["ok"] is False
    assert any("chain is broken" in problem or "head" in problem for problem in found["problems"])
    assert any("available is stored as 1050" in problem for problem in found["problems"])


def test_a_removed_entry_breaks_the_proof(ready):
    send(ready, "salesforce", "sf")
    table, dynamodb = ready.stack.settings["ledger_table"], ready.stack.dynamodb
    item = dynamodb.scan(TableName=table)["Items"][0]
    dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
    assert ready.json("ledger", "verify", status=1)["problems"]


def test_a_wallet_or_budget_that_was_tampered_with_is_found(ready):
    send(ready, "salesforce", "sf")
    table, dynamodb = ready.stack.settings["state_table"], ready.stack.dynamodb
    key = {"pk": {"S": "TENANT#default"}, "sk": {"S": "BUDGET#q-race"}}
    change = {"UpdateExpression": "ADD #s :one", "ExpressionAttributeNames": {"#s": "spent"}}
    dynamodb.update_item(TableName=table, Key=key, **change, ExpressionAttributeValues={":one": {"N": "1"}})
    (problem,) = ready.json("ledger", "verify", status=1)["problems"]
    assert problem == "budget of q-race: 1051 stored as spent, its entries say 1050"


def test_the_leaderboard_orders_by_points_or_by_a_kpi(ready):
    send(ready, "salesforce", "sf")
    first = ready.json("leaderboard")[0]
    assert (first["rank"], first["participant"], first["points"]) == (1, "darcel", 1050)
    assert ready.json("leaderboard", "--kpi", "won_count", "--period", "2017Q1")[0]["won_count"] == 2


def test_the_deals_of_an_unknown_owner_wait_until_he_is_imported(ready, tmp_path):
    send(ready, "hubspot", "hub")
    users = [entry["pk"]["S"] for entry in ready.stack.dynamodb.scan(TableName=ready.stack.settings["state_table"])["Items"]]
    (waiting,) = {pk for pk in users if pk.startswith("WAITING#")}
    owner = waiting.rsplit("#", 1)[1]
    (tmp_path / "late.csv").write_text(f"id,name,hubspot_owner_id\nnobody,Nobody Known,{owner}\n")
    ready.json("participant", "import", str(tmp_path / "late.csv"))
    ready.work()
    assert ready.json("wallet", "show", "nobody")["available"] == 50


def test_a_busy_front_door_is_tried_again_and_nothing_is_lost(ready):
    ready.door.busy = 2
    sent = send(ready, "salesforce", "sf")
    assert sent["retries"] == 2
    assert sent["acknowledged"] == sent["notifications"]


def test_an_outdated_url_is_an_error_with_the_next_step(ready):
    ready.run(
        *("send", "salesforce", "deals.csv", "--connection", "sf", "--mapping", str(DEMO / "mapping.yaml")),
        *("--url", f"{ready.door.url}/crm/salesforce/sf/wrong-token"),
        status=1,
    )
    assert "add the connection again" in ready.said


def test_owners_are_shared_out_without_overlap(ready):
    halves = [send(ready, "salesforce", "sf", "--part", f"{part}/2")["deals"] for part in (1, 2)]
    assert sum(halves) == 5
    assert send(ready, "salesforce", "sf", "--from", "2017-03-06", "--to", "2017-03-29")["deals"] == 2


def test_a_record_is_traced_from_the_log_line_to_the_message(ready):
    send(ready, "salesforce", "sf", "--part", "2/3")
    record = "sf:deal:" + record_id("DEAL0001")
    group = "/aws/lambda/accolade-process"
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    line = {"event": "processed", "record": record, "revision": 2, "ms": 12, "notification_ids": ["04lNOTIFICATION"]}
    at = int(datetime.now(UTC).timestamp() * 1000)
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": at, "message": json.dumps(line)}])
    (fast,) = [it for it in ready.json("wallet", "show", "darcel")["entries"] if it["cause"]["milestone"] == "fast-win"]
    for id_ in (record_id("DEAL0001"), record, fast["id"], "04lNOTIFICATION", ready.json("deliveries", "list")[0]["id"]):
        steps = ready.json("trace", id_)
        assert {"crm", "record", "processed", "posted", "owed"} <= {step["event"] for step in steps}, id_
        assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert "fast-win of darcel" in ready.run("trace", record)
