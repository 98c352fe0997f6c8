"""Starts the stand-in CRMs: `python -m crms --salesforce-port 4610 --hubspot-port 4611`."""

import argparse
import signal
import threading

from crms import hubspot, salesforce


def main() -> None:
    """Serve both until told to stop."""
    parser = argparse.ArgumentParser(prog="crms", description=__doc__)
    parser.add_argument("--salesforce-port", type=int, default=4610)
    parser.add_argument("--hubspot-port", type=int, default=4611)
    chosen = parser.parse_args()
    stand_ins = [salesforce.StandIn(chosen.salesforce_port), hubspot.StandIn(chosen.hubspot_port)]
    for stand_in in stand_ins:
        stand_in.start()
        print(stand_in.base_url, flush=True)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
    for stand_in in stand_ins:
        stand_in.stop()


if __name__ == "__main__":
    main()
