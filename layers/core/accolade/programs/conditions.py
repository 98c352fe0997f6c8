"""Conditions: a closed, typed tree, read against the catalogue: what cannot be asked is refused before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass

from accolade.model.fields import FieldType
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.catalogue import CHOICES, EVENT_DATE, PARTICIPANT, Catalogue
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Operand, Other, Test, question
from accolade.programs.operands import Unreadable
from accolade.programs.problems import Findings, Path, closest, listed, shown

MAX_DEPTH, MAX_NODES = 8, 200
ORDER = ("at_least", "above", "at_most", "below")
OPERATORS = ("is", "in", *ORDER, "between", "is_set", "contains", "starts_with", "within", "compares_to")
_GROUPS = ("all", "any", "not")
_TEXT = ("is", "in", "contains", "starts_with", "is_set")
_NUMBER = ("is", "in", *ORDER, "between", "is_set", "compares_to")
_TIME = ("is", *ORDER, "between", "within", "is_set", "compares_to")

ALLOWED: dict[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: _TEXT,
    FieldType.CHOICE: ("is", "in", "is_set"),
    FieldType.USER: ("is", "in", "is_set"),
    FieldType.REFERENCE: ("is", "in", "is_set"),
    FieldType.INTEGER: _NUMBER,
    FieldType.DECIMAL: _NUMBER,
    FieldType.MONEY: _NUMBER,
    FieldType.DATE: _TIME,
    FieldType.INSTANT: _TIME,
    FieldType.BOOLEAN: ("is", "is_set"),
}
"""What may be asked of a field of each type."""

NOUNS = {
    FieldType.TEXT: t("text"),
    FieldType.CHOICE: t("a choice"),
    FieldType.USER: t("a user"),
    FieldType.REFERENCE: t("a reference"),
    FieldType.INTEGER: t("a whole number"),
    FieldType.DECIMAL: t("a number"),
    FieldType.MONEY: t("money"),
    FieldType.DATE: t("a date"),
    FieldType.INSTANT: t("a point in time"),
    FieldType.BOOLEAN: t("true or false"),
}


@dataclass(slots=True)
class Asked:
    """Where a tree is read: the record type it is about (None: participants only), the program's currency and zone."""

    catalogue: Catalogue
    record: str | None
    currency: str
    zone: str
    findings: Findings
    nodes: int = 0
    root: Path = ()


def parse(raw: object, asked: Asked, path: Path) -> Condition | None:
    """The tree of what YAML or JSON gave; None if anything is wrong with it, which `asked.findings` then says."""
    asked.nodes, asked.root = 0, path
    before = len(asked.findings)
    tree = _node(raw, asked, path, 1)
    return tree if len(asked.findings) == before else None


def _node(raw: object, asked: Asked, path: Path, depth: int) -> Condition | None:
    asked.nodes += 1
    if depth > MAX_DEPTH:
        return _wrong(
            asked,
            path,
            t("the condition is nested deeper than %(most)s levels", most=MAX_DEPTH),
            t("Flatten it, or split the milestone"),
        )
    if asked.nodes > MAX_NODES:
        return _wrong(
            asked, asked.root, t("the condition has more than %(most)s parts", most=MAX_NODES), t("Split the milestone")
        )
    if not isinstance(raw, Mapping):
        return _wrong(
            asked,
            path,
            t("%(raw)s is not a condition", raw=shown(raw)),
            t("Write it like {field: deal.stage, is: won}, or all, any, not"),
        )
    groups = [key for key in raw if key in _GROUPS]
    if groups and len(raw) > 1:
        return _wrong(
            asked, path, t("%(word)s stands alone in its braces", word=groups[0]), t("Put the other tests inside its list")
        )
    if not groups:
        return _test(raw, asked, path)
    if groups[0] == "not":
        part = _node(raw["not"], asked, (*path, "not"), depth + 1)
        return Not(part) if part is not None else None
    return _group(groups[0], raw[groups[0]], asked, (*path, groups[0]), depth)


