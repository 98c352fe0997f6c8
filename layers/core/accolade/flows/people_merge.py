"""Merging two participants who are one person: who goes on, what moves, and what still comes to the number that ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.ledger import Wallet
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.store.actions import Actions
from accolade.store.merging import Merging
from accolade.store.people import People
from accolade.wallet.moving import Moved, move

ATTEMPTS = 5
FOLLOWED = 500
"""Merged wallets that are looked at in a minute."""


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do: `identities` come to `kept`, `wallet` is what `gone` has now."""

    gone: Participant
    kept: Participant
    identities: Mapping[str, str]
    wallet: Wallet


class PeopleMerge:
    """Merges. `end_sessions(tenant, name)` ends sessions; `announce` hears the (crm, user) pairs that lead to somebody since."""

    def __init__(
        self,
        people: People,
        merging: Merging,
        actions: Actions,
        *,
        end_sessions: Callable[[str, str], int],
        announce: Callable[[str, Sequence[tuple[str, str]]], None] = lambda tenant, users: None,
    ) -> None:
        self._people, self._merging, self._actions = people, merging, actions
        self._end_sessions, self._announce = end_sessions, announce

    def plan(self, tenant: str, gone: str, kept: str) -> MergePlan:
        """What merging these numbers would do. Missing if one is not there; Refused if they cannot be one."""
        old, new = self._people.by_number(tenant, gone), self._people.by_number(tenant, kept)
        if old.number == new.number:
            raise Refused(t("this is one participant already"), mend=t("Choose another one"))
        for person in (old, new):
            if person.merged_into:
                raise Refused(
                    t("%(number)s was merged into %(merged_into)s before", number=person.number, merged_into=person.merged_into),
                    mend=t("Choose that one instead"),
                )
            if person.erased_on:
                raise Refused(
                    t("%(number)s was erased at their request", number=person.number), mend=t("An erased participant stays alone")
                )
        return MergePlan(old, new, dict(old.identities), self._merging.wallet(tenant, gone))

    def merge(self, tenant: str, gone: str, kept: str, *, by: str, reason: str, now: datetime) -> MergePlan:
        """Let `kept` go on for `gone`: identities, points and debt move in one transaction; both chains stay whole.

        What `gone` has earned stays counted there; what is pending or held there moves when it is free. Conflict if both
        are moved by others all the time; Missing and Refused as for `plan`.
        """
        for _ in range(ATTEMPTS):
            found = self.plan(tenant, gone, kept)
            try:
                self._commit(found, by=by, reason=reason, now=now)
            except Conflict:
                continue
            self._end_sessions(tenant, gone)
            self._announce(tenant, list(found.identities.items()))
            return found
        raise Conflict(t("others are deciding about these people just now"), mend=t("Try again"))

    def follow(self, tenant: str, *, now: datetime) -> int:
        """Move on what came to numbers that were merged since: what vested, was released or taken back. How many."""
        done = 0
        for place, (gone, kept) in enumerate(self._merging.merged(tenant)):
            if place >= FOLLOWED:
                break
            moved = self._moved(tenant, gone, self._last(tenant, kept), now, actor="maintain", reason_hash="")
            if moved:
                try:
                    self._merging.follow(moved)
                except Conflict:
                    continue  # the next minute
                done += 1
        return done

    def _commit(self, found: MergePlan, *, by: str, reason: str, now: datetime) -> None:
        gone, kept = found.gone, found.kept
        tenant = gone.tenant
        hashed = sha256(f"{tenant}|{gone.number}|{kept.number}|{reason}".encode()).hexdigest()
        moved = self._moved(tenant, gone.number, kept.number, now, actor=f"person:{by}", reason_hash=hashed)
        ended = replace(gone, active=False, merged_into=kept.number)
        stays = replace(kept, identities={**gone.identities, **kept.identities}, imported=kept.imported)
        stands = {"into": kept.number, "identities": dict(kept.identities), "available": found.wallet.available}
        act = self._actions.write(
            tenant,
            at=now,
            by=by,
            what="person.merged",
            on=gone.number,
            before={"identities": dict(gone.identities), "active": gone.active, "debt": found.wallet.debt},
            after=stands | {"identities": dict(stays.identities)},
            reason=reason,
        )
        self._merging.commit((gone, kept), (ended, stays), moved=moved, beside=[act])

    def _moved(self, tenant: str, gone: str, kept: str, now: datetime, *, actor: str, reason_hash: str) -> Sequence[Moved]:
        old, new = self._merging.wallet(tenant, gone), self._merging.wallet(tenant, kept)
        return move(old, new, at=now, actor=actor, reason_hash=reason_hash) or ()

    def _last(self, tenant: str, number: str) -> str:
        """Who goes on in the end: whom somebody was merged into may have been merged too."""
        for _ in range(ATTEMPTS):
            try:
                into = self._people.by_number(tenant, number).merged_into
            except Missing:
                return number
            if not into:
                return number
            number = into
        return number
