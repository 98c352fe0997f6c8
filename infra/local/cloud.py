"""The local cloud: MiniStack, stand-ins for what it lacks, and our stack on it, deployed by the template that goes to AWS.

    python infra/local/cloud.py up --port 4566 --state-dir .local
    python infra/local/cloud.py down --state-dir .local

Nothing is kept when it goes down. The other ports follow from the first, so that several run side by side.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

import processes
from processes import Trouble

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "infra" / "local"
TOOLS = ROOT / ".tools"
DEFAULT_PORT, STACK, REGION, KEY = 4566, "accolade", "us-east-1", "test"
SENDER_DOMAIN, SENDER = "acme.example", "rewards@acme.example"
BUCKET = "accolade-deployments"
NAMES = ("ministack", "capture", "crms", "rewards")
TIME_TO_LIVE = ("StateTable", "DeliveriesTable")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a local cloud is: its ports (the stand-ins' follow from MiniStack's) and its files."""

    port: int
    state: Path
    stack: str = STACK

    @property
    def ports(self) -> tuple[int, int, int, int, int]:
        """MiniStack, the capture server, the stand-in Salesforce, HubSpot and Tremendous."""
        return self.port, self.port + 1000, self.port + 2000, self.port + 3000, self.port + 4000

    @property
    def endpoint(self) -> str:
        """MiniStack's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def capture(self) -> str:
        """The address of what takes WhatsApp messages."""
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def salesforce(self) -> str:
        """The stand-in Salesforce."""
        return f"http://127.0.0.1:{self.ports[2]}"

    @property
    def hubspot(self) -> str:
        """The stand-in HubSpot."""
        return f"http://127.0.0.1:{self.ports[3]}"

    @property
    def rewards(self) -> str:
        """The stand-in Tremendous."""
        return f"http://127.0.0.1:{self.ports[4]}"

    def environment(self) -> dict[str, str]:
        """What points the AWS tools and SDKs at MiniStack and keeps them from this machine's real credentials."""
        return _machine() | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def up(place: Place) -> dict[str, str]:
    """Start everything and deploy; gives the stack's outputs. Trouble says what went wrong and how to mend it."""
    place.state.mkdir(parents=True, exist_ok=True)
    start(place)
    build(place)
    outputs = deploy(place)
    prepare(place, outputs)
    return outputs


def start(place: Place) -> None:
    """Start MiniStack with its permissions enforced, and the stand-ins; wait until all of them answer."""
    if not processes.running("ministack", state=place.state):
        for port in place.ports:
            processes.must_be_free(port)
    temporary = place.state / "tmp"
    temporary.mkdir(exist_ok=True)
    own = _machine() | {"TMPDIR": str(temporary), "PYTHONPATH": str(HERE)}
    python = sys.executable
    _, capture, salesforce, hubspot, rewards = map(str, place.ports)
    crms = [python, "-m", "crms", "--salesforce-port", salesforce, "--hubspot-port", hubspot]
    processes.start("capture", [python, HERE / "capture.py", "--port", capture], state=place.state, env=own)
    processes.start("crms", crms, state=place.state, env=own)
    processes.start("rewards", [python, "-m", "rewards", "--port", rewards], state=place.state, env=own)
    # Functions inherit all of this, so it is kept to what MiniStack needs.
    cloud = _machine() | {
        "TMPDIR": str(temporary),
        "GATEWAY_PORT": str(place.port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(place.state / "ministack"),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_ENDPOINT_URL_SOCIALMESSAGING": place.capture,
    }
    command = [TOOLS / "ministack/bin/python", HERE / "launch.py", TOOLS / "rt-3.13/bin/python"]
    processes.start("ministack", command, state=place.state, env=cloud)
    for name, url in (
        ("ministack", f"{place.endpoint}/_ministack/ready"),
        ("capture", f"{place.capture}/messages"),
        ("crms", place.hubspot),
        ("rewards", place.rewards),
    ):
        processes.wait_until_answers(url, name=name, state=place.state, seconds=180)


def build(place: Place) -> None:
    """`sam build`, with the layers for this machine instead of Lambda's; what did not change is not built again."""
    _sam(
        "build",
        *("--cached", "--parallel", "--cache-dir", place.state / "cache", "--build-dir", place.state / "build"),
        env=place.environment() | {"LAYER_PLATFORM": "", "PYTHON": sys.executable},
    )


def deploy(place: Place) -> dict[str, str]:
    """`sam deploy` of what was built; gives the outputs."""
    s3 = client(place, "s3")
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET)
    template = place.state / "build" / "template.yaml"
    settings = ("--config-file", ROOT / "samconfig.toml", "--config-env", "local", "--no-progressbar")
    what = ("--template-file", template, "--stack-name", place.stack, "--s3-bucket", BUCKET)
    _sam("deploy", *settings, *what, env=place.environment())
    return outputs_of(place)


