"""How long functions and the command take to start, in CPU time: fresh interpreters, taken in turns."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.rows import Row, row

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 11
LIMITS = {"receive": 0.7, "process": 0.6}
COMMAND_SECONDS = 0.8

TYPICAL = """
from datetime import datetime
import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import BaseModel
logger, app, client = Logger(service="typical"), APIGatewayRestResolver(), boto3.client("dynamodb")
kinds = {"id": str, "name": str, "at": datetime, "amount": int, "tags": list[str], "parts": dict[str, int]}
models = [type(f"Model{n}", (BaseModel,), {"__annotations__": kinds, "__module__": "typical"}) for n in range(12)]
"""
"""What a handler of the usual libraries does before its first event: one client, a logger, a router, twelve models."""

_TIMED = "import time; started = time.process_time()\n{code}\nprint(time.process_time() - started)"
_SETTINGS = ("STATE_TABLE", "LEDGER_TABLE", "DELIVERIES_TABLE", "INBOX_QUEUE_URL", "BODIES_BUCKET", "LINK_SECRET_NAME")


def starts(build: Path) -> Iterator[Row]:
    """`build`: where `sam build` left the layers, byte-compiled. The interpreter has boto3 and nothing else."""
    core, crm = (str(build / layer / "python") for layer in ("CoreLayer", "CrmLayer"))
    layers = {"receive": [core], "process": [crm, core]}
    code = {"typical": f"import sys; sys.path[:0] = {[core]!r}\n{TYPICAL}"}
    for name, paths in layers.items():
        code[name] = f"import sys; sys.path[:0] = {[str(ROOT / 'functions' / name), *paths]!r}\nimport app"
    taken: dict[str, list[float]] = {name: [] for name in code}
    for _ in range(ROUNDS):
        for name, text in code.items():
            taken[name].append(_run(text))
    typical = statistics.median(taken["typical"]) * 1000
    for name, limit in LIMITS.items():
        measured = statistics.median(taken[name]) * 1000
        yield row(f"init of {name}", measured, "ms CPU", reference=typical, against="usual libraries", ratio_at_most=limit)
    _command()  # leaves its byte-code, as the first run after an installation does
    yield row("accolade --help", statistics.median(_command() for _ in range(5)), "s CPU", at_most=COMMAND_SECONDS)


def _run(code: str) -> float:
    """CPU seconds of some code in a fresh interpreter."""
    python = ROOT / ".tools" / "rt-3.13" / "bin" / "python"
    nowhere = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}
    env = {**nowhere, **dict.fromkeys(_SETTINGS, "given")}
    done = subprocess.run([python, "-I", "-c", _TIMED.format(code=code)], env=env, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _command() -> float:
    """CPU seconds of the installed command, its interpreter's own start included."""
    before = _children()
    command = [str(Path(sys.executable).parent / "accolade"), "--help"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, env=env, capture_output=True, check=True)
    return _children() - before


def _children() -> float:
    used = os.times()
    return used.children_user + used.children_system
