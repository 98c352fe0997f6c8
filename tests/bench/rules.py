"""Many rules: loading them, the first event, an event against 10,000 of them, and whole batches of notifications."""

import gc
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256

from tests.bench.parsing import NOW, SECRET, URL, hubspot_batch, in_turns, outbound
from tests.bench.rows import Row, row

from accolade import crm
from accolade.crm import WebhookRequest
from accolade.model.connections import Connection
from accolade.model.reading import values
from accolade.model.records import Facts, Record
from accolade.programs.loading import from_json, load, to_json
from accolade.programs.matching import Matcher
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Milestone

PER_PROGRAM = 100
EVENTS = 400
DAY = date(2026, 3, 31)
PRODUCTS, COUNTRIES = range(400), range(40)


def rules() -> Iterator[Row]:
    """All rows of this module."""
    gc.collect()
    gc.freeze()  # what the rest of the bench holds is not looked through when rules are measured
    try:
        texts = [stored(n) for n in range(10)]
        yield row("loading 1,000 rules", _median(lambda: [from_json(it) for it in texts], 11), "ms CPU", at_most=15)
        many = [*texts, *(stored(n) for n in range(10, 100))]
        yield row("first event at 10,000 rules", _first(many), "ms CPU", at_most=100)
        yield from _events([it for text in many for it in from_json(text).milestones])
        yield from _batches(Rulebook([from_json(it) for it in texts]))
    finally:
        gc.unfreeze()


def stored(number: int, *, products: Sequence[int] = PRODUCTS) -> str:
    """The stored form of a program of 100 selective rules: a stage and four tests each, that few events satisfy."""
    chance = random.Random(number)
    program = {
        "id": f"p{number}",
        "title": {"en": "A", "nl": "A"},
        "effective": {"from": "2026-01-01"},
        "time_zone": "UTC",
        "point_value": "0.01 USD",
        "milestones": [_rule(n, chance, products) for n in range(PER_PROGRAM)],
    }
    return to_json(load(json.dumps(program), file="bench.json"))


def _rule(number: int, chance: random.Random, products: Sequence[int]) -> dict[str, object]:
    tests: list[dict[str, object]] = [
        {"field": "deal.stage", "is": "won"},
        {"field": "deal.product", "is": f"Product {chance.choice(products)}"},
        {"field": "account.country", "in": [f"C{it}" for it in chance.sample(COUNTRIES, 2)]},
        {"field": "deal.amount", "at_least": f"{chance.randrange(1_000, 90_000)} USD"},
        {"field": "deal.cycle_days", "below": chance.randrange(5, 90)},
    ]
    title = {"en": f"Milestone {number}", "nl": f"Mijlpaal {number}"}
    return {"id": f"m{number}", "title": title, "kind": "record", "points": 100 + number, "when": {"all": tests}}


def event(chance: random.Random, *, products: Sequence[int] = PRODUCTS) -> dict[str, object]:
    """A won deal as rules see it."""
    return {
        "deal.stage": "won",
        "deal.currency": "USD",
        "deal.amount": chance.randrange(100_000, 10_000_000),
        "deal.product": f"Product {chance.choice(products)}",
        "deal.cycle_days": chance.randrange(1, 100),
        "deal.type": "new",
        "deal.name": "Hooli - Data Platform",
        "account.country": f"C{chance.choice(COUNTRIES)}",
    }


