"""Connections, as pages and the API make and change them: what may be entered, the secrets, and what a pause let wait."""

from base64 import urlsafe_b64encode
from datetime import datetime
from typing import TYPE_CHECKING

from accolade import crm
from accolade.crm.salesforce.ids import is_id, to18
from accolade.flows.cases import Cases
from accolade.flows.connecting import Connecting
from accolade.flows.inbox import PAUSED
from accolade.flows.readers import Readers
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import Missing, Rejected
from accolade.model.participants import Tenant
from accolade.model.phrases import later as t
from accolade.web.keeping import kept

if TYPE_CHECKING:
    from accolade.web.house import House

KINDS = {"salesforce": "Salesforce", "hubspot": "HubSpot"}

RESUMED = 500
"""Cases that one resumption decides again."""


def connecting_of(house: "House", tenant: Tenant) -> Connecting:
    """The flow that adds a connection of a company, or changes one."""

    def keep(kind: str, connection: str, text: str) -> str:
        return kept(house, kind, connection, text)

    def token() -> str:
        return urlsafe_b64encode(house.random(32)).rstrip(b"=").decode()

    return Connecting(house.connections, api_url=api_url(house, tenant), keep=keep, token=token)


def api_url(house: "House", tenant: Tenant) -> str:
    """Where CRMs reach us: the company's public address, which is also that of its pages; empty if nobody said."""
    known = [it.public_url.partition("/crm/")[0] for it in house.connections.list(tenant.id) if it.public_url]
    return tenant.public_url.rstrip("/") or (known[0] if known else "")


def external_of(kind: str, text: str) -> str:
    """The id of an organization or account as we keep it; Rejected if it is none."""
    if kind == "salesforce":
        if not (is_id(text) and text.startswith("00D")):
            mend = t("Copy it from Setup, Company Information: 00D and 12 or 15 more characters.")
            raise Rejected(t("this is no id of an organization"), where="external_id", mend=mend)
        return to18(text)
    if not (text.isascii() and text.isdecimal()):
        mend = t("The account's id is a number; HubSpot shows it at the top right.")
        raise Rejected(t("this is no id of an account"), where="external_id", mend=mend)
    return text


def connection_named(house: "House", tenant: str, id_: str) -> Connection:
    """The connection of that id; Missing if the tenant has none."""
    it = house.connections.find(id_)
    if it is None or it.tenant != tenant:
        raise Missing("there is no such connection")
    return it


def reader_of(house: "House", it: Connection) -> crm.Reader:
    """The reader of a connection's API; Missing without credentials, Rejected for an address that may not be called."""
    found = Readers(house.secret, hosts=house.settings.api_hosts, monotonic=house.monotonic)(it)
    if found is None:
        mend = t("Webhooks work without them; add the connection again with credentials to sweep and to test")
        raise Missing("no API credentials are stored", mend=mend)
    return found


def map_of(it: Connection, object_: str) -> FieldMap:
    """How an object of the CRM reads; Missing if the connection does not know it."""
    found = next((entry for entry in crm.maps_of(it) if entry.object == object_), None)
    if found is None:
        raise Missing("there is no such object in the map")
    return found


def resumed(house: "House", it: Connection, *, now: datetime) -> int:
    """What waited because of the pause goes back to the inbox; how many cases."""
    done = 0
    cases = Cases(house.parked, house.connections, house.queue("inbox"))
    for case in list(house.parked.list(it.tenant)):
        if case.connection == it.id and case.reason == PAUSED and done < RESUMED:
            done += cases.retry(case, now=now)
    return done
