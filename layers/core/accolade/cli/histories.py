"""Histories on the command line: the files of an export and the mapping that says how they read."""

from pathlib import Path
from typing import Annotated

import typer

from accolade.cli import options
from accolade.cli.simulating import sources
from accolade.flows.history import History, open_history
from accolade.model.errors import Rejected

Deals = Annotated[Path | None, typer.Option(help="CSV export of deals.")]
Records = Annotated[list[str] | None, typer.Option(metavar="TYPE=FILE", help="Export of a record type (may be repeated).")]
Mapping = Annotated[Path | None, typer.Option(help="YAML; its export section names the columns.")]


def opened(deals: Path | None, records: list[str], mapping: Path | None) -> History:
    """The files, opened. Rejected without any, or without a mapping; Missing for a file that is not there."""
    files = sources(deals, records)
    if not files:
        raise Rejected("there is no history", where="--records", mend="Name it: --records deal=FILE.csv")
    if mapping is None:
        raise Rejected("nothing says which column is what", where="--mapping", mend=options.NO_MAPPING)
    return open_history(files, options.yaml_document(mapping), name=str(mapping))
