"""pages: a signed link comes in, a person's wallet or their opt-out page goes out."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="pages")
answer = wiring.pages()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event (`GET /w/{token}`, `/explain/{token}`, `/u/{token}`, `POST /u/{token}`) to a page.

    Tokens are never logged.
    """
    started = perf_counter()
    page = answer(event, now=datetime.now(UTC))
    logger.info(
        "page",
        extra={
            "event": "page",
            "method": event.get("httpMethod"),
            "route": event.get("resource"),
            "status": page.status,
            "bytes": len(page.html.encode()),
            "ms": round((perf_counter() - started) * 1000),
        },
    )
    return {"statusCode": page.status, "headers": dict(page.headers), "body": page.html}
