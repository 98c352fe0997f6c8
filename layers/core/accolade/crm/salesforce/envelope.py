"""The SOAP 1.1 envelope of outbound messages: parsed from raw bytes, within limits, session ids and URLs left out."""

import re
from dataclasses import dataclass, field
from pyexpat import ExpatError, ParserCreate
from typing import Any

from accolade.crm import Notification
from accolade.crm.salesforce.ids import is_id, to18
from accolade.model.errors import Rejected, Unreadable

MAX_NOTIFICATIONS = 100
MAX_DEPTH = 12
MAX_ELEMENTS = 20_000
MAX_FIELDS = 800
"""Of one record; Salesforce allows 800 custom fields on an object, and no one selects them all."""
MAX_ATTRIBUTES = 32
MAX_NAMESPACES = 1_000
MAX_TEXT = 200_000
"""Characters of one element; Salesforce's longest text field has 131,072."""
MAX_TAG_BYTES = 64 * 1024
"""Bytes of one tag, comment or instruction: larger ones are refused before the parser has read them to the end."""

_STEP = 16 * 1024
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_RECORDS = ("urn:sobject.enterprise.soap.sforce.com", "urn:sobject.partner.soap.sforce.com")
_PATH = [f"{_SOAP} Envelope", f"{_SOAP} Body", f"{_OUTBOUND} notifications"]
_MEND = "Send what a Salesforce outbound message sends: SOAP 1.1, at most 100 notifications, no document type"


@dataclass(slots=True)
class _Row:
    """One notification while it is read."""

    id: str = ""
    type: str = ""
    fields: dict[str, str | None] = field(default_factory=dict)


def split(body: bytes) -> list[Notification]:
    """The notifications of an outbound message, in order, with what is readable of each.

    `content` is `{"id": ..., "type": "Opportunity", "fields": {name: text or None}}`; of repeated elements the first
    counts. Rejected for what Salesforce never sends and an attacker may (document types, depth, count, size, other
    encodings); Unreadable for what is no such message at all, with the session id cut out of what remains.
    Envelope: Salesforce SOAP API, "Understanding Notifications".
    """
    reader = _Reader()
    try:
        reader.read(body)
    except (ExpatError, LookupError, ValueError) as error:
        raise Unreadable("not an outbound message", remains=without_session(body), where="body", mend=_MEND) from error
    if not reader.found:
        raise Unreadable("no notifications element", remains=without_session(body), where="body", mend=_MEND)
    return [_notification(row, reader.organization) for row in reader.rows]


