"""What no rule can decide is put aside for a person, under an id made of its cause."""

import hashlib
from datetime import datetime

from accolade.flows.inbox import Park
from accolade.model.connections import Connection
from accolade.model.phrases import later as t
from accolade.model.records import RecordKey
from accolade.situation import Decision


class ProblemParker:
    """Parks the problems of a decision: the same record, milestone and reason again is the same case."""

    def __init__(self, park: Park) -> None:
        self._park = park

    def __call__(self, decision: Decision, connection: Connection, now: datetime) -> None:
        """One case a problem, with the record as its content."""
        record = decision.record
        if record is None:
            return
        for problem in decision.problems:
            cause = f"{record.key}|{problem.program}|{problem.milestone}|{problem.reason}"
            self._park(
                connection.tenant,
                id_=hashlib.sha256(cause.encode()).hexdigest()[:20],
                connection=connection.id,
                crm=connection.crm,
                reason=_not_counted(record.key, problem.reason),
                where=t("program %(program)s, milestone %(milestone)s", program=problem.program, milestone=problem.milestone),
                mend=t("Publish a program in that currency, or correct the record in the CRM"),
                content=[{"record": str(record.key), "fields": {name: value for name, (_, value) in record.fields.items()}}],
                now=now,
                origin="record",
            )


def _not_counted(key: RecordKey, why: str) -> str:
    return t("%(record)s is not counted: %(why)s", record=f"{key.type} {key.id}", why=why)
