"""What a page can, the API can: each route of the wallet, the team's pages and the console has its operations, or a reason."""

from inspect import signature

import pytest
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from accolade.web import desk, rep, screen, team
from accolade.web.api.operation import Operation
from accolade.web.api.operations import OPERATIONS
from accolade.web.site import Route

BY_PAGE = {
    "GET me/wallet": "my_wallet my_entries my_progress my_news",
    "GET me/explain": "why why_line",
    "GET me/board": "my_board",
    "GET me/preferences": "my_preferences my_channels",
    "POST me/preferences": "put_my_preferences",
    "POST me/preferences/switch": "put_my_channel",
    "GET me/shop": "my_offers",
    "GET me/shop/{item}": "my_offers",
    "POST me/shop/{item}": "redeem",
    "GET me/disputes": "my_disputes",
    "GET me/disputes/new": "why",
    "GET me/disputes/line/{line}": "why_line",
    "POST me/disputes/new": "dispute",
    "GET me/rewards": "my_redemptions",
    "GET me/rewards/{redemption}": "my_redemption",
    "POST me/rewards/{redemption}": "reveal_redemption",
    "GET team/standing": "team_standing",
    "GET team/standing/export": "team_standing",
    "GET team/approvals": "team_approvals team_nominations",
    "POST team/approvals": "approve_team_nomination decline_team_nomination",
    "GET team/approvals/{award}": "team_approvals",
    "POST team/approvals/{award}": "approve_team_award refuse_team_award",
    "GET team/nominate": "team_choices team_nominations",
    "POST team/nominate": "nominate_in_team withdraw_team_nomination",
    "GET admin/boards": "list_boards",
    "POST admin/boards": "put_up_board",
    "POST admin/boards/{screen}/down": "take_down_board",
    "GET admin/people": "list_people",
    "GET admin/people/export": "list_people",
    "GET admin/people/import": "import_people",
    "POST admin/people/import": "import_people put_person",
    "GET admin/people/{person}": "get_person person_wallet person_entries person_progress",
    "GET admin/people/{person}/why/{line}": "person_why",
    "POST admin/people/{person}/consent": "add_consent",
    "POST admin/people/{person}/leave": "person_leaves",
    "POST admin/people/{person}/return": "person_returns",
    "POST admin/people/{person}/erase": "erase_person",
    "GET admin/people/{person}/merge": "merge_plan",
    "POST admin/people/{person}/merge": "merge_person",
    "GET admin/programs": "list_programs list_drafts",
    "GET admin/programs.csv": "list_programs",
    "GET admin/presets": "list_presets",
    "GET admin/presets/{preset}": "get_preset",
    "POST admin/presets/{preset}": "put_draft",
    "GET admin/programs/{program}": "program_versions program_version get_draft",
    "POST admin/programs/{program}": "put_draft",
    "POST admin/programs/{program}/checked": "validate_program",
    "GET admin/programs/{program}/simulate": "simulate_program",
    "POST admin/programs/{program}/simulate": "simulate_program",
    "GET admin/programs/{program}/live": "program_log program_differences program_winners program_ghost",
    "POST admin/programs/{program}/live": "publish_program program_live approve_program withdraw_program retire_program"
    " roll_out_program drop_draft",
    "GET admin/budgets": "list_budgets list_budget_shares",
    "POST admin/budgets": "put_budget_share",
    "GET admin/budgets/{program}": "get_budget burn_down list_budget_shares",
    "POST admin/budgets/{program}": "top_up_budget",
    "POST admin/budgets/{program}/shares": "put_budget_share",
    "GET admin/approvals": "list_approvals list_nominations",
    "POST admin/approvals": "approve_nomination decline_nomination withdraw_nomination",
    "GET admin/approvals/{award}": "list_approvals",
    "POST admin/approvals/{award}": "approve_award refuse_award",
    "GET admin/messages": "parked_messages person_messages list_messages",
    "GET admin/messages/export": "list_messages",
    "GET admin/messages/{message}": "get_message message_way",
    "POST admin/messages/{message}/retry": "retry_message",
    "GET admin/messages/dead": "dead_letters",
    "POST admin/messages/dead": "redrive_letters",
    "GET admin/messages/pause": "list_channels",
    "POST admin/messages/pause": "pause_channel resume_channel",
    "GET admin/cases": "list_cases",
    "POST admin/cases": "retry_cases",
    "GET admin/cases/{case}": "get_case",
    "POST admin/cases/{case}": "retry_case dismiss_case",
    "GET admin/disputes": "list_disputes",
    "GET admin/disputes/{dispute}": "get_dispute",
    "POST admin/disputes/{dispute}": "answer_dispute confirm_dispute send_back_dispute",
    "GET admin/connections": "list_connections",
    "GET admin/connections/{connection}": "get_connection",
    "POST admin/connections/{connection}/test": "test_connection",
    "POST admin/connections/{connection}/pause": "pause_connection resume_connection",
    "GET admin/connections/{connection}/fields": "get_fields",
    "POST admin/connections/{connection}/fields": "put_fields",
    "GET admin/connections/add/{kind}": "put_connection",
    "POST admin/connections/add/{kind}": "put_connection",
    "GET admin/shop": "list_catalog",
    "GET admin/shop/{item}": "get_item item_codes",
    "POST admin/shop/{item}": "put_item",
    "POST admin/shop/{item}/codes": "add_codes",
    "GET admin/providers": "list_accounts",
    "GET admin/providers/{provider}": "get_account",
    "POST admin/providers/{provider}": "put_account",
    "GET admin/redemptions": "list_redemptions order_comparisons",
    "POST admin/redemptions": "compare_orders",
    "GET admin/redemptions/export.csv": "list_redemptions",
    "GET admin/redemptions/{redemption}": "get_redemption",
    "POST admin/redemptions/{redemption}": "approve_redemption refuse_redemption retry_redemption accept_redemption"
    " release_redemption",
    "GET admin/analytics": "figures before_after",
    "GET admin/analytics/{table}": "figures_file",
    "GET admin/settings": "get_settings",
    "POST admin/settings": "change_settings",
    "GET admin/keys": "list_keys",
    "POST admin/keys": "make_key",
    "POST admin/keys/{key}/revoke": "revoke_key",
    "POST admin/keys/{key}/forget": "forget_key",
    "GET admin/audit": "audit_log",
}
"""Route -> the operations that do the same."""

