"""Putting parked cases back on the Inbox."""

from accolade import wiring
from accolade.cli.session import Session, now
from accolade.flows.cases import Cases
from accolade.store.parked import Case


def retried(open_: Session, case: Case) -> bool:
    """Ask for a case to be decided again and mark it; False if its content was too large to keep.

    Missing if its connection is not there (any more, or yet).
    """
    return Cases(open_.parked, open_.connections, wiring.queue("inbox")).retry(case, now=now())
