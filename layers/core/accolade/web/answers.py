"""Answers to a browser: every page is private, self-contained and never cached; forms are read within bounds."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from accolade.model.errors import Rejected
from accolade.model.phrases import later as t

MAX_FORM_BYTES = 4_096
"""A one-click body is 26 bytes, our own forms are below 200."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """A page to send: its status, HTML (or JSON) and headers."""

    status: int
    html: str
    headers: Mapping[str, str]
    cookies: tuple[str, ...] = ()

    def as_proxy(self) -> dict[str, Any]:
        """The answer of a REST proxy: a header that stands more than once goes by its own name."""
        answer: dict[str, Any] = {"statusCode": self.status, "headers": dict(self.headers), "body": self.html}
        return answer | ({"multiValueHeaders": {"Set-Cookie": list(self.cookies)}} if self.cookies else {})


def json_page(text: str, *, status: int = 200) -> PageAnswer:
    """JSON for a program that opened the link, as private as the page."""
    return PageAnswer(status, text, headers_of("application/json", "default-src 'none'; frame-ancestors 'none'"))


SITE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from anywhere else, and nothing written into the page itself is run or styles it."""


def site_page(html: str, *, status: int = 200, cookies: tuple[str, ...] = ()) -> PageAnswer:
    """A page of the site, whose style and scripts are assets of ours."""
    return PageAnswer(status, html, headers_of("text/html; charset=utf-8", SITE_POLICY), cookies)


def moved(where: str, *, cookies: tuple[str, ...] = ()) -> PageAnswer:
    """See another page (303): after a form, or to sign in. `where` is a relative reference of ours, never of the request."""
    return PageAnswer(303, "", headers_of("text/html; charset=utf-8", SITE_POLICY) | {"Location": where}, cookies)


def download(text: str, *, name: str, content_type: str = "text/csv; charset=utf-8") -> PageAnswer:
    """A file to keep; `name` is ours, of plain characters."""
    headers = headers_of(content_type, "default-src 'none'; frame-ancestors 'none'")
    return PageAnswer(200, text, headers | {"Content-Disposition": f'attachment; filename="{name}"'})


def headers_of(content_type: str, policy: str) -> dict[str, str]:
    """What every answer carries: private, never cached, never framed, sent nowhere."""
    return {
        "Content-Type": content_type,
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Strict-Transport-Security": "max-age=31536000",
        "Vary": "Accept",
    }


def body_of(event: Mapping[str, Any], *, limit: int = MAX_FORM_BYTES) -> bytes:
    """The raw body of a proxy event; Rejected if it is too large (bytes) or not what it says."""
    text = event.get("body") or ""
    if len(text) > 2 * limit:
        raise Rejected(t("the form is too large"))
    try:
        return b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode()
    except ValueError as error:
        raise Rejected(t("the form cannot be read")) from error


def multipart_fields(body: bytes, content_type: str, *, most: int = 10) -> dict[str, str]:
    """The first value of each field of a multipart form, at most so many; Rejected for a broken header."""
    if "\n" in content_type or "\r" in content_type:
        raise Rejected(t("the form cannot be read"))
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in list(message.iter_parts())[:most]:
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            fields.setdefault(name, content.decode("utf-8", "replace").strip())
    return fields
