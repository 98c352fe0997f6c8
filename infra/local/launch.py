"""Starts MiniStack with two of its traits mended.

    .tools/ministack/bin/python infra/local/launch.py .tools/rt-3.13/bin/python

Functions run as on AWS, on their own Python with boto3, their layers and nothing else: MiniStack takes its own interpreter,
whose packages would hide what a layer forgot. And an update of a nested stack keeps the attributes of what did not change:
MiniStack forgets them, and then every `!GetAtt` of them fails. Both are private functions, so MiniStack's version is pinned
in tools/ministack.txt.
"""

import sys
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.services.cloudformation import provisioners

RUNTIME = "python3.13"


def main() -> None:
    """Serve until told to stop; everything else is said by MiniStack's own environment variables."""
    run_functions_on(sys.argv.pop(1))
    remember_attributes()
    app.main()


def run_functions_on(clean_python: str) -> None:
    """Let functions of our runtime have this interpreter."""
    choose = lambda_runtime._detect_runtime_binary

    def choose_clean(runtime: str) -> tuple[str, str]:
        binary, worker = choose(runtime)
        return (clean_python if runtime == RUNTIME else binary), worker

    lambda_runtime._detect_runtime_binary = choose_clean


def remember_attributes() -> None:
    """Give an unchanged resource of a nested stack the attributes that it had."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    provision, update = provisioners._provision_resource, provisioners._update_resource

    def remember(kind: str, result: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        physical_id, attributes = result
        if attributes:
            known[kind, physical_id] = attributes
        return physical_id, known.get((kind, physical_id), attributes)

    provisioners._provision_resource = lambda kind, *rest, **more: remember(kind, provision(kind, *rest, **more))
    provisioners._update_resource = lambda kind, *rest, **more: remember(kind, update(kind, *rest, **more))


if __name__ == "__main__":
    main()
