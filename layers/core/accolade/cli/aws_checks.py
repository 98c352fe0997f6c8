"""What `doctor` asks AWS itself: tables, clock, queues, schedules, SES, SMS, secrets."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade import wiring
from accolade.cli.queue_state import queue_states
from accolade.cli.stack import Stack
from accolade.flows.doctor import FAIL, NOTE, OK, WARN, Check
from accolade.model.participants import Tenant

MAX_SKEW_SECONDS = 60
_UNKNOWN_HERE = {"InvalidAction", "NotFoundException", "UnknownOperationException", "UnrecognizedClientException", "404", "400"}


def examine(stack: Stack, tenants: Sequence[Tenant], *, now: datetime) -> Iterator[Check]:
    """The findings about the stack; a check that cannot be made here says so and stops nobody else."""
    checks: list[tuple[str, Callable[[], Iterator[Check]]]] = [
        ("Tables", lambda: _tables(stack)),
        ("Clock", lambda: _clock(now)),
        ("Queues", lambda: _queues(stack)),
        ("Schedules", lambda: _schedules(stack)),
        ("Link secret", lambda: _link_secret(stack)),
        ("E-mail", lambda: _sandbox()),
        *((f"E-mail {tenant.id}", lambda tenant=tenant: _identity(tenant)) for tenant in tenants),  # type: ignore[misc] # default of a lambda
        ("SMS", lambda: _sms()),
    ]
    for about, check in checks:
        try:
            yield from check()
        except (ClientError, BotoCoreError) as error:
            yield _unanswered(about, error)


def _unanswered(about: str, error: ClientError | BotoCoreError) -> Check:
    if isinstance(error, ClientError):
        code = str(error.response["Error"]["Code"])
        if code in _UNKNOWN_HERE or error.response["ResponseMetadata"].get("HTTPStatusCode") in (404, 501):
            return Check(NOTE, about, f"cannot be asked here ({error.operation_name} is not offered)")
        return Check(FAIL, about, f"{error.operation_name} is refused ({code})", "Check what your credentials may do")
    return Check(FAIL, about, f"no answer ({type(error).__name__})", "Check the network and the endpoint")


def _tables(stack: Stack) -> Iterator[Check]:
    for name in ("StateTable", "LedgerTable", "DeliveriesTable"):
        table = wiring.client("dynamodb").describe_table(TableName=stack.output(name))["Table"]
        status = table["TableStatus"]
        fine = status in ("ACTIVE", "UPDATING")
        yield Check(OK if fine else FAIL, "Tables", f"{name} is {status.lower()}", "" if fine else "Wait, or restore it")


def _clock(now: datetime) -> Iterator[Check]:
    """Our clock against the endpoint's; AWS refuses requests that are 5 minutes off, and so do we with webhooks."""
    answer = wiring.client("sqs").list_queues(MaxResults=1)
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if not said:
        yield Check(NOTE, "Clock", "the endpoint does not tell its time")
        return
    skew = abs((now - parsedate_to_datetime(said)).total_seconds())
    fine = skew <= MAX_SKEW_SECONDS
    yield Check(
        OK if fine else FAIL, "Clock", f"{skew:.0f} s apart from the endpoint's", "" if fine else "Set this machine's clock (NTP)"
    )


def _queues(stack: Stack) -> Iterator[Check]:
    for state in queue_states(stack):
        if state.dead:
            mend = f"Mend the cause (accolade trace), then accolade redrive {state.queue}"
            yield Check(FAIL, "Queues", f"{state.queue} has {state.dead} dead letters", mend)
        else:
            yield Check(OK, "Queues", f"{state.queue}: {state.waiting} waiting, {state.in_flight} in flight, no dead letters")


SCHEDULES = ("sweep", "sweep-deep", "maintain")
"""What the stack's schedules are called, after its own name."""


def _schedules(stack: Stack) -> Iterator[Check]:
    for name in (f"{stack.name}-{part}" for part in SCHEDULES):
        try:
            state = wiring.client("scheduler").get_schedule(Name=name)["State"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            yield Check(FAIL, "Schedules", f"{name} is not there, so its work is not done", "Deploy the template again")
            continue
        on = state == "ENABLED"
        yield Check(
            OK if on else FAIL, "Schedules", f"{name} is {state.lower()}", "" if on else "Enable it in EventBridge Scheduler"
        )


def _link_secret(stack: Stack) -> Iterator[Check]:
    wiring.client("secretsmanager").describe_secret(SecretId=stack.output("LinkSecretName"))
    yield Check(OK, "Link secret", "is there")


def _sandbox() -> Iterator[Check]:
    account: dict[str, Any] = wiring.client("sesv2").get_account()
    if account.get("ProductionAccessEnabled"):
        quota = account.get("SendQuota", {})
        yield Check(OK, "E-mail", f"production access, {quota.get('Max24HourSend', 0):,.0f} messages a day")
    else:
        mend = "Ask AWS for production access (SES console, Account dashboard)"
        yield Check(WARN, "E-mail", "SES is in the sandbox: only verified addresses receive", mend)


def _identity(tenant: Tenant) -> Iterator[Check]:
    """The sender's address, or its domain, has to be verified."""
    about, domain = f"E-mail {tenant.id}", tenant.sender_email.rpartition("@")[2]
    for identity in (tenant.sender_email, domain):
        try:
            found = wiring.client("sesv2").get_email_identity(EmailIdentity=identity)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NotFoundException":
                continue
            raise
        if found.get("VerifiedForSendingStatus"):
            yield Check(OK, about, f"{'the domain' if identity == domain else 'the address'} of the sender is verified")
            return
    mend = f"Verify it in SES, or accolade tenant set {tenant.id} --sender-email ..."
    yield Check(FAIL, about, "the sender is not verified: SES will refuse its e-mails", mend)


def _sms() -> Iterator[Check]:
    found = wiring.client("sns").get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    limit = found.get("MonthlySpendLimit", "1")
    low = float(limit) <= 1
    mend = "Ask AWS to raise it (SNS console, Text messaging, spending limit)" if low else ""
    yield Check(WARN if low else OK, "SMS", f"SNS spends at most {limit} USD a month", mend)
