"""Which API addresses may be called: the vendor's own, resolved to public ones, or those of the allow-list."""

import socket

import pytest

from accolade import crm
from accolade.crm.addresses import check_api_base
from accolade.model.errors import Rejected, Retry

VENDOR = crm.adapter("salesforce").api_hosts


def leads_to(*addresses: str):
    return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


@pytest.mark.parametrize(
    "url", ["https://acme.my.salesforce.com", "https://ACME.my.salesforce.com/", "https://acme.force.com:443"]
)
def test_the_vendors_own_hosts_may_be_called(url: str) -> None:
    assert check_api_base(url, vendor_hosts=VENDOR, resolve=leads_to("136.146.46.1", "2606:4700::1111")) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.my.salesforce.com",
        "https://acme.my.salesforce.com:8443",
        "https://salesforce.com.evil.example",
        "https://evilsalesforce.com",
        "https://user:secret@acme.my.salesforce.com",
        "https://evil.example\\@acme.my.salesforce.com",
        "https://evil.example#.salesforce.com",
        "https://evil.example?.salesforce.com",
        "https://acme.my.salesforce.com/path",
        "https://acme.my.salesforce.com\n.evil.example",
        "https://acme.my.salesforce.com.",
        "https://127.0.0.1",
        "https://[::1]",
        "https://2130706433",
        "https://169.254.169.254",
        "https://acme.my.salesforce.com:99999",
        "https://аcme.my.salesforce.com",
        "ftp://acme.my.salesforce.com",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_else_may_be_called(url: str) -> None:
    with pytest.raises(Rejected) as raised:
        check_api_base(url, vendor_hosts=VENDOR, resolve=leads_to("136.146.46.1"))
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_vendors_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(Rejected, match="not public"):
        check_api_base("https://acme.my.salesforce.com", vendor_hosts=VENDOR, resolve=leads_to("136.146.46.1", address))


def test_what_the_stack_lists_may_be_called_over_http_too() -> None:
    for allowed in (("127.0.0.1:4610",), ("127.0.0.1",)):
        check_api_base("http://127.0.0.1:4610", vendor_hosts=VENDOR, allowed=allowed)
    for url in ("http://127.0.0.1:4611", "http://127.0.0.1", "http://127.0.0.1:4610/x", "ftp://127.0.0.1:4610"):
        with pytest.raises(Rejected):
            check_api_base(url, vendor_hosts=VENDOR, allowed=("127.0.0.1:4610",))


def test_a_name_that_cannot_be_resolved_now_is_tried_again_later() -> None:
    def nowhere(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    with pytest.raises(Retry):
        check_api_base("https://acme.my.salesforce.com", vendor_hosts=VENDOR, resolve=nowhere)
