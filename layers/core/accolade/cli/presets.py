"""`accolade preset`: programs to begin with."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import AsJson, now
from accolade.model.errors import Refused, Rejected
from accolade.programs.loading import load
from accolade.programs.preset_files import adapted, names, preset
from accolade.programs.words import program_sentences
from accolade.texts import LANGUAGES, texts

app = typer.Typer(help="Programs to begin with.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="See: accolade preset list.")]


@app.command("list")
def list_(
    department: Annotated[str, typer.Option(help="Only this one: sales, service, marketing, ...")] = "",
    as_json: AsJson = False,
) -> None:
    """All presets by department; needs no stack."""
    found = sorted((preset(name) for name in names()), key=lambda it: (it.department, it.name))
    if department:
        there = [it.department for it in found]
        department = chosen(department, there, where="--department", noun="no department that has presets")
    rows = [
        {"department": it.department, "name": it.name, "title": it.title, "what": it.what}
        for it in found
        if department in ("", it.department)
    ]
    screen.show_list(rows, ("department", "name", "what"), as_json=as_json, empty="")


@app.command("show")
def show(
    name: Name,
    language: Annotated[str, typer.Option(help=f"One of {', '.join(LANGUAGES)}.")] = "en",
    as_json: AsJson = False,
) -> None:
    """What a preset rewards, for whom, what to adapt, its risks, and what people would read; needs no stack."""
    it = preset(name)
    language = chosen(language, LANGUAGES, where="--language", noun="not a language we have")
    sentences = program_sentences(load(it.text, file=f"{name}.yaml"), texts(language))
    if as_json:
        shown = {"name": it.name, "department": it.department, "title": it.title, "what": it.what, "for_whom": it.whom}
        screen.show_json(shown | {"adapt": it.adapt, "risks": it.risks, "sentences": sentences, "document": it.text})
        return
    screen.say(f"{it.name}: {it.title} ({it.department})")
    for key, words in (("What", it.what), ("For whom", it.whom), ("Adapt", it.adapt), ("Risks", it.risks)):
        screen.say(f"  {key}: {words}")
    screen.say("What people read:")
    for sentence in sentences:
        screen.say(f"  {sentence}")
    screen.say(f"Begin with it: accolade preset use {name}")


@app.command("use")
def use(
    name: Name,
    out: Annotated[Path | None, typer.Option(help="Where to write it (default: NAME.yaml); never over a file.")] = None,
    from_: Annotated[str, typer.Option("--from", help="Its first day, YYYY-MM-DD (default: the first of next month).")] = "",
    id_: Annotated[str, typer.Option("--id", help="The program's id (default: the preset's name).")] = "",
    currency: Annotated[str, typer.Option(help="Of points and amounts; amounts are not converted.")] = "USD",
    time_zone: Annotated[str, typer.Option(help="Whose days count, for example Europe/Amsterdam.")] = "UTC",
    audience: Annotated[str, typer.Option(help="For example everyone, or {field: participant.role, is: Sales}.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a preset as a document of your own, to be edited; needs no stack."""
    it, file = preset(name), out or Path(f"{name}.yaml")
    text = adapted(it, starts=_starts(from_), id_=id_, currency=currency, time_zone=time_zone, audience=audience)
    load(text, file=file.name)
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(text)
    except FileExistsError as error:
        raise Refused(
            "there is a file already, and it may be somebody's work", where=str(file), mend="Name another: --out FILE"
        ) from error
    except OSError as error:
        raise Rejected("the file cannot be written", where=str(file), mend="Check the folder") from error
    said = f"{file} is yours to edit. Adapt: {it.adapt}\nThen: accolade program validate {file}"
    screen.show({"file": str(file), "preset": it.name, "adapt": it.adapt}, said, as_json=as_json)


def _starts(text: str) -> date:
    if not text:
        today = now().date()
        return date(today.year + today.month // 12, today.month % 12 + 1, 1)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Rejected(f"{text!r} is not a day", where="--from", mend="Write it as 2026-04-01") from error
