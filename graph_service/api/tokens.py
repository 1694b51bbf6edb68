"""Bearer tokens: issued and checked by the service itself, or an identity provider's where one is configured."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Protocol

import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from graph_service.api.errors import Forbidden
from graph_service.api.viewer import Role, Viewer
from graph_service.errors import ServiceError
from graph_service.settings import Settings

_OWN = "HS256"
# Pinned: the token's header never chooses between a secret and a public key, and `none` is not among them.
_PROVIDERS = ("RS256", "ES256")
_LEEWAY_SECONDS = 10
_JWKS_LIFETIME_SECONDS = 300
_JWKS_PAUSE_SECONDS = 30
_JWKS_TIMEOUT_SECONDS = 5

_ASK_AGAIN = "Get one with `graph-service token`, or from your identity provider, and send it as `Bearer`."


class Unauthenticated(ServiceError):
    """No token, or none that this service accepts; the message never shows the token."""

    def __init__(self, message: str) -> None:
        super().__init__("UNAUTHENTICATED", message, remedy=_ASK_AGAIN)


def issue_token(secret: bytes, role: Role, subject: str | None, brand: str | None, ttl_seconds: int) -> str:
    """A token of the service's own.

    Args:
        secret: that signs tokens (`Settings.token_secret`).
        role: of whoever carries it.
        subject: the party or member that they are; None for roles that are none.
        brand: the brand that they belong to.
        ttl_seconds: how long it is valid.
    """
    now = int(time.time())
    claims = {"role": role.value, "sub": subject, "brand": brand, "iat": now, "exp": now + ttl_seconds}
    return jwt.encode({key: value for key, value in claims.items() if value is not None}, secret, algorithm=_OWN)


def viewer_of(token: str, secret: bytes) -> Viewer:
    """Who carries a token of the service's own.

    Raises:
        Unauthenticated: when it has expired, was signed with another secret, or names no known role.
    """
    return _viewer(token, secret, (_OWN,))


def _viewer(token: str, key: Any, algorithms: tuple[str, ...]) -> Viewer:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=list(algorithms),
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp"], "verify_aud": False},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("The token has expired.") from None
    except jwt.InvalidSignatureError:
        raise Unauthenticated("The token's signature is wrong.") from None
    except (jwt.PyJWTError, ValueError):
        # A ValueError is what deep inside the decoder comes of bytes that are no token at all.
        raise Unauthenticated("The token is none that this service accepts.") from None
    return _viewer_in(claims)


def _viewer_in(claims: Mapping[str, Any]) -> Viewer:
    try:
        role = Role(str(claims.get("role")))
    except ValueError:
        raise Unauthenticated("The token names no role that this service knows.") from None
    subject, brand = claims.get("sub"), claims.get("brand")
    return Viewer(role, _text(subject), _text(brand))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise Unauthenticated("The token's `sub` and `brand` must be text.")


class Verifier(Protocol):
    """Tells who carries a token."""

    async def __call__(self, token: str) -> Viewer:
        """The viewer, or Unauthenticated."""
        ...


async def viewer_with(authorization: str | None, verifier: Verifier) -> Viewer:
    """Who sends `Authorization: Bearer …`.

    Raises:
        ServiceError: `UNAUTHENTICATED`, or `FORBIDDEN`.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The request carries no bearer token.")
    viewer = await verifier(token.strip())
    # Before permissions are built, whoever may not see everything sees nothing.
    if not viewer.may_read:
        raise Forbidden(f"The role {viewer.role.value} may not use the service yet.")
    return viewer


class _OwnTokens:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    async def __call__(self, token: str) -> Viewer:
        return viewer_of(token, self._secret)


class _PublicKey:
    """Tokens signed with one key of an identity provider."""

    def __init__(self, pem: str) -> None:
        text = pem.replace("\\n", "\n")  # As one line, where an environment file allows no more.
        readers = {"RS256": RSAAlgorithm(RSAAlgorithm.SHA256), "ES256": ECAlgorithm(ECAlgorithm.SHA256)}
        for algorithm, reader in readers.items():
            try:
                self._key, self._algorithm = reader.prepare_key(text), algorithm
            except (TypeError, ValueError, jwt.PyJWTError):
                continue
            return
        raise ServiceError(
            "JWT_KEY_INVALID",
            "GRAPH_SERVICE_JWT_PUBLIC_KEY is no public key of RSA or of an elliptic curve, in PEM.",
            remedy="Set it to the text that begins with -----BEGIN PUBLIC KEY-----.",
        )

    async def __call__(self, token: str) -> Viewer:
        return _viewer(token, self._key, (self._algorithm,))


class _KeySet:
    """Tokens signed with one of the keys that an identity provider publishes."""

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=_JWKS_TIMEOUT_SECONDS)
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._fetching = asyncio.Lock()

    async def __call__(self, token: str) -> Viewer:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            raise Unauthenticated("The token is none that this service accepts.") from None
        key = await self._key(header.get("kid"))
        if key is None or key.algorithm_name not in _PROVIDERS:
            raise Unauthenticated("The token is signed with a key that the identity provider does not publish.")
        return _viewer(token, key.key, (key.algorithm_name,))

    async def _key(self, name: str | None) -> jwt.PyJWK | None:
        async with self._fetching:
            age = time.monotonic() - self._fetched
            # The pause keeps invented key names from making this service ask the provider all day.
            if age > _JWKS_LIFETIME_SECONDS or (name not in self._keys and age > _JWKS_PAUSE_SECONDS):
                await self._fetch()
        return self._keys.get(name)

    async def _fetch(self) -> None:
        self._fetched = time.monotonic()
        try:
            keys = await asyncio.to_thread(self._client.get_signing_keys, refresh=True)
        except jwt.PyJWTError:
            if not self._keys:
                raise Unauthenticated("The identity provider's keys can't be fetched at present.") from None
            return
        self._keys = {key.key_id: key for key in keys}


def verifier_of(settings: Settings) -> Verifier:
    """What checks tokens: the identity provider's key or keys where they are configured, else the service's secret.

    Raises:
        ServiceError: `JWT_KEY_INVALID`, when the configured key is none.
    """
    if settings.jwks_url is not None:
        return _KeySet(settings.jwks_url)
    if settings.jwt_public_key is not None:
        return _PublicKey(settings.jwt_public_key)
    return _OwnTokens(settings.token_secret())
