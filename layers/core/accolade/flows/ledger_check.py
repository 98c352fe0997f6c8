"""Checking the books: everything is computed again from the entries and compared with what is stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from accolade.model.disputes import PROGRAM as ADJUSTMENT
from accolade.model.ledger import Entry, EntryKind, Standing, Wallet
from accolade.model.records import Holding, Record
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.people import People
from accolade.wallet import accounts
from accolade.wallet.chain import as_json, entry_hash, fold

_TRIES = 3
"""A wallet may move while it is read: what looks wrong is read again before it counts as wrong."""

MAX_PROBLEMS = 1000


@dataclass
class Checked:
    """What a check found: how much was read, and one sentence for each thing that is wrong."""

    wallets: int = 0
    entries: int = 0
    points: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass
class _Sums:
    """What adds up over all wallets of a tenant."""

    accounts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    spent: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    awards: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, entry: Entry) -> None:
        award = entry.id.rsplit("#", 1)[0]
        source = accounts.program(entry.cause.program)
        for transfer in entry.transfers:
            self.accounts[transfer.source] -= transfer.amount
            self.accounts[transfer.target] += transfer.amount
            given = transfer.amount * ((transfer.source == source) - (transfer.target == source))
            if entry.cause.program != ADJUSTMENT:  # a correction by hand is no award
                self.awards[award] += given
            if entry.kind is not EntryKind.WRITEOFF:
                self.spent[entry.cause.program] += given


class LedgerCheck:
    """Recomputes a tenant's books. Reads only. Busy or unreachable: Retry."""

    def __init__(self, audit: Audit, people: People, budgets: Budgets) -> None:
        self._audit, self._people, self._budgets = audit, people, budgets

    def verify(self, tenant: str, *, standings: bool = True, progress: Callable[[int], None] = lambda done: None) -> Checked:
        """Check every wallet (chain, sequence, balances, floors), the sum over all accounts, budgets and awards.

        With `standings` also each standing and award against the records they come from. The stack should be idle:
        what moves between two reads may look wrong, though wallets are read again before they count as wrong.
        """
        checked, sums = Checked(), _Sums()
        numbers = sorted({person.number for person in self._people.list(tenant)} | self._audit.with_entries(tenant))
        for number in numbers:
            entries, problems = self._wallet(tenant, number)
            problems += self._redemption_problems(tenant, number, entries) if standings else ()
            checked.wallets += 1
            checked.entries += len(entries)
            checked.problems += problems
            for entry in entries:
                sums.add(entry)
            progress(1)
        checked.points = sum(amount for name, amount in sums.accounts.items() if name.startswith("wallet:"))
        total = sum(sums.accounts.values())
        if total:
            checked.problems.append(f"the sum over all accounts is {total}, not 0")
        checked.problems += self._budget_problems(tenant, sums)
        if standings:
            checked.problems += self._standing_problems(tenant, numbers, sums)
        del checked.problems[MAX_PROBLEMS:]
        return checked

    def export(self, tenant: str) -> Iterator[dict[str, object]]:
        """Every entry in the stable form, wallet by wallet in order; participants by their import ids."""
        names = {person.number: person.id for person in self._people.list(tenant)}
        for number in sorted({*names} | self._audit.with_entries(tenant)):
            for entry in self._audit.entries(tenant, number):
                yield exported(entry, names.get(number, number))

    def _wallet(self, tenant: str, number: str) -> tuple[list[Entry], list[str]]:
        """A wallet's entries and what is wrong with them or with the wallet."""
        for _ in range(_TRIES):
            entries = self._audit.entries(tenant, number)
            problems = wallet_problems(self._audit.wallet(tenant, number), entries)
            if not problems:
                break
        return entries, problems

    def _redemption_problems(self, tenant: str, number: str, entries: list[Entry]) -> list[str]:
        """What is wrong between a person's redemptions and the accounts that hold their points."""
        for _ in range(_TRIES):
            problems = redemption_problems(self._audit.redemptions(tenant, number), entries)
            if not problems:
                break
            entries = self._audit.entries(tenant, number)
        return problems

    def _budget_problems(self, tenant: str, sums: _Sums) -> Iterator[str]:
        for budget in self._budgets.list(tenant):
            spent = sums.spent[budget.program]
            if budget.limit is None:
                continue
            if not budget.partial and budget.spent != spent:
                yield f"budget of {budget.program}: {budget.spent} stored as spent, its entries say {spent}"
            if budget.spent > budget.limit:
                yield f"budget of {budget.program}: {budget.spent} spent of {budget.limit}"
        for share in self._budgets.shares(tenant):
            if share.limit is not None and share.spent > share.limit:
                yield f"share {share.program}: {share.spent} spent of {share.limit}"

    def _share_problems(self, tenant: str, drawn: Mapping[str, int]) -> Iterator[str]:
        """A share has counted at least what the awards hold that give back to it (those whose person has moved give nothing
        back, and stay counted)."""
        for share in self._budgets.shares(tenant):
            if share.spent < drawn.get(share.program, 0):
                yield f"share {share.program}: {share.spent} stored as spent, its awards hold {drawn[share.program]}"

    def _standing_problems(self, tenant: str, numbers: Iterable[str], sums: _Sums) -> Iterator[str]:
        parts: defaultdict[tuple[str, ...], int] = defaultdict(int)
        posted: dict[str, int] = {}
        drawn: defaultdict[str, int] = defaultdict(int)
        for record in self._audit.records(tenant):
            _contribute(record, parts)
            posted |= _held(record.awards, drawn)
        for number in numbers:
            for standing in self._audit.standings(tenant, number):
                posted |= _held(standing.awards, drawn)
                _withdraw(standing, parts)
        yield from self._share_problems(tenant, drawn)
        for (number, period, kpi, part, _), difference in sorted(parts.items()):
            if difference:
                yield f"standing of {number} in {period}: {kpi} {part} differs from its records by {-difference}"
        for award in sorted({*posted, *sums.awards}):
            held, given = posted.get(award, 0), sums.awards.get(award, 0)
            if held != given:
                yield f"award {award}: {held} held, its entries say {given}"


