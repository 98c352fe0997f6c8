"""Publishing a program: numbered, stored for ever, and applied to what is known already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from accolade.model.fields import FieldType
from accolade.model.messages import Reevaluate
from accolade.model.records import RecordKey
from accolade.programs.loading import from_json, load
from accolade.programs.publishing import publication
from accolade.programs.rules import Program
from accolade.queues import Queue
from accolade.store.audit import Audit
from accolade.store.connections import Connections
from accolade.store.database import in_batches
from accolade.store.programs import TTL_SECONDS, Programs, Published

_DELAY_SECONDS = int(TTL_SECONDS) + 30
"""Records are decided again only when no function can hold the former programs any more."""


@dataclass(frozen=True, slots=True)
class Done:
    """What publishing did: the stored version, whether it is new, what its author should know, how many known records
    are decided again."""

    published: Published
    is_new: bool
    warnings: tuple[str, ...]
    records: int


class Publishing:
    """Publishes programs. Problems (a Rejected) lists everything that is wrong with a document."""

    def __init__(self, programs: Programs, connections: Connections, audit: Audit, inbox: Queue) -> None:
        self._programs, self._connections, self._audit, self._inbox = programs, connections, audit, inbox

    def publish(self, text: str, *, file: str, tenant: str, now: datetime) -> Done:
        """Publish a document (YAML or JSON); Refused as `programs.publishing.publication` says.

        A rule may come late: every record that is known is then decided again, so that nothing waits for its next event.
        """
        program = load(text, file=file, own=self._own_fields(tenant))
        existing = [from_json(entry.text) for entry in self._programs.versions(tenant, program.id)]
        plan = publication(program, existing, now=now)
        title = plan.program.title.get("en") or next(iter(plan.program.title.values()))
        published = self._programs.publish(tenant, plan.program, title=title, now=now)
        records = 0 if plan.unchanged else self._decide_again(tenant, plan.program)
        return Done(published, not plan.unchanged, plan.warnings, records)

    def _own_fields(self, tenant: str) -> Mapping[str, Mapping[str, FieldType]]:
        """The org's own fields, as the connections of the tenant map them."""
        found: dict[str, dict[str, FieldType]] = {}
        for connection in self._connections.list(tenant):
            for entry in connection.maps:
                found.setdefault(entry.record, {}).update(entry.types)
        return found

    def _decide_again(self, tenant: str, program: Program) -> int:
        types = {milestone.record for milestone in program.milestones}
        by_connection: dict[str, list[str]] = {}
        for key in self._keys(tenant, types):
            by_connection.setdefault(key.connection, []).append(f"{key.type}:{key.id}")
        cause = f"{program.id} version {program.version} was published"
        messages = [
            Reevaluate(tenant=tenant, connection=connection, records=list(batch), cause=cause).to_json()
            for connection, records in by_connection.items()
            for batch in in_batches(sorted(records), 25)
        ]
        if messages:
            self._inbox.send(messages, delay_seconds=_DELAY_SECONDS)
        return sum(len(records) for records in by_connection.values())

    def _keys(self, tenant: str, types: set[str]) -> Iterator[RecordKey]:
        return (key for key in self._audit.record_keys(tenant) if key.type in types)
