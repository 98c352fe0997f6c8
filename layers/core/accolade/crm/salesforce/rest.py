"""Calls of Salesforce's REST API through simple-salesforce, with time-outs, one renewed session and our errors."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from accolade.crm.salesforce import oauth
from accolade.model.errors import AccoladeError, Missing, Rejected, Retry
from accolade.model.phrases import later as t

API_VERSION = "62.0"
TIMEOUT = (3.05, 25.0)
"""Seconds to connect and to wait for bytes."""

_HOUR = 3600.0
_ERRORS: dict[str | int, tuple[type[AccoladeError], float, str]] = {
    "REQUEST_LIMIT_EXCEEDED": (Retry, _HOUR / 4, "The org's daily API limit is used up; the sweep goes on later"),
    "SERVER_UNAVAILABLE": (Retry, 60, ""),
    "QUERY_TIMEOUT": (Retry, 60, ""),
    "UNABLE_TO_LOCK_ROW": (Retry, 10, ""),
    "INVALID_QUERY_LOCATOR": (Retry, 5, ""),
    "INVALID_SESSION_ID": (Rejected, 0, t("Store fresh credentials; client credentials or JWT renew themselves")),
    "INVALID_FIELD": (Rejected, 0, t("Map a field that exists and that the API user may see")),
    "INVALID_TYPE": (Rejected, 0, t("Give the API user access to the object, or correct the mapping")),
    "MALFORMED_QUERY": (Rejected, 0, t("Correct the names in the mapping")),
    "API_DISABLED_FOR_ORG": (Rejected, 0, t("The org's edition has no API access")),
    "NOT_FOUND": (Missing, 0, ""),
    400: (Rejected, 0, t("Correct the mapping")),
    401: (Rejected, 0, t("Store fresh credentials")),
    403: (Rejected, 0, t("Give the API user the permission set of the connection")),
    404: (Missing, 0, t("Check the API address")),
    408: (Retry, 30, ""),
    420: (Retry, 60, ""),
    429: (Retry, 60, ""),
}
"""Salesforce's error code, else the HTTP status -> error, seconds until the next try, how to mend it."""
_SPEAKING = ("INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY")


class Rest:
    """One org's REST API at `base` (scheme, host and port). The library is loaded at the first call."""

    def __init__(self, base: str, credentials: oauth.Credentials) -> None:
        self.base, self._credentials = base.rstrip("/"), credentials
        self._client: Any = None

    def query(self, soql: str, *, deleted: bool = False) -> Iterator[Mapping[str, Any]]:
        """All rows of a SOQL query, page by page; `deleted`: those in the recycle bin too."""
        answer = self._call(lambda client: client.query(soql, include_deleted=deleted))
        while True:
            yield from answer["records"]
            if answer.get("done", True):
                return
            # The locator instead of the URL: the library would call the URL's path over https whatever the base is.
            locator = str(answer["nextRecordsUrl"]).rsplit("/", 1)[-1]
            answer = self._call(partial(_more, locator=locator, deleted=deleted))

    def describe(self, object_: str) -> Mapping[str, Any]:
        """The object's fields as the API user sees them."""
        return self._call(lambda client: client.restful(f"sobjects/{object_}/describe")) or {}

    def update(self, object_: str, id_: str, fields: Mapping[str, Any]) -> None:
        """PATCH of one record, once; the same values again change nothing."""
        path = f"sobjects/{object_}/{id_}"
        self._call(lambda client: client.restful(path, method="PATCH", json=dict(fields)) or {})

    def _call(self, ask: Callable[[Any], Any]) -> Any:
        """One call; if the session has expired, once more with a new one."""
        from requests import RequestException
        from simple_salesforce.exceptions import SalesforceError, SalesforceExpiredSession

        try:
            if self._client is None:
                self._client = self._login()
            try:
                return _whole(ask(self._client), self.base)
            except SalesforceExpiredSession:
                if not self._credentials.renewable:
                    raise
                self._client = self._login()
                return _whole(ask(self._client), self.base)
        except SalesforceError as error:
            raise _ours(error, self.base) from error
        except (RequestException, ValueError) as error:
            # ValueError: an answer of 200 that is not JSON, from something in front of Salesforce.
            raise Retry(
                t("Salesforce did not answer as it should (%(kind)s)", kind=type(error).__name__), after=30, where=self.base
            ) from error

    def _login(self) -> Any:
        from simple_salesforce import Salesforce

        session = _session()
        token = oauth.token(self._credentials, base=self.base, session=session)
        client = Salesforce(session_id=token, instance_url=self.base, session=session, version=API_VERSION, parse_float=Decimal)
        # The library always builds https URLs; the address was checked against the allow-list as it stands.
        client.base_url = f"{self.base}/services/data/v{API_VERSION}/"
        return client


def _more(client: Any, *, locator: str, deleted: bool) -> Any:
    return client.query_more(locator, include_deleted=deleted)


def _session() -> Any:
    """A session with time-outs that follows no redirect and takes nothing (proxies, .netrc) from the environment."""
    import requests
    from requests.adapters import HTTPAdapter

    class Timely(HTTPAdapter):
        """Sends with a time-out; the library has none."""

        def send(self, request: Any, **kwargs: Any) -> Any:  # type: ignore[override] # adds a time-out only
            kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
            return super().send(request, **kwargs)

    session = requests.Session()
    session.trust_env, session.max_redirects = False, 0
    session.mount("https://", Timely())
    session.mount("http://", Timely())
    return session


def _whole(answer: Any, where: str) -> Any:
    if not isinstance(answer, Mapping):
        raise Retry(t("Salesforce answered with something else than an object"), after=30, where=where)
    return answer


def _ours(error: Any, where: str) -> AccoladeError:
    """Salesforce's error as ours; its text may be HTML, empty or a list of `{errorCode, message}`."""
    content, status = error.content, int(error.status or 0)
    first = content[0] if isinstance(content, list) and content and isinstance(content[0], Mapping) else {}
    code = str(first.get("errorCode", ""))[:60]
    kind, after, mend = _ERRORS.get(code) or _ERRORS.get(status) or ((Retry, 30, "") if status >= 500 else (Rejected, 0, ""))
    said = f": {str(first.get('message', ''))[:200]}" if code in _SPEAKING else ""
    answer = f"{status} {code}".rstrip() + said
    what = t("Salesforce answered %(answer)s", answer=answer)
    return Retry(what, after=after, where=where, mend=mend) if kind is Retry else kind(what, where=where, mend=mend)
