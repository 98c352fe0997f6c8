"""Readers of CRM APIs by connection: only at allowed addresses, kept as long as a secret is."""

from collections.abc import Callable

from accolade import crm
from accolade.crm import Reader
from accolade.crm.addresses import check_api_base
from accolade.model.connections import Connection

TTL_SECONDS = 300


class Readers:
    """Makes a reader for a connection with API credentials. `hosts`: the stack's allow-list beside the vendors' own."""

    def __init__(self, secret: Callable[[str], str], *, hosts: tuple[str, ...], monotonic: Callable[[], float]) -> None:
        self._secret, self._hosts, self._monotonic = secret, hosts, monotonic
        self._made: dict[tuple[str, str | None, str | None], tuple[float, Reader]] = {}

    def __call__(self, connection: Connection) -> Reader | None:
        """A reader; None if the connection has no API credentials; Rejected for an address that is not allowed."""
        if not connection.credentials:
            return None
        name = (connection.id, connection.credentials, connection.api_base)
        known = self._made.get(name)
        if known and self._monotonic() - known[0] < TTL_SECONDS:
            return known[1]
        adapter = crm.adapter(connection.crm)
        if connection.api_base is not None:
            check_api_base(connection.api_base, vendor_hosts=adapter.api_hosts, allowed=self._hosts)
        reader = adapter.reader(connection, self._secret)
        self._made[name] = (self._monotonic(), reader)
        return reader
