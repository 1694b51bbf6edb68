"""Configuration: the environment variables of `contract/cli.md`, and the secrets in the home."""

import base64
import binascii
import os
import secrets
from pathlib import Path

import platformdirs
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph_service.errors import ServiceError

_SECRET_BYTES = 32


class Neo4jSettings(BaseSettings):
    """A Neo4j server of one's own, instead of the embedded one."""

    model_config = SettingsConfigDict(env_prefix="NEO4J_")

    uri: str | None = None
    username: str = "neo4j"
    password: SecretStr = SecretStr("")
    database: str | None = None


class Settings(BaseSettings):
    """What the service is told by its surroundings.

    Attributes:
        home: where data, keys and the embedded server are.
        token_key: signs tokens.
        identifier_key: seals identifiers.
        new_identifier_key: is to replace it, for `keys rotate`.
        jwks_url: where an identity provider's keys are.
        jwt_public_key: an identity provider's key.
        least_free_mb: with less free for the home, no events are taken.
        low_free_mb: with less free for the home, it warns.
        most_waiting_events: with more waiting to be recorded, further ones are refused.
    """

    model_config = SettingsConfigDict(env_prefix="GRAPH_SERVICE_")

    home: Path = Path(platformdirs.user_data_dir("graph-service"))
    token_key: SecretStr | None = None
    identifier_key: SecretStr | None = None
    new_identifier_key: SecretStr | None = None
    jwks_url: str | None = None
    jwt_public_key: str | None = None
    least_free_mb: int = 512
    low_free_mb: int = 2_048
    most_waiting_events: int = 10_000

    def token_secret(self) -> bytes:
        """The secret that signs tokens, made in the home on first use (mode 600)."""
        return _secret(self.token_key, self.home / "keys" / "token.key", "GRAPH_SERVICE_TOKEN_KEY")

    def identifier_secret(self) -> bytes:
        """The secret that seals identifiers, made in the home on first use (mode 600)."""
        return _secret(self.identifier_key, self.home / "keys" / "identifier.key", "GRAPH_SERVICE_IDENTIFIER_KEY")

    def new_identifier_secret(self) -> bytes | None:
        """The secret that is to replace it; None where the environment names none."""
        if self.new_identifier_key is None:
            return None
        return _secret(self.new_identifier_key, Path(), "GRAPH_SERVICE_NEW_IDENTIFIER_KEY")


def _secret(given: SecretStr | None, file: Path, variable: str) -> bytes:
    if given is not None:
        text = given.get_secret_value()
        if len(text.encode()) < _SECRET_BYTES:
            raise ServiceError(
                "KEY_TOO_SHORT",
                f"{variable} has {len(text.encode())} bytes; at least {_SECRET_BYTES} are needed.",
                remedy="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        return text.encode()
    try:
        return _secret_in(file)
    except (OSError, binascii.Error) as error:
        raise ServiceError(
            "HOME_NOT_WRITABLE",
            f"The key {file.name} can't be read or made in the home: {error.__class__.__name__}.",
            remedy=f"Make {file.parent} readable and writable for this user, or set {variable}.",
        ) from None


def _secret_in(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # O_EXCL: of two commands that start together one makes the key and the other reads it.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return base64.b64decode(file.read_bytes(), validate=True)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(base64.b64encode(secrets.token_bytes(_SECRET_BYTES)))
    return base64.b64decode(file.read_bytes(), validate=True)
