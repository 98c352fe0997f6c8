"""AWS clients: botocore's own, with time-outs, from one session, made as cheaply as a cold start needs."""

import os
from collections.abc import Callable, Sequence
from typing import Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session, get_session


class Models(Loader):
    """botocore's descriptions of services, found without looking into all of its 400 folders first."""

    def list_available_services(self, type_name: str) -> Sequence[str]:
        """The names of the folders; whether one holds what is wanted shows when it is loaded."""
        return sorted({name for folder in self.search_paths if os.path.isdir(folder) for name in os.listdir(folder)})


class Later:
    """A client that is made at its first call: for what only some events need."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


def new_session() -> Session:
    """A session as the environment says: region, credentials, endpoint."""
    session = get_session()
    session.register_component("data_loader", Models())
    return session


def new_client(session: Session, service: str, *, read_timeout: float, attempts: int) -> Any:
    """A client of a service by its botocore name; `read_timeout` in seconds, `attempts` the first one included."""
    return session.create_client(
        service,
        config=Config(
            connect_timeout=3,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_extra="accolade",
            # A tenth of all work where many items are written, and what we write is well formed: see store/wire.py.
            parameter_validation=service != "dynamodb",
        ),
    )
