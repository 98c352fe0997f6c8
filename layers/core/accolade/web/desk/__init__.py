"""The staff's console. `ROUTES` lists its pages, room by room."""

from accolade.web.desk.analytics import ROUTES as ANALYTICS
from accolade.web.desk.approvals import ROUTES as APPROVALS
from accolade.web.desk.audit import ROUTES as AUDIT
from accolade.web.desk.budgets import ROUTES as BUDGETS
from accolade.web.desk.cases import ROUTES as CASES
from accolade.web.desk.connection_form import ROUTES as CONNECTION_FORM
from accolade.web.desk.connections import ROUTES as CONNECTIONS
from accolade.web.desk.dead_letters import ROUTES as DEAD_LETTERS
from accolade.web.desk.disputes import ROUTES as DISPUTES
from accolade.web.desk.field_map import ROUTES as FIELD_MAP
from accolade.web.desk.keys import ROUTES as KEYS
from accolade.web.desk.messages import ROUTES as MESSAGES
from accolade.web.desk.order_comparison import ROUTES as ORDER_COMPARISON
from accolade.web.desk.pauses import ROUTES as PAUSES
from accolade.web.desk.people import ROUTES as PEOPLE
from accolade.web.desk.people_import import ROUTES as PEOPLE_IMPORT
from accolade.web.desk.person import ROUTES as PERSON
from accolade.web.desk.person_acts import ROUTES as PERSON_ACTS
from accolade.web.desk.program_routes import ROUTES as PROGRAMS
from accolade.web.desk.provider_accounts import ROUTES as PROVIDERS
from accolade.web.desk.redemptions import ROUTES as REDEMPTIONS
from accolade.web.desk.settings import ROUTES as SETTINGS
from accolade.web.desk.shop import ROUTES as SHOP
from accolade.web.desk.staff import ROUTES as STAFF
from accolade.web.site import Route

ROUTES: tuple[Route, ...] = (
    *PROGRAMS,
    *PEOPLE,
    *PEOPLE_IMPORT,
    *PERSON,
    *PERSON_ACTS,
    *DEAD_LETTERS,
    *PAUSES,
    *MESSAGES,
    *CASES,
    *DISPUTES,
    *APPROVALS,
    *CONNECTION_FORM,
    *CONNECTIONS,
    *FIELD_MAP,
    *BUDGETS,
    *REDEMPTIONS,
    *ORDER_COMPARISON,
    *SHOP,
    *PROVIDERS,
    *ANALYTICS,
    *SETTINGS,
    *STAFF,
    *KEYS,
    *AUDIT,
)
