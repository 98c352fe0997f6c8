"""Kinds of milestones: one file each, found by scanning this folder. This module is the port."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from accolade.programs.drafting import Draft
from accolade.programs.rules import Milestone


class Kind(Protocol):
    """A kind of milestone: the keys it needs and may have beyond those of every kind, and how it is built."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    def build(self, draft: Draft) -> Milestone | None:
        """The compiled milestone; None if something is wrong, which the draft's findings then say."""
        ...


@cache
def names() -> tuple[str, ...]:
    """The kinds there are, by scanning this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


@cache
def kind(name: str) -> Kind:
    """The kind of that name, which must be one of `names()`."""
    found: Kind = import_module(f"{__name__}.{name}").KIND
    return found