def outputs_of(place: Place) -> dict[str, str]:
    """The deployed stack's outputs."""
    stack = client(place, "cloudformation").describe_stacks(StackName=place.stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def prepare(place: Place, outputs: Mapping[str, str]) -> None:
    """What MiniStack leaves out of the template or a person does on AWS: expiry of items, the verified sender."""
    dynamodb = client(place, "dynamodb")
    for name in TIME_TO_LIVE:
        found = dynamodb.describe_time_to_live(TableName=outputs[name])["TimeToLiveDescription"]
        if found.get("TimeToLiveStatus") != "ENABLED":
            expiry = {"AttributeName": "ttl", "Enabled": True}
            dynamodb.update_time_to_live(TableName=outputs[name], TimeToLiveSpecification=expiry)
    ses = client(place, "sesv2")
    known = {identity["IdentityName"] for identity in ses.list_email_identities()["EmailIdentities"]}
    for identity in {SENDER_DOMAIN, SENDER} - known:
        ses.create_email_identity(EmailIdentity=identity)


def down(state: Path) -> bool:
    """Stop everything of this state folder and remove what it held; True if something was running."""
    stopped = [processes.stop(name, state=state) for name in NAMES]
    shutil.rmtree(state / "tmp", ignore_errors=True)
    shutil.rmtree(state / "ministack", ignore_errors=True)
    return any(stopped)


def client(place: Place, name: str) -> Any:
    """A client of the local cloud, as its administrator."""
    where = {"endpoint_url": place.endpoint, "region_name": REGION, "aws_access_key_id": KEY, "aws_secret_access_key": KEY}
    return boto3.client(name, config=Config(connect_timeout=30, read_timeout=300, retries={"total_max_attempts": 2}), **where)


def api_url(place: Place, outputs: Mapping[str, str]) -> str:
    """Where the stack's API answers."""
    return f"http://localhost:{place.port}/_aws/execute-api/{outputs['ApiId']}/{outputs['ApiStage']}"


def ending(state: Path) -> str:
    """What takes down the cloud of this state folder, to be pasted as it is."""
    return "make down" if state == Path(".local") else f"make down STATE_DIR={state}"


def note_for_the_command(place: Place) -> Path:
    """What `.venv/bin/accolade` reads to find this stack."""
    path = Path(sys.prefix) / "etc" / "accolade.json"
    path.parent.mkdir(exist_ok=True)
    note = {
        "endpoint": place.endpoint.replace("127.0.0.1", "localhost"),
        "stack": place.stack,
        "region": REGION,
        "access_key": KEY,
        "secret_key": KEY,
        "state_dir": str(place.state),
        "capture": place.capture,
        "salesforce": place.salesforce,
        "hubspot": place.hubspot,
        "rewards": place.rewards,
    }
    path.write_text(json.dumps(note, indent=1) + "\n")
    return path


def _sam(*arguments: str | Path, env: Mapping[str, str]) -> None:
    command = [str(part) for part in (TOOLS / "sam/bin/sam", *arguments)]
    quiet = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "1", "PYTHONWARNINGS": "ignore", "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=ROOT, env={**env, **quiet}, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()
        said = [line for line in lines if line.strip() and "skipping upload" not in line][-30:]
        raise Trouble(f"sam {arguments[0]} failed:\n  " + "\n  ".join(said))


def _machine() -> dict[str, str]:
    """The machine's own variables that programs need; no credentials, no settings of other tools."""
    kept = (
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "PIP_CERT",
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
    )
    uv, python = TOOLS / "uv" / "bin", Path(sys.executable).parent
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PATH": os.pathsep.join((str(python), str(uv), os.environ.get("PATH", os.defpath)))
    }


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("command", choices=("up", "down"))
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--state-dir", type=Path, default=Path(".local"))
    chosen = parser.parse_args()
    state = (ROOT / chosen.state_dir).resolve()
    if chosen.command == "down":
        print("The local cloud is down." if down(state) else "The local cloud was not up.")
        return 0
    place = Place(chosen.port, state)
    try:
        outputs = up(place)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    note_for_the_command(place)
    print(f"The local cloud is up: {place.endpoint}, stack {place.stack}")
    print(f"API: {api_url(place, outputs)}")
    print(f"Next: .venv/bin/accolade doctor     {ending(chosen.state_dir)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
