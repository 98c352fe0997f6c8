"""Background processes of the local cloud: started with a pid file and a log each, stopped by the pid file alone."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 10.0


class Trouble(Exception):
    """What went wrong and how to mend it, for a person."""


def start(name: str, command: Sequence[str | Path], *, state: Path, env: Mapping[str, str]) -> None:
    """Start a process in a group of its own; `state` holds its pid file and log. Nothing if it is running already."""
    if running(name, state=state):
        return
    with (state / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=state,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _pid_file(name, state).write_text(str(process.pid))


def running(name: str, *, state: Path) -> bool:
    """Whether the process of the pid file lives and is the one that was started here."""
    pid = _pid(name, state)
    if not pid:
        return False
    with contextlib.suppress(ChildProcessError):  # another command started it
        os.waitpid(pid, os.WNOHANG)
    try:
        # A process id is used again after a restart of the machine: only the leader of its own group is ours.
        return os.getpgid(pid) == pid
    except ProcessLookupError:
        return False


def stop(name: str, *, state: Path) -> bool:
    """Stop the process and what it started; True if there was one."""
    pid, was = _pid(name, state), running(name, state=state)
    if was:
        os.killpg(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while running(name, state=state) and time.monotonic() < end:
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):  # it ended in time
            os.killpg(pid, signal.SIGKILL)
    _pid_file(name, state).unlink(missing_ok=True)
    return was


def wait_until_answers(url: str, *, name: str, state: Path, seconds: float) -> None:
    """Wait until the URL answers at all; Trouble with the log's end if it does not in time or the process ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if not running(name, state=state):
                break
            time.sleep(0.05)
    log = (state / f"{name}.log").read_text(errors="replace").strip().splitlines()[-8:]
    raise Trouble(f"{name} does not answer at {url}:\n  " + "\n  ".join(log))


def must_be_free(port: int) -> None:
    """Trouble if something listens on the port already."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Trouble(f"port {port} is taken; choose another one: make up PORT=4766 STATE_DIR=.local-2")


def _pid_file(name: str, state: Path) -> Path:
    return state / f"{name}.pid"


def _pid(name: str, state: Path) -> int:
    try:
        return int(_pid_file(name, state).read_text())
    except (FileNotFoundError, ValueError):
        return 0
