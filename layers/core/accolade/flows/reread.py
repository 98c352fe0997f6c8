"""Re-read records through the CRM's API: unknown ones, ones that just closed, and all where messages are not trusted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accolade import crm
from accolade.crm import Reader
from accolade.model.connections import Connection


class Rereader:
    """Reads records as the API has them. `reader_for` gives None where a connection has no API credentials."""

    def __init__(self, reader_for: Callable[[Connection], Reader | None]) -> None:
        self._reader_for = reader_for

    def able(self, connection: Connection) -> bool:
        """Whether the connection can be read at all."""
        return bool(connection.credentials)

    def read(
        self, connection: Connection, record_type: str, ids: Sequence[str], *, with_history: bool = True
    ) -> list[Mapping[str, Any]]:
        """The records' contents, as `normalize` understands them with origin `read`; unknown ids are left out.

        A type that several objects are mapped to (activities) is looked for in each, until it is found. Empty if the
        connection has no API credentials or does not map the type. Retry(after) if the CRM is busy; Rejected if it refuses
        the credentials or the question.
        """
        maps = [entry for entry in crm.maps_of(connection) if entry.record == record_type]
        reader = self._reader_for(connection) if maps and ids else None
        found: list[Mapping[str, Any]] = []
        wanted = list(dict.fromkeys(ids))
        for field_map in maps if reader else ():
            if reader and wanted:
                found += reader.fetch(field_map, wanted, with_history=with_history)
                have = {str(content.get("id") or content.get("fields", {}).get("Id")) for content in found}
                wanted = [id_ for id_ in wanted if id_ not in have]
        return found