def without_session(body: bytes) -> str:
    """A body as text with everything cut that may be a session id, whether or not it is XML."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = body.decode(encoding, "replace").replace("\x00", "")
    text = re.sub(r"(<(?:[\w.-]{1,40}:)?SessionId\b[^>]{0,200}>).*?(?=</(?:[\w.-]{1,40}:)?SessionId|\Z)", r"\1", text, flags=re.S)
    return re.sub(r"00D[a-zA-Z0-9]{12,15}!\S{0,200}", "(session id cut)", text)


class _Reader:
    """Expat's handlers. Elements are matched by namespace and name along their path, never by prefix."""

    def __init__(self) -> None:
        self.organization, self.rows, self.found = "", list[_Row](), False
        self._path, self._text, self._size, self._nil, self._leaf = list[str](), list[str](), 0, False, True
        self._elements, self._fields, self._namespaces, self._moved = 0, 0, 0, False
        self._prefixes: dict[str | None, list[str | None]] = {}
        self._parser = parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EndNamespaceDeclHandler = self._end_namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._passed

    def read(self, body: bytes) -> None:
        """Feed the parser in steps: where one tag goes on and on, it is refused before it is held in memory."""
        silent = 0
        for start in range(0, len(body), _STEP):
            self._moved = False
            self._parser.Parse(body[start : start + _STEP], False)
            silent = 0 if self._moved else silent + _STEP
            if silent > MAX_TAG_BYTES:
                raise _refusal(f"one tag of more than {MAX_TAG_BYTES} bytes")
        self._parser.Parse(b"", True)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise _refusal(f"encoding {encoding[:40]!r}")

    def _doctype(self, *_: Any) -> None:
        raise _refusal("a document type")

    def _passed(self, *_: Any) -> None:
        self._moved, self._elements = True, self._elements + 1
        self._limits({})

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces += 1
        if self._namespaces > MAX_NAMESPACES:
            raise _refusal(f"more than {MAX_NAMESPACES} namespaces")
        self._prefixes.setdefault(prefix, []).append(uri)

    def _end_namespace(self, prefix: str | None) -> None:
        self._prefixes[prefix].pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._moved, self._elements = True, self._elements + 1
        self._path.append(name)
        self._text, self._size, self._leaf = [], 0, True
        self._nil = bool(attributes) and attributes.get(f"{_XSI} nil", "").strip() in ("true", "1")
        self._limits(attributes)
        depth = len(self._path)
        if depth == 3 and self._path == _PATH:
            self.found = True
        elif depth == 4 and name == f"{_OUTBOUND} Notification" and self._inside():
            self.rows.append(_Row())
            self._fields = 0
            if len(self.rows) > MAX_NOTIFICATIONS:
                raise _refusal(f"more than {MAX_NOTIFICATIONS} notifications")
        elif depth == 5 and self._record():
            self.rows[-1].type = self.rows[-1].type or self._type(attributes.get(f"{_XSI} type", ""))

    def _limits(self, attributes: dict[str, str]) -> None:
        if len(self._path) > MAX_DEPTH:
            raise _refusal(f"elements more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise _refusal(f"more than {MAX_ELEMENTS} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise _refusal(f"more than {MAX_ATTRIBUTES} attributes on one element")

    def _end(self, name: str) -> None:
        self._moved = True
        text = None if self._nil else "".join(self._text).strip()
        depth = len(self._path)
        if depth == 4 and name == f"{_OUTBOUND} OrganizationId" and self._inside():
            if self.organization and self.organization != text:
                raise _refusal("two organizations in one message")
            self.organization = text or ""
        elif depth == 5 and name == f"{_OUTBOUND} Id" and self._within_notification():
            self.rows[-1].id = self.rows[-1].id or text or ""
        elif depth == 6 and self._leaf and self._record():
            self._field(name, text)
        self._path.pop()
        # What follows belongs to the parent, which is no plain field: one with children (an address) has no text of its own.
        self._text, self._size, self._nil, self._leaf = [], 0, False, False

    def _field(self, name: str, text: str | None) -> None:
        space, _, local = name.rpartition(" ")
        if space not in _RECORDS:
            return
        fields, self._fields = self.rows[-1].fields, self._fields + 1
        if self._fields > MAX_FIELDS:
            raise _refusal(f"more than {MAX_FIELDS} fields of one record")
        if local == "fieldsToNull":
            if text:
                fields.setdefault(text, None)
        else:
            fields.setdefault(local, text)

    def _characters(self, text: str) -> None:
        self._moved = True
        self._size += len(text)
        if self._size > MAX_TEXT:
            raise _refusal(f"a text of more than {MAX_TEXT} characters")
        self._text.append(text)

    def _inside(self) -> bool:
        return self._path[:3] == _PATH

    def _within_notification(self) -> bool:
        return self._inside() and self._path[3] == f"{_OUTBOUND} Notification"

    def _record(self) -> bool:
        """Whether the path is inside a notification's `sObject`, in whichever of its namespaces."""
        space, _, local = self._path[4].rpartition(" ")
        return local == "sObject" and space in (_OUTBOUND, *_RECORDS) and self._within_notification()

    def _type(self, qualified: str) -> str:
        """The local part of `xsi:type`, a QName: its prefix must lead to a namespace of records."""
        prefix, _, local = qualified.strip().rpartition(":")
        scopes = self._prefixes.get(prefix or None) or [None]
        return local if scopes[-1] in _RECORDS or (not prefix and scopes[-1] in (None, _OUTBOUND)) else ""


def _notification(row: _Row, organization: str) -> Notification:
    record = row.fields.get("Id") or ""
    return Notification(
        id=row.id[:64],
        about=f"{row.type}:{to18(record)}" if row.type and is_id(record) else "",
        content={"id": row.id[:64], "type": row.type, "fields": row.fields},
        external_id=organization,
    )


def _refusal(what: str) -> Rejected:
    return Rejected(f"{what} is not accepted in an outbound message", where="body", mend=_MEND)
