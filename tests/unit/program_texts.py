"""What tests of program documents begin with: a head, a company's own fields, and the problems that an author is told."""

import pytest

from accolade.model.fields import FieldType
from accolade.programs.catalogue import Catalogue
from accolade.programs.conditions import Asked
from accolade.programs.loading import load
from accolade.programs.problems import Findings, Problems

HEAD = """\
id: q-race
title: {en: Quarter race, nl: Kwartaalrace}
effective: {from: 2026-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 USD
milestones:
"""
OWN = {
    "deal": {
        "margin": FieldType.DECIMAL,
        "list_price": FieldType.MONEY,
        "renewal": FieldType.BOOLEAN,
        "signed_at": FieldType.INSTANT,
        "seats": FieldType.INTEGER,
    }
}


def problems(text: str, *, file: str = "q-race.yaml") -> Problems:
    """What an author is told of a document that is refused."""
    with pytest.raises(Problems) as refused:
        load(text, file=file)
    return refused.value


def milestone(line: str) -> str:
    """A document with one milestone."""
    return f"{HEAD}  - {{{line}}}\n"


def asked(record: str | None = "deal") -> Asked:
    """Where conditions of a record are read, with the company's own fields."""
    return Asked(Catalogue(OWN), record, "USD", "Europe/Amsterdam", Findings("program.yaml"))
