"""The template on the local cloud: every function starts under its own role, and events find their way."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import boto3
import pytest
from tests.e2e.conftest import Deployed

from accolade.model.messages import SendDelivery

pytestmark = pytest.mark.e2e

QUEUES = ("Inbox", "Email", "Sms", "WhatsApp", "Receipts")


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while not (true := condition()) and time.monotonic() < end:
        time.sleep(0.2)
    return true


def waiting(deployed: Deployed, url: str) -> int:
    """How many messages a queue holds, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = deployed.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


@pytest.mark.parametrize("function", ["send_email", "send_sms", "send_whatsapp"])
def test_a_sender_starts_under_its_own_role_and_drops_what_is_not_owed(deployed: Deployed, function: str) -> None:
    body = SendDelivery(delivery="of-nobody").to_json()
    record = {"messageId": "1", "receiptHandle": "1", "body": body, "attributes": {}, "messageAttributes": {}}
    record |= {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:any", "md5OfBody": ""}
    assert deployed.invoke(function, {"Records": [record]}) == {"batchItemFailures": []}


def test_process_starts_under_its_own_role(deployed: Deployed) -> None:
    assert deployed.invoke("process", {"Records": []}) == {"batchItemFailures": []}


@pytest.mark.parametrize("function", ["maintain", "sweep"])
def test_a_scheduled_function_runs_under_its_own_role(deployed: Deployed, function: str) -> None:
    assert isinstance(deployed.invoke(function, {}), dict | None)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/crm/salesforce/nobody/token"), ("POST", "/crm/hubspot/nobody"), ("GET", "/w/nobody.x"), ("GET", "/u/nobody.x")],
)
def test_strangers_are_answered_and_not_let_in(deployed: Deployed, method: str, path: str) -> None:
    request = urllib.request.Request(deployed.api_url + path, data=b"{}" if method == "POST" else None, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=180)
    assert 400 <= refused.value.code < 500
    refused.value.close()


def test_without_credentials_the_cloud_refuses(deployed: Deployed) -> None:
    who = {"aws_access_key_id": "stranger", "aws_secret_access_key": "stranger", "region_name": "us-east-1"}
    where = {"endpoint_url": deployed.place.endpoint}
    stranger = boto3.client("dynamodb", **who, **where)
    with pytest.raises(stranger.exceptions.ClientError):
        stranger.scan(TableName=deployed.outputs["LedgerTable"])


@pytest.mark.parametrize("topic", ["EmailEventsTopic", "MessagingEventsTopic"])
def test_what_a_vendor_says_reaches_receipts_and_is_taken(deployed: Deployed, topic: str) -> None:
    logs = deployed.client("logs")
    group, since = f"{deployed.outputs['LogGroupPrefix']}receipts", int(time.time() * 1000) - 1000
    deployed.client("sns").publish(TopicArn=deployed.outputs[topic], Message=json.dumps({"of": "nobody"}))
    assert within(180, lambda: bool(logs.filter_log_events(logGroupName=group, startTime=since)["events"]))
    assert within(180, lambda: waiting(deployed, deployed.outputs["ReceiptsQueueUrl"]) == 0)


def test_nothing_is_a_dead_letter(deployed: Deployed) -> None:
    for queue in (*QUEUES, "Schedules"):
        assert waiting(deployed, deployed.outputs[f"{queue}DlqUrl"]) == 0, queue


def test_expiry_is_on_where_it_may_be_and_nowhere_else(deployed: Deployed) -> None:
    dynamodb = deployed.client("dynamodb")
    expiring = {
        table: dynamodb.describe_time_to_live(TableName=deployed.outputs[table])["TimeToLiveDescription"]["TimeToLiveStatus"]
        for table in ("StateTable", "LedgerTable", "DeliveriesTable")
    }
    assert expiring == {"StateTable": "ENABLED", "LedgerTable": "DISABLED", "DeliveriesTable": "ENABLED"}


def test_the_schedules_are_on(deployed: Deployed) -> None:
    schedules = deployed.client("scheduler").list_schedules()["Schedules"]
    enabled = {schedule["Name"] for schedule in schedules if schedule["State"] == "ENABLED"}
    assert enabled >= {f"{deployed.place.stack}-{name}" for name in ("sweep", "sweep-deep", "maintain")}
