"""Reads the templates as data, for tests: tags as {name: argument}, children as {name: template}."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = (
    *("alarms", "bodies", "dashboard", "front_roles", "identity", "keys", "logs", "queue", "queues", "receipts", "roles"),
    *("staff_client", "tables", "topics"),
)
Resource = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _tag(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tag)


@cache
def main() -> dict[str, Any]:
    """template.yaml."""
    return load(ROOT / "template.yaml")


@cache
def child(name: str) -> dict[str, Any]:
    """A template of infra/."""
    return load(ROOT / "infra" / f"{name}.yaml")


def load(path: Path) -> dict[str, Any]:
    """A template file."""
    return yaml.load(path.read_text(), _Loader)  # noqa: S506 (a SafeLoader with CloudFormation's tags)


def resources(template: dict[str, Any], kind: str) -> dict[str, Resource]:
    """The resources of a type, by logical id."""
    return {name: found for name, found in template["Resources"].items() if found["Type"] == kind}


def functions() -> dict[str, Resource]:
    """The functions' properties by logical id, what Globals gives them included."""
    shared = main()["Globals"]["Function"]
    return {name: merged(shared, found["Properties"]) for name, found in resources(main(), "AWS::Serverless::Function").items()}


def merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """SAM's rule: maps are merged, lists appended, the rest overridden."""
    result = dict(shared)
    for name, value in own.items():
        both = (result.get(name), value)
        if isinstance(both[0], dict) and isinstance(value, dict):
            result[name] = merged(both[0], value)
        elif isinstance(both[0], list) and isinstance(value, list):
            result[name] = both[0] + value
        else:
            result[name] = value
    return result


def variables(function: Resource) -> dict[str, Any]:
    """A function's environment variables."""
    return function["Environment"]["Variables"]


def events(function: Resource, kind: str) -> list[Resource]:
    """A function's events of a type: their properties."""
    return [event["Properties"] for event in function["Events"].values() if event["Type"] == kind]


def listed(value: Any) -> list[Any]:
    """What may be one or a list, as a list."""
    return value if isinstance(value, list) else [value]


def statements(role: str) -> Iterator[Resource]:
    """Everything that a role may do or not: its own statements and those of the policies that it shares."""
    known = roles()
    properties = known[role]["Properties"]
    for policy in properties.get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]
    for shared in properties.get("ManagedPolicyArns", ()):
        yield from known[shared["Ref"].removesuffix("Arn")]["Properties"]["PolicyDocument"]["Statement"]


def roles() -> dict[str, Resource]:
    """The roles of both templates, and the policies that they share, by logical id."""
    return child("roles")["Resources"] | child("front_roles")["Resources"]


def allowed(role: str, resource: str) -> set[str]:
    """The actions that a role may do on what contains this text in its resource, for example `LedgerArn`."""
    return {
        action
        for statement in statements(role)
        if statement["Effect"] == "Allow" and any(resource in str(found) for found in listed(statement["Resource"]))
        for action in listed(statement["Action"])
    }
