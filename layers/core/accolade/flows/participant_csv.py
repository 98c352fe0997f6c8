"""Reading a participants file: every line becomes a participant, or a problem that says how to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accolade.flows.csv_table import MAX_BYTES, CellError, Faults, Problem, table
from accolade.flows.participant_cells import participant_of
from accolade.model.errors import Rejected
from accolade.model.participants import Participant
from accolade.model.phrases import later as t

COLUMNS = (
    *("id", "name", "email", "phone", "locale", "zone", "country", "manager", "team", "role", "region", "kind", "started_on"),
    *("salesforce_user_id", "hubspot_owner_id", "channels", "consents"),
)
REQUIRED = ("id", "name")
MANY = 1_000
"""After so many problems only the first of a line is named: such a file is wrong in a way that its first lines show."""

__all__ = ["COLUMNS", "MAX_BYTES", "Problem", "Reading", "read_participants"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: participants without numbers by their line, and all problems of the other lines; `others`: what can
    be read of those, where the id can."""

    people: Sequence[tuple[int, Participant]]
    problems: Sequence[Problem]
    others: Sequence[tuple[int, Participant]] = ()


def read_participants(content: bytes, *, tenant: str, today: date) -> Reading:
    """The participants of a CSV file (UTF-8, comma or semicolon, header row), checked line by line.

    `today` dates consents that state no date. Rejected if the file as a whole cannot be read.
    """
    file = table(content, columns=COLUMNS, required=REQUIRED)
    people: list[tuple[int, Participant]] = []
    others: list[tuple[int, Participant]] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, cells in file.lines:
        faults = Faults()
        row = file.cells(cells, faults)
        if "" not in faults:
            person = participant_of(row, tenant=tenant, today=today, faults=faults)
            faults.found.extend(_again(person, line, seen))
            if not faults.found:
                people.append((line, person))
            elif "id" not in faults:
                others.append((line, person))
        told = faults.found if len(problems) < MANY else faults.found[:1]
        problems += [Problem(line, it.column, it.what, it.mend) for it in told]
    if not people and not problems:
        raise Rejected(
            t("the file has no participants"),
            mend=t("Below the header goes one line for each: %(columns)s", columns=",".join(COLUMNS)),
        )
    return Reading(people, problems, others)


def _again(person: Participant, line: int, seen: dict[str, int]) -> Iterator[CellError]:
    """What stands on a line before: each id and each CRM user stands on one line only."""
    wanted: Mapping[str, str] = {
        **({t("id %(id)s", id=person.id): "id"} if person.id else {}),
        **{t("%(crm)s user %(user)s", crm=crm, user=user): _IDENTITY_COLUMN[crm] for crm, user in person.identities.items()},
    }
    for key, column in wanted.items():
        first = seen.setdefault(key, line)
        if first != line:
            yield CellError(
                column, t("%(key)s stands on line %(line)s already", key=key, line=str(first)), t("Give each person one line")
            )


_IDENTITY_COLUMN = {"salesforce": "salesforce_user_id", "hubspot": "hubspot_owner_id"}
