"""A merge of duplicates as what it is: an act of somebody, told by the record that went into another."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.objects import MERGEABLE
from accolade.model.connections import Connection, FieldMap
from accolade.model.records import Facts, RecordKey, Value
from accolade.model.times import from_millis


def merges(loser: Facts, texts: Mapping[str, Any], field_map: FieldMap, connection: Connection) -> Iterator[Facts]:
    """The activity of kind `merge` behind a lead, contact or account that was merged away; none if the connection reads no
    activities.

    Its id is the loser's. Whoever changed the loser last merged it; `own_record` if the same person had made it.
    """
    master, by = str(texts.get("MasterRecordId") or ""), str(texts.get("LastModifiedById") or "")
    if field_map.object not in MERGEABLE or not is_id(master) or not is_id(by) or connection.map_for(record="activity") is None:
        return
    at = loser.version.at
    fields: dict[str, Value] = {
        "kind": "merge",
        "stage": "won",
        "done": True,
        "owner": to18(by),
        "happened_at": at,
        "logged_at": at,
        "happened_on": from_millis(at).astimezone(ZoneInfo(field_map.time_zone)).date().isoformat(),
        "own_record": str(texts.get("CreatedById") or "")[:15] == by[:15],
        field_map.record: to18(master),
    }
    key = RecordKey(loser.key.tenant, loser.key.connection, "activity", loser.key.id)
    yield Facts(key, loser.version, fields, deleted=False, complete=True, notification_ids=loser.notification_ids)
