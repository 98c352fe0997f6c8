"""Two participants who are one person: who goes on for whom, and the wallets that move with it, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from accolade.model.ledger import Wallet
from accolade.model.participants import Participant
from accolade.store import keys
from accolade.store.codec import entry_to_item, wallet_from_item, wallet_to_item
from accolade.store.database import Database, Item, put_if
from accolade.store.people_items import identity_key, to_item
from accolade.store.whereabouts import pointer_writes
from accolade.wallet.moving import Moved


class Merging:
    """Reads and writes merges. Busy or unreachable: Retry; somebody was faster: Conflict."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def wallet(self, tenant: str, number: str) -> Wallet:
        """The wallet as it stands, read consistently."""
        return wallet_from_item(tenant, number, self._db.get(self._db.state, (keys.person(tenant, number), "WALLET")))

    def merged(self, tenant: str) -> Iterator[tuple[str, str]]:
        """(number, the number that goes on for it) of everybody who was merged."""
        for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix="MERGED#"):
            yield item["sk"].removeprefix("MERGED#"), item["into"]

    def commit(
        self,
        before: tuple[Participant, Participant],
        after: tuple[Participant, Participant],
        *,
        moved: Sequence[Moved],
        beside: Sequence[Item] = (),
    ) -> None:
        """Write both participants (who goes, who stays), whose every identity leads to who stays since, and what moved."""
        gone, kept = after
        writes = [self._person(old, new) for old, new in zip(before, after, strict=True)]
        writes += [it for old, new in zip(before, after, strict=True) for it in pointer_writes(self._db, new, old)]
        for crm, user in gone.identities.items():
            pk, sk = identity_key(gone.tenant, crm, user)
            writes.append(put_if(self._db.state, {"pk": pk, "sk": sk, "number": kept.number}))
        pointer = {"pk": keys.tenant(gone.tenant), "sk": f"MERGED#{gone.number}", "into": kept.number}
        self._db.transact([*writes, put_if(self._db.state, pointer), *self._moves(moved), *beside])

    def follow(self, moved: Sequence[Moved]) -> None:
        """Write what came into a merged wallet later, and moves on now."""
        self._db.transact(self._moves(moved))

    def _person(self, before: Participant, after: Participant) -> Item:
        names = {"#id": "id", "#identities": "identities"}
        values = {":id": before.id, ":identities": dict(before.identities)}
        return put_if(self._db.state, to_item(after), "#id = :id AND #identities = :identities", names=names, values=values)

    def _moves(self, moved: Sequence[Moved]) -> list[Item]:
        """The wallets on the revisions that were read, and their entries; one that did not move only if it still has not."""
        writes = []
        for it in moved:
            item = wallet_to_item(replace(it.after, revision=it.before.revision + 1))
            if it.before.revision:
                writes.append(
                    put_if(self._db.state, item, "#rev = :rev", names={"#rev": "rev"}, values={":rev": it.before.revision})
                )
            else:
                writes.append(put_if(self._db.state, item, "attribute_not_exists(#pk)", names={"#pk": "pk"}))
            if it.entry.cause.participant == it.after.participant:
                writes.append(put_if(self._db.ledger, entry_to_item(it.entry), "attribute_not_exists(#pk)", names={"#pk": "pk"}))
        return writes
