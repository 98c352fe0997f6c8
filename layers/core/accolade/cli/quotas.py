"""`accolade quota`: what people, teams and the company should reach."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import kpis
from accolade.cli import options, screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, now, session
from accolade.flows.quotas import QuotaImport
from accolade.store.quotas import Quota, Quotas

app = typer.Typer(help="What people, teams and the company should reach.")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, UTF-8, with the columns subject, kpi, period and target.")],
    partial: Annotated[bool, typer.Option("--partial", help="Take the right lines in spite of wrong ones.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Import quotas. The same file again changes nothing; what a changed one moves is judged again within a minute."""
    open_ = session(context)
    own = open_.tenant(tenant)
    flow = QuotaImport(Quotas(open_.db), open_.people)
    book = open_.programs.rulebook(own)
    with options.reading(file):
        done = flow.run(options.content(file), tenant=own, rulebook=book, now=now(), partial=partial)
    left = f"; {len(done.problems)} lines left out" if done.stored and done.problems else ""
    end = (
        f"{done.quotas} quotas, {done.changed} changed{left}"
        if done.stored
        else f"{len(done.problems)} problem{'' if len(done.problems) == 1 else 's'}; nothing changed"
    )
    lines = [f"{file}:{it.line}  {it.column:<8}  {it.what}. {it.mend}" for it in done.problems]
    screen.show(asdict(done), "\n".join([*lines, end]), as_json=as_json)
    if not done.stored:
        raise typer.Exit(1)


@app.command("list")
def list_(
    context: typer.Context,
    period: Annotated[str, typer.Option(help="Only periods that begin so, for example 2026Q1.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """The quotas there are, by period."""
    open_ = session(context)
    own = open_.tenant(tenant)
    ids = {person.number: person.id for person in open_.people.list(own)}
    every = list(Quotas(open_.db).list(own))
    rows = [_row(it, ids) for it in every if it.period.casefold().startswith(period.casefold())]
    if every and not rows:
        chosen(period, (it.period for it in every), where="--period", noun="no period that has quotas")
    columns = ("period", "kpi", "subject", "target")
    screen.show_list(rows, columns, as_json=as_json, empty="No quota yet: accolade quota import FILE.csv")


def _row(quota: Quota, ids: dict[str, str]) -> dict[str, Any]:
    subject = ids.get(quota.subject) or quota.subject.removesuffix(":")
    target, unit = quota.target, kpis.kpi(quota.kpi).unit
    shown = None if target is None else int(target) if target.denominator == 1 else f"{float(target):g}"
    return {"period": quota.period, "kpi": quota.kpi, "subject": subject, "target": shown, "unit": _UNITS.get(unit, unit)}


_UNITS = {"money": "minor units", "ratio": "share"}
