"""Starts the stand-in Tremendous: `python -m rewards --port 4612`."""

import argparse
import signal
import threading

from rewards import tremendous


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="rewards", description=__doc__)
    parser.add_argument("--port", type=int, default=4612)
    chosen = parser.parse_args()
    stand_in = tremendous.StandIn(chosen.port).start()
    print(stand_in.base_url, flush=True)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    stand_in.stop()


if __name__ == "__main__":
    main()
