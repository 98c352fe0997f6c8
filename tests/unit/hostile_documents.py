"""Program documents that mean harm, or nobody should publish: `hostile/*.yaml`, each with what its author is told on line 1."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "hostile"


@dataclass(frozen=True)
class Hostile:
    """A document, and the problem that is named: its line, its path in the document, and how its message begins."""

    name: str
    content: bytes
    line: int
    path: str
    message: str


def documents() -> list[Hostile]:
    """All of them, by name. The first line of each reads `# line 14 | milestones[0].when.is | message`."""
    return [_read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def _read(path: Path) -> Hostile:
    content = path.read_bytes()
    line, where, message = content.partition(b"\n")[0].decode().removeprefix("# line ").split(" | ", 2)
    return Hostile(path.name, content, int(line), where.strip(), message)
