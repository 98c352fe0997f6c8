"""`accolade trace`: one thing's way through the house."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from botocore.exceptions import ClientError

from accolade import wiring
from accolade.cli import screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, now, session
from accolade.flows.trace import LogLine, Tracer
from accolade.model.times import to_millis
from accolade.store.audit import Audit
from accolade.store.deliveries import Deliveries

FUNCTIONS = ("receive", "sweep", "process", "send_email", "send_sms", "send_whatsapp", "receipts", "maintain", "fulfill")
_MAX_PAGES = 40


def trace(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Notification, record, entry or delivery.")],
    hours: Annotated[float, typer.Option(min=0.1, help="How far back the logs are searched.")] = 72,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Everything that happened to one thing, from the tables and the functions' logs, in the order of time."""
    open_ = session(context)
    since = now() - timedelta(hours=hours)
    tracer = Tracer(
        Audit(open_.db),
        open_.people,
        Deliveries(open_.db),
        open_.connections,
        lambda terms: _log_lines(open_.stack.name, terms, since=since),
    )
    steps = tracer.trace(open_.tenant(tenant), id_)
    if as_json:
        screen.show_json([asdict(step) for step in steps])
        return
    for day in dict.fromkeys(step.at.date() for step in steps):
        screen.say(f"{day}")
        for step in steps:
            if step.at.date() == day:
                screen.say(
                    f"  {step.at:%H:%M:%S}.{step.at.microsecond // 1000:03d}  {step.event:<11} {step.text}  [{step.source}]"
                )


def _log_lines(stack: str, terms: Sequence[str], *, since: datetime) -> Iterator[LogLine]:
    """The structured log lines of the stack's functions that hold one of the terms."""
    for function in FUNCTIONS:
        for term in terms:
            # One term a query: the local cloud does not know the pattern for "one of these".
            for event in _events(f"/aws/lambda/{stack}-{function}", f'"{term}"', since) if '"' not in term else ():
                line = _line(event, function, terms)
                if line is not None:
                    yield line


def _events(group: str, pattern: str, since: datetime) -> Iterator[dict[str, Any]]:
    client = wiring.client("logs")
    request: dict[str, Any] = {"logGroupName": group, "filterPattern": pattern, "startTime": to_millis(since)}
    for _ in range(_MAX_PAGES):
        try:
            answer = client.filter_log_events(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return
            raise
        yield from answer.get("events", ())
        if "nextToken" not in answer:
            return
        request["nextToken"] = answer["nextToken"]


def _line(event: dict[str, Any], function: str, terms: Sequence[str]) -> LogLine | None:
    text = event.get("message", "")
    start = text.find("{")
    if start < 0 or not any(term in text for term in terms):
        return None
    try:
        fields = json.loads(text[start:])
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    at = fields.get("timestamp")
    try:
        moment = datetime.fromisoformat(str(at).replace(",", ".")) if at else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return LogLine(moment.astimezone(UTC), function, fields)
