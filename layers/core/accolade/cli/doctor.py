"""`accolade doctor`: is everything as it should be, and if not, what to do."""

from dataclasses import asdict

import typer
from rich.markup import escape

from accolade.cli import aws_checks, screen
from accolade.cli.connections import check
from accolade.cli.session import AsJson, now, session
from accolade.flows.doctor import FAIL, NOTE, OK, WARN, Check, Doctor
from accolade.store.cursors import Cursors

_COLOURS = {OK: "green", NOTE: "dim", WARN: "yellow", FAIL: "red"}


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the stack and every tenant; exit status 1 if something fails."""
    open_ = session(context)
    moment = now()
    stack = open_.stack
    where = f"{stack.name} at {stack.endpoint or 'AWS'}"
    checks = [Check(OK, "Stack", f"{where} answers; its API: {stack.api_url}")]
    tenants = open_.tenants.list()
    checks += aws_checks.examine(stack, tenants, now=moment)
    examiner = Doctor(open_.connections, Cursors(open_.db), open_.people, open_.budgets, open_.parked, check)
    if not tenants:
        checks.append(Check(WARN, "Tenants", "there is none yet", "accolade connection add ... makes the tenant default"))
    for tenant in tenants:
        checks += examiner.examine(tenant, now=moment)
    if as_json:
        screen.show_json({"ok": all(it.status != FAIL for it in checks), "checks": [asdict(it) for it in checks]})
    else:
        for it in checks:
            mend = f". {it.mend}" if it.mend else ""
            colour = _COLOURS[it.status]
            screen.out().print(f"[{colour}]{it.status:<5}[/{colour}] {escape(f'{it.about:<22} {it.what}{mend}')}")
    if any(it.status == FAIL for it in checks):
        raise typer.Exit(1)