def wallet_problems(wallet: Wallet, entries: list[Entry]) -> list[str]:
    """What is wrong with a wallet, given its entries in the order of their sequence."""
    name, problems, head = wallet.participant, [], ""
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            problems.append(f"wallet {name}: entry {entry.id} has sequence {entry.seq}, {place} is expected")
        if entry.previous_hash != head:
            problems.append(f"wallet {name}: the chain is broken before entry {entry.id} (sequence {entry.seq})")
        if entry.cause.participant != name or entry.tenant != wallet.tenant:
            problems.append(f"wallet {name}: entry {entry.id} belongs to {entry.tenant} {entry.cause.participant}")
        if any(transfer.amount <= 0 or transfer.source == transfer.target for transfer in entry.transfers):
            problems.append(f"wallet {name}: entry {entry.id} has a transfer that moves nothing")
        head = entry_hash(entry)
    folded = fold(Wallet(wallet.tenant, wallet.participant), entries)
    for what in ("available", "pending", "held", "debt", "head", "next_seq"):
        stored, computed = getattr(wallet, what), getattr(folded, what)
        if stored != computed:
            problems.append(f"wallet {name}: {what} is stored as {stored}, its entries say {computed}")
    floors = ("available", "pending", "held", "debt")
    problems += [f"wallet {name}: {what} is below zero" for what in floors if getattr(folded, what) < 0]
    return problems


def redemption_problems(redemptions: Iterable[Redemption], entries: Iterable[Entry]) -> list[str]:
    """Every redemption holds, has spent or has given back exactly its points, and every account that holds is one's."""
    held: defaultdict[str, int] = defaultdict(int)
    spent: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        for it in entry.transfers:
            held[it.target.removeprefix(accounts.HELD)] += it.amount * it.target.startswith(accounts.HELD)
            held[it.source.removeprefix(accounts.HELD)] -= it.amount * it.source.startswith(accounts.HELD)
            if it.source.startswith(accounts.HELD) and entry.kind is EntryKind.SPEND:
                spent[it.source.removeprefix(accounts.HELD)] += it.amount
    problems = []
    for redemption in redemptions:
        holds, has_spent = held.pop(redemption.id, 0), spent.pop(redemption.id, 0)
        paid = redemption.state is RedemptionState.FULFILLED
        if (holds, has_spent) != (redemption.points * redemption.holds, redemption.points * paid):
            what = f"{redemption.points} points, {redemption.state.value}"
            problems.append(f"redemption {redemption.id}: {what}, its entries hold {holds} and spent {has_spent}")
    nobodys = sorted({name for name, points in (*held.items(), *spent.items()) if points})
    return [*problems, *(f"redemption {name}: there are entries, and no redemption" for name in nobodys)]


def exported(entry: Entry, participant: str) -> dict[str, object]:
    """An entry in the stable form of the export: the participant as its import id, also inside id and accounts."""
    cause = entry.cause
    own = {
        accounts.wallet(cause.participant): accounts.wallet(participant),
        accounts.debt(cause.participant): accounts.debt(participant),
        accounts.pending(cause.participant): accounts.pending(participant),
    }
    start = f"{cause.program}/{cause.milestone}/{cause.participant}/"
    id_ = (
        f"{cause.program}/{cause.milestone}/{participant}/{entry.id.removeprefix(start)}"
        if entry.id.startswith(start)
        else entry.id
    )
    plain = as_json(entry)
    kept = ("seq", "tenant", "at", "posted_at", "kind")
    return {
        "id": id_,
        **{name: plain[name] for name in kept},
        "cause": {
            "program": cause.program,
            "version": cause.version,
            "milestone": cause.milestone,
            "participant": participant,
            "scope": cause.scope,
            "record": cause.record,
        },
        "transfers": [
            {
                "source": own.get(it.source, it.source),
                "target": own.get(it.target, it.target),
                "amount": it.amount,
                "unit": it.unit,
            }
            for it in entry.transfers
        ],
        "previous_hash": entry.previous_hash,
    }


def _held(awards: Mapping[str, Holding], drawn: defaultdict[str, int]) -> dict[str, int]:
    """What is posted of each award; what each node gave for it and would get back is added to `drawn`."""
    for holding in awards.values():
        for node in holding.nodes:
            drawn[node] += holding.posted + holding.written_off
    return {key: holding.posted for key, holding in awards.items()}


def _contribute(record: Record, parts: defaultdict[tuple[str, ...], int]) -> None:
    for it in record.contributions:
        for part, amount in it.parts.items():
            parts[it.participant, it.period, it.kpi, part, "all"] += amount
            if it.baseline:
                parts[it.participant, it.period, it.kpi, part, "baseline"] += amount


def _withdraw(standing: Standing, parts: defaultdict[tuple[str, ...], int]) -> None:
    for kind, sums in (("all", standing.parts), ("baseline", standing.baseline)):
        for kpi, amounts in sums.items():
            for part, amount in amounts.items():
                parts[standing.participant, standing.period, kpi, part, kind] -= amount
