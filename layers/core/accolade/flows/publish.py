"""Publishing a program: numbered, stored for ever, and applied to what is known already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accolade.model.fields import FieldType
from accolade.programs.loading import from_json, load
from accolade.programs.publishing import publication
from accolade.store.connections import Connections
from accolade.store.programs import Programs, Published


@dataclass(frozen=True, slots=True)
class Done:
    """What publishing did: the stored version, whether it is new, what its author should know."""

    published: Published
    is_new: bool
    warnings: tuple[str, ...]


class Publishing:
    """Publishes programs. Problems (a Rejected) lists everything that is wrong with a document."""

    def __init__(self, programs: Programs, connections: Connections) -> None:
        self._programs, self._connections = programs, connections

    def publish(self, text: str, *, file: str, tenant: str, now: datetime) -> Done:
        """Publish a document (YAML or JSON); Refused as `programs.publishing.publication` says.

        A rule may come late: `maintain` has every known record decided again (`flows.rejudge`), so that nothing waits for
        its next event.
        """
        program = load(text, file=file, own=self._own_fields(tenant))
        existing = [from_json(entry.text) for entry in self._programs.versions(tenant, program.id)]
        plan = publication(program, existing, now=now)
        title = plan.program.title.get("en") or next(iter(plan.program.title.values()))
        published = self._programs.publish(tenant, plan.program, title=title, now=now)
        return Done(published, not plan.unchanged, plan.warnings)

    def _own_fields(self, tenant: str) -> Mapping[str, Mapping[str, FieldType]]:
        """The org's own fields, as the connections of the tenant map them."""
        found: dict[str, dict[str, FieldType]] = {}
        for connection in self._connections.list(tenant):
            for entry in connection.maps:
                found.setdefault(entry.record, {}).update(entry.types)
        return found
