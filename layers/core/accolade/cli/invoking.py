"""Running one of the stack's functions now, instead of waiting for its schedule."""

import json
from collections.abc import Mapping
from typing import Any

from accolade import wiring
from accolade.cli.stack import Stack
from accolade.model.errors import AccoladeError


def invoked(stack: Stack, verb: str, payload: Mapping[str, Any], *, seconds: float, mend: str) -> Any:
    """What the function gave, as JSON; AccoladeError with `mend` if it failed. It is asked once, for at most `seconds`."""
    client = wiring.client("lambda", read_timeout=seconds, attempts=1)
    answer = client.invoke(FunctionName=f"{stack.name}-{verb}", Payload=json.dumps(payload).encode())
    told = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        said = told.get("errorMessage", "") if isinstance(told, dict) else ""
        raise AccoladeError(f"{verb} failed: {said or 'no reason given'}", mend=mend)
    return told
