"""Consistency tokens: Neo4j bookmarks that a caller carries from a write to a read."""

import base64
import binascii
import json

from neo4j import Bookmarks

from graph_service.errors import ServiceError


def token_of(bookmarks: Bookmarks) -> str:
    """The token of some bookmarks."""
    text = json.dumps(sorted(bookmarks.raw_values))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def bookmarks_of(token: str) -> Bookmarks:
    """The bookmarks of a token.

    Raises:
        ServiceError: `INVALID_CONSISTENCY_TOKEN`, when the service did not make it.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return Bookmarks.from_raw_values(values)
    raise ServiceError(
        "INVALID_CONSISTENCY_TOKEN",
        "The consistency token is none that this service gave out.",
        remedy="Send back the `token` of an intake report unchanged, or leave it out.",
    )
