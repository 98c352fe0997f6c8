"""What `accolade send` needs of a mapping file's `export` section: the part about deals, read as histories are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accolade.flows.history.mapping import Export, exports
from accolade.model.errors import Rejected

RECORD = "deal"
REQUIRED_FIELDS = ("created_on", "close_date", "stage_name")


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """`fields`: canonical field (without `deal.`) -> column; `stages`: value of the stage column -> won, lost, open.

    `owner_column` holds what `owner_by` says of a participant: its `name` or its import `id`. `open_stage` is what an
    open deal's stage is called, `currency` what amounts are in. `values`: column -> as written -> as meant.
    """

    record: str
    id_column: str
    owner_column: str
    owner_by: str
    fields: Mapping[str, str]
    stages: Mapping[str, str]
    open_stage: str
    currency: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def columns(self) -> set[str]:
        """The columns that the file must have."""
        return {self.id_column, self.owner_column, *self.fields.values()}


def export_mapping(document: object, *, name: str) -> ExportMapping:
    """The part about deals of a parsed mapping file called `name`. Rejected names the first problem and its place."""
    part = exports(document, name=name).get(RECORD)
    if part is None:
        raise _wrong(name, "export", "nothing says how deals read", "Add a part with record: deal")
    _complete(part, name)
    stages = part.map.stages
    return ExportMapping(
        record=RECORD,
        id_column=part.id[0],
        owner_column=part.owner,
        owner_by=part.owner_by,
        fields=part.map.fields,
        stages=stages,
        open_stage=next((raw for raw, stage in stages.items() if stage == "open"), "open"),
        currency=part.map.currency,
        values=part.values,
    )


def _complete(part: Export, name: str) -> None:
    """Rejected where something is missing that a replay has to tell, or a file is asked for that it cannot read."""
    if len(part.id) != 1:
        raise _wrong(name, "export.id", "one column is expected", "Name the column of the deal's id")
    if not part.owner:
        raise _wrong(name, "export.owner", "the column is missing", "For example {column: sales_agent, participant: name}")
    for canonical in REQUIRED_FIELDS:
        if canonical not in part.map.fields:
            mend = f"Name its column: {{{RECORD}.{canonical}: ...}}"
            raise _wrong(name, "export.fields", f"{RECORD}.{canonical} is missing", mend)
    for stage in ("won", "lost"):
        if stage not in part.map.stages.values():
            mend = f"Name the values of the stage column that mean {stage}"
            raise _wrong(name, "export.stages", f"nothing means {stage}", mend)
    if part.at or part.layout.whitespace or part.layout.delimiter != "," or part.layout.columns or part.dates:
        what = "deals are sent from CSV files with a header, a line for each deal, and ISO dates"
        raise _wrong(name, "export", what, "Leave steps, layout and dates out")


def _wrong(name: str, path: str, what: str, mend: str) -> Rejected:
    return Rejected(what, where=f"{name}: {path}", mend=mend)
