"""Differences: what one version of a program does otherwise than another, in sentences; nothing that differs is left out."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from accolade.programs.condition_tree import All, Condition, Other, Span, Test
from accolade.programs.condition_words import condition_words, value_words
from accolade.programs.rules import Milestone, Program
from accolade.programs.terms_words import term_name, worded
from accolade.programs.words import milestone_sentence
from accolade.texts import Texts, chosen
from accolade.texts.phrases import points
from accolade.texts.plain import plain

THRESHOLDS = ("at_least", "above", "at_most", "below", "between")

_USUAL = {
    "credit": "owner_at_closing",
    "evaluate": "live",
    "subject": "person",
    "sharing": "equal",
    "keep": "while_true",
    "reached": "record",
    "notify": True,
    "closes_after": "3 days",
    "unit": "points",
    "debt_limit": 1000,
    "silent_after": "72h",
    "fiscal_year_start": 1,
    "backlog": "pay",
    "audience": "everyone",
}
"""What a document that does not say it means: a version stored before the key was there is no different."""

_TOLD = ("id", "title", "kind", "when", "where", "points", "n", "min_sample", *THRESHOLDS)
"""The keys of a milestone that have sentences of their own."""

_NOT_RULES = ("id", "version", "milestones", "effective", "title", "review", "announce", "budget")


def differences(old: Program, new: Program, texts: Texts, *, titled: bool = False) -> list[str]:
    """What `new` does otherwise than `old`: the program first, then milestone by milestone in the order of `new`.

    `titled`: milestones are called by their titles, as people know them, instead of by their ids, as authors do.
    """
    before = {milestone.id: (place, milestone) for place, milestone in enumerate(old.milestones)}
    said = list(_frame(old, new, texts))
    for place, milestone in enumerate(new.milestones):
        name = _name(milestone, texts, titled=titled)
        if milestone.id not in before:
            said.append(texts.t("New: %(sentence)s", sentence=milestone_sentence(milestone, new, texts)))
            continue
        at, former = before[milestone.id]
        pair = (_raw(old, at), _raw(new, place))
        said += _milestone(former, milestone, pair, name, (old, new), texts)
    kept = {milestone.id for milestone in new.milestones}
    gone = [_name(it, texts, titled=titled) for it in old.milestones if it.id not in kept]
    return said + [texts.t("%(name)s is no longer paid.", name=name) for name in gone]


def _frame(old: Program, new: Program, texts: Texts) -> Iterator[str]:
    if old.title != new.title:
        was, now = (plain(chosen(it.title, texts.language), limit=80) for it in (old, new))
        yield texts.t("It is called %(new)s instead of %(old)s.", new=now, old=was)
    if old.effective_from != new.effective_from:
        was, now = texts.date(old.effective_from), texts.date(new.effective_from)
        yield texts.t("It counts from %(new)s on instead of %(old)s.", new=now, old=was)
    if old.effective_to != new.effective_to:
        yield _ending(old.effective_to, new.effective_to, texts)
    if old.budget != new.budget:
        was, now = (texts.t("nothing") if it.budget is None else points(texts, it.budget, it.unit) for it in (old, new))
        yield texts.t("All awards together are limited to %(new)s instead of %(old)s.", new=now, old=was)
    for key in dict.fromkeys((*old.document, *new.document)):
        if key not in _NOT_RULES:
            yield from _otherwise(key, old.document, new.document, "", texts)


def _ending(was: date | None, now: date | None, texts: Texts) -> str:
    if now is None:
        return texts.t("It has no end any more.")
    if was is None:
        return texts.t("It ends on %(new)s.", new=texts.date(now))
    return texts.t("It ends on %(new)s instead of %(old)s.", new=texts.date(now), old=texts.date(was))


def _milestone(
    old: Milestone,
    new: Milestone,
    raw: tuple[Mapping[str, Any], Mapping[str, Any]],
    name: str,
    programs: tuple[Program, Program],
    texts: Texts,
) -> Iterator[str]:
    before, after = raw
    program = programs[1]
    if old.kind != new.kind:
        sentence = milestone_sentence(new, program, texts)
        yield texts.t("%(name)s is another kind of goal: %(sentence)s", name=name, sentence=sentence)
        return
    if old.title != new.title:
        was, now = (plain(chosen(it.title, texts.language), limit=80) for it in (old, new))
        yield texts.t("%(name)s is called %(new)s instead of %(old)s.", name=name, new=now, old=was)
    yield from _worth(old, new, before, after, name, program, texts)
    yield from _targets(before, after, name, texts)
    yield from _conditions(_own(old.tree, programs[0]), _own(new.tree, program), name, texts)
    for key in dict.fromkeys((*before, *after)):
        if key not in _TOLD:
            yield from _otherwise(key, before, after, name, texts)


def _worth(
    old: Milestone, new: Milestone, before: Mapping[str, Any], after: Mapping[str, Any], name: str, program: Program, texts: Texts
) -> Iterator[str]:
    if before.get("points") == after.get("points"):
        return
    if old.points.per is None and new.points.per is None:
        worth = points(texts, new.points.fixed, program.unit)
        yield texts.t("%(name)s pays %(new)s instead of %(old)s.", name=name, new=worth, old=texts.number(old.points.fixed))
    else:
        yield texts.t("%(name)s pays otherwise: %(sentence)s", name=name, sentence=milestone_sentence(new, program, texts))


def _targets(before: Mapping[str, Any], after: Mapping[str, Any], name: str, texts: Texts) -> Iterator[str]:
    if before.get("n") != after.get("n"):
        was, now = (worded(it.get("n"), texts) for it in (before, after))
        yield texts.t("%(name)s is paid for every %(new)s instead of every %(old)s.", name=name, new=now, old=was)
    was, now = (_line(it, texts) for it in (before, after))
    if was != now and now and was:
        yield texts.t("%(name)s needs %(new)s instead of %(old)s.", name=name, new=now, old=was)
    if before.get("min_sample") != after.get("min_sample"):
        was, now = (texts.number(it.get("min_sample") or 1) for it in (before, after))
        yield texts.t("%(name)s needs at least %(new)s records instead of %(old)s.", name=name, new=now, old=was)


def _line(raw: Mapping[str, Any], texts: Texts) -> str:
    """`at least 70%`; empty without a threshold."""
    phrases = {
        "at_least": texts.t("at least %(value)s"),
        "above": texts.t("more than %(value)s"),
        "at_most": texts.t("at most %(value)s"),
        "below": texts.t("less than %(value)s"),
        "between": texts.t("between %(value)s"),
    }
    given = [(key, raw[key]) for key in THRESHOLDS if raw.get(key) is not None]
    return ", ".join(phrases[key] % {"value": worded(value, texts)} for key, value in given)


def _conditions(old: Condition | None, new: Condition | None, name: str, texts: Texts) -> Iterator[str]:
    """Question by question where both ask several things at once; as a whole where one asks for alternatives."""
    if _asked(old) == _asked(new):
        return
    was, now = _questions(old), _questions(new)
    if was is None or now is None:
        phrase = condition_words(new, texts) if new is not None else texts.t("nothing more")
        yield texts.t("%(name)s now asks that %(condition)s.", name=name, condition=phrase)
        return
    changed = {key for key in was.keys() & now.keys() if _asked(was[key]) != _asked(now[key])}
    for key, test in now.items():
        if key in changed:
            condition, former = condition_words(test, texts), _operand(was[key], texts)
            yield texts.t(
                "%(name)s now asks that %(condition)s instead of %(value)s.", name=name, condition=condition, value=former
            )
        elif key not in was:
            yield texts.t("%(name)s now also asks that %(condition)s.", name=name, condition=condition_words(test, texts))
    for key, test in was.items():
        if key not in now:
            yield texts.t("%(name)s no longer asks that %(condition)s.", name=name, condition=condition_words(test, texts))


def _own(tree: Condition | None, program: Program) -> Condition | None:
    """The milestone's own condition: the audience and the roll-out are said once, of the whole program."""
    audience = program.audience_tree
    if audience is None or tree is None or tree == audience:
        return None if tree == audience else tree
    return tree.parts[1] if isinstance(tree, All) and tree.parts[0] == audience else tree


