"""What the local cloud has sent, the newest last: SMS and e-mails, word for word.

python infra/local/inbox.py [--port 4566] [--count 3]
"""

import argparse
import json
import sys
import urllib.request
from typing import Any


def main() -> int:
    """Print the newest messages of each channel."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--count", type=int, default=3)
    chosen = parser.parse_args()
    endpoint = f"http://localhost:{chosen.port}"
    try:
        texts, mails = sent_texts(endpoint), sent_mails(endpoint)
    except OSError:
        print(f"No local cloud answers at {endpoint}. Start it: make up", file=sys.stderr)
        return 1
    for it in texts[-chosen.count :]:
        print(f"SMS to {it['PhoneNumber']}\n{it['Message']}\n")
    for it in mails[-chosen.count :]:
        print(f"E-mail to {', '.join(it.get('To') or [])}: {it['Subject']}\n{(it.get('BodyText') or '').strip()}\n")
    return 0


def sent_texts(endpoint: str) -> list[dict[str, Any]]:
    """All SMS that the local cloud has taken, in the order in which they came: `PhoneNumber`, `Message`."""
    return _listed(f"{endpoint}/_ministack/sns/sms-messages", "sms_messages")


def sent_mails(endpoint: str) -> list[dict[str, Any]]:
    """All e-mails that the local cloud has taken: `To` (addresses), `Subject`, `BodyText`."""
    return _listed(f"{endpoint}/_ministack/ses/messages", "messages")


def _listed(url: str, name: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return [it for sent in json.load(answer)[name].values() for it in sent]


if __name__ == "__main__":
    sys.exit(main())
