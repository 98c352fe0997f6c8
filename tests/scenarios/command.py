"""The `accolade` command on moto: a stack with outputs, and an HTTP server in front of the real `receive` handler."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import boto3
from botocore import handlers
from tests.scenarios.running import sqs_event
from tests.scenarios.stack import LambdaContext, Stack, function
from typer.testing import CliRunner

from accolade.cli.app import app
from serving import Line, Served

DEAD = ("inbox", "email", "sms", "whatsapp", "orders", "receipts", "schedules")


class Door(Served):
    """What API Gateway is on AWS: each POST becomes a proxy event for `receive`. `busy`: answer 503 that often first."""

    def __init__(self) -> None:
        self.busy, self.bodies, handler = 0, list[bytes](), function("receive").handler
        door, one_at_a_time = self, threading.Lock()

        class Handler(Line):
            def asked(self) -> None:
                body = self.body()
                if door.busy:
                    door.busy -= 1
                    answer: dict[str, Any] = {"statusCode": 503, "body": "busy"}
                else:
                    door.bodies.append(body)
                    with one_at_a_time:
                        answer = handler(_event(self.path, dict(self.headers), body), LambdaContext())
                self.reply(answer["statusCode"], (answer.get("body") or "").encode())

        self.listen(Handler)
        self.url = self.base_url


class Command:
    """Runs commands against the stack; `process` works off the Inbox with the real handler."""

    def __init__(self, stack: Stack, door: Door) -> None:
        self.stack, self.door = stack, door
        self.process = function("process").handler
        dead = {name: stack.sqs.create_queue(QueueName=f"accolade-{name}-dlq")["QueueUrl"] for name in DEAD}
        stack.queues["receipts"] = stack.sqs.create_queue(QueueName="accolade-receipts")["QueueUrl"]
        stack.secrets.create_secret(Name="accolade/accolade/links", SecretString="links")
        self.dead = dead
        titles = {"inbox": "Inbox", "email": "Email", "sms": "Sms", "whatsapp": "WhatsApp", "receipts": "Receipts"}
        titles["orders"] = "Orders"
        outputs = {
            "StateTable": stack.settings["state_table"],
            "LedgerTable": stack.settings["ledger_table"],
            "DeliveriesTable": stack.settings["deliveries_table"],
            "CodesKeyId": stack.settings["codes_key_id"],
            "BodiesBucket": stack.settings["bodies_bucket"],
            "LinkSecretName": "accolade/accolade/links",
            "ApiUrl": door.url,
            "SchedulesDlqUrl": dead["schedules"],
            **{f"{title}QueueUrl": stack.queues[name] for name, title in titles.items()},
            **{f"{title}DlqUrl": dead[name] for name, title in titles.items()},
        }
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        boto3.client("cloudformation").create_stack(StackName="accolade", TemplateBody=json.dumps(template))

    def run(self, *args: str, status: int = 0) -> str:
        """Run a command; gives what it wrote to standard output."""
        result = CliRunner().invoke(app, ["--endpoint", "aws", *args])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, f"{args}: {result.exit_code}\n{result.stdout}\n{result.stderr}"
        self.said = result.stderr
        return result.stdout

    def json(self, *args: str, status: int = 0) -> Any:
        """Run a command with `--json`; its standard output must be one JSON document."""
        return json.loads(self.run(*args, "--json", status=status))

    def not_offered(self, *operations: str) -> None:
        """Let AWS answer to these operations (`sns.GetSMSAttributes`) as the local cloud does: there is no such action."""
        error = {"Error": {"Code": "InvalidAction", "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        for operation in operations:
            handlers.BUILTIN_HANDLERS.append((f"before-call.{operation}", lambda **_: (SimpleNamespace(status_code=400), error)))

    def work(self) -> None:
        """Work off the Inbox."""
        while bodies := [json.dumps(body) for body in self.stack.messages("inbox")]:
            for start in range(0, len(bodies), 10):
                answer = self.process(sqs_event(bodies[start : start + 10]), LambdaContext())
                assert not answer["batchItemFailures"]


def _event(path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    parts = path.strip("/").split("/")
    names = ("connection", "token")
    held = dict(zip(names, parts[2:], strict=False))
    return {
        "resource": "/" + "/".join([*parts[:2], *(f"{{{name}}}" for name in held)]),
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "pathParameters": held or None,
        "body": body.decode(),
        "isBase64Encoded": False,
    }