def _asked(tree: Condition | None) -> str:
    """What is asked, as it was written: in which zone is said of the program."""
    return tree.describe() if tree is not None else ""


def _questions(tree: Condition | None) -> dict[tuple[str, str], Condition] | None:
    """(field, operator) -> question of a conjunction, nested ones too; None if anything else is in it, or one twice."""
    found: dict[tuple[str, str], Condition] = {}
    waiting = [tree] if tree is not None else []
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, All):
            waiting = [*part.parts, *waiting]
        elif isinstance(part, Test) and (part.field, part.operator) not in found:
            found[part.field, part.operator] = part
        else:
            return None
    return found


def _operand(test: Condition, texts: Texts) -> str:
    """`14`, `new or upsell`: what a question asked for."""
    if not isinstance(test, Test) or isinstance(test.operand, Span | Other):
        return plain(test.describe(), limit=80)
    if isinstance(test.operand, tuple):
        return ", ".join(value_words(one, test, texts) for one in test.operand)
    return value_words(test.operand, test, texts)


def _otherwise(key: str, old: Mapping[str, Any], new: Mapping[str, Any], name: str, texts: Texts) -> Iterator[str]:
    """A term that is written another way, by its own name."""
    was, now = (it.get(key, _USUAL.get(key)) for it in (old, new))
    if was == now:
        return
    what = term_name(key, texts)
    if name:
        what = texts.t("%(name)s: %(what)s", name=name, what=what)
    if was is None:
        yield texts.t("%(what)s is new: %(new)s.", what=what, new=worded(now, texts))
    elif now is None:
        yield texts.t("%(what)s is gone; it was %(old)s.", what=what, old=worded(was, texts))
    else:
        values = {"what": what, "new": worded(now, texts), "old": worded(was, texts)}
        yield texts.t("%(what)s is %(new)s instead of %(old)s.", **values)


def _name(milestone: Milestone, texts: Texts, *, titled: bool) -> str:
    if not titled:
        return milestone.id
    title = chosen(milestone.title, texts.language)
    spoken = title if title and "{" not in title else milestone.id.replace("-", " ")
    return texts.t('"%(subject)s"', subject=plain(spoken, limit=80))


def _raw(program: Program, place: int) -> Mapping[str, Any]:
    """What the author wrote of a milestone; what is not said is left out."""
    written = program.document.get("milestones")
    found = written[place] if isinstance(written, list | tuple) else {}
    return {key: value for key, value in found.items() if value is not None} if isinstance(found, Mapping) else {}
