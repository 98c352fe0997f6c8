"""Scaling: what an event costs as a tenant's participants, records and rules grow a hundredfold. Pure: the store's part of
it is a fixed number of keyed reads and writes (see the rows of writes)."""

import random
from collections.abc import Callable, Iterator
from functools import partial

from tests.bench.parsing import in_turns
from tests.bench.rows import Row, row
from tests.bench.rules import DAY, event, stored
from tests.playing import House, won

from accolade.model.participants import Participant
from accolade.programs.loading import from_json
from accolade.programs.rulebook import Rulebook

EVENTS, ROUNDS, DEALS_EACH = 300, 15, 10
TIMES = 100


def scaling() -> Iterator[Row]:
    """All rows of this module."""
    yield from _rules()
    yield from _people_and_records()


def _rules() -> Iterator[Row]:
    """Rules for 25 products, and a hundred times as many rules for a hundred times as many: an event is about one product."""
    texts = [stored(n, products=range(25 * n, 25 * n + 25)) for n in range(TIMES)]
    small, large = (Rulebook([from_json(it) for it in some]).matcher("deal", DAY) for some in (texts[:1], texts))
    events = [event(random.Random(n), products=range(25)) for n in range(EVENTS)]
    took = in_turns(
        {name: lambda it=it: [it.matching(one) for one in events] for name, it in (("1", small), ("100", large))}, ROUNDS
    )
    each, reference = (took[name] * 1000 / EVENTS for name in ("100", "1"))
    yield row(f"work per event, {TIMES} x the rules", each, "us CPU", reference=reference, against="100 rules", ratio_at_most=1.3)


def _people_and_records() -> Iterator[Row]:
    """A won deal of somebody, decided: ten deals each are known of 10 people, and of a thousand."""
    houses = {people: _house(people) for people in (10, 10 * TIMES)}
    number = iter(range(10**9))

    def wins(house: House, people: int) -> None:
        for _ in range(EVENTS // 3):
            deal = next(number)
            house.tell(f"n{deal}", 1, **won(owner=f"u{deal % people}"))

    runs: dict[str, Callable[[], object]] = {str(people): partial(wins, house, people) for people, house in houses.items()}
    took = in_turns(runs, 5)
    small, large = (took[str(people)] * 1000 / (EVENTS // 3) for people in (10, 10 * TIMES))
    what = f"work per decision, {TIMES} x the participants and records"
    yield row(what, large, "us CPU", reference=small, against="10 people, 100 records", ratio_at_most=1.3)


def _house(people: int) -> House:
    house = House()
    house.situation.owners |= {f"u{n}": f"P{n:06d}" for n in range(people)}
    house.situation.participants |= {f"P{n:06d}": Participant("acme", f"p{n}", f"P{n:06d}", f"P {n}") for n in range(people)}
    for n in range(people):
        for deal in range(DEALS_EACH):
            house.tell(f"d{n}-{deal}", 1, **won(owner=f"u{n}"))
    return house
