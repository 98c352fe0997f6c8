"""Shares: what all programs together may give, and of one program what a team or the people of one manager may get.

A program's budget is a node of a tree: company > program > team > manager. What an award takes is taken from every node on
its way; where one is short the whole award waits, as it does for the program.
"""

from hashlib import sha256
from urllib.parse import quote

from accolade.model.participants import Participant

COMPANY = "~company"
"""What all programs give."""

TEAM, MANAGER = "team", "manager"
MOST_OF_A_TEAM = 80
"""Characters of a team's encoded name that stand in its share's."""

_MARKS = {TEAM: "~team:", MANAGER: "~manager:"}


def team_share(program: str, team: str) -> str:
    """The node of what a program gives to a team; the team's name is percent-encoded, so that no sign in it is one of ours. Of
    a long one a hash stands for the rest, for a node's name is part of a key and stands beside every award."""
    name, written = team.strip(), quote(team.strip(), safe="")
    if len(written) > MOST_OF_A_TEAM:
        written = f"{written[:MOST_OF_A_TEAM]}.{_hashed(name)}"
    return f"{program}{_MARKS[TEAM]}{written}"


def manager_share(program: str, tenant: str, manager: str) -> str:
    """The node of what a program gives to the people whose manager is called so (an id, a name, an address: it is hashed, for a
    node's name stands beside every award that was taken from it)."""
    return f"{program}{_MARKS[MANAGER]}{_hashed(f'{tenant}\n{manager.strip().casefold()}')}"


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]


def is_share(node: str) -> bool:
    """Whether a budget node is a share; else it is a program, or the cap of a group."""
    return node == COMPANY or ("/" not in node and any(mark in node for mark in _MARKS.values()))


def kind_of(share: str) -> str:
    """`team` or `manager`; empty for the company's."""
    return next((kind for kind, mark in _MARKS.items() if mark in share), "")


def program_of(share: str) -> str:
    """Of which program it is a share; empty for the company's."""
    return share.partition("~")[0]


def on_the_way(program: str, person: Participant | None) -> tuple[str, ...]:
    """The shares that an award of a program to somebody is taken from, should there be such, in the tree's order."""
    found = [COMPANY]
    if person is not None and person.team:
        found.append(team_share(program, person.team))
    if person is not None and person.manager:
        found.append(manager_share(program, person.tenant, person.manager))
    return tuple(found)