PEOPLE_ONLY = "who may do what is decided by people: a key would make somebody who may more than it does"
SHOWN_ONLY = "it shows together what other operations tell one by one"

WITHOUT = {
    "GET admin/today": SHOWN_ONLY,
    "GET admin/programs/{program}/words": SHOWN_ONLY,
    "GET admin/staff": PEOPLE_ONLY,
    "POST admin/staff": PEOPLE_ONLY,
    "POST admin/staff/roles": PEOPLE_ONLY,
    "POST admin/staff/remove": PEOPLE_ONLY,
}
"""Route -> why the API leaves it to people and their browsers."""

NARROWER = {
    "GET me/preferences": "a link only reads the wallet; how somebody is told is theirs who signed in",
    "GET admin/presets/{preset}": "to read a preset needs no right to write one",
    "POST admin/programs/{program}/checked": "to check a document writes nothing",
}
"""Routes whose operations ask for another scope, and why."""


def _routes() -> dict[str, Route]:
    found = (*rep.ROUTES, *team.ROUTES, *desk.ROUTES, *screen.ROUTES)
    return {f"{it.method} {it.path}": it for it in found if it.scope is not None}


def _known() -> dict[str, Operation]:
    return {it.id: it for it in OPERATIONS}


def test_each_page_has_its_operations_or_a_reason_why_not() -> None:
    routes = _routes()
    assert set(routes) == {*BY_PAGE, *WITHOUT}
    assert not set(BY_PAGE) & set(WITHOUT)
    named = {name for names in BY_PAGE.values() for name in names.split()}
    assert named <= set(_known())


@pytest.mark.parametrize("page", sorted(BY_PAGE))
def test_an_operation_asks_for_the_scope_of_its_page(page: str) -> None:
    scopes = {_known()[name].scope for name in BY_PAGE[page].split()}
    assert (scopes == {_routes()[page].scope}) == (page not in NARROWER), scopes


def test_what_changes_something_on_a_page_is_no_mere_reading_in_the_api() -> None:
    reading = {"simulate_program", "validate_program"}
    for page, names in BY_PAGE.items():
        changing = [name for name in names.split() if _known()[name].changes]
        assert changing or page.startswith("GET"), page
        if page.startswith("GET") and not page.endswith(("import", "simulate", "add/{kind}")):
            assert set(changing) <= reading, page


def test_every_parameter_that_is_described_is_taken() -> None:
    """A parameter counts as one of the query only if it says so: else it would be described, and refused as unknown."""
    for it in OPERATIONS:
        for name, parameter in signature(it.answer).parameters.items():
            plain = name in ("call", "body") or f"{{{name}}}" in it.path
            marks = getattr(parameter.annotation, "__metadata__", ())
            assert plain or any(isinstance(mark, Query | Header) for mark in marks), (it.id, name)
