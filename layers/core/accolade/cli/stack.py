"""Finding the stack that a command works on: its endpoint, its name, its outputs."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from accolade import config, wiring
from accolade.model.errors import Missing, Retry
from accolade.queues import Queue

DEFAULT_NAME = "accolade"
AWS = "aws"
"""`--endpoint aws` is AWS itself, whatever the local file says."""

_SETTINGS = {
    "state_table": "StateTable",
    "ledger_table": "LedgerTable",
    "deliveries_table": "DeliveriesTable",
    "inbox_queue_url": "InboxQueueUrl",
    "email_queue_url": "EmailQueueUrl",
    "sms_queue_url": "SmsQueueUrl",
    "whatsapp_queue_url": "WhatsAppQueueUrl",
    "orders_queue_url": "OrdersQueueUrl",
    "user_pool_id": "UserPoolId",
    "codes_key_id": "CodesKeyId",
    "bodies_bucket": "BodiesBucket",
    "link_secret_name": "LinkSecretName",
    "ses_configuration_set": "SesConfigurationSet",
}
WORK_QUEUES = ("inbox", "email", "sms", "whatsapp", "orders", "receipts")
DEAD_QUEUES = (*WORK_QUEUES, "schedules")
_TITLES = {"whatsapp": "WhatsApp"}


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its name, the endpoint it answers at (empty: AWS), and its CloudFormation outputs."""

    name: str
    endpoint: str
    outputs: Mapping[str, str] = field(repr=False)

    @cached_property
    def api_url(self) -> str:
        """Where the stack's HTTP API answers, without a slash at the end."""
        if self.endpoint:
            return f"{self.endpoint}/_aws/execute-api/{self.output('ApiId')}/{self.output('ApiStage')}"
        return (self.outputs.get("PublicUrl") or self.output("ApiUrl")).rstrip("/")

    @property
    def sender_email(self) -> str:
        """The address that the stack may send from; `rewards@` where it may send from a whole domain. Empty if unknown."""
        return self.outputs.get("SenderEmail", "").replace("*@", "rewards@")

    def output(self, name: str) -> str:
        """An output of the stack; Missing if it has none of that name."""
        if not self.outputs.get(name):
            raise Missing(f"stack {self.name} has no output {name}", mend="Deploy the current template: make up, or sam deploy")
        return self.outputs[name]

    def queue(self, name: str, *, dead: bool = False) -> Queue:
        """A queue of the stack by its short name (`inbox`, `email`, ...), or its dead-letter queue."""
        title = _TITLES.get(name, name.capitalize())
        return Queue(wiring.client("sqs"), self.output(f"{title}{'DlqUrl' if dead else 'QueueUrl'}"))

    def secret_name(self, *parts: str) -> str:
        """The name of one of the stack's secrets."""
        return "/".join(("accolade", self.name, *parts))


def open_stack(*, name: str = "", endpoint: str = "") -> Stack:
    """The stack named, else the one that `make up` left a note about, else the one called `accolade` on AWS.

    Missing if there is none; Retry if nothing answers at the endpoint.
    """
    note = _note()
    endpoint = endpoint or config.optional_variable("ACCOLADE_ENDPOINT") or note.get("endpoint", "")
    endpoint = "" if endpoint == AWS else endpoint.rstrip("/")
    noted = note if endpoint == note.get("endpoint", "").rstrip("/") else {}
    name = name or noted.get("stack") or DEFAULT_NAME
    where = {key: noted.get(key, "") for key in ("region", "access_key", "secret_key")}
    wiring.point_at({}, endpoint=endpoint, **where)
    outputs = _outputs(name, endpoint)
    settings = {setting: outputs.get(output, "") for setting, output in _SETTINGS.items()}
    wiring.point_at(settings | {"stack": name, "api_hosts": outputs.get("ApiHosts", "")}, endpoint=endpoint, **where)
    return Stack(name, endpoint, outputs)


def note_path() -> Path:
    """Where `make up` says which stack this virtual environment belongs to."""
    return Path(sys.prefix) / "etc" / "accolade.json"


def _note() -> dict[str, str]:
    path = note_path()
    if not path.exists():
        return {}
    try:
        note = json.loads(path.read_text())
    except ValueError as error:
        raise Missing("this is not JSON", where=str(path), mend="Run make up again") from error
    return {str(key): str(value) for key, value in note.items()}


def _outputs(name: str, endpoint: str) -> dict[str, str]:
    place = endpoint or "AWS"
    mend = "Start the local cloud with make up, or name yours: accolade --stack NAME [--endpoint URL]"
    try:
        stacks = wiring.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ValidationError":
            raise Missing(f"there is no stack {name} at {place}", mend=mend) from error
        raise Missing(f"{place} refuses to show stack {name} ({code})", mend="Check the credentials and the region") from error
    except NoCredentialsError as error:
        raise Missing(
            f"no credentials for {place}", mend="Sign in to AWS (aws sso login), or start the local cloud: make up"
        ) from error
    except BotoCoreError as error:
        raise Retry(f"nothing answers at {place} ({type(error).__name__})", mend=mend) from error
    # what the functions may call, the command may too: it is a parameter, and no output
    given = {it["ParameterKey"]: it.get("ParameterValue", "") for it in stacks[0].get("Parameters", ())}
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", ())}
    return {"ApiHosts": given.get("ApiHosts", "")} | outputs
