"""The demo: a real CRM history, replayed through the deployed endpoints; what comes out is read from the stack.

    python infra/local/demo.py [--all] [--port 4566] [--state-dir .local]

Half of the reps' deals arrive as Salesforce outbound messages, half as signed HubSpot webhooks. Needs `make up`.
"""

import argparse
import contextlib
import io
import json
import os
import re
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from accolade.cli.app import app
from cloud import DEFAULT_PORT, Place, ending
from demo_shop import STAFF, open_shop, staff_password
from inbox import sent_mails, sent_texts

HERE = Path(__file__).resolve().parent / "demo"
EXPORT, MAPPING, PROGRAM = HERE / "data" / "sales_pipeline.csv", HERE / "mapping.yaml", HERE / "program.yaml"
SECRET = "DEMO_HUBSPOT_CLIENT_SECRET"  # noqa: S105 (the variable's name; what is in it protects nothing)
UNTIL = date(2017, 6, 30)
QUARTERS = ("2017Q1", "2017Q2", "2017Q3", "2017Q4")
NAMES = {"email": "e-mail", "sms": "SMS", "whatsapp": "WhatsApp"}
IDLE_SECONDS = 280

screen = Console(highlight=False, soft_wrap=True)


def main() -> int:
    """Set up, replay, wait until all is decided and sent, show what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="the whole history, not only the first half of 2017")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--state-dir", default=".local")
    chosen = parser.parse_args()
    os.environ["ACCOLADE_ENDPOINT"] = f"http://localhost:{chosen.port}"
    os.environ.setdefault(SECRET, "demo-client-secret-of-no-worth")
    try:
        place = Place(chosen.port, Path(chosen.state_dir))
        set_up(place.rewards)
        until = () if chosen.all else ("--to", UNTIL.isoformat())
        started = time.monotonic()
        sent = {crm: replay(crm, until) for crm in ("salesforce", "hubspot")}
        say("status", "--wait-idle", str(IDLE_SECONDS))
        show(sent, time.monotonic() - started, QUARTERS if chosen.all else QUARTERS[:2], place)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def set_up(rewards: str) -> None:
    """A tenant that sends at all hours, its people, two connections that started before the history, the program, the shop."""
    screen.print("Setting up: 23 reps, a Salesforce and a HubSpot connection, a program with a budget, a shop")
    say("tenant", "set", "default", "--name", "Acme Rewards", "--sender-email", "rewards@acme.example", "--sending-hours", "0-24")
    say("participant", "import", str(HERE / "participants.csv"))
    common = ("--since", "2016-01-01", "--mapping", str(MAPPING))
    say("connection", "add", "salesforce", "demo-salesforce", "--organization-id", "00D5e000000AbcDEAS", *common)
    say("connection", "add", "hubspot", "demo-hubspot", "--portal-id", "424242", "--client-secret-env", SECRET, *common)
    say("program", "publish", str(PROGRAM))
    open_shop(say, rewards)


def replay(crm: str, until: tuple[str, ...]) -> dict[str, Any]:
    """Send every second rep's deals by this CRM's webhooks; returns what was sent."""
    ways = {"salesforce": "Salesforce outbound messages", "hubspot": "signed HubSpot webhooks"}
    screen.print(f"Replaying half of the reps' deals as {ways[crm]}")
    part = "1/2" if crm == "salesforce" else "2/2"
    options = ("--connection", f"demo-{crm}", "--mapping", str(MAPPING), "--part", part, *until)
    return ask("send", crm, str(EXPORT), *options)


def say(*arguments: str) -> None:
    """Run one `accolade` command; what it prints is left out, what goes wrong is not."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        _run(arguments, out)


