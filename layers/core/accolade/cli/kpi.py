"""`accolade kpi`: any KPI over any export, by subject and period."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import kpis
from accolade.cli import options, screen
from accolade.cli.choices import chosen, unused
from accolade.cli.session import AsJson
from accolade.flows.history import History, open_history
from accolade.flows.measuring import Answer, Question, measure
from accolade.flows.measuring.placing import Board
from accolade.flows.measuring.spells import NAMES
from accolade.flows.measuring.subjects import BY
from accolade.flows.measuring.writing import write_csv, write_json
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.programs import conditions
from accolade.programs.catalogue import Catalogue
from accolade.programs.condition_tree import Condition
from accolade.programs.problems import Findings, Problems, closest
from accolade.programs.reading import read

Name = Annotated[str, typer.Argument(metavar="NAME", help="The KPI; without one, all are listed.")]
Records = Annotated[list[str] | None, typer.Option(metavar="TYPE=FILE", help="deal=FILE.csv; once for each file.")]
Mapping = Annotated[Path | None, typer.Option(help="YAML; its export section names the columns.")]
By = Annotated[str, typer.Option(help=f"{', '.join(BY)}, or a field such as deal.product.")]
Period = Annotated[str, typer.Option(help=f"{', '.join(NAMES)}.")]
AsOf = Annotated[str, typer.Option(metavar="DATE", help="As of the beginning of this day. Without: after the last one.")]
Chosen = Annotated[list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="A choice that the KPI has.")]
Where = Annotated[str, typer.Option(metavar="CONDITION", help="Only records like {field: deal.amount, above: 100 USD}.")]
Show = Annotated[str, typer.Option(metavar="FIELDS", help="With --by record: these fields too, separated by commas.")]
Top = Annotated[int, typer.Option(min=0, max=100_000, help="Only the first so many of each period, best first.")]
Ties = Annotated[str, typer.Option(metavar="RULES", help="What breaks ties: names of KPIs, earlier, name.")]
Format = Annotated[str, typer.Option("--format", help="csv or json.")]
SHOWN_PROBLEMS = 10
LONG_BYTES = 5_000_000
"""From this size on, files take long enough for a progress bar."""
FORMATS = ("csv", "json")


def kpi(
    name: Name = "",
    records: Records = None,
    mapping: Mapping = None,
    by: By = "participant",
    period: Period = "all",
    as_of: AsOf = "",
    option: Chosen = None,
    where: Where = "",
    show: Show = "",
    top: Top = 0,
    ties: Ties = "name",
    format_: Format = "csv",
    as_json: AsJson = False,
) -> None:
    """A KPI over an export, with the code that production counts with. Undefined is an empty cell, and never 0."""
    format_ = "json" if as_json else chosen(format_, FORMATS, where="--format", noun="not a format")
    if not name:
        unused((("--records", records), ("--option", option), ("--where", where), ("--show", show)), why="no KPI is named")
        list_kpis(as_json=format_ == "json")
        return
    if not top:
        unused([("--ties", ties != "name" and ties)], why="nothing is left out without --top")
    measured = kpis.kpi(name, pairs(option or [], "--option"))
    history = _history(records or [], mapping)
    question = Question(
        measured,
        by=_one_of(by, "--by"),
        period=chosen(period, NAMES, where="--period", noun="not a period"),
        as_of=_day(as_of),
        where=_condition(where, measured, history),
        show=_fields(show, measured, by, history),
        board=_board(top, ties) if top else None,
    )
    answer = _measured(history, question)
    _say_problems(history, answer.unowned, by)
    if format_ == "json":
        write_json(answer, question, sys.stdout, skipped=history.problems.skipped)
    else:
        write_csv(answer, question, sys.stdout)


def _measured(history: History, question: Question) -> Answer:
    """The answer; with a progress bar where it takes a while."""
    total, before = sum(history.size(it) for it in question.kpi.records), 0
    if total < LONG_BYTES:
        return measure(history, question)
    with screen.progress(f"Reading {question.kpi.name}", total, unit="bytes") as advance:

        def ahead(count: int) -> None:
            nonlocal before
            advance(count - before)
            before = count

        return measure(history, question, ahead=ahead)


def list_kpis(*, as_json: bool = False) -> None:
    """Every KPI: name, title, unit, options."""
    rows: list[dict[str, Any]] = []
    for name in kpis.names():
        it = kpis.kpi(name)
        choices = "; ".join(
            f"{key}: {', '.join(found.values) or found.default or 'names of fields'}" for key, found in it.options.items()
        )
        rows.append({"kpi": name, "title": it.title, "reads": " ".join(it.records), "unit": it.unit, "options": choices})
    screen.show_list(rows, ("kpi", "title", "reads", "unit", "options"), as_json=as_json, empty="")


def _history(records: list[str], mapping: Path | None) -> History:
    files: dict[str, list[Path]] = {}
    for type_, path in ((it.partition("=")[0], it.partition("=")[2]) for it in records):
        if not path:
            raise Rejected(f"{type_[:60]!r} does not say what is in it", where="--records", mend="Write it as deal=FILE.csv")
        files.setdefault(type_, []).append(Path(path))
    if not files:
        raise Rejected("there is nothing to read", where="--records", mend="Add --records deal=FILE.csv")
    if mapping is None:
        raise Rejected("nothing says which column is what", where="--mapping", mend=options.NO_MAPPING)
    for found in (it for paths in files.values() for it in paths):
        if not found.is_file():
            raise Rejected("there is no such file", where=str(found), mend=options.CHECK)
    return open_history(files, options.yaml_document(mapping), name=str(mapping))


def _condition(text: str, kpi: kpis.Kpi, history: History) -> Condition | None:
    """The condition, read as a program's conditions are: in the currency and time zone of the mapping."""
    if not text:
        return None
    part = history.part(kpi.record) if kpi.record in history.types else None
    findings = Findings("--where")
    try:
        raw, _ = read(text, file="--where")
    except Problems as wrong:
        raise Rejected(wrong.problems[0].message, where="--where") from wrong
    own = _own(history)
    asked = conditions.Asked(
        Catalogue(own), kpi.record, part.map.currency if part else "USD", part.map.time_zone if part else "UTC", findings
    )
    tree = conditions.parse(raw, asked, ("where",))
    if tree is None or findings:
        raise Rejected(findings.refuse().problems[0].message, where="--where")
    return tree


