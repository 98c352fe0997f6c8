"""Options that several commands read the same way: dates, files, mappings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accolade.model.errors import AccoladeError, Missing, Rejected
from accolade.model.times import parse_date

MAX_FILE_BYTES = 200_000_000

CHECK = "Check the path"
NO_MAPPING = "Add --mapping FILE.yaml; infra/local/demo/mapping.yaml is an example, docs/guides/exports.md says how to write one"


def instant(text: str, *, option: str) -> datetime | None:
    """A date (midnight UTC) or an ISO instant with its offset; None for empty text."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return datetime.combine(parse_date(text), datetime.min.time(), UTC)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Rejected(f"{text!r} is not a date", where=option, mend="Write it as 2026-01-31") from error
    if found.tzinfo is None:
        raise Rejected(f"{text!r} has no UTC offset", where=option, mend="Write it as 2026-01-31 or 2026-01-31T09:00:00Z")
    return found.astimezone(UTC)


def content(path: Path) -> bytes:
    """A file's bytes; Missing if it is not there."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Rejected("the file is too large", where=str(path), mend="Split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Missing("there is no such file", where=str(path), mend=CHECK) from error
    except OSError as error:
        raise Missing(f"the file cannot be read ({error.strerror})", where=str(path), mend=CHECK) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What is wrong in a file is said with the file's name before the line."""
    try:
        yield
    except Rejected as error:
        where = f"{path}: {error.where}" if error.where not in ("", str(path)) else str(path)
        raise AccoladeError(error.what, where=where, mend=error.mend) from error


def yaml_document(path: Path) -> Any:
    """The content of a YAML or JSON file as plain values; Rejected if it is neither."""
    import yaml

    raw = content(path)
    if len(raw) > 1_000_000:
        raise Rejected("the file is too large", where=str(path), mend="A mapping has a few dozen lines")
    try:
        return yaml.safe_load(raw)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise Rejected(f"this is not YAML ({getattr(error, 'problem', None) or 'unreadable'})", where=where) from error
