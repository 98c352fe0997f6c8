"""Counts the calls to AWS that a page makes, as this process's own session makes them."""

from typing import Any

from accolade import wiring


class Calls(list[str]):
    """Every call from now on: its operation and what it is about. Made before the first client: those listen as the session
    did when they were made."""

    def __init__(self) -> None:
        super().__init__()
        wiring.session().register("before-call", self._note)

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        body = params.get("body") or b""
        self.append(f"{model.name} {body.decode() if isinstance(body, bytes) else body}")
