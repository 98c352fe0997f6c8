"""All operations of the API."""

from accolade.web.api import me, money, people, programs, running, work
from accolade.web.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *people.OPERATIONS,
    *programs.OPERATIONS,
    *money.OPERATIONS,
    *work.OPERATIONS,
    *running.OPERATIONS,
)
