"""The deployed stack: started once on free ports, or the one at ACCOLADE_ENDPOINT (`make up` first)."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

import cloud

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from tests.e2e.rooms import Seen

ROOT = Path(__file__).resolve().parents[2]
FIRST_PORT = 4710


@dataclass(frozen=True)
class Deployed:
    """A stack on a local cloud with its permissions enforced: where it is and what it is made of."""

    place: cloud.Place
    outputs: Mapping[str, str] = field(repr=False)

    @property
    def api_url(self) -> str:
        """Where the API answers, without a slash at the end."""
        return cloud.api_url(self.place, self.outputs)

    def client(self, name: str) -> Any:
        """A boto3 client as the cloud's administrator."""
        return cloud.client(self.place, name)

    def accolade(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the `accolade` command on this stack; `environment` adds variables (secrets go in by name)."""
        # The command's own note belongs to `make up`; here the environment says where.
        env = self.place.environment() | {"ACCOLADE_ENDPOINT": self.place.endpoint} | environment
        command = [str(Path(sys.executable).parent / "accolade"), *arguments]
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1800)

    def accolade_json(self, *arguments: str, **environment: str) -> Any:
        """What `accolade ... --json` says; it must succeed."""
        done = self.accolade(*arguments, "--json", **environment)
        assert done.returncode == 0, f"accolade {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Run a function by its short name (`sweep`); it must not fail."""
        name = f"{self.place.stack}-{function}"
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        said = json.loads(answer["Payload"].read() or b"null")
        assert "FunctionError" not in answer, f"{function}: {said}"
        return said

    @contextmanager
    def clock_stopped(self) -> Iterator[None]:
        """`maintain` does not run by itself meanwhile, only when it is invoked."""
        scheduler, name = self.client("scheduler"), f"{self.place.stack}-maintain"
        was = scheduler.get_schedule(Name=name)
        kept = {key: was[key] for key in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        scheduler.update_schedule(**kept, State="DISABLED")
        try:
            yield
        finally:
            scheduler.update_schedule(**kept, State="ENABLED")


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployed]:
    """The stack under test. One that was started here is stopped at the end."""
    endpoint = os.environ.get("ACCOLADE_ENDPOINT")
    if endpoint:
        place = cloud.Place(urlsplit(endpoint).port or cloud.DEFAULT_PORT, ROOT / ".local")
        yield Deployed(place, cloud.outputs_of(place))
        return
    place = cloud.Place(_free_port(), ROOT / ".local" / "e2e")
    cloud.down(place.state)
    try:
        yield Deployed(place, cloud.up(place))
    finally:
        cloud.down(place.state)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The machine's Chromium. Only these tests need what drives it."""
    from tests.e2e.browsing import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def seen(deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> "Seen":
    """A company in use with all its pages, to be looked at and not to be changed."""
    from tests.e2e.rooms import everything

    return everything(deployed, tmp_path_factory.mktemp("seen"))


@pytest.fixture
def accolade_json(deployed: Deployed) -> Callable[..., Any]:
    """Run the `accolade` command on the stack and read its JSON."""
    return deployed.accolade_json


def _free_port() -> int:
    """A port that is free with all those that follow from it."""
    return next(port for port in range(FIRST_PORT, FIRST_PORT + 90) if all(map(_is_free, cloud.Place(port, ROOT).ports)))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
