"""What Salesforce remembers of a record: its stages and owners over time, and the lead behind a deal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.objects import History, history_of
from accolade.crm.salesforce.rest import Rest
from accolade.crm.salesforce.values import instant
from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.times import to_millis

Row = Mapping[str, Any]


class Histories:
    """Reads histories of one org. What the org does not keep, or does not show, is asked for once and then left out."""

    def __init__(self, rest: Rest, *, leads: bool) -> None:
        """`leads`: whether the connection reads leads, so that deals are told which lead they came from."""
        self._rest, self._leads = rest, leads
        self._missing: set[str] = set()
        self._ends: dict[str, dict[str, str]] = {}

    def of(self, field_map: FieldMap, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
        """`history`, `stages` and `lead` by record id, as `normalize` understands them."""
        told_by = history_of(field_map)
        if told_by is None or not rows:
            return {}
        created = {to18(str(row["Id"])): row.get("CreatedDate") for row in rows}
        found: dict[str, dict[str, Any]] = {id_: {"history": {"stage": [], "owner": []}, "stages": {}} for id_ in created}
        if field_map.object == "Opportunity":
            self._deal_stages(found)
            if self._leads:
                self._deal_leads(found)
        self._changes(told_by, found, created)
        return found

    def _deal_stages(self, found: dict[str, dict[str, Any]]) -> None:
        """OpportunityHistory has a row of every stage, tracked or not."""
        soql = _soql(("OpportunityId", "StageName", "CreatedDate"), "OpportunityHistory", "OpportunityId", found)
        for row in self._rest.query(f"{soql} ORDER BY CreatedDate"):
            told = found.get(to18(str(row["OpportunityId"])))
            if told and row.get("StageName"):
                self._add_stage(told, str(row["StageName"]), row["CreatedDate"], "OpportunityStage")

    def _deal_leads(self, found: dict[str, dict[str, Any]]) -> None:
        soql = _soql(("Id", "CreatedDate", "ConvertedOpportunityId"), "Lead", "ConvertedOpportunityId", found)
        for row in self._asked("Lead", f"{soql} ORDER BY CreatedDate"):
            told = found.get(to18(str(row["ConvertedOpportunityId"])))
            if told:
                told.setdefault("lead", {"id": to18(str(row["Id"])), "created": str(row["CreatedDate"])})

    def _changes(self, told_by: History, found: dict[str, dict[str, Any]], created: Mapping[str, Any]) -> None:
        """Rows of tracked fields: the first change of a field also says what was there since the creation."""
        fields = [name for name in (told_by.stage, "Owner") if name]
        soql = _soql((told_by.parent, "Field", "OldValue", "NewValue", "CreatedDate"), told_by.changes, told_by.parent, found)
        named = " OR ".join(f"Field = '{name}'" for name in fields)
        for row in self._asked(told_by.changes, f"{soql} AND ({named}) ORDER BY CreatedDate"):
            id_ = to18(str(row[told_by.parent]))
            told = found.get(id_)
            if told is None:
                continue
            if row.get("Field") == "Owner":
                _add_owner(told["history"]["owner"], row, created[id_])
            elif row.get("NewValue"):
                if not told["history"]["stage"] and row.get("OldValue") and created[id_]:
                    self._add_stage(told, str(row["OldValue"]), created[id_], told_by.status, told_by.flag)
                self._add_stage(told, str(row["NewValue"]), row["CreatedDate"], told_by.status, told_by.flag)

    def _add_stage(self, told: dict[str, Any], name: str, at: Any, status: str, flag: str = "") -> None:
        told["history"]["stage"].append([to_millis(instant(str(at))), name])
        ends = self._stage_names(status, flag)
        if name in ends:
            told["stages"][name] = ends[name]

    def _stage_names(self, status: str, flag: str) -> dict[str, str]:
        """The org's stages as won, lost or open: what its flags would have said at the time."""
        if not status:
            return {}
        if status not in self._ends:
            deals = status == "OpportunityStage"
            columns = ("MasterLabel", "ApiName", *(("IsWon", "IsClosed") if deals else (flag,)))
            soql = " ".join(("SELECT", ", ".join(columns), "FROM", status))
            rows = list(self._rest.query(soql)) if deals else self._asked(status, soql)
            self._ends[status] = {}
            for row in rows:
                won = row.get("IsWon" if deals else flag) is True
                stage = "won" if won else "lost" if deals and row.get("IsClosed") is True else "open"
                self._ends[status] |= {str(row[name]): stage for name in ("MasterLabel", "ApiName") if row.get(name)}
        return self._ends[status]

    def _asked(self, object_: str, soql: str) -> list[Row]:
        """The rows; none where the org does not have the object or does not show it (then it is not asked again)."""
        if object_ in self._missing:
            return []
        try:
            return list(self._rest.query(soql))
        except Rejected:
            self._missing.add(object_)
            return []


def _soql(columns: Iterable[str], object_: str, parent: str, ids: Iterable[str]) -> str:
    """A query by ids; names are our own or were checked, ids were parsed: nothing else enters."""
    quoted = ", ".join(f"'{id_}'" for id_ in ids)
    return " ".join(("SELECT", ", ".join(columns), "FROM", object_, "WHERE", parent, f"IN ({quoted})"))


def _add_owner(rows: list[list[Any]], change: Row, created: Any) -> None:
    """A change of owner is told twice, by name and by id: only ids count. The first one also says who owned before."""
    old, new = str(change.get("OldValue") or ""), str(change.get("NewValue") or "")
    if not is_id(new):
        return
    if not rows and is_id(old) and created:
        rows.append([to_millis(instant(str(created))), to18(old)])
    rows.append([to_millis(instant(str(change["CreatedDate"]))), to18(new)])
