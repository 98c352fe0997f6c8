"""Errors, named by what the caller does next."""

from accolade.model.phrases import later as t


class AccoladeError(Exception):
    """The root of everything we raise on purpose.

    `what` says what is wrong, `where` names the place (file and line, field path, header), `mend` the next step.
    None of them ever holds a secret, a phone number, an e-mail address or a code. Those that a page can show are phrases
    (`model.phrases`), which a page says in its reader's language; as texts they are English.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(". ".join(part.rstrip(".") for part in (f"{where}: {what}" if where else what, mend) if part))

    @property
    def said(self) -> str:
        """The same as `str(self)`, as a phrase of its parts: for what is kept of an error, and shown on a page later."""
        known = t("%(where)s: %(what)s", where=self.where, what=self.what) if self.where else self.what
        if not self.mend:
            return known
        what, mend = (it.rstrip(".") if it.endswith(".") else it for it in (known, self.mend))
        return t("%(what)s. %(mend)s", what=what, mend=mend)

    @property
    def step(self) -> str:
        """The next step for whoever has no terminal: on a page and behind the API; empty if it names a command."""
        return "" if "accolade " in self.mend or "--" in self.mend else self.mend


class Rejected(AccoladeError):
    """Wrong, and it stays wrong: answer 4xx, count it, park it for a person."""


class Forged(Rejected):
    """An unknown connection, a wrong token or a bad signature: one constant answer, whatever the cause."""


class Foreign(Rejected):
    """Authentic, but about somebody who is not a connection of ours: 403, or parked on a shared URL."""


class Unreadable(Rejected):
    """Authentic, but not in the sender's own format: it is parked for a person and acknowledged, because a refusal only
    makes the sender repeat it. `remains` is what came, as text, secrets cut."""

    def __init__(self, what: str, *, remains: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.remains = remains


class Missing(Rejected):
    """The thing named is not there."""


class Retry(AccoladeError):
    """Busy or unreachable: come back after `after` seconds."""

    def __init__(self, what: str, *, after: float = 5.0, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.after = after


class Refused(AccoladeError):
    """The program or a rule says no, with the reason for a person."""


class TooOften(Refused):
    """A limit says no: it may be tried again after `after` seconds."""

    def __init__(self, what: str, *, after: float, where: str = "", mend: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.after = after


class Conflict(AccoladeError):
    """Lost a race: load and decide again."""


class UnknownOutcome(AccoladeError):
    """The vendor may or may not have done it: never repeat blindly, wait for a receipt."""
