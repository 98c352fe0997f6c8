"""Secrets that the staff or a key give: to Secrets Manager by a name, and never back to anybody."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accolade.web.house import House


def kept(house: "House", kind: str, owner: str, text: str) -> str:
    """Store a secret of a connection or of an account with a provider; gives its name. Retry if AWS does not confirm."""
    name = f"{house.settings.link_secret_name.rpartition('/')[0] or 'accolade'}/connection/{owner}/{kind}"
    house.keep_secret(name, text)
    return name
