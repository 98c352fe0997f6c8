"""The `accolade` command on a stack of its own."""

from collections.abc import Iterator

import boto3
import pytest
from botocore import handlers
from moto import mock_aws
from tests.hours import until_a_test_fits
from tests.scenarios.asking import Asking
from tests.scenarios.command import Command, Door
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.config import Config


@pytest.fixture(autouse=True)
def within_the_hour() -> None:
    """Nothing here goes on past the hour in which it began."""
    until_a_test_fits()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """An empty stack on moto, its front door open, and the command that works on it."""
    for name in (
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "ACCOLADE_ENDPOINT",
        *(field.upper() for field in Config.__dataclass_fields__),
    ):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS])
    with mock_aws():
        stack = Stack()
        for name, value in stack.settings.items():
            monkeypatch.setenv(name.upper(), value)
        wiring.point_at({})
        with Door() as door:
            yield Command(stack, door)
    wiring.point_at({})


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """An empty stack on moto, and this process pointed at it. Tests elsewhere that borrow it keep within the hour too."""
    until_a_test_fits()
    for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        made = Stack()
        for name, value in made.settings.items():
            monkeypatch.setenv(name.upper(), value)
        wiring.point_at({})
        yield made
    wiring.point_at({})


@pytest.fixture
def linked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The same, with the key that signs links."""
    stack.secrets.create_secret(Name="links", SecretString="a key of the test that is long enough")
    monkeypatch.setenv("LINK_SECRET_NAME", "links")
    return stack


@pytest.fixture
def ask(linked: Stack, capsys: pytest.CaptureFixture[str]) -> Asking:
    """An API with two companies."""
    return Asking(linked, capsys)
