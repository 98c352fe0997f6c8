"""Single calls of HubSpot's API through its own client: time-outs, no retries, no redirects, errors as ours."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from accolade.model.errors import AccoladeError, Missing, Rejected, Retry
from accolade.model.phrases import later as t

TIMEOUT = (3.0, 20.0)
"""Seconds to connect and to wait for an answer."""
MAX_ANSWER = 32 * 1024 * 1024
SEARCHES_A_SECOND = 5
_HOST = "https://api.hubapi.com"

_SCOPES = t(
    "Give the connection a token of a private app with crm.objects.owners.read, crm.objects.deals.read, and the read scope of "
    "every other object in its mapping"
)
_WAIT = t("Nothing to do: it is asked again")
_ERRORS: Mapping[int, tuple[type[AccoladeError], str, str]] = {
    400: (Rejected, t("HubSpot does not accept the question"), t("Check the mapping: every property must exist in HubSpot")),
    401: (Rejected, t("HubSpot does not know the token"), _SCOPES),
    403: (Rejected, t("HubSpot does not let this token read"), _SCOPES),
    404: (Missing, t("HubSpot does not have it"), t("Check the mapping's object and the API base")),
    409: (Retry, t("HubSpot is changing it right now"), _WAIT),
    423: (Retry, t("HubSpot has locked the account for a moment"), _WAIT),
    429: (Retry, t("HubSpot's rate limit is reached"), _WAIT),
    477: (Retry, t("HubSpot is moving the account to another data centre"), _WAIT),
    500: (Retry, t("HubSpot failed"), _WAIT),
    502: (Retry, t("HubSpot failed"), _WAIT),
    503: (Retry, t("HubSpot is not available"), _WAIT),
    504: (Retry, t("HubSpot did not answer in time"), _WAIT),
}
"""HTTP status -> what the caller does next, what is wrong, how to mend it. Of others, those from 500 on are `_BUSY`,
the rest `_REFUSED`."""

_BUSY = (Retry, t("HubSpot failed"), _WAIT)
_REFUSED = (Rejected, t("HubSpot refused"), t("Check the API base and HubSpot's status page"))

_POLICIES = {"DAILY": 3600.0, "TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
"""Which limit a 429 is about (`policyName`) -> seconds until it is worth asking again."""


class Calls:
    """The calls that the reader is made of. The client's parts are made once: each holds a connection pool."""

    def __init__(
        self,
        token: str,
        *,
        host: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        from hubspot import HubSpot
        from hubspot.crm.associations.v4.exceptions import ApiException as AssociationsError
        from hubspot.crm.objects.exceptions import ApiException as ObjectsError
        from hubspot.crm.owners.exceptions import ApiException as OwnersError
        from hubspot.crm.properties.exceptions import ApiException as PropertiesError

        self.host = (host or _HOST).rstrip("/")
        self._vendor_errors = (ObjectsError, OwnersError, AssociationsError, PropertiesError)
        self._sleep, self._monotonic, self._next_search = sleep, monotonic, 0.0
        crm = HubSpot(access_token=token, retry=False, host=self.host).crm
        self._batch, self._search = crm.objects.batch_api, crm.objects.search_api
        self._basic, self._owners = crm.objects.basic_api, crm.owners.owners_api
        self._properties = crm.properties.core_api
        self._associations = crm.associations.v4.batch_api

    def search(self, object_: str, question: Mapping[str, Any]) -> list[dict[str, Any]]:
        """POST /crm/v3/objects/{object}/search, at most five a second."""
        wait = self._next_search - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        self._next_search = self._monotonic() + 1 / SEARCHES_A_SECOND
        return _results(self._call(self._search.do_search, object_, question))

    def batch_read(self, object_: str, question: Mapping[str, Any], *, archived: bool) -> list[dict[str, Any]]:
        """POST /crm/v3/objects/{object}/batch/read; records that are not there are left out."""
        return _results(self._call(self._batch.read, object_, question, archived=_text(archived)))

    def list_archived(self, object_: str, *, properties: list[str], after: str | None) -> tuple[list[dict[str, Any]], str | None]:
        """GET /crm/v3/objects/{object}?archived=true: a page, and where the next one begins."""
        more = {"after": after} if after else {}
        answer = self._call(self._basic.get_page, object_, limit=100, archived=_text(True), properties=properties, **more)
        return _results(answer), _after(answer)

    def associations(self, object_: str, other: str, *, ids: list[str]) -> list[dict[str, Any]]:
        """POST /crm/v4/associations/{object}/{other}/batch/read: `from` and its `to` ends; those without any are left out.

        A record with more than a page of ends is told by its first page: the primary one comes with it.
        """
        question = {"inputs": [{"id": id_} for id_ in ids]}
        rows = _results(self._call(self._associations.get_page, object_, other, question))
        return [row for row in rows if isinstance(row.get("from"), dict)]

    def properties(self, object_: str) -> list[dict[str, Any]]:
        """GET /crm/v3/properties/{object}: what fields there are."""
        return _results(self._call(self._properties.get_all, object_))

    def update(self, object_: str, id_: str, properties: Mapping[str, str]) -> None:
        """PATCH /crm/v3/objects/{object}/{id}, once; the same values again change nothing."""
        self._call(self._basic.update, object_, id_, {"properties": dict(properties)})

    def owners(self, *, archived: bool, after: str | None, limit: int = 100) -> tuple[list[dict[str, Any]], str | None]:
        """GET /crm/v3/owners: a page, and where the next one begins."""
        more = {"after": after} if after else {}
        answer = self._call(self._owners.get_page, limit=limit, archived=_text(archived), **more)
        return _results(answer), _after(answer)

    def _call(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Mapping[str, Any]:
        """The answer as plain JSON (the client's models would lose what they do not know)."""
        import urllib3

        try:
            answer = method(*arguments, _request_timeout=TIMEOUT, _preload_content=False, **options)
            body = answer.read(MAX_ANSWER + 1)
            answer.release_conn()
        except self._vendor_errors as error:
            raise _ours(error) from error
        except (urllib3.exceptions.HTTPError, UnicodeDecodeError) as error:
            raise Retry(
                t("HubSpot cannot be reached (%(kind)s)", kind=type(error).__name__), after=5, where=self.host, mend=_WAIT
            ) from error
        except AttributeError as error:
            # The client trips over its own TLS errors, which have no body: what it was handling is the real one.
            if isinstance(error.__context__, self._vendor_errors):
                raise Retry(
                    t("HubSpot cannot be reached (TLS)"), after=60, where=self.host, mend=t("Check the API base")
                ) from error
            raise
        return _parsed(body, self.host)


def _text(flag: bool) -> str:
    """The client would write Python's `True` into the query; the API says `true`."""
    return "true" if flag else "false"


def _parsed(body: bytes, host: str) -> Mapping[str, Any]:
    if len(body) > MAX_ANSWER:
        raise Rejected(t("an answer of more than %(most)s bytes", most=MAX_ANSWER), where=host, mend=t("Check the API base"))
    try:
        parsed = json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise Retry(t("HubSpot's answer is not JSON"), after=30, where=host, mend=t("Check the API base")) from error
    if not isinstance(parsed, dict):
        raise Rejected(t("HubSpot's answer is not an object"), where=host, mend=t("Check the API base"))
    return parsed


def _ours(error: Any) -> AccoladeError:
    kind, what, mend = _ERRORS.get(error.status, _BUSY if error.status >= 500 else _REFUSED)
    where = f"HTTP {error.status}"
    if kind is Retry:
        return Retry(what, after=_after_seconds(error), where=where, mend=mend)
    return kind(what, where=where, mend=mend)


def _after_seconds(error: Any) -> float:
    """Seconds to wait: what the header says (up to an hour), else what the limit's name says."""
    stated = str((error.headers or {}).get("Retry-After") or "")
    if stated.isascii() and stated.isdigit() and len(stated) < 6:
        return min(max(float(stated), 1.0), 3600.0)
    try:
        policy = json.loads(error.body or "{}").get("policyName", "")
    except (ValueError, AttributeError):
        policy = ""
    return _POLICIES.get(policy, 10.0)


def _results(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = answer.get("results")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _after(answer: Mapping[str, Any]) -> str | None:
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return str(following["after"]) if isinstance(following, dict) and following.get("after") else None