def _group(word: str, raw: object, asked: Asked, path: Path, depth: int) -> Condition | None:
    if not isinstance(raw, list) or not raw:
        return _wrong(
            asked,
            path,
            t("%(word)s needs a list of at least one condition", word=word),
            t("Write %(word)s: and a line with - for each", word=word),
        )
    parts = []
    for i, part in enumerate(raw):
        if asked.nodes > MAX_NODES or asked.findings.full:
            break
        parts.append(_node(part, asked, (*path, i), depth + 1))
    known = tuple(part for part in parts if part is not None)
    return (All(known) if word == "all" else AnyOf(known)) if known else None


def _test(raw: Mapping[object, object], asked: Asked, path: Path) -> Condition | None:
    name = raw.get("field")
    operators = [key for key in raw if key != "field"]
    if name is None:
        return _no_field(raw, asked, path)
    type_ = _field_type(name, asked, (*path, "field"))
    for word in operators:
        if word not in OPERATORS:
            mend = asked.findings.meant(word, OPERATORS, t("Use one of %(names)s", names=", ".join(OPERATORS)))
            return _wrong(asked, (*path, shown(word)), t("%(word)s is not something that can be asked", word=shown(word)), mend)
    if len(operators) != 1:
        return _wrong(asked, path, _not_one(shown(name), len(operators)), t("Name one operator; join tests with all"))
    word = str(operators[0])
    if type_ is None:
        return None
    here = (*path, word)
    if word not in ALLOWED[type_]:
        options = ", ".join(ALLOWED[type_])
        return _wrong(
            asked,
            here,
            t("%(name)s is %(noun)s and cannot be asked %(word)s", name=name, noun=NOUNS[type_], word=word),
            t("Use one of %(names)s", names=options),
        )
    try:
        operand = _operand(word, raw[word], str(name), type_, asked)
    except Unreadable as error:
        return _wrong(asked, here, error.what, error.mend)
    currency = asked.currency if type_ is FieldType.MONEY else None
    text = (
        str(operand) if isinstance(operand, Other) else _between(raw[word]) if word == "between" else operands.written(raw[word])
    )
    about = question(str(name), type_, word, currency, asked.zone, EVENT_DATE.get(asked.record or "", ""))
    return Test(about, operand, text)


def _not_one(name: str, count: int) -> Phrase:
    if not count:
        return t("the test of %(name)s asks nothing", name=name)
    return t("the test of %(name)s asks %(count)s things at once", name=name, count=count)


def _no_field(raw: Mapping[object, object], asked: Asked, path: Path) -> Condition | None:
    words = [key for key in raw if isinstance(key, str)]
    for word in words[:5]:
        near = asked.findings.meant(word, ("field", *_GROUPS))
        if near:
            return _wrong(asked, path, t("%(word)s is not part of a condition", word=shown(word)), near)
    return _wrong(asked, path, t("the condition names no field"), t("Write it like {field: deal.stage, is: won}"))


def _field_type(name: object, asked: Asked, path: Path) -> FieldType | None:
    known = asked.catalogue.fields(asked.record)
    type_ = known.get(name) if isinstance(name, str) else None
    if type_ is None:
        prefix = str(name).partition(".")[0]
        owner: str = prefix if prefix in (asked.record, "participant") else PARTICIPANT
        if owner != prefix and asked.record:
            owner = t("%(names)s or %(last)s", names=asked.record, last=PARTICIPANT)
        names = sorted(field for field in known if field.startswith(f"{prefix}."))
        names = names or sorted(field for field in known if field.startswith(f"{asked.record or 'participant'}."))
        _wrong(
            asked,
            path,
            t("%(name)s is not a field of %(owner)s", name=shown(name), owner=owner),
            _meant(name, known, asked, listed(names)),
        )
    return type_


def _meant(name: object, known: Mapping[str, FieldType], asked: Asked, otherwise: str) -> str:
    """The field that is most like what was written, among those of the record that is most like what was written."""
    if asked.findings.full or not isinstance(name, str):
        return otherwise
    prefix, _, rest = name.partition(".")
    prefixes = {field.partition(".")[0] for field in known}
    if prefix not in prefixes:
        prefix = next(iter(closest(prefix, prefixes)), asked.record or PARTICIPANT)
    return asked.findings.meant(
        f"{prefix}.{rest or name}", [field for field in known if field.startswith(f"{prefix}.")], otherwise
    )