def _own(history: History) -> dict[str, dict[str, FieldType]]:
    """The fields that the mapping adds to what there is."""
    return {type_: dict(history.part(type_).map.types) for type_ in history.types}


def pairs(given: list[str], where: str) -> dict[str, str]:
    """`name=value`, each once; Rejected for anything else."""
    found = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise Rejected(f"{text[:60]!r} has no value", where=where, mend="Write it as name=value")
        found[key.strip()] = value.strip()
    return found


def _one_of(by: str, where: str) -> str:
    if not by.strip():
        raise Rejected("nothing is named", where=where, mend=f"Use one of {', '.join(BY)}")
    return by.strip()


def _day(text: str) -> date | None:
    found = options.instant(text, option="--as-of")
    return found.date() if found else None


def _fields(show: str, kpi: kpis.Kpi, by: str, history: History) -> tuple[str, ...]:
    names = tuple(it.strip() for it in show.split(",") if it.strip())
    if names and by != "record":
        raise Rejected("fields are shown of records", where="--show", mend="Add --by record")
    known = [it for it in Catalogue(_own(history)).fields(kpi.record) if it.startswith(f"{kpi.record}.")]
    for name in names:
        if name not in known:
            near = closest(name, known)
            mend = f"Did you mean {near[0]}?" if near else f"Name fields of {kpi.record}, for example {known[0]}"
            raise Rejected(f"{name[:60]!r} is not a field of {kpi.record}", where="--show", mend=mend)
    return names


def _board(top: int, ties: str) -> Board:
    rules = tuple(it.strip() for it in ties.split(",") if it.strip())
    return Board(top, rules, tuple(kpis.kpi(it) for it in rules if it not in ("earlier", "name")))


def _say_problems(history: History, unowned: int, by: str) -> None:
    """What was left out, on standard error: the first problems word for word, the rest as a number."""
    problems, console = history.problems, screen.err()
    for problem in problems.first[:SHOWN_PROBLEMS]:
        console.print(str(problem), markup=False)
    if problems.total > SHOWN_PROBLEMS:
        console.print(f"and {problems.total - SHOWN_PROBLEMS:,} more problems like these", markup=False)
    if problems.skipped:
        console.print(f"{problems.skipped:,} rows could not be read and do not count", markup=False)
    if unowned:
        console.print(f"{unowned:,} rows have no {by} and do not count", markup=False)
