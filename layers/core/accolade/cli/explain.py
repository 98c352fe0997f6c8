"""`accolade explain`: why somebody has points, or has not, and what would have given them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated

import typer

from accolade.cli import screen
from accolade.cli.choices import meant
from accolade.cli.finding import person_of
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.explain import Asked, Explainer
from accolade.flows.explanation import HELD, WAITING, Explanation, Measure, Step, Verdict, Why
from accolade.flows.explanation_json import as_json as as_data
from accolade.flows.wallet_view import change
from accolade.model.errors import Missing
from accolade.model.money import Money, to_major
from accolade.model.participants import Participant
from accolade.model.redemptions import PROGRAM as REDEMPTION
from accolade.programs.explaining import Answer, Finding
from accolade.programs.explaining_words import plain_miss, plain_missed, plain_unknown, plain_value
from accolade.store.audit import Audit
from accolade.store.closes import Closes
from accolade.store.decisions import Decisions
from accolade.store.views import Views
from accolade.texts import chosen, texts
from accolade.texts.plain import plain
from accolade.web.why_verdicts import of, verdict

SHOWN = 20
"""Awards of each group that are written for people; --json gives all."""

FEW = 3
"""So many awards of one milestone are explained in full; of more, only what became of each."""

_TRUTHS = {True: "true", False: "false", None: "unknown"}


def explain(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="Import id, number, e-mail address or name.")],
    milestone: Annotated[str, typer.Option(help="Only this milestone, by its id.")] = "",
    record: Annotated[str, typer.Option(help="Only this record: connection:deal:ID, or the CRM's own id.")] = "",
    line: Annotated[
        int, typer.Option(min=0, help="Only this line of the statement (seq in wallet show).", show_default=False)
    ] = 0,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Why somebody has these points, or not: what was asked, what was seen, and the nearest that would have done."""
    open_ = session(context)
    person = person_of(open_, open_.tenant(tenant), who)
    asked = Asked(milestone, record, line)
    found = _explainer(open_).explain(person, asked, now=now())
    if not found.awards:
        raise _nothing(open_, asked, person)
    if as_json:
        screen.show_json(as_data(found))
        return
    for text in _lines(found, in_full=bool(asked.record or asked.line or (asked.milestone and len(found.awards) <= FEW))):
        screen.say(text)


def _explainer(open_: Session) -> Explainer:
    return Explainer(
        connections=open_.connections,
        decisions=Decisions(open_.db),
        views=Views(open_.db),
        closes=Closes(open_.db),
        rulebook=open_.programs.rulebook,
        records=Audit(open_.db).records,
    )


def _nothing(open_: Session, asked: Asked, person: Participant) -> Missing:
    book = open_.programs.rulebook(person.tenant)
    ids = {rule.id for id_ in book.program_ids() for program in book.versions(id_) for rule in program.milestones}
    if asked.milestone and asked.milestone not in ids:
        there = meant(asked.milestone, sorted(ids)) if ids else "There are none yet"
        return Missing(f"there is no milestone {asked.milestone[:60]!r}", mend=there)
    if asked.record:
        return Missing(f"no milestone judges a record {asked.record!r}", mend="accolade trace shows what is known of it")
    if asked.line:
        return _no_award(open_, asked.line, person)
    return Missing(f"nothing of {person.id} has been judged yet", mend="accolade program list shows what pays")


def _no_award(open_: Session, line: int, person: Participant) -> Missing:
    """A line that no rule made: it is not there, or it is about a redemption or a correction."""
    found = next((it for it in Audit(open_.db).entries(person.tenant, person.number) if it.seq == line), None)
    if found is None:
        return Missing(f"{person.id} has no line {line}", mend="accolade wallet show lists them")
    scope = found.cause.scope if found.cause.program == REDEMPTION else found.id
    return Missing(f"line {line} is no award: {found.kind.value}", mend=f"accolade trace {scope} shows its way")


def _lines(found: Explanation, *, in_full: bool) -> Iterator[str]:
    """In full for what was asked; else a line each: what is held, what waits, and the nearest of the rest."""
    if in_full:
        for why in found.awards[:SHOWN]:
            yield from _award(why, found.participant.number)
        left = len(found.awards) - SHOWN
        yield from [f"{left:,} more: --json gives all, --record and --milestone narrow it down"] if left > 0 else []
        return
    groups = (
        ("Held, the newest first", sorted((it for it in found.awards if it.verdict in HELD), key=_dated, reverse=True)),
        ("Waiting", [it for it in found.awards if it.verdict in WAITING]),
        ("Not there, the nearest first", [it for it in found.missing if it.verdict is not Verdict.UNCOUNTED]),
    )
    for heading, awards in groups:
        if awards:
            yield heading
            yield from (f"  {_place(it)}: {_sentence(it)}" for it in awards[:SHOWN])
            yield from [f"  and {len(awards) - SHOWN:,} more (--json gives all)"] if len(awards) > SHOWN else []
    yield "One in full: --record ID, or --line NUMBER of accolade wallet show"


def _award(why: Why, number: str) -> Iterator[str]:
    state = "held" if why.verdict in HELD else "waits" if why.verdict in WAITING else "not held"
    yield f"{state}: {_place(why)}: {_sentence(why)}"
    for finding, heading in ((why.audience, "audience"), (why.conditions, "")):
        if finding is not None:
            yield from _conditions(finding, why, heading)
    yield from _measure(why)
    yield from (f"  {_step(step, why)}" for step in why.steps)
    for entry in why.entries:
        posted = f"{entry.posted_at:%Y-%m-%d %H:%M:%S}Z"
        yield f"  entry {entry.id} (line {entry.seq}, {entry.kind}, {change(entry, number):+,} on {posted})"
    yield f"  {_version(why)}"


