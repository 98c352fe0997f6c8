"""A company whose periods close: teams, ranks and holds on moto, with the clock in the test's hands."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.scenarios.running import ASHA, BOB, CAROL, LONG_AGO, Running, deal, person
from tests.scenarios.stack import Stack

from accolade import wiring
from accolade.programs.loading import load
from accolade.store.programs import Programs

HEAD = """
id: race
title: {en: Race}
effective: {from: 2017-01-01, to: 2018-01-01}
time_zone: UTC
currency: USD
point_value: 0.01 USD
silent_after: 36500 days
debt_limit: 5000
"""


class Closing(Running):
    """Asha and Bob of West, Carol of East; `milestones` is what stands below that key. Time is passed to each run."""

    def __init__(self, stack: Stack, milestones: str, *, program: str = "", **connection: Any) -> None:
        super().__init__(stack, program=f"{HEAD}{program}milestones:\n{milestones}", **connection)
        west = [replace(person(name, user), team="West") for name, user in (("asha", ASHA), ("bob", BOB))]
        self.people.register("acme", [*west, replace(person("carol", CAROL), team="East")])
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.maintain = wiring.maintainer(log=self.log)
        self.run = wiring.processor(log=self.log)

    def log(self, event: str, **fields: Any) -> None:
        self.logged.append((event, fields))

    def win(self, *deals: dict[str, Any], now: datetime) -> None:
        """Deals arrive and are processed at that time."""
        self.put(*deals)
        self.arrive(now)

    def arrive(self, now: datetime) -> None:
        """What lies on the Inbox is processed at that time."""
        for _ in range(20):
            bodies = {str(n): json.dumps(body) for n, body in enumerate(self.stack.messages("inbox"))}
            if not bodies:
                return
            assert self.run(bodies, now=now) == []

    def publish(self, text: str) -> None:
        Programs(wiring.database()).publish("acme", load(text, file="race.yaml"), title="Race", now=LONG_AGO)

    def available(self) -> dict[str, int]:
        """Points by name, zeros left out."""
        names = {"asha": "P000001", "bob": "P000002", "carol": "P000003"}
        found = {name: self.wallet(number)["available"] for name, number in names.items()}
        return {name: points for name, points in found.items() if points}

    def lines(self) -> list[dict[str, Any]]:
        """Every line of every message owed, in no order."""
        names = ("entry", "points", "kind", "milestone", "milestone_kind", "title", "facts")
        return [dict(zip(names, line, strict=True)) for it in self.deliveries() for line in json.loads(it["lines"])]


def won(name: str, day: str, owner: str = ASHA, *, at: int = 1, **fields: Any) -> dict[str, Any]:
    """A deal won on a day of 2017 and said so on that day (at noon, `at` seconds later)."""
    said = {"CloseDate": day, "CreatedDate": f"{day}T08:00:00.000Z", "SystemModstamp": f"{day}T12:00:{at:02d}.000Z"}
    return deal(name, at=at, owner=owner, **(said | fields))
