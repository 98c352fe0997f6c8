"""What stands below the help of a command: lines that can be typed as they are, with one's own names put in."""

from typing import Any

_HISTORY = "--deals deals.csv --mapping mapping.yaml"

EXAMPLES = {
    "connection add": (
        "accolade connection add salesforce sf --organization-id 00D5e000000AbcDEAS",
        "accolade connection add hubspot hub --portal-id 12345678 --client-secret-env HUB_SECRET --token-env HUB_TOKEN",
    ),
    "participant import": ("accolade participant import people.csv",),
    "staff add": (
        "accolade staff add maria@acme.example --role admin",
        "accolade staff add sam@acme.example --role finance --role support --print-password",
    ),
    "staff roles": ("accolade staff roles maria@acme.example --role finance",),
    "staff remove": ("accolade staff remove maria@acme.example",),
    "key add": ('accolade key add "Month-end report" --scope analytics --scope people --days 90',),
    "key revoke": ("accolade key revoke mfrggzdfmztwq2lk",),
    "catalog import": ("accolade catalog import items.yaml",),
    "catalog rate": ("accolade catalog rate EUR USD 1.0850",),
    "stock import": ("accolade stock import coffee codes.csv",),
    "provider add": (
        "accolade provider add tremendous --key-env TREMENDOUS_KEY --set funding_source=BALANCE --set campaign=CAMP0001",
        "accolade provider add tremendous --webhook-key-env TREMENDOUS_WEBHOOK --api-base https://api.tremendous.com",
    ),
    "redemption approve": ('accolade redemption approve p000017xabc --as maria --reason "Well earned"',),
    "redemption retry": ('accolade redemption retry p000017xabc --as maria --reason "Funded" --as-it-is',),
    "redemption release": ('accolade redemption release p000017xabc --as maria --reason "Cancelled there"',),
    "redemption reconcile": ("accolade redemption reconcile", "accolade redemption reconcile --provider tremendous --days 90"),
    "redemption tax-form": ("accolade redemption tax-form asha --on 2026-01-31",),
    "program validate": ("accolade program validate race.yaml",),
    "program publish": (
        'accolade program publish race.yaml --ghost --reason "First try"',
        "accolade program publish race.yaml --history deal=deals.csv --mapping mapping.yaml",
    ),
    "program show": ("accolade program show race", "accolade program show race --version 2"),
    "program diff": (
        "accolade program diff race race.yaml",
        "accolade program diff race@1 race@2 --language nl",
        "accolade program diff race --ghost",
    ),
    "program live": (
        'accolade program live race --reason "Looked at it with the team leads"',
        "accolade program live race --from 2027-01-01",
    ),
    "program approve": ("accolade program approve race@2 --as maria",),
    "program rollout": (
        "accolade program rollout race --teams West,Central",
        "accolade program rollout race --percent 20",
        "accolade program rollout race --percent 100",
    ),
    "program retire": ("accolade program retire race --on 2027-07-01",),
    "program withdraw": ("accolade program withdraw race --version 2",),
    "program log": ("accolade program log race",),
    "preset list": ("accolade preset list --department sales",),
    "preset show": ("accolade preset show quarter-race", "accolade preset show quarter-race --language nl"),
    "preset use": (
        "accolade preset use quarter-race --out race.yaml",
        "accolade preset use quarter-race --id race-emea --from 2027-01-01 --currency EUR --time-zone Europe/Amsterdam",
    ),
    "simulate": (
        f"accolade simulate race.yaml {_HISTORY}",
        f"accolade simulate race.yaml {_HISTORY} --records participant=people.csv --compare live",
        f"accolade simulate race.yaml {_HISTORY} --quotas quotas.csv",
        "accolade simulate race@2 --connection sf --compare race@1",
    ),
    "gaps": (f"accolade gaps {_HISTORY}", "accolade gaps --records deal=deals.csv --mapping mapping.yaml --no-costs"),
    "goal": (
        f"accolade goal won_count {_HISTORY} --period month",
        f"accolade goal race.yaml:close-rate {_HISTORY}",
    ),
    "kpi": (
        "accolade kpi",
        "accolade kpi close_rate --records deal=deals.csv --mapping mapping.yaml --by team --period quarter",
        "accolade kpi won_amount --records deal=deals.csv --mapping mapping.yaml --top 10 --ties won_count,name",
    ),
    "send salesforce": ("accolade send salesforce deals.csv --connection sf --mapping mapping.yaml",),
    "send hubspot": ("accolade send hubspot deals.csv --connection hub --mapping mapping.yaml",),
    "budget show": ("accolade budget show race",),
    "budget top-up": ("accolade budget top-up race 50000",),
    "nominate": ('accolade nominate asha --milestone thanks/helped --by bob --reason "Stayed late for the Acme demo"',),
    "nomination list": ("accolade nomination list --all",),
    "nomination approve": ('accolade nomination approve 3f9a1c07de52b846 --as maria --reason "Seen by all"',),
    "nomination decline": ('accolade nomination decline 3f9a1c07de52b846 --as maria --reason "Is paid by the team award"',),
    "nomination withdraw": ('accolade nomination withdraw 3f9a1c07de52b846 --as bob --reason "Put forward twice"',),
    "rfm run": ("accolade rfm run --connection sf",),
    "rfm show": ("accolade rfm show --segment Loyal",),
    "quota import": ("accolade quota import quotas.csv",),
    "approval list": ("accolade approval list",),
    "approval approve": ('accolade approval approve race/big/P000017/sf:deal:006B --as maria --reason "Checked the contract"',),
    "approval refuse": ('accolade approval refuse race/big/P000017/sf:deal:006B --as maria --reason "Booked twice"',),
    "explain": (
        "accolade explain asha",
        "accolade explain asha --milestone fast-win",
        "accolade explain asha --milestone fast-win --record 006B000001",
        "accolade explain asha --line 12",
    ),
    "wallet show": ("accolade wallet show asha",),
    "leaderboard": ("accolade leaderboard", "accolade leaderboard --kpi won_count --period 2027Q1"),
}
"""Command -> what one may type."""


def add_to(command: Any, name: str) -> None:
    """Write the examples below the help of a command and of those below it."""
    below = getattr(command, "commands", {})
    for part, one in [(name, command), *((f"{name} {part}", one) for part, one in below.items())]:
        lines = EXAMPLES.get(part, ())
        if lines:
            # Paragraphs stay lines of their own; what stands in them is not read as markup by chance: it has none.
            one.epilog = "\n\n".join(("Examples:" if len(lines) > 1 else "Example:", *lines))
