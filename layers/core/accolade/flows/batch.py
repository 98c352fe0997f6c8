"""One batch of one connection: load what it needs at once, decide in memory, commit person by person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from accolade.decide import project, settle
from accolade.flows.grouping import Decided, cut, groups, packed
from accolade.flows.inbox import Step
from accolade.flows.situations import Situations
from accolade.model.connections import Connection
from accolade.model.deliveries import Delivery
from accolade.model.errors import Conflict
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.records import Record, RecordKey, merge
from accolade.programs.rulebook import Rulebook
from accolade.situation import Decision, Situation
from accolade.store.database import Item
from accolade.store.decisions import Decisions

ROUNDS = 40
"""A record with very many awards is settled in so many transactions at most before it goes back to the queue."""


@dataclass(slots=True)
class Committed:
    """What became of the steps: `unchanged` wrote nothing, `lost` a race, `broken` failed with an error."""

    unchanged: list[Step] = field(default_factory=list)
    lost: list[Step] = field(default_factory=list)
    broken: list[tuple[Step, Exception]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Batch:
    """The decider of one connection.

    `route` gives a delivery its channel and time; `hand_over` puts committed deliveries that are due on their queues;
    `park_problems` stores what no rule can decide. `beside`: what goes into the first transaction too.
    """

    connection: Connection
    rulebook: Rulebook
    decisions: Decisions
    route: Callable[[Delivery, Situation, datetime], Delivery]
    hand_over: Callable[[Iterable[Delivery], datetime], None]
    park_problems: Callable[[Decision, Connection, datetime], None]
    beside: Sequence[Item] = ()

    def records(self, keys: Iterable[RecordKey]) -> dict[RecordKey, Record]:
        """The records as stored."""
        return self.decisions.records(keys)

    def run(self, steps: Sequence[Step], *, now: datetime) -> Committed:
        """Load, decide, commit. Retry if the tables are busy; lost races and bugs are reported step by step."""
        done = Committed()
        records = self.decisions.records({step.key for step in steps})
        todo = self._changing(steps, records, done)
        if todo:
            situation = self._situation(todo, records)
            decided = self._decide(todo, records, situation, done, now)
            self._commit(decided, situation, done, now)
        return done

    def _changing(self, steps: Sequence[Step], records: Mapping[RecordKey, Record], done: Committed) -> list[Step]:
        """The steps that say anything new; the others need no further read and no write."""
        states, todo = dict(records), []
        for step in steps:
            before = states[step.key]
            merged = _merged(before, step)
            if merged is before and step.facts is not None and not before.unsettled:
                done.unchanged.append(step)
            else:
                todo.append(step)
                states[step.key] = merged
        return todo

    def _situation(self, steps: Sequence[Step], records: Mapping[RecordKey, Record]) -> Situation:
        """Read everything that deciding these steps may ask for."""
        states, versions = dict(records), list(records.values())
        for step in steps:
            states[step.key] = _merged(states[step.key], step)
            versions.append(states[step.key])
        return Situations(self.connection, self.rulebook, self.decisions).load(records.values(), versions)

    def _decide(
        self, steps: Sequence[Step], records: Mapping[RecordKey, Record], situation: Situation, done: Committed, now: datetime
    ) -> list[Decided]:
        states, decided = dict(records), []
        for step in steps:
            try:
                for decision in self._decisions(states[step.key], step, situation, now):
                    states[step.key] = decision.record or states[step.key]
                    decided.append(Decided(step, decision))
            except Exception as error:  # noqa: BLE001 - the batch runner: one broken record must not stop its siblings
                done.broken.append((step, error))
                continue
            if not any(it.step is step for it in decided[-ROUNDS:]):
                done.unchanged.append(step)
        return decided

    def _decisions(self, before: Record, step: Step, situation: Situation, now: datetime) -> Iterable[Decision]:
        """The decision of a step; several if it moves more awards than one transaction takes."""
        facts = step.facts
        for _ in range(ROUNDS):
            merged = merge(before, facts, tracked=TRACKED_FIELDS.get(before.key.type, ())) if facts else before
            decision = settle(project(before, merged, situation, facts=step.facts), situation, now=now)
            if decision is None:
                return
            decision = replace(decision, deliveries=tuple(self.route(it, situation, now) for it in decision.deliveries))
            situation.apply(decision)
            yield decision
            if decision.record is None or not decision.record.unsettled:
                return
            before, facts = decision.record, None

    def _commit(self, decided: Sequence[Decided], situation: Situation, done: Committed, now: datetime) -> None:
        """Commit pack by pack; a pack that loses a race is tried group by group, and what still loses is handed back."""
        for it in decided:
            if it.decision.problems:
                self.park_problems(it.decision, self.connection, now)
        for pack in packed(groups(decided)):
            if len(pack) > 1 and self._try([it for group in pack for it in group], situation, done, now):
                continue
            for group in pack:
                parts = cut(group)
                while parts and self._try(parts[0], situation, done, now):
                    parts.pop(0)
                done.lost += {id(it.step): it.step for part in parts for it in part}.values()

    def _try(self, pack: Sequence[Decided], situation: Situation, done: Committed, now: datetime) -> bool:
        try:
            beside = () if done.lines else self.beside
            self.decisions.commit([it.decision for it in pack], situation, crm=self.connection.crm, beside=beside)
        except Conflict:
            return False
        self.hand_over([delivery for it in pack for delivery in it.decision.deliveries], now)
        done.lines += [_line(it) for it in pack]
        return True


def _merged(record: Record, step: Step) -> Record:
    return merge(record, step.facts, tracked=TRACKED_FIELDS.get(record.key.type, ())) if step.facts else record


def _line(it: Decided) -> dict[str, Any]:
    """What the log says of a committed decision; `accolade trace` reads it."""
    decision, record = it.decision, it.decision.record
    return {
        "record": str(it.step.key),
        "revision": record.revision if record else 0,
        "notification_ids": list(it.step.facts.notification_ids) if it.step.facts else [],
        "stage": [decision.before.value("stage") if decision.before else None, record.value("stage") if record else None],
        "entries": [entry.id for entry in decision.entries],
        "deliveries": [delivery.id for delivery in decision.deliveries],
        "parked_points": sum(parking.points for parking in decision.parkings),
    }
