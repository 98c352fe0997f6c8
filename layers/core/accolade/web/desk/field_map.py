"""The field map: which of the CRM's fields each of ours is read from, with what the CRM has to offer beside it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accolade import crm
from accolade.crm import VendorField
from accolade.crm.mapping import field_maps
from accolade.crm.suggesting import suggestions
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import AccoladeError, Rejected
from accolade.model.fields import DERIVED_FIELDS, RECORD_FIELDS, FieldType
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.connecting import KINDS, map_of, reader_of
from accolade.web.desk.acting import noted, reason_of, went
from accolade.web.desk.connections import connection_of
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

OWN_ROWS = 3
"""Empty rows for fields of the company's own."""

OFFERED = 150
"""Fields of the CRM that are listed as not read."""


def asked(ask: Ask) -> PageAnswer:
    """The map of one object."""
    it = connection_of(ask)
    entry = map_of(it, ask.value("object"))
    return _page(ask, it, entry, form_of(ask, **_values(entry)))


def sent(ask: Ask) -> PageAnswer:
    """Store the map, if every field of it is right."""
    it, form = connection_of(ask), form_of(ask)
    entry, reason = map_of(it, form.value("object")), reason_of(form)
    try:
        (new,) = field_maps({"connection": {it.crm: _document(entry, form)}}, crm=it.crm, name="map")
    except Rejected as error:
        form.wrong(_place(error.where), told(ask.t, error))
        return _page(ask, it, entry, form, status=422)
    if not form.good:
        return _page(ask, it, entry, form, status=422)
    maps = tuple(new if old.object == entry.object and old.record == entry.record else old for old in crm.maps_of(it))
    ask.house.connections.put(replace(it, maps=maps))
    noted(ask, "connection.mapped", it.id, before=_plain(entry), after=_plain(new), reason=reason)
    return went(ask, f"admin/connections/{it.id}", "mapped")


def _names(entry: FieldMap) -> list[str]:
    """Our fields that can be mapped; `stage` is derived from the vendor's, which is `stage_name` here."""
    derived = DERIVED_FIELDS.get(entry.record, {})
    return [name for name in (*RECORD_FIELDS[entry.record], *entry.types) if name not in derived and name != "stage"]


def _values(entry: FieldMap) -> dict[str, str]:
    stages = {stage: "; ".join(name for name, means in entry.stages.items() if means == stage) for stage in ("won", "lost")}
    fields = {f"field.{name}": vendor for name, vendor in entry.fields.items()}
    return fields | stages | {"currency": entry.currency, "time_zone": entry.time_zone, "source": "1" if entry.source else ""}


def _document(entry: FieldMap, form: FormState) -> dict[str, Any]:
    """What the form says, as a mapping file would: only what differs from what is known anyway, or was named before."""
    record = entry.record
    base = _base(entry)
    fields = {
        f"{record}.{name}": form.value(f"field.{name}").strip()
        for name in _names(entry)
        if form.value(f"field.{name}").strip() and (form.value(f"field.{name}").strip() != base.get(name) or name in entry.named)
    }
    types = {f"{record}.{name}": kind.value for name, kind in entry.types.items() if f"{record}.{name}" in fields}
    for row in range(OWN_ROWS):
        name, vendor = form.value(f"own.{row}").strip(), form.value(f"own_field.{row}").strip()
        if name or vendor:
            fields[f"{record}.{name}"] = vendor
            types[f"{record}.{name}"] = form.value(f"own_type.{row}")
    stages = {stage: [it.strip() for it in form.value(stage).split(";") if it.strip()] for stage in ("won", "lost")}
    return {
        "record": record,
        "object": entry.object,
        "fields": fields,
        "types": types,
        "stages": {stage: names for stage, names in stages.items() if names},
        "currency": form.value("currency").strip(),
        "time_zone": form.value("time_zone").strip(),
        "source": form.has("source", "1"),
    }


def _base(entry: FieldMap) -> Mapping[str, str]:
    """How fields read where nobody said anything: what the map has and nobody named."""
    return {name: vendor for name, vendor in entry.fields.items() if name not in entry.named}


def _place(where: str) -> str:
    """The field of the form that a place of a mapping file is about; empty if it is none."""
    name = where.rpartition(".")[2]
    for mark, field in (
        (".fields.", f"field.{name}"),
        (".stages.", name),
        (".currency", "currency"),
        (".time_zone", "time_zone"),
    ):
        if mark in where:
            return field
    return ""


def _page(ask: Ask, it: Connection, entry: FieldMap, form: FormState, *, status: int = 200) -> PageAnswer:
    t = ask.t
    told, silent = _told(ask, it, entry)
    by_name = {field.name: field for field in told}
    used = {form.value(f"field.{name}") for name in _names(entry)}
    open_ = [
        name
        for name in _names(entry)
        if not form.value(f"field.{name}") or (by_name and _missing(form.value(f"field.{name}"), by_name))
    ]
    near = suggestions(open_, [field for field in told if field.name not in used])
    rows = []
    for name in _names(entry):
        vendor = form.value(f"field.{name}")
        kind = entry.types.get(name) or RECORD_FIELDS[entry.record].get(name)
        rows.append(
            {
                "name": name,
                "vendor": vendor,
                "type": kind.value if kind else "",
                "sample": by_name[vendor].sample if vendor in by_name else "",
                "near": near.get(name, ""),
                "gone": bool(by_name) and bool(vendor) and _missing(vendor, by_name),
            }
        )
    return site_rendered(
        ask,
        "desk/field_map.html",
        status=status,
        title=t.t("%(object)s is read as %(record)s", object=entry.object, record=entry.record),
        room="connections",
        it=it,
        crm_name=KINDS[it.crm],
        entry=entry,
        form=form,
        mapped=[row for row in rows if row["vendor"]],
        unmapped=[row for row in rows if not row["vendor"]],
        hints=any(row["near"] or form.error(f"field.{row['name']}") for row in rows if not row["vendor"]),
        told=told,
        offered=[field for field in told if field.name not in used][:OFFERED],
        silent=silent,
        own=range(OWN_ROWS),
        types=[(kind.value, kind.value) for kind in FieldType],
        staged="stage" in RECORD_FIELDS[entry.record],
        writes=ask.may(Scope.CONNECTIONS_WRITE),
    )


def _missing(vendor: str, known: Mapping[str, VendorField]) -> bool:
    """Whether the CRM does not tell of that field; a path such as Account.Name is somebody else's field."""
    return "." not in vendor and vendor not in known


def _told(ask: Ask, it: Connection, entry: FieldMap) -> tuple[list[VendorField], str]:
    """The fields that the CRM has, and why it does not say, if it does not."""
    try:
        return reader_of(ask.house, it).described(entry), ""
    except AccoladeError as error:
        return [], told(ask.t, error)


def _plain(entry: FieldMap) -> dict[str, Any]:
    return {"object": entry.object, "fields": dict(entry.fields), "stages": dict(entry.stages), "source": entry.source}


ROUTES = (
    Route("GET", "admin/connections/{connection}/fields", Scope.CONNECTIONS, asked),
    Route("POST", "admin/connections/{connection}/fields", Scope.CONNECTIONS_WRITE, sent),
)
