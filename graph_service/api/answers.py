"""HTTP answers."""

import json
from typing import Any

from starlette.responses import Response

from graph_service.api.errors import RETRY_AFTER, http_body, status_of
from graph_service.errors import ServiceError

JSON = "application/json"


def json_answer(content: Any, status: int = 200, *, media_type: str = JSON) -> Response:
    """An answer in JSON."""
    return Response(json_text(content).encode(), status, media_type=media_type)


def json_text(content: Any) -> str:
    """JSON as it is sent."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def error_answer(error: ServiceError) -> Response:
    """An error as `{"code", "message"}`, with the status that belongs to its code."""
    answer = json_answer(http_body(error), status_of(error.code))
    if error.code == "UNAUTHENTICATED":
        answer.headers["www-authenticate"] = "Bearer"
    if error.code in RETRY_AFTER:
        answer.headers["retry-after"] = str(RETRY_AFTER[error.code])
    return answer