def _median(run: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds; the first round does not count."""
    taken = []
    for _ in range(rounds + 1):
        started = time.process_time()
        run()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken[1:])


def _first(texts: Sequence[str]) -> float:
    """CPU milliseconds of the first event after everything was loaded; loading is another row."""
    taken = []
    one = event(random.Random(0))
    for _ in range(5):
        book = Rulebook([from_json(it) for it in texts])
        started = time.process_time()
        book.matcher("deal", DAY).matching(one)
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def _events(milestones: list[Milestone]) -> Iterator[Row]:
    """An event against 10,000 rules: all of them asked one by one, and with ten of them only."""
    chance = random.Random(3)
    events = [event(chance) for _ in range(EVENTS)]
    few = events[:: EVENTS // 8]
    whole, ten = Matcher(milestones, lambda it: it.tree), Matcher(milestones[:10], lambda it: it.tree)
    for one in few:
        assert whole.matching(one) == _linear(milestones, one)
    took = in_turns(
        {
            "index": lambda: [whole.matching(it) for it in events],
            "ten": lambda: [ten.matching(it) for it in events],
            "linear": lambda: [_linear(milestones, it) for it in few],
        },
        7,
    )
    index, ten_of = took["index"] * 1000 / EVENTS, took["ten"] * 1000 / EVENTS
    what, against = f"event against {len(milestones):,} selective rules", "the same rules one by one"
    yield row(what, index, "us CPU", reference=took["linear"] * 1000 / len(few), against=against, times_as_fast=100)
    yield row(what, index, "us CPU", reference=ten_of, against="10 of them", ratio_at_most=12)


def _linear(milestones: Sequence[Milestone], one: Mapping[str, object]) -> list[Milestone]:
    return [it for it in milestones if it.when is not None and it.when(one) is True]


def _batches(book: Rulebook) -> Iterator[Row]:
    """From the body to what holds: 100 notifications at 1,000 rules. The rest of each record is known already."""
    matcher = book.matcher("deal", DAY)
    milestones = list(matcher.rules)
    chance = random.Random(4)
    known = {f"deal.{name}" if "." not in name else name: value for name, value in event(chance).items()}
    wanted = [("HubSpot events", _hubspot, 100_000, 10), ("Salesforce notifications", _salesforce, 25_000, 1)]
    for what, prepared, rate, times in wanted:
        read = prepared()
        assert len(read()) == 100

        def run(match: Callable[[Mapping[str, object]], object], read: Callable[[], list[Facts]] = read) -> None:
            for facts in read():
                match({**known, **_seen(facts)})

        took = in_turns({"index": lambda: run(matcher.matching), "linear": lambda: run(lambda it: _linear(milestones, it))}, 9)
        title = f"100 {what} at {len(milestones):,} rules: verify, parse, normalize, match"
        yield row(title, took["index"], "ms CPU", reference=took["linear"], against="one by one", times_as_fast=times)
        yield row(f"{title}, a second", 100_000 / took["index"], "per core", at_least=rate)


def _seen(facts: Facts) -> dict[str, object]:
    """What the facts say, as rules see it."""
    return values(Record(facts.key, {name: (facts.version, value) for name, value in facts.fields.items()}), currency="USD")


def _hubspot() -> Callable[[], list[Facts]]:
    body, signed = hubspot_batch()
    adapter, request = crm.adapter("hubspot"), WebhookRequest("POST", signed, body)
    connection = Connection("hub", "acme", "hubspot", "62515", NOW, NOW, public_url=URL, secret="client-secret")

    def read() -> list[Facts]:
        adapter.verify(request, connection, lambda name: SECRET, now=NOW, url=URL)
        return [it for one in adapter.split(request) for it in adapter.normalize(one.content, connection, origin="message")]

    return read


def _salesforce() -> Callable[[], list[Facts]]:
    token = "t" * 43
    adapter, request = crm.adapter("salesforce"), WebhookRequest("POST", {}, outbound(), path_token=token)
    since = datetime(2016, 1, 1, tzinfo=UTC)
    connection = Connection(
        "sf", "acme", "salesforce", "00D5e000000AbcDEAS", since, since, token_hash=sha256(token.encode()).hexdigest()
    )

    def read() -> list[Facts]:
        adapter.verify(request, connection, lambda name: token, now=NOW, url="")
        return [it for one in adapter.split(request) for it in adapter.normalize(one.content, connection, origin="message")]

    return read
