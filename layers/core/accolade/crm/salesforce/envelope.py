"""The SOAP 1.1 envelope of outbound messages: parsed from raw bytes, within limits, session ids and URLs left out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pyexpat import ExpatError, ParserCreate
from typing import Any

from accolade.crm import Notification
from accolade.crm.salesforce.ids import is_id, to18
from accolade.model.errors import Rejected, Unreadable
from accolade.model.phrases import later as t

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
_NOTIFICATION, _ORGANIZATION, _ID = (f"{_OUTBOUND} {name}" for name in ("Notification", "OrganizationId", "Id"))
_SOBJECTS = {f"{space} sObject" for space in (_OUTBOUND, *_RECORDS)}
_TYPE, _NIL = f"{_XSI} type", f"{_XSI} nil"
_MAX_LEVEL = MAX_DEPTH - 5
_MEND = t("Send what a Salesforce outbound message sends: SOAP 1.1, at most 100 notifications, no document type")

_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


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
        raise Unreadable(t("not an outbound message"), remains=without_session(body), where="body", mend=_MEND) from error
    if not reader.found:
        raise Unreadable(t("no notifications element"), remains=without_session(body), where="body", mend=_MEND)
    return [_notification(row, reader.organization) for row in reader.rows]


def without_session(body: bytes) -> str:
    """A body as text with everything cut that may be a session id, whether or not it is XML."""
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = body.decode(encoding, "replace").replace("\x00", "")
    text = re.sub(r"(<(?:[\w.-]{1,40}:)?SessionId\b[^>]{0,200}>).*?(?=</(?:[\w.-]{1,40}:)?SessionId|\Z)", r"\1", text, flags=re.S)
    return re.sub(r"00D[a-zA-Z0-9]{12,15}!\S{0,200}", "(session id cut)", text)


class _Reader:
    """Expat's handlers. Elements are matched by namespace and name along their path, never by prefix.

    Inside a record, where nearly all elements are, handlers of its own do as little as they can.
    """

    def __init__(self) -> None:
        self.organization, self.rows, self.found = "", list[_Row](), False
        self._path, self._texts, self._nil = list[str](), list[str](), False
        self._elements, self._namespaces = 0, 0
        self._inside, self._within = False, False  # the `notifications` element, a `Notification` in it
        self._prefixes: dict[str | None, list[str | None]] = {}
        self._known: dict[str, str] = {}  # an element's name with its namespace -> the field's
        self._parser = parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EndNamespaceDeclHandler = self._end_namespace
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._texts.append
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._passed

    def read(self, body: bytes) -> None:
        """Feed the parser in steps: where one tag goes on and on, it is refused before it is held in memory."""
        silent = 0
        for start in range(0, len(body), _STEP):
            before = self._elements, self._size()
            self._parser.Parse(body[start : start + _STEP], False)
            after = self._elements, self._size()
            if after[1] > MAX_TEXT:
                raise _refusal(f"a text of more than {MAX_TEXT} characters")
            silent = 0 if after != before else silent + _STEP
            if silent > MAX_TAG_BYTES:
                raise _refusal(f"one tag of more than {MAX_TAG_BYTES} bytes")
        self._parser.Parse(b"", True)

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise _refusal(f"encoding {encoding[:40]!r}")

    def _doctype(self, *_: Any) -> None:
        raise _refusal("a document type")

    def _passed(self, *_: Any) -> None:
        self._elements += 1
        self._check(0)

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces += 1
        if self._namespaces > MAX_NAMESPACES:
            raise _refusal(f"more than {MAX_NAMESPACES} namespaces")
        self._prefixes.setdefault(prefix, []).append(uri)

    def _end_namespace(self, prefix: str | None) -> None:
        self._prefixes[prefix].pop()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._elements += 1
        self._texts.clear()
        self._nil = bool(attributes) and _is_nil(attributes)
        depth = len(self._path)
        if depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            self._check(depth)
        if depth == 3:
            self._inside = self._path == _PATH
            self.found = self.found or self._inside
        elif depth == 4 and self._inside and name == _NOTIFICATION:
            self._within = True
            self.rows.append(_Row())
            if len(self.rows) > MAX_NOTIFICATIONS:
                raise _refusal(f"more than {MAX_NOTIFICATIONS} notifications")
        elif depth == 5 and self._within and name in _SOBJECTS:
            newest = self.rows[-1]
            newest.type = newest.type or self._type(attributes.get(_TYPE, ""))
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._field_handlers(newest.fields)

    def _field_handlers(self, fields: dict[str, str | None]) -> tuple[_Start, _End]:
        """Expat's handlers inside a record, where nearly all elements are: closures cost a third less than attributes."""
        level = deepest = 0
        nil, texts, known = False, self._texts, self._known

        def start(_name: str, attributes: dict[str, str]) -> None:
            nonlocal level, deepest, nil
            self._elements += 1
            level += 1
            deepest = level
            if texts:
                texts.clear()
            if attributes or level > _MAX_LEVEL or self._elements > MAX_ELEMENTS:
                self._check(level + 5)
                nil = _is_nil(attributes)

        def end(name: str) -> None:
            nonlocal level, nil
            if level == deepest == 1:  # one with children (an address) has no text of its own
                local = known.get(name) or self._field_name(name, fields)
                if local and local not in fields:
                    fields[local] = None if nil else (texts.pop() if len(texts) == 1 else "".join(texts)).strip()
            elif level == 0:
                self._end_record(name, fields)
            level -= 1
            nil = False

        return start, end

    def _end_record(self, name: str, fields: dict[str, str | None]) -> None:
        if len(fields) > MAX_FIELDS:
            raise _refusal(f"more than {MAX_FIELDS} fields of one record")
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        self._end(name)

    def _field_name(self, name: str, fields: dict[str, str | None]) -> str:
        """The local name of a field met for the first time; empty for what is none. `fieldsToNull` names one in its text."""
        space, _, local = name.rpartition(" ")
        if space not in _RECORDS:
            return ""
        if local == "fieldsToNull":
            if nulled := "".join(self._texts).strip():
                fields.setdefault(nulled, None)
            return ""
        self._known[name] = local
        return local

    def _check(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _refusal(f"elements more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise _refusal(f"more than {MAX_ELEMENTS} elements")

    def _end(self, name: str) -> None:
        depth = len(self._path)
        if depth == 4 and name == _ORGANIZATION and self._inside:
            if self.organization and self.organization != self._text():
                raise _refusal("two organizations in one message")
            self.organization = self._text()
        elif depth == 5 and name == _ID and self._within:
            self.rows[-1].id = self.rows[-1].id or self._text()
        elif depth == 4:
            self._within = False
        elif depth == 3:
            self._inside = False
        self._path.pop()
        self._texts.clear()  # what follows belongs to the parent
        self._nil = False

    def _text(self) -> str:
        return "" if self._nil else "".join(self._texts).strip()

    def _size(self) -> int:
        return sum(map(len, self._texts))

    def _type(self, qualified: str) -> str:
        """The local part of `xsi:type`, a QName: its prefix must lead to a namespace of records."""
        prefix, _, local = qualified.strip().rpartition(":")
        scopes = self._prefixes.get(prefix or None) or [None]
        return local if scopes[-1] in _RECORDS or (not prefix and scopes[-1] in (None, _OUTBOUND)) else ""


def _is_nil(attributes: dict[str, str]) -> bool:
    if len(attributes) > MAX_ATTRIBUTES:
        raise _refusal(f"more than {MAX_ATTRIBUTES} attributes on one element")
    return attributes.get(_NIL, "").strip() in ("true", "1")


def _notification(row: _Row, organization: str) -> Notification:
    id_, record = row.id[:64], row.fields.get("Id")
    about = ""
    if row.type and record and is_id(record):
        about = f"{row.type}:{record if len(record) == 18 else to18(record)}"
    return Notification(id_, about, {"id": id_, "type": row.type, "fields": row.fields}, organization)


def _refusal(what: str) -> Rejected:
    return Rejected(f"{what} is not accepted in an outbound message", where="body", mend=_MEND)
