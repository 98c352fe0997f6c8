"""Importing quotas: a file with `subject,kpi,period,target`, all or nothing, unless told to take what is right."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from accolade.flows.csv_table import CellError, Problem
from accolade.flows.quota_csv import read_quotas, with_quotas
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.programs.rulebook import Rulebook
from accolade.store.people import People
from accolade.store.quotas import Quotas

GROUPS = ("team", "region")


@dataclass(frozen=True, slots=True)
class ImportedQuotas:
    """What an import did. `stored` is False if nothing was written because of a problem; `quotas`: how many the file sets."""

    stored: bool
    quotas: int
    changed: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class QuotaImport:
    """Reads files of quotas. What they change is judged again within a minute."""

    quotas: Quotas
    people: People

    def run(self, content: bytes, *, tenant: str, rulebook: Rulebook, now: datetime, partial: bool = False) -> ImportedQuotas:
        """Import a file; with `partial` the right lines are stored in spite of wrong ones. Rejected if it cannot be read."""
        read = read_quotas(content, with_quotas(rulebook), subject=known(subjects(self.people.list(tenant))))
        found = [quota for _, quota in read.quotas]
        if read.problems and not partial:
            return ImportedQuotas(False, len(found), 0, read.problems)
        return ImportedQuotas(True, len(found), self.quotas.put(tenant, found, now=now), read.problems)


def subjects(people: Iterable[Participant]) -> dict[str, str]:
    """What files call people and groups -> how quotas know them."""
    everybody = list(people)
    found = {"company": "company:"} | {person.number: person.number for person in everybody}
    found |= {person.id: person.number for person in everybody if person.id}
    for kind in GROUPS:
        found |= {f"{kind}:{name}": f"{kind}:{name}" for person in everybody if (name := getattr(person, kind))}
    return found


def known(subjects_: Mapping[str, str]) -> Callable[[str], str]:
    """Finds whom a line means among the subjects, as people write them; CellError for nobody."""

    def find(text: str) -> str:
        found = subjects_.get(text)
        if found is None:
            near = get_close_matches(text, subjects_, n=1)
            mend = (
                t("Did you mean %(near)s?", near=near[0])
                if near
                else t("Write a participant's id, team:NAME, region:NAME or company")
            )
            raise CellError("subject", t("%(name)r is nobody we know", name=text[:60]), mend)
        return found

    return find
