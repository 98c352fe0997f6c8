"""Smallest values that fit a JSON schema of the API's description: what a test sends where the content does not matter."""

from typing import Any

PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "card-acme",
    r"^[a-z][a-z0-9_]*$": "stock",
    r"^[a-z_]+$": "deal",
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": "a-name",
    r"^[A-Za-z0-9]+$": "00D5e000001AbCdEAK",
    r"^https?://[\x21-\x7e]+$": "https://testflight.tremendous.com",
    r"^[A-Z]{3}$": "EUR",
    r"^[A-Z]{2}$": "NL",
    r"^[a-z]{2}$": "en",
    r"^#[0-9a-fA-F]{6}$": "#0b6e4f",
    r"^[A-Za-z0-9][A-Za-z0-9 .:@+_-]*$": "name",
}


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference stands for."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def smallest(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A value that fits."""
    schema = resolved(schema, document)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return smallest(schema["anyOf"][0], document)
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        found = {name: smallest(schema["properties"][name], document) for name in wanted}
        return found or ({"en": "Text"} if schema.get("minProperties") else {})
    if kind == "array":
        return [smallest(schema["items"], document)] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1)
    if kind == "boolean":
        return True
    return _text(schema)


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date":
        return "2026-01-05"
    return PATTERNS.get(schema.get("pattern", ""), "some text")
