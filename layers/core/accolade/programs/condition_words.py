"""Conditions in plain words, for the people they are about."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from accolade.model.fields import STAGES, FieldType
from accolade.model.money import Money
from accolade.programs.condition_tree import All, AnyOf, Condition, Not, Other, Scalar, Span, Test
from accolade.programs.field_words import field_name
from accolade.programs.record_words import ended
from accolade.texts import Texts
from accolade.texts.plain import plain

__all__ = ["condition_words", "field_name", "joined", "share", "value_words"]


def condition_words(tree: Condition, texts: Texts) -> str:
    """`the amount is above $5,000.00 and the type is not renewal`: one phrase without a full stop."""
    match tree:
        case Test():
            return _test(tree, texts)
        case Not(Test() as test) if test.operator in ("is", "in"):
            return _test(test, texts, negated=True)
        case Not(part):
            return texts.t("it is not so that %(condition)s", condition=_inner(part, texts))
        case All(parts):
            return joined((_inner(part, texts) for part in parts), texts.t("and"))
        case AnyOf(parts):
            return joined((_inner(part, texts) for part in parts), texts.t("or"))


def joined(parts: Iterable[str], word: str) -> str:
    """`a, b and c`"""
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last


def share(value: Fraction, texts: Texts) -> str:
    """A share in percent: 70%, 33.3%."""
    exact = value * 100
    return f"{texts.decimal(Decimal(exact.numerator) / Decimal(exact.denominator))}%"


def _inner(part: Condition, texts: Texts) -> str:
    """A part of a larger condition: in brackets if it is itself made of several."""
    phrase = condition_words(part, texts)
    return f"({phrase})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else phrase


def _test(test: Test, texts: Texts, *, negated: bool = False) -> str:
    field = field_name(test.field, texts)
    operand = test.operand
    if test.operator == "is_set":
        return texts.t("%(field)s is known", field=field) if operand else texts.t("%(field)s is not known", field=field)
    if isinstance(operand, Span):
        return texts.t("%(field)s is within %(span)s of the deal's date", field=field, span=_span(operand, texts))
    if isinstance(operand, Other):
        return _other(field, operand, texts)
    if isinstance(operand, tuple):
        return _several(test, field, operand, texts, negated=negated)
    return _single(test, field, value_words(operand, test, texts), texts, negated=negated)


def _single(test: Test, field: str, value: str, texts: Texts, *, negated: bool) -> str:
    if negated:
        return texts.t("%(field)s is not %(value)s", field=field, value=value)
    if test.operator == "at_most" and test.operand == 0:
        return _patterns(texts)["is"] % {"field": field, "value": value}
    if test.type is FieldType.BOOLEAN:
        if test.operand is True and test.field.rpartition(".")[2] in _SENTENCES:
            return field
        return texts.t("%(field)s: %(value)s", field=field, value=value)
    return _patterns(texts)[test.operator] % {"field": field, "value": value}


_SENTENCES = ("invoice_paid", "sla_met")
"""Fields whose name is a sentence of its own: "the invoice is paid"."""


def _patterns(texts: Texts) -> dict[str, str]:
    return {
        "is": texts.t("%(field)s is %(value)s"),
        "at_least": texts.t("%(field)s is at least %(value)s"),
        "above": texts.t("%(field)s is above %(value)s"),
        "at_most": texts.t("%(field)s is at most %(value)s"),
        "below": texts.t("%(field)s is below %(value)s"),
        "contains": texts.t("%(field)s contains %(value)s"),
        "starts_with": texts.t("%(field)s starts with %(value)s"),
    }


def _several(test: Test, field: str, operand: tuple[Scalar, ...], texts: Texts, *, negated: bool) -> str:
    values = [value_words(one, test, texts) for one in operand]
    if test.operator == "between":
        return texts.t("%(field)s is between %(low)s and %(high)s", field=field, low=values[0], high=values[1])
    listed = joined(values, texts.t("or"))
    if negated:
        return texts.t("%(field)s is not %(value)s", field=field, value=listed)
    return texts.t("%(field)s is %(value)s", field=field, value=listed)


def _other(field: str, other: Other, texts: Texts) -> str:
    value = field_name(other.field, texts)
    if other.factor != 1:
        value = texts.t("%(share)s of %(field)s", share=share(other.factor, texts), field=value)
    return _patterns(texts)[other.operator] % {"field": field, "value": value}


def value_words(operand: Scalar, test: Test, texts: Texts) -> str:
    """A value of the test's field: `won`, `$5,000.00`, `2 April 2017`."""
    record, _, field = test.field.partition(".")
    if field == "stage" and operand in STAGES:
        return ended(record, str(operand), texts)
    if isinstance(operand, bool):
        return texts.t("yes") if operand else texts.t("no")
    if test.type is FieldType.MONEY and isinstance(operand, int) and test.currency:
        return texts.money(Money(operand, test.currency))
    if isinstance(operand, datetime):
        return texts.datetime(operand, test.zone)
    if isinstance(operand, date):
        return texts.date(operand)
    if isinstance(operand, int | Decimal):
        return texts.decimal(Decimal(operand))
    return plain(str(operand), limit=80)


def _span(span: Span, texts: Texts) -> str:
    if span.unit == "days":
        return texts.n("%(count)s day", "%(count)s days", span.count)
    if span.unit == "weeks":
        return texts.n("%(count)s week", "%(count)s weeks", span.count)
    if span.unit == "months":
        return texts.n("%(count)s month", "%(count)s months", span.count)
    return texts.n("%(count)s year", "%(count)s years", span.count)
