"""`graph-service keys rotate`: new keys for identifiers and for tokens, each alone or both."""

import base64
import secrets
from pathlib import Path

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.embedded.files import replace_private
from graph_service.members.keyring import Say, rotate_identifier_key
from graph_service.settings import Settings

_SECRET_BYTES = 32


def rotate_token_key(settings: Settings) -> Path:
    """Makes a new key that signs tokens; those that the old one signed are refused from the next start on.

    Raises:
        ServiceError: `KEY_FROM_ENVIRONMENT`, when the home does not keep it.
    """
    if settings.token_key is not None:
        raise ServiceError(
            "KEY_FROM_ENVIRONMENT",
            "The key that signs tokens comes from GRAPH_SERVICE_TOKEN_KEY.",
            remedy="Set another one there, and start the service again.",
        )
    settings.token_secret()
    file = settings.home / "keys" / "token.key"
    replace_private(file, base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())
    return file


async def rotate_identifiers(settings: Settings, graph: Graph, say: Say) -> int:
    """Seals every identifier under new keys, and these under a new secret.

    The new secret is made in the home; where the environment holds the old one, GRAPH_SERVICE_NEW_IDENTIFIER_KEY is it.

    Returns:
        how many identifiers and events were sealed anew.

    Raises:
        ServiceError: `KEY_FROM_ENVIRONMENT`, when the environment holds the old secret and no new one.
    """
    old = settings.identifier_secret()
    if settings.identifier_key is None:
        new = secrets.token_bytes(_SECRET_BYTES)
        file = settings.home / "keys" / "identifier.key"

        def install() -> None:
            replace_private(file, base64.b64encode(new).decode())

        return await rotate_identifier_key(graph, old, new, install, say)
    given = settings.new_identifier_secret()
    if given is None:
        raise ServiceError(
            "KEY_FROM_ENVIRONMENT",
            "The key of the identifiers comes from GRAPH_SERVICE_IDENTIFIER_KEY, and no new one was given.",
            remedy="Set GRAPH_SERVICE_NEW_IDENTIFIER_KEY for this command, then start the service with it as "
            "GRAPH_SERVICE_IDENTIFIER_KEY.",
        )
    return await rotate_identifier_key(graph, old, given, lambda: None, say)
