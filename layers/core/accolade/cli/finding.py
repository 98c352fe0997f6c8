"""Finding a participant by what people know them by."""

from accolade.cli.session import Session
from accolade.model.errors import Missing, Rejected
from accolade.model.participants import Participant


def person_of(open_: Session, tenant: str, text: str) -> Participant:
    """The participant of an import id, a number (`P000017`), an e-mail address or a name; Rejected if several are meant."""
    try:
        return open_.people.by_id(tenant, text)
    except Missing:
        wanted = text.strip().casefold()
        found = [it for it in open_.people.list(tenant) if wanted in (it.name.casefold(), (it.email or "").casefold())]
        if not found:
            raise
    if len(found) > 1:
        ids = ", ".join(it.id or it.number for it in found[:10])
        raise Rejected(f"{text!r} is the name of several participants", mend=f"Use one of {ids}")
    return found[0]
