"""What the results of a replay come to, program by program and person by person."""

import re
from collections.abc import Sequence

from accolade.flows.simulation.outcome import Got, Left, Outcome, Paid, ranked
from accolade.flows.simulation.part import Variant
from accolade.flows.simulation.quotas import missing, without
from accolade.flows.simulation.replay import Cast
from accolade.flows.simulation.results import Results
from accolade.model.phrases import later as t
from accolade.programs.condition_tree import fields
from accolade.programs.rollout import buckets
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Program
from accolade.programs.words import program_sentences
from accolade.seeing import attributes
from accolade.texts import texts


def outcome(variant: Variant, rulebook: Rulebook, results: Results, cast: Cast, left: Sequence[Left]) -> Outcome:
    """The figures of a variant; its newest version says what points are called and worth."""
    program = rulebook.versions(rulebook.program_ids()[0])[-1]
    sums = results.sums()
    got, paid = sums.people(), sums.milestones()
    audience = {number for number in cast.participants if _invited(program, cast, number) is not False} | set(got)
    unknown = [*_unknown(program, cast), *_without_quota(program, audience, cast)]
    people = ranked(
        Got(number, cast.participants[number].name, cast.participants[number].team or "", *got.get(number, (0, 0)))
        for number in audience
    )
    titles = {it.id: _title(it.title, it.id) for it in program.milestones}
    parts = tuple(Paid(id_, titles.get(id_, id_), *paid.get(id_, (0, 0, 0))) for id_ in dict.fromkeys([*titles, *paid]))
    problems = [
        Left(t("%(milestone)s: %(why)s", milestone=milestone, why=reason), count)
        for (milestone, reason), count in sorted(results.problems().items())
        if count
    ]
    return Outcome(
        label=variant.label,
        always=variant.always,
        program=program.id,
        version=program.version,
        title=_title(program.title, program.id),
        unit=program.unit,
        currency=program.currency,
        point_value=program.point_value,
        budget=program.budget,
        awards=sum(it.awards for it in parts),
        points=sum(it.points for it in parts),
        entries=results.count_entries(),
        audience=len(audience),
        people=people,
        spells=sums.spells(),
        parts=parts,
        days=tuple(sums.days()),
        left=(*unknown, *left, *problems),
        rules=tuple(program_sentences(program, texts("en"))),
        notes=(*(note for it in program.milestones if (note := missing(it, cast.quotas))), *_lasting(program)),
    )


def _lasting(program: Program) -> tuple[str, ...]:
    """What a back-test leaves out, for nobody orders anything in it."""
    return (t("what expires is not taken off: it costs at most what is shown"),) if program.expires else ()


def _invited(program: Program, cast: Cast, number: str) -> bool | None:
    """Whether the program is for somebody; None where what is known of them does not say."""
    if program.audience is None:
        return True
    person = attributes(cast.participants[number], None)
    known = {f"participant.{name}": value for name, value in person.items() if value is not None}
    return program.audience({**known, **buckets([program], number)})


def _unknown(program: Program, cast: Cast) -> list[Left]:
    """People of whom nobody can say whether the program is for them, and what would have to be known."""
    count = sum(_invited(program, cast, number) is None for number in cast.participants)
    if not count or program.audience_tree is None:
        return []
    asked = ", ".join(sorted(it for it in fields(program.audience_tree) if not it.startswith("participant.bucket")))
    says = t(
        "people of whom the files do not say whether the program is for them: its audience asks %(asked)s. "
        "Add --records participant=FILE",
        asked=asked,
    )
    return [Left(says, count)]


def _without_quota(program: Program, audience: set[str], cast: Cast) -> list[Left]:
    """People who get nothing from a milestone because they have no quota, while others have one."""
    left = []
    for it in program.milestones:
        count = without(it, audience, cast.quotas)
        if count and it.kpi and not missing(it, cast.quotas):
            left.append(Left(t("%(milestone)s: people who have no quota of %(kpi)s", milestone=it.id, kpi=it.kpi.name), count))
    return left


def _title(titles: object, id_: str) -> str:
    """The English title, with its blanks as dots: `closed in …`; the id where there is none."""
    known = dict(titles) if isinstance(titles, dict) else {}
    title = str(known.get("en") or next(iter(known.values()), id_))
    return re.sub(r"\{\w+\}", "\u2026", title)
