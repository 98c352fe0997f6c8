"""Conditions: ours as closures against other languages of rules; and how fast a hostile program document is refused."""

import random
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

from tests.bench.languages import languages, nested, tree_of
from tests.bench.parsing import in_turns
from tests.bench.rows import Row, row
from tests.unit.hostile_documents import documents
from tests.unit.test_hostile_programs import HOSTILE

from accolade.flows.publish import checked
from accolade.programs.compiling import compiled
from accolade.programs.problems import Problems

EVENTS, ROUNDS = 5_000, 20
"""Events a round: 100,000 in all."""
SLOW = 10
"""The slow languages are asked about every tenth of them."""
LIMITS = {"eval of compiled Python": 0.45, "zen-engine": 8, "simpleeval": 12, "json-logic": 12}

WON = {"field": "deal.stage", "is": "won"}
MILESTONES: tuple[dict[str, object], ...] = (
    WON,
    {"all": [WON, {"field": "deal.amount", "at_least": "10000 USD"}]},
    {
        "all": [
            WON,
            {"field": "deal.amount", "at_least": "10000 USD"},
            {
                "any": [
                    {"field": "account.segment", "in": ["enterprise", "mid-market"]},
                    {"field": "participant.tenure_days", "below": 90},
                ]
            },
            {"not": {"field": "deal.type", "is": "renewal"}},
        ]
    },
    {"all": [WON, {"field": "deal.cycle_days", "below": 14}]},
    {
        "all": [
            WON,
            {"field": "deal.lead_source", "in": ["Partner", "Referral"]},
            {"field": "deal.amount", "between": ["5000 USD", "50000 USD"]},
        ]
    },
    {"all": [WON, {"field": "deal.amount", "compares_to": {"at_least": "deal.list_price", "factor": "90%"}}]},
    {"all": [{"field": "deal.stage", "is": "open"}, {"field": "deal.probability", "at_least": 80}]},
    {
        "all": [
            WON,
            {"field": "deal.product", "contains": "GTX"},
            {"field": "participant.role", "is": "sales"},
            {"field": "participant.team", "in": ["West", "East"]},
        ]
    },
    {
        "all": [
            WON,
            {"not": {"any": [{"field": "deal.lead_source", "is": "Web"}, {"field": "deal.type", "is": "renewal"}]}},
            {"field": "participant.country", "in": ["NL", "BE", "DE"]},
        ]
    },
    {
        "any": [
            {"all": [WON, {"field": "deal.type", "is": "renewal"}, {"field": "deal.amount", "at_least": "20000 USD"}]},
            {"all": [WON, {"field": "deal.type", "is": "new"}, {"field": "deal.cycle_days", "below": 30}]},
        ]
    },
)
"""What programs ask, from one test to seven."""


def deal(chance: random.Random) -> dict[str, object]:
    """A deal as rules see it, everything known."""
    price = chance.randrange(100_000, 8_000_000)
    return {
        "deal.stage": chance.choice(["won", "won", "lost", "open"]),
        "deal.currency": "USD",
        "deal.amount": price * chance.randrange(70, 101) // 100,
        "deal.list_price": price,
        "deal.type": chance.choice(["new", "new", "renewal", "upsell"]),
        "deal.product": chance.choice(["GTX Basic", "GTX Pro", "MG Special", "MG Advanced"]),
        "deal.lead_source": chance.choice(["Web", "Partner", "Referral", "Event"]),
        "deal.probability": Decimal(chance.randrange(0, 101)),
        "deal.cycle_days": chance.randrange(1, 90),
        "account.segment": chance.choice(["enterprise", "mid-market", "small"]),
        "participant.role": chance.choice(["sales", "sales", "service"]),
        "participant.team": chance.choice(["West", "East", "Central"]),
        "participant.country": chance.choice(["NL", "BE", "DE", "US"]),
        "participant.tenure_days": chance.randrange(10, 2_000),
    }


def conditions() -> Iterator[Row]:
    """All rows of this module."""
    trees = [tree_of(raw) for raw in MILESTONES]
    ours, others = [compiled(tree) for tree in trees], languages(trees)
    chance = random.Random(1)
    events = [deal(chance) for _ in range(EVENTS)]
    facts = [nested(values) for values in events]
    for values, fact in zip(events[:500], facts, strict=False):
        said = [ask(values) for ask in ours]
        assert all([bool(ask(fact)) for ask in asks] == said for asks in others.values()), "they disagree"
    few = facts[::SLOW]
    runs: dict[str, Callable[[], object]] = {"ours": lambda: [ask(it) for ask in ours for it in events]}
    for name, asks in others.items():
        every = facts if name == "eval of compiled Python" else few
        runs[name] = lambda asks=asks, every=every: [ask(it) for ask in asks for it in every]
    took = in_turns(runs, ROUNDS)
    each = took["ours"] * 1000 / EVENTS
    for name, limit in LIMITS.items():
        theirs = took[name] * 1000 / (EVENTS if name == "eval of compiled Python" else len(few))
        what = f"{len(ours)} conditions of one event: speed against {name}"
        yield row(what, each, "us CPU", reference=theirs, against=name, times_as_fast=limit)
    yield from _hostile()


def _hostile() -> Iterator[Row]:
    found = [(it.name, it.content) for it in documents()]
    found += [(f"{name}.yaml", text.encode("utf-8", "surrogatepass")) for name, (text, _) in HOSTILE.items()]
    slowest = max(min(_refused(*one) for _ in range(3)) for one in found)
    yield row(f"slowest of {len(found)} hostile program documents", slowest * 1000, "ms CPU", at_most=100)


def _refused(name: str, content: bytes) -> float:
    """CPU seconds until a document is refused; one that is taken is a fault of the house."""
    started = time.process_time()
    try:
        checked(content, file=name)
    except Problems:
        return time.process_time() - started
    raise AssertionError(f"{name} was taken")
