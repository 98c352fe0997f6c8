"""All operations of the API."""

from accolade.web.api import figures, me, money, people, preferences, program_states, programs, rewards, running, shop, work
from accolade.web.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *me.OPERATIONS,
    *preferences.OPERATIONS,
    *shop.OPERATIONS,
    *people.OPERATIONS,
    *programs.OPERATIONS,
    *program_states.OPERATIONS,
    *money.OPERATIONS,
    *rewards.OPERATIONS,
    *figures.OPERATIONS,
    *work.OPERATIONS,
    *running.OPERATIONS,
)
