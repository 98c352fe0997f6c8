"""A tenant of its own on the deployed stack, with the demo's people, a connection to each CRM, and a program."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, Deployed

DEMO = ROOT / "infra" / "local" / "demo"
EXPORT, MAPPING, PEOPLE, PROGRAM = (
    DEMO / name for name in ("data/sales_pipeline.csv", "mapping.yaml", "participants.csv", "program.yaml")
)
SECRET = "e2e-client-secret-of-no-worth"
"""The client secret of all HubSpot connections here: portals of one app share it."""
CRMS = ("salesforce", "hubspot")
PARTS = {"salesforce": "1/2", "hubspot": "2/2"}
"""Every second rep's deals live in the one CRM, the others' in the other."""
IDLE_SECONDS = "900"


@dataclass(frozen=True)
class Tenancy:
    """A tenant and its two connections, `<tenant>-salesforce` and `<tenant>-hubspot`; `urls` as the CRMs call them."""

    deployed: Deployed
    id: str
    urls: Mapping[str, str]

    def json(self, *arguments: str) -> Any:
        """What an `accolade` command of this tenant says as JSON."""
        return self.deployed.accolade_json(*arguments, "--tenant", self.id)

    def send(self, *options: str, export: Path = EXPORT) -> list[dict[str, Any]]:
        """Replay an export, half by each CRM at the same time, and wait until all is decided; what was sent."""

        def by(crm: str) -> Any:
            place = ("--connection", f"{self.id}-{crm}", "--mapping", str(MAPPING), "--part", PARTS[crm])
            return self.deployed.accolade_json("send", crm, str(export), *place, *options)

        with ThreadPoolExecutor(len(CRMS)) as pool:
            sent = list(pool.map(by, CRMS))
        self.wait()
        return sent

    def wait(self) -> None:
        """Until the queues are empty."""
        assert self.json("status", "--wait-idle", IDLE_SECONDS)["idle"]

    def entries(self) -> list[dict[str, Any]]:
        """The exported ledger; connections are called `salesforce` and `hubspot` whatever the tenant."""
        done = self.deployed.accolade("ledger", "export", "--format", "jsonl", "--tenant", self.id)
        assert done.returncode == 0, done.stderr
        lines = done.stdout
        for crm in CRMS:
            lines = lines.replace(f"{self.id}-{crm}:", f"{crm}:")
        return [json.loads(line) for line in lines.splitlines()]

    def balances(self) -> dict[str, int]:
        """Points by participant, of those who have any."""
        rows = self.json("leaderboard", "--limit", "10000")
        return {row["participant"]: row["points"] for row in rows if row["points"]}

    def verify(self) -> dict[str, Any]:
        """What `ledger verify` says; it must be satisfied."""
        books = self.json("ledger", "verify")
        assert books["ok"], books["problems"]
        return books


def tenancy(
    deployed: Deployed,
    id_: str,
    *,
    number: int,
    program: Path = PROGRAM,
    people: Path = PEOPLE,
    since: str = "2016-01-01",
    mapping: Path | None = MAPPING,
    apis: bool = False,
) -> Tenancy:
    """Make a tenant that sends at all hours. `number` makes its organization and portal; `apis`: the stand-ins are its CRMs."""
    deployed.accolade_json("tenant", "add", id_, "--name", "Acme Rewards", "--sender-email", "rewards@acme.example")
    deployed.accolade_json("tenant", "set", id_, "--sending-hours", "0-24")
    deployed.accolade_json("participant", "import", str(people), "--tenant", id_)
    place = deployed.place
    access = {
        "salesforce": ("--organization-id", organization(number), "--trust", "message"),
        "hubspot": ("--portal-id", str(portal(number)), "--client-secret-env", "CLIENT_SECRET"),
    }
    reading: dict[str, tuple[str, ...]] = {crm: () for crm in CRMS}
    if apis:
        reading = {
            "salesforce": ("--credentials-env", "API_TOKEN", "--api-base", place.salesforce),
            "hubspot": ("--token-env", "API_TOKEN", "--api-base", place.hubspot),
        }
    secrets = {"CLIENT_SECRET": SECRET, "API_TOKEN": "e2e-api-token-of-no-worth"}
    common = ("--tenant", id_, "--since", since, *(("--mapping", str(mapping)) if mapping else ()))
    urls = {}
    for crm in CRMS:
        added = deployed.accolade_json("connection", "add", crm, f"{id_}-{crm}", *access[crm], *reading[crm], *common, **secrets)
        urls[crm] = added["url"]
    deployed.accolade_json("program", "publish", str(program), "--tenant", id_)
    return Tenancy(deployed, id_, urls)


def organization(number: int) -> str:
    """The Salesforce organization id of tenant `number`, in its 15-character form."""
    return f"00D5e0000{number:06d}"


def portal(number: int) -> int:
    """The HubSpot portal id of tenant `number`."""
    return 7_000_000 + number


def by_id(entries: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Entries by id, without what a repetition may change: when and after what they were posted, and for awards of a
    period the record that happened to be counted last."""
    return {str(entry["id"]): _lasting(entry) for entry in entries}


def _lasting(entry: Mapping[str, Any]) -> dict[str, Any]:
    of_record = ":" in entry["cause"]["scope"]
    dropped = {"tenant", "seq", "posted_at", "previous_hash"} | (set() if of_record else {"at"})
    kept = {name: value for name, value in entry.items() if name not in dropped}
    return kept if of_record else kept | {"cause": {**entry["cause"], "record": None}}


def levels(entries: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], int]:
    """Points held by participant, milestone and scope."""
    held: dict[tuple[str, str, str], int] = {}
    for entry in entries:
        cause = entry["cause"]
        key = (cause["participant"], cause["milestone"], cause["scope"])
        for transfer in entry["transfers"]:
            sign = 1 if transfer["source"].startswith("program:") else -1
            held[key] = held.get(key, 0) + sign * transfer["amount"]
    return {key: points for key, points in held.items() if points}
