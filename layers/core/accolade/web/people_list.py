"""Whom a list of people shows."""

from dataclasses import dataclass

from accolade.model.participants import Participant


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a list shows: words in name, id, number or address; a team; who is active; who wants a channel."""

    search: str
    team: str
    active: str
    channel: str

    def fits(self, person: Participant) -> bool:
        """Whether the list shows them."""
        texts = (person.name, person.id, person.number, person.email or "", person.team or "")
        state = "merged" if person.merged_into else "active" if person.active else "left"
        return (
            (not self.search or any(self.search.casefold() in text.casefold() for text in texts))
            and (not self.team or (person.team or "").casefold() == self.team.casefold())
            and (self.active == "all" or state == self.active)
            and (not self.channel or self.channel in [it.value for it in person.channels])
        )
