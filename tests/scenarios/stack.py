"""The stack of a scenario: the three tables of `infra/tables.yaml` and the queues on moto, real handlers on top."""

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import yaml
from tests import quick_cloud

ROOT = Path(__file__).resolve().parents[2]
QUEUES = ("inbox", "email", "sms", "whatsapp", "orders")
_IGNORED = (
    *("DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "SSESpecification", "TimeToLiveSpecification", "Tags"),
    "TableName",
)

quick_cloud.begin()


class _Template(yaml.SafeLoader):
    """CloudFormation's short tags (`!Ref`, `!Sub`, ...) are read as their text: only the tables matter here."""


_Template.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))


@cache
def client(service: str) -> Any:
    """The tests' own client of a service: the same in all tests, for moto answers it whichever test asks."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1").client(service)


@cache
def _shapes() -> dict[str, dict[str, Any]]:
    """Table -> what `create_table` takes."""
    template = yaml.load((ROOT / "infra" / "tables.yaml").read_text(), Loader=_Template)  # noqa: S506 (a SafeLoader)
    tables = {name: it["Properties"] for name, it in template["Resources"].items() if it["Type"] == "AWS::DynamoDB::Table"}
    return {name.lower(): {key: value for key, value in it.items() if key not in _IGNORED} for name, it in tables.items()}


class Stack:
    """What exists on moto: names of tables, URLs of queues, the bucket."""

    def __init__(self) -> None:
        self.dynamodb, self.sqs, self.secrets, self.s3 = map(client, ("dynamodb", "sqs", "secretsmanager", "s3"))
        tables = {}
        for name, shape in _shapes().items():
            tables[name] = f"accolade-{name}"
            self.dynamodb.create_table(TableName=tables[name], **shape)
        self.queues = {name: self.sqs.create_queue(QueueName=f"accolade-{name}")["QueueUrl"] for name in QUEUES}
        self.s3.create_bucket(Bucket="accolade-bodies")
        self.settings = {
            "state_table": tables["state"],
            "ledger_table": tables["ledger"],
            "deliveries_table": tables["deliveries"],
            "bodies_bucket": "accolade-bodies",
            "codes_key_id": client("kms").create_key()["KeyMetadata"]["KeyId"],
            **{f"{name}_queue_url": url for name, url in self.queues.items()},
        }

    def messages(self, queue: str = "inbox") -> list[dict[str, Any]]:
        """Take everything off a queue, as JSON."""
        return list(self._taken(queue))

    def _taken(self, queue: str) -> Iterator[dict[str, Any]]:
        url = self.queues[queue]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(message["Body"])


class LambdaContext:
    """What a handler may ask of its context."""

    function_name = "accolade"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:accolade"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def __init__(self, seconds: float = 900.0) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return int(self.seconds * 1000)


def function(verb: str) -> Any:
    """A fresh import of a function's module, as at a cold start."""
    spec = importlib.util.spec_from_file_location(f"function_{verb}", ROOT / "functions" / verb / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
