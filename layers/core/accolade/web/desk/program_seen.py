"""A program as its pages see it: its versions, how it stands, and the draft that somebody writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accolade.model.errors import Missing
from accolade.programs.loading import from_json
from accolade.programs.problems import Problems
from accolade.programs.reading import read
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State
from accolade.programs.writing import rewritten
from accolade.store.drafts import Draft
from accolade.store.programs import Published
from accolade.texts import Texts, chosen
from accolade.texts.plain import plain
from accolade.web.asking import Ask
from accolade.web.visitors import Scope

TONES = {State.LIVE: "good", State.GHOST: "warn", State.DRAFT: "warn", State.RETIRED: ""}


@dataclass
class Seen:
    """A program of a tenant. `versions` come oldest first; `draft` is None if nobody writes one."""

    id: str
    versions: Sequence[Published]
    lifecycle: Lifecycle
    draft: Draft | None

    @cached_property
    def programs(self) -> list[Program]:
        """The versions, compiled."""
        return [from_json(it.text) for it in self.versions]

    @property
    def newest(self) -> Program | None:
        return self.programs[-1] if self.programs else None

    def of_state(self, state: State) -> list[Program]:
        """The versions in a state, oldest first."""
        return [it for it in self.programs if self.lifecycle.state(it.version) is state]

    @property
    def text(self) -> str:
        """What a page begins to edit: the draft, or the newest version."""
        if self.draft is not None:
            return self.draft.text
        return rewritten(self.newest) if self.newest else ""

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    def title(self, t: Texts) -> str:
        """What people call it: as its newest version says, or else its draft, as far as that can be read."""
        if self.newest:
            return plain(chosen(self.newest.title, t.language), limit=120) or self.id
        try:
            raw = read(self.draft.text if self.draft else "", file=self.id)[0]
        except Problems:
            return self.id
        title = raw.get("title") if isinstance(raw, dict) else None
        said = title.get(t.language) or title.get("en") if isinstance(title, dict) else title
        return plain(str(said), limit=120) if said else self.id


def seen(ask: Ask) -> Seen:
    """The program of the path; Missing if there is neither a version nor a draft of it."""
    id_, tenant, house = ask.args["program"], ask.tenant.id, ask.house
    versions, draft = house.programs.versions(tenant, id_), house.programs.drafts.get(tenant, id_)
    if not versions and draft is None:
        raise Missing("there is no such program")
    return Seen(id_, versions, house.programs.states.get(tenant, id_), draft)


def state_words(state: State, t: Texts) -> str:
    """How a version stands, in a word."""
    return {
        State.DRAFT: t.t("waits for approval"),
        State.GHOST: t.t("ghost"),
        State.LIVE: t.t("live"),
        State.RETIRED: t.t("retired"),
    }[state]


def states_shown(it: Seen, t: Texts) -> list[tuple[str, str]]:
    """How the program stands, as (words, tone): the newest version of each state that matters, and the draft."""
    found = []
    for state in (State.LIVE, State.GHOST, State.DRAFT):
        versions = it.of_state(state)
        if versions:
            words = t.t("version %(version)s: %(state)s", version=versions[-1].version, state=state_words(state, t))
            found.append((words, TONES[state]))
    if not found and it.versions:
        found.append((state_words(State.RETIRED, t), ""))
    if it.draft is not None:
        found.append((t.t("a draft is being written"), ""))
    return found


def head(ask: Ask, it: Seen, tab: str) -> dict[str, Any]:
    """What every tab of a program's page shows at its top."""
    t = ask.t
    tabs = (
        ("rules", t.t("Rules"), ""),
        ("simulate", t.t("Simulate"), "simulate"),
        ("live", t.t("Live"), "live"),
        ("words", t.t("Words"), "words"),
    )
    return {
        "title": it.title(t),
        "program": it.id,
        "room": "programs",
        "states": states_shown(it, t),
        "tab": tab,
        "tabs": [(key, words, f"{ask.root}admin/programs/{it.id}{f'/{path}' if path else ''}") for key, words, path in tabs],
        "may_write": ask.may(Scope.PROGRAMS_WRITE),
    }