def _operand(word: str, raw: object, name: str, type_: FieldType, asked: Asked) -> Operand:
    if word == "is_set":
        return operands.scalar(raw, FieldType.BOOLEAN, name=f"{name} is_set", currency="")
    if word == "within":
        if asked.record not in EVENT_DATE:
            raise Unreadable(t("within is relative to the date of a record, and there is none here"), t("Use at_least or below"))
        return operands.span(raw, name)
    if word == "compares_to":
        return _other(raw, name, type_, asked)
    return _several(word, raw, name, type_, asked) if word in ("in", "between") else _value(raw, name, type_, asked)


def _several(word: str, raw: object, name: str, type_: FieldType, asked: Asked) -> Operand:
    if word == "in" and (not isinstance(raw, list) or not raw):
        raise Unreadable(t("%(name)s in needs a list", name=name), t("Write it like in: [enterprise, mid-market]"))
    if word == "between" and (not isinstance(raw, list) or len(raw) != 2):
        raise Unreadable(
            t("%(name)s between needs two values", name=name), t("Write it like between: [lowest, highest]; both count")
        )
    found = tuple(_value(it, name, type_, asked) for it in raw)  # type: ignore[attr-defined] # a list, checked
    if word == "between" and found[1] < found[0]:  # type: ignore[operator] # of one type
        raise Unreadable(
            t("%(name)s between %(raw)s can never be true", name=name, raw=_between(raw)), t("Write the lower value first")
        )
    return found


def _value(raw: object, name: str, type_: FieldType, asked: Asked) -> operands.Scalar:
    value = operands.scalar(raw, type_, name=name, currency=asked.currency)
    choices = CHOICES.get(name)
    if choices and value not in choices:
        mend = asked.findings.meant(value, choices, t("Use one of %(names)s", names=", ".join(choices)))
        raise Unreadable(t("%(name)s is never %(value)s", name=name, value=shown(value)), mend)
    return value


def _other(raw: object, name: str, type_: FieldType, asked: Asked) -> Other:
    example = t("Write it like {at_least: %(name)s.other_field, factor: 0.9}", name=name.partition(".")[0])
    if not isinstance(raw, Mapping):
        raise Unreadable(t("%(name)s compares_to needs an operator and a field", name=name), example)
    words = [key for key in raw if key != "factor"]
    if len(words) != 1 or words[0] not in ("is", *ORDER):
        raise Unreadable(
            t("%(name)s compares_to takes one of is, %(order)s, and a factor", name=name, order=", ".join(ORDER)), example
        )
    other = raw[words[0]]
    known = asked.catalogue.fields(asked.record)
    if not isinstance(other, str) or other not in known:
        raise Unreadable(t("%(other)s is not a field to compare with", other=shown(other)), _meant(other, known, asked, example))
    numbers = {FieldType.INTEGER, FieldType.DECIMAL}
    if known[other] is not type_ and not {known[other], type_} <= numbers:
        raise Unreadable(
            t(
                "%(name)s is %(noun)s and %(other)s is %(its)s",
                name=name,
                noun=NOUNS[type_],
                other=other,
                its=NOUNS[known[other]],
            ),
            t("Compare fields of one type"),
        )
    if "factor" in raw and type_ in (FieldType.DATE, FieldType.INSTANT):
        raise Unreadable(
            t("%(name)s is %(noun)s and cannot be multiplied", name=name, noun=NOUNS[type_]), t("Leave the factor out")
        )
    return Other(other, str(words[0]), operands.share(raw.get("factor", 1), "factor"))


def _between(raw: object) -> str:
    return " and ".join(shown(it) for it in raw) if isinstance(raw, list) else shown(raw)


def _wrong(asked: Asked, path: Path, what: str, mend: str) -> Condition | None:
    """Note a problem; there is then no condition."""
    asked.findings.add(path, what, mend)
    return None
