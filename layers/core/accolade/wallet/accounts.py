"""The names of all accounts; nobody else builds one."""

WRITEOFF = "writeoff"
"""Points that were clawed back from nobody: below zero by what is lost until the award pays again."""

EXPIRED = "expired"
"""Where points go that nobody spent in time."""

HELD = "held:"
"""How the accounts of redemptions begin."""


def program(program_id: str) -> str:
    """Where points come from and go back to; keeps no running balance."""
    return f"program:{program_id}"


def wallet(participant: str) -> str:
    """What a participant can spend."""
    return f"wallet:{participant}"


def pending(participant: str) -> str:
    """What a participant was awarded and cannot spend yet: it vests, or goes back."""
    return f"pending:{participant}"


def moved(participant: str) -> str:
    """What went out of the wallet of somebody who was merged, until it is in the wallet that goes on."""
    return f"moved:{participant}"


def debt(participant: str) -> str:
    """What a participant owes: below zero by the debt."""
    return f"debt:{participant}"


def held(redemption: str) -> str:
    """What a redemption holds until it is spent or released."""
    return f"{HELD}{redemption}"


def redeemed(provider: str) -> str:
    """What was spent with a provider."""
    return f"redeemed:{provider}"
