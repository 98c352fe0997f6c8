"""Which records are read from the CRM before deciding: a notification is a hint, the record is the truth."""

from collections.abc import Callable, Mapping, Sequence

from accolade import crm
from accolade.flows.batch import Batch
from accolade.flows.inbox import Step
from accolade.flows.reread import Rereader
from accolade.model.connections import Connection
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.reading import closing
from accolade.model.records import Record, RecordKey, merge

Missing = Callable[[Connection, Step], None]


def add_reads(
    steps: Sequence[Step], connection: Connection, rereader: Rereader, batch: Batch, missing: Missing, *, log: Callable[..., None]
) -> list[Step]:
    """The steps with what the API says of their records: all of them with `trust: reread`, else those that are unknown,
    incomplete, just closed, or whose history did not fit. Without API credentials the steps as they are.

    `missing` is told of records that the API does not know. Retry if the API is busy.
    """
    hints = [step for step in steps if step.facts is not None and step.sources[0].origin == "message"]
    if not hints or not rereader.able(connection):
        return list(steps)
    reread_all = connection.trust == "reread"
    wanted = {step.key for step in hints} if reread_all else _unsure(hints, batch.records({step.key for step in hints}))
    if not wanted:
        return list(steps)
    reads = _read(wanted, connection, rereader)
    by_key = {step.key: step for step in reversed(hints)}
    for key in wanted - {step.key for step in reads}:
        missing(connection, by_key[key])
    for step in reads:
        step.sources += [source for hint in hints if hint.key == step.key for source in hint.sources]
    log("reread", tenant=connection.tenant, connection=connection.id, wanted=len(wanted), found=len(reads))
    kept = [step for step in steps if step not in hints or step.key not in wanted] if reread_all else _known(steps, wanted, reads)
    return kept + reads


def _unsure(hints: Sequence[Step], records: Mapping[RecordKey, Record]) -> set[RecordKey]:
    states, unsure = dict(records), set()
    for step in hints:
        before = states[step.key]
        merged = merge(before, step.facts, tracked=TRACKED_FIELDS.get(step.key.type, ())) if step.facts else before
        states[step.key] = merged
        just_closed = closing(merged) is not None and (closing(before) is None or closing(before) != closing(merged))
        if not merged.deleted and merged is not before and (not before.complete or just_closed or merged.history_cut):
            unsure.add(step.key)
    return unsure


def _known(steps: Sequence[Step], wanted: set[RecordKey], reads: Sequence[Step]) -> list[Step]:
    """Steps whose record could not be read wait with it; the others stay."""
    unread = wanted - {step.key for step in reads}
    return [step for step in steps if step.key not in unread or step.facts is None or step.sources[0].origin == "read"]


def _read(wanted: set[RecordKey], connection: Connection, rereader: Rereader) -> list[Step]:
    adapter = crm.adapter(connection.crm)
    found: list[Step] = []
    for kind in sorted({key.type for key in wanted}):
        ids = sorted(key.id for key in wanted if key.type == kind)
        for content in rereader.read(connection, kind, ids, with_history=True):
            found += [Step(facts.key, facts) for facts in adapter.normalize(content, connection, origin="read")]
    return found
