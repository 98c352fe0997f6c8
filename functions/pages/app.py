"""pages: a browser comes in, by a signed link or a session; a page of the site goes out."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="pages")
answer = wiring.pages(logger.info)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event to a page (see `web.routes`). Tokens, cookies and forms are never logged."""
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
    return page.as_proxy()
