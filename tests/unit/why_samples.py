"""Awards to explain: one that is held, one that was missed, one that is nearly there."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.unit.page_samples import FAST, FEED, FIFTH, PROGRAM

from accolade.flows.explanation import Counted, Measure, Step, Subject, Verdict, Why
from accolade.model.fields import FieldType
from accolade.model.records import Holding
from accolade.programs.condition_tree import All, AnyOf, Not, question
from accolade.programs.condition_tree import Test as Question
from accolade.programs.explaining import explain, nearest_miss
from accolade.programs.periods import parse_period

DAYS = Question(question("deal.cycle_days", FieldType.INTEGER, "below"), 14, "14")
AMOUNT = Question(question("deal.amount", FieldType.MONEY, "at_least", "EUR"), 1_000_000, "10000 EUR")
RENEWAL = Question(question("deal.type", FieldType.TEXT, "is"), "renewal", "renewal")
WON = Question(question("deal.stage", FieldType.CHOICE, "is"), "won", "won")
TREE = All((WON, DAYS, AnyOf((AMOUNT, Not(RENEWAL)))))
SEEN = {"deal.stage": "won", "deal.cycle_days": 16, "deal.amount": 800_000, "deal.currency": "EUR", "deal.type": "renewal"}
DEAL = Subject("salesforce:deal:006B", "deal", "Northwind renewal", date(2026, 3, 30), 16, "won")

MISSED = Why(
    PROGRAM,
    FAST,
    "salesforce:deal:006B",
    Verdict.NOT_MET,
    record=DEAL,
    conditions=explain(TREE, SEEN),
    nearest=nearest_miss(TREE, SEEN),
)
PAID = Why(
    PROGRAM,
    FAST,
    "salesforce:deal:0061",
    Verdict.PAID,
    Holding(posted=75, revision=1),
    75,
    record=replace(DEAL, key="salesforce:deal:0061", days=10),
    conditions=explain(TREE, SEEN | {"deal.cycle_days": 10, "deal.type": "new"}),
    steps=(Step("points", 50, "50"), Step("times", 75, "1.5", RENEWAL)),
    entries=(FEED[2].entry,),
)
NEAR = Why(
    PROGRAM,
    FIFTH,
    "2026Q1@Europe.Amsterdam",
    Verdict.SHORT,
    period=parse_period("2026Q1@Europe.Amsterdam"),
    measure=Measure(
        4,
        {"won": 4},
        4,
        0,
        4,
        5,
        records=tuple(Counted(f"sf:deal:{i}", f"Deal {i}", date(2026, 3, i), {"won": 1}) for i in (1, 2, 3, 4)),
    ),
)
RATE = replace(NEAR, measure=Measure(Fraction(14, 20), {"won": 14, "closed": 20}, 20, 1, 70, 75))


def named(why: Why, name: str) -> Why:
    """The same where everything that a stranger can name is named so."""
    record = replace(why.record, name=name, key=f"sf:deal:{name}") if why.record else None
    counted = tuple(replace(it, name=name) for it in why.measure.records) if why.measure else ()
    values = SEEN | {"deal.type": name}
    return replace(
        why,
        program=replace(PROGRAM, title={"en": name}),
        milestone=replace(why.milestone, title={"en": name}),
        record=record,
        measure=replace(why.measure, records=counted) if why.measure else None,
        conditions=explain(TREE, values) if why.conditions else None,
        nearest=nearest_miss(TREE, values) if why.nearest else (),
        detail=name,
    )
