"""Shapes: what the stored form of a compiled program consists of, and the mark by which other editions of it are told."""

from dataclasses import MISSING, fields, is_dataclass
from hashlib import sha256

from accolade.kpis import Kpi
from accolade.model.expiry import Expires
from accolade.programs import terms
from accolade.programs.condition_tree import Other, Span
from accolade.programs.improving import Lengths
from accolade.programs.periods import Calendar
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.programs.runs import Hits

EDITION = 1
"""To be raised when stored milestones mean something else than they did, though their fields are the same."""

PREDICATES = {"when": "tree", "where": "tree", "until": "tree", "audience": "audience_tree"}
"""Compiled conditions, and the fields that hold their trees: they are compiled again."""

ELSEWHERE: dict[type, tuple[str, ...]] = {Milestone: ("program", "version"), Program: ("milestones", "document", "fields")}
"""What is written in other places."""

SHAPES: dict[str, type] = {
    it.__name__: it
    for it in (*vars(terms).values(), Calendar, Expires, KpiUse, Milestone, Other, Program, Span)
    if isinstance(it, type) and is_dataclass(it)
}
"""Name -> what may lie in a program."""

MADE: dict[str, type[Kpi]] = {it.__name__: it for it in (Hits, Lengths)}
"""KPIs that kinds make of conditions; they say in `made_of` what they are called with."""

DEFAULTS = {
    shape: {it.name: it.default_factory() if it.default_factory is not MISSING else it.default for it in fields(shape)}
    for shape in SHAPES.values()
}
"""Shape -> its fields and what they are where nothing is written."""

FORMAT = sha256(
    repr((EDITION, sorted((name, sorted(DEFAULTS[it])) for name, it in SHAPES.items()))).encode(), usedforsecurity=False
).hexdigest()[:12]
"""Changes with the fields of what is stored: what another edition of the code has compiled is not read."""
