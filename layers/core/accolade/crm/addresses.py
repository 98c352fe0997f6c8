"""Addresses of CRM APIs: only the vendor's own hosts over https, or what the stack's allow-list names."""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from accolade.model.errors import Rejected, Retry
from accolade.model.phrases import later as t


def check_api_base(
    url: str,
    *,
    vendor_hosts: Iterable[str],
    allowed: Iterable[str] = (),
    resolve: Callable[..., list[Any]] = socket.getaddrinfo,
) -> None:
    """Rejected unless the API base may be called; nothing else of ours ever calls a configured address.

    `vendor_hosts`: the vendor's API hosts, with a leading dot for all below it: https on port 443, and every address
    that the name resolves to must be a public one. `allowed`: `host` or `host:port` of the stack's allow-list, over http
    too and whatever it resolves to. Retry if the name cannot be resolved now.
    """
    hosts = tuple(vendor_hosts)
    mend = t("Use https and one of %(hosts)s, or deploy the stack with the address in ApiHosts", hosts=", ".join(hosts))
    scheme, host, port = _parts(url, mend=mend)
    if scheme in ("http", "https") and {host, f"{host}:{port}"} & set(allowed):
        return
    if scheme != "https" or port != 443 or not any(_matches(host, known) for known in hosts):
        raise Rejected(t("this address may not be called"), where=_shown(url), mend=mend)
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Retry(t("the API's host name cannot be resolved now"), after=30, where=host) from error
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise Rejected(
                t("the host name leads to an address that is not public"), where=host, mend=t("Correct the API address")
            )


def _parts(url: str, *, mend: str) -> tuple[str, str, int]:
    """Scheme, host and port of a base that is nothing but those; Rejected otherwise."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise Rejected(t("not an address"), where=_shown(url), mend=mend) from error
    extra = parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/")
    if extra or not host or not host.isascii() or "\\" in url or any(ord(letter) <= 32 for letter in url):
        raise Rejected(t("an API base is a scheme and a host, nothing more"), where=_shown(url), mend=mend)
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def _matches(host: str, known: str) -> bool:
    return host.endswith(known) if known.startswith(".") else host == known


def _shown(url: str) -> str:
    """What may be shown of an address: not what stands before an `@`."""
    return url[:80].rpartition("@")[2]