def _place(why: Why) -> str:
    return (
        f"{why.milestone.id}, {why.record.type} {why.record.key.rpartition(':')[2]}"
        if why.record
        else f"{why.milestone.id}, {texts('en').period(why.scope)}"
    )


def _sentence(why: Why) -> str:
    """What became of it; of a miss, the nearest condition and by how much."""
    if why.nearest:
        missed = " and ".join(plain_miss(change_) for change_ in why.nearest)
        return f"not for them: {missed}" if why.verdict is Verdict.AUDIENCE else missed
    unit = why.program.unit
    told = {
        Verdict.PAID: f"{why.holding.posted:,} {unit}",
        Verdict.AUDIENCE: "not for them",
        Verdict.ROLLOUT: "the program is introduced step by step, and has not begun for them",
        Verdict.RANKED: f"not among the first {why.milestone.rank.top if why.milestone.rank else 1}",
        Verdict.OTHER: f"it counts for somebody else ({why.detail})",
    }.get(why.verdict)
    return told or verdict(why, texts("en"), "UTC").rstrip(".")


def _dated(why: Why) -> date:
    """The day that an award belongs to."""
    day = why.record.on if why.record else why.period.start if why.period else None
    return day or date.min


def _conditions(finding: Finding, why: Why, heading: str) -> Iterator[str]:
    rows = list(_rows(finding, why, 1))
    width = max((len(left) for left, _ in rows), default=0)
    if heading:
        yield f"  {heading}:"
    yield from (f"  {left:<{width}}  {right}".rstrip() for left, right in rows)


def _rows(finding: Finding, why: Why, depth: int) -> Iterator[tuple[str, str]]:
    """(what was asked, what was found), one for each question, and one for each group of them that is not just `all`."""
    indent = "  " * (depth - 1)
    if isinstance(finding, Answer):
        yield f"{indent}{finding.test.describe()}", f"{_TRUTHS[finding.truth]:<8} {_seen(finding, why)}"
        return
    top = finding.word == "all" and depth == 1
    if not top:
        yield f"{indent}{finding.word} of" if finding.word != "not" else f"{indent}not", _TRUTHS[finding.truth]
    for part in finding.parts:
        yield from _rows(part, why, depth if top else depth + 1)


def _seen(answer: Answer, why: Why) -> str:
    if answer.truth is None:
        return plain_unknown(answer)
    note = why.record.notes.get(answer.test.field, "") if why.record else ""
    missed = plain_missed(answer.gap) if answer.gap else ""
    told = "; ".join(filter(None, (missed, note)))
    return f"{plain_value(answer)}{f'   ({told})' if told else ''}"


def _measure(why: Why) -> Iterator[str]:
    measure, use = why.measure, why.milestone.kpi
    if measure is None or use is None:
        return
    yield f"  {use.id} = {_value(measure, why)}{f'   ({_parts(measure.parts)})' if measure.parts else ''}"
    if measure.baseline:
        yield f"  of which before the start, for nothing: {_parts(measure.baseline)}"
    if measure.done is not None and measure.needed:
        yield f"  {of(why, measure.done, measure.needed, texts('en'))} towards the next one"
    newest = sorted(measure.records, key=lambda it: (str(it.on or ""), it.record))[-SHOWN:]
    for it in newest:
        yield f"  counts: {it.record}  {it.on or '-'}  {_parts(it.parts)}  {plain(it.name)}".rstrip()
    if len(measure.records) > SHOWN:
        yield f"  and {len(measure.records) - SHOWN:,} more that count (--json gives all)"


def _parts(parts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parts.items())


def _value(measure: Measure, why: Why) -> str:
    use = why.milestone.kpi
    if measure.value is None or use is None:
        return "undefined"
    if use.kpi.unit == "money" and use.currency:
        return f"{to_major(Money(int(measure.value), use.currency)):,f} {use.currency}"
    if use.kpi.unit == "ratio":
        return f"{measure.value} ({float(measure.value):.1%})"
    return f"{measure.value}"


def _step(step: Step, why: Why) -> str:
    until = f" until {step.until:%Y-%m-%d %H:%M:%S}Z" if step.until else ""
    asked = step.tree.describe() if step.tree else ""
    words = {
        "points": f"the rule gives {step.points:,}{f' ({step.written})' if step.written else ''}",
        "times": f"times {step.written} where {asked}: {f'{step.points:,}' if step.applied else 'not so'}",
        "signal": f"signal {step.written} ({step.score}): at most {step.limit:,}",
        "longer": f"signal {step.written} ({step.score}): pending for at least {step.limit:,} days",
        "review": f"signal {step.written} ({step.score}): a person looks first",
        "share": f"the share is {step.points:,}",
        "cap": f"a cap of {step.limit:,} leaves {step.points:,}",
        "hold": f"pending{until}{f' ({step.written})' if step.written else ''}",
        "gate": f"pending until {asked or step.written}{f', at the latest{until}' if until else ''}",
        "approval": f"above {step.limit:,} a person approves",
    }
    return words[step.kind]


def _version(why: Why) -> str:
    """Which version judged, and why that one."""
    title = chosen(why.program.title, "en")
    named = f"program {why.program.id} version {why.program.version} ({plain(title)})"
    if why.period and why.period.kind == "lifetime":
        return f"{named}, counted over all time"
    if why.period and why.period.start < why.program.effective_from:
        return f"{named}, the first one: the period began on {why.period.start}, before it"
    day = why.period.start if why.period else why.record.on if why.record else None
    if why.verdict in (Verdict.BEFORE, Verdict.AFTER, Verdict.VERSION):
        end = f" to {why.program.effective_to}" if why.program.effective_to else " on"
        return f"{named}, in force from {why.program.effective_from}{end}"
    return f"{named}, in force on {day}" if day else named