def ask(*arguments: str) -> Any:
    """Run one `accolade` command with --json and read its answer."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        _run((*arguments, "--json"), out)
    return json.loads(out.getvalue())


def _run(arguments: tuple[str, ...], out: io.StringIO) -> None:
    status = app(list(arguments), standalone_mode=False)
    if status:
        sys.stderr.write(f"{out.getvalue()}accolade {' '.join(arguments[:2])} failed\n")
        raise SystemExit(status)


def show(sent: dict[str, Any], seconds: float, quarters: tuple[str, ...], place: Place) -> None:
    """The last screen: every figure is read from the stack."""
    deliveries = ask("deliveries", "list", "--limit", "100000")
    status, budget, books = ask("status"), ask("budget", "show", "q-race"), ask("ledger", "verify")
    parked = ask("parked", "list")
    dead = sum(queue["dead"] for queue in status["queues"])
    deals = sum(it["deals"] for it in sent.values())
    skipped = sum(sum(it["skipped"].values()) for it in sent.values())
    screen.print()
    screen.print(
        f"[bold]{deals:,} deals replayed in {seconds:.0f} s[/]: {sent['salesforce']['deals']:,} by Salesforce outbound messages, "
        f"{sent['hubspot']['deals']:,} by HubSpot webhooks; {skipped:,} rows skipped; {len(parked)} parked, {dead} dead letters"
    )
    screen.print(board(deliveries, quarters))
    told = Counter(it["channel"] for it in deliveries if it["state"] in ("sent", "delivered"))
    ways = ", ".join(f"{count} {NAMES[channel]}{'s' if channel == 'email' else ''}" for channel, count in told.most_common())
    screen.print(
        f"{books['entries']:,} awards in {sum(told.values()):,} messages: {ways}; "
        f"budget {budget['used_percent']} % used ({budget['spent']:,} of {budget['limit']:,} points)"
    )
    problems = "" if books["ok"] else f": {len(books['problems'])} PROBLEMS, see accolade ledger verify"
    fine = "sum 0, all balances equal their entries, chain unbroken" if books["ok"] else "not in order"
    screen.print(f"Books: {books['entries']:,} entries in {books['wallets']} wallets, {fine}{problems}")
    for title, text in read_messages(os.environ["ACCOLADE_ENDPOINT"]):
        screen.print(f"\n[bold]{title}[/]")
        screen.print(Text(text))
    leader = ask("leaderboard")[0]
    link = ask("wallet", "link", leader["participant"])["link"]
    screen.print(f"\n{leader['name']}'s wallet, and the shop: {link}")
    password = staff_password(ask)
    console = link.partition("/w/")[0] + "/sign-in/staff"
    screen.print(f"The console: {console}  {STAFF}" + (f"  {password} (once; you choose your own)" if password else ""))
    screen.print("Next:", "      ".join(f"{line}\n" for line in following(deliveries, leader["participant"], place)), end="")


def following(deliveries: list[dict[str, Any]], leader: str, place: Place) -> list[str]:
    """What to try next, to be pasted as it is."""
    told = next((it for it in deliveries if it["record"]), None)
    about = [f"explain {told['participant']} --record {told['record']}", f"trace {told['record']}"] if told else []
    program, export, mapping = (path.relative_to(Path.cwd(), walk_up=True) for path in (PROGRAM, EXPORT, MAPPING))
    replay = f"simulate {program} --deals {export} --mapping {mapping}"
    inbox = "make inbox" if place.port == DEFAULT_PORT else f"make inbox PORT={place.port}"
    commands = (f".venv/bin/accolade {it}" for it in (f"wallet show {leader}", *about, replay))
    return [f" {it}" for it in (*commands, inbox, ending(place.state))]


def board(deliveries: list[dict[str, Any]], quarters: tuple[str, ...]) -> Table:
    """The ten who lead, with what they won and how their last message reached them."""
    won: Counter[str] = Counter()
    for quarter in quarters:
        for row in ask("leaderboard", "--kpi", "won_count", "--period", quarter):
            won[row["participant"]] += row["won_count"] or 0
    read = {it["participant"]: it["channel"] for it in reversed(deliveries)}
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name, justify in (("Rank", "right"), ("Rep", "left"), ("Won", "right"), ("Points", "right"), ("Message read by", "left")):
        table.add_column(name, justify=justify)
    for row in ask("leaderboard")[:10]:
        who = row["participant"]
        table.add_row(
            str(row["rank"]), row["name"], str(won[who]), f"{row['points']:,}", NAMES.get(read.get(who, ""), "none yet")
        )
    return table


def read_messages(endpoint: str) -> list[tuple[str, str]]:
    """One SMS and one e-mail as they lie in the local cloud, word for word."""
    found = []
    if texts := sent_texts(endpoint):
        longest = max(texts, key=lambda it: it["Message"].count(","))
        found.append((f"An SMS, to {_masked(longest['PhoneNumber'])}", longest["Message"]))
    if mails := [it for it in sent_mails(endpoint) if it.get("BodyText")]:
        found.append((f"An e-mail: {mails[-1]['Subject']}", mails[-1]["BodyText"].strip()))
    return found


def _masked(phone: str) -> str:
    return re.sub(r"(?<=^\+\d{2})\d+(?=\d{2}$)", lambda found: "*" * len(found[0]), phone)


if __name__ == "__main__":
    sys.exit(main())
