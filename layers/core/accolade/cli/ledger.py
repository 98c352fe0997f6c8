"""`accolade ledger`: proving the books, and taking them out."""

import json
import time
from pathlib import Path
from typing import Annotated, TextIO

import typer

from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, session
from accolade.flows.ledger_check import LedgerCheck
from accolade.model.errors import Rejected
from accolade.store.audit import Audit

app = typer.Typer(help="The books.")


@app.command("verify")
def verify(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the comparison of standings with records.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Compute everything again from the entries; exit status 1 and a list if anything differs."""
    open_ = session(context)
    own = open_.tenant(tenant)
    started = time.monotonic()
    with screen.progress("Checking wallets", sum(1 for _ in open_.people.list(own)), unit="wallets") as advance:
        checked = _check(open_).verify(own, standings=not quick, progress=advance)
    if as_json:
        counts = {"wallets": checked.wallets, "entries": checked.entries, "points": checked.points}
        screen.show_json({"ok": checked.ok, "problems": checked.problems} | counts)
    else:
        for problem in checked.problems:
            screen.say(f"FAIL  {problem}")
        verdict = "sum 0, all balances equal their entries, chain unbroken" if checked.ok else f"{len(checked.problems)} problems"
        seconds = time.monotonic() - started
        screen.say(f"Books: {checked.entries:,} entries in {checked.wallets:,} wallets, {verdict} ({seconds:.1f} s)")
    if not checked.ok:
        raise typer.Exit(1)


@app.command("export")
def export(
    context: typer.Context,
    format_: Annotated[str, typer.Option("--format", help="jsonl: an entry a line.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="File to write (default: standard output).")] = None,
    tenant: TenantId = DEFAULT_TENANT,
) -> None:
    """Every entry, wallet by wallet, in the order of its chain."""
    chosen(format_, ("jsonl",), where="--format", noun="not a format")
    open_ = session(context)
    lines = (json.dumps(entry, ensure_ascii=False) for entry in _check(open_).export(open_.tenant(tenant)))
    if out is None:
        for line in lines:
            typer.echo(line)
        return
    count = 0
    with _opened(out) as file:
        for count, line in enumerate(lines, start=1):  # noqa: B007 (the last count is said)
            file.write(f"{line}\n")
    screen.err().print(f"{count:,} entries in {out}")


def _opened(out: Path) -> TextIO:
    try:
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise Rejected(f"the file cannot be written ({error.strerror})", where=str(out), mend="Check the folder") from error


def _check(open_: Session) -> LedgerCheck:
    return LedgerCheck(Audit(open_.db), open_.people, open_.budgets)
