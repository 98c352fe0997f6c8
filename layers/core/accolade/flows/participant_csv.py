"""Reading a participants file: every line becomes a participant, or a problem that says how to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accolade.flows.csv_table import MAX_BYTES, CellError, Problem, table
from accolade.flows.participant_cells import participant_of
from accolade.model.errors import Rejected
from accolade.model.participants import Participant
from accolade.model.phrases import later as t

COLUMNS = (
    *("id", "name", "email", "phone", "locale", "zone", "country", "manager", "team", "role", "region", "kind", "started_on"),
    *("salesforce_user_id", "hubspot_owner_id", "channels", "consents"),
)
REQUIRED = ("id", "name")

__all__ = ["COLUMNS", "MAX_BYTES", "Problem", "Reading", "read_participants"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: participants without numbers by their line, and the problems of the other lines."""

    people: Sequence[tuple[int, Participant]]
    problems: Sequence[Problem]


def read_participants(content: bytes, *, tenant: str, today: date) -> Reading:
    """The participants of a CSV file (UTF-8, comma or semicolon, header row), checked line by line.

    `today` dates consents that state no date. Rejected if the file as a whole cannot be read.
    """
    file = table(content, columns=COLUMNS, required=REQUIRED)
    people: list[tuple[int, Participant]] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for line, cells in file.lines:
        try:
            person = participant_of(file.row(cells), tenant=tenant, today=today)
            _once(person, line, seen)
        except CellError as error:
            problems.append(Problem(line, error.column, error.what, error.mend))
        else:
            people.append((line, person))
    if not people and not problems:
        raise Rejected(
            t("the file has no participants"),
            mend=t("Below the header goes one line for each: %(columns)s", columns=",".join(COLUMNS)),
        )
    return Reading(people, problems)


def _once(person: Participant, line: int, seen: dict[str, int]) -> None:
    """Each id and each CRM user stands on one line only."""
    wanted: Mapping[str, str] = {
        t("id %(id)s", id=person.id): "id",
        **{t("%(crm)s user %(user)s", crm=crm, user=user): _IDENTITY_COLUMN[crm] for crm, user in person.identities.items()},
    }
    for key, column in wanted.items():
        if key in seen:
            raise CellError(
                column, t("%(key)s stands on line %(line)s already", key=key, line=str(seen[key])), t("Give each person one line")
            )
    seen.update(dict.fromkeys(wanted, line))


_IDENTITY_COLUMN = {"salesforce": "salesforce_user_id", "hubspot": "hubspot_owner_id"}
