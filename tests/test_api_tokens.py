"""Bearer tokens: the service's own, and an identity provider's."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

from graph_service.api.tokens import Unauthenticated, issue_token, verifier_of, viewer_of
from graph_service.api.viewer import Role, Viewer
from graph_service.errors import ServiceError
from tests.serving import TOKEN_KEY, settings_of, token

SECRET = TOKEN_KEY.encode()
NEVER = 2**33
ADMIN = {"role": "admin", "exp": NEVER}

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def public_pem(key: PrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


@pytest.fixture(scope="module")
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


class _Provider(BaseHTTPRequestHandler):
    keys: dict[str, object] = {}
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.keys).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@pytest.fixture
def provider(rsa_key: rsa.RSAPrivateKey) -> Iterator[str]:
    """An identity provider that publishes one key, named `k1`."""
    published = json.loads(RSAAlgorithm.to_jwk(rsa_key.public_key())) | {"kid": "k1", "alg": "RS256", "use": "sig"}
    _Provider.keys, _Provider.asked = {"keys": [published]}, 0
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    server.server_close()


def test_a_token_tells_role_subject_and_brand() -> None:
    issued = issue_token(SECRET, Role.STORE, "S1", "F", 60)

    assert viewer_of(issued, SECRET) == Viewer(Role.STORE, "S1", "F")


@pytest.mark.parametrize(
    "claims",
    [
        {"role": "admin"},
        {"role": "emperor", "exp": NEVER},
        {"exp": NEVER},
        {"role": ["admin"], "exp": NEVER},
        {"role": "admin", "exp": "never"},
        {"role": "admin", "exp": 1},
        {"role": "admin", "exp": NEVER, "nbf": NEVER},
        {"role": "admin", "exp": NEVER, "brand": 7},
    ],
)
def test_a_token_that_says_something_else_is_refused(claims: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated):
        viewer_of(jwt.encode(claims, SECRET, "HS256"), SECRET)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_only_one_algorithm_is_accepted(algorithm: str) -> None:
    key = "" if algorithm == "none" else "a secret of sixty-four bytes and more, so that every algorithm takes it……"
    with pytest.raises(Unauthenticated):
        viewer_of(jwt.encode(ADMIN, key, algorithm), key.encode() or SECRET)


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("one_line", [False, True])
async def test_a_public_key_stands_instead_of_the_services_own_tokens(
    kind: str, one_line: bool, rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey, tmp_path: Path
) -> None:
    key: PrivateKey = rsa_key if kind == "rsa" else ec_key
    pem = public_pem(key)
    verify = verifier_of(settings_of(tmp_path, jwt_public_key=pem.replace("\n", "\\n") if one_line else pem))

    assert await verify(jwt.encode(ADMIN, key, "RS256" if kind == "rsa" else "ES256")) == Viewer(Role.ADMIN)
    with pytest.raises(Unauthenticated):
        await verify(token())
    with pytest.raises(Unauthenticated):
        await verify(jwt.encode(ADMIN, "", "none"))


async def test_a_public_key_is_never_taken_for_a_secret(rsa_key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    pem = public_pem(rsa_key)
    header, payload = (jwt.utils.base64url_encode(json.dumps(part).encode()) for part in ({"alg": "HS256"}, ADMIN))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        header + b"." + payload, pem.encode()
    )
    forged = b".".join((header, payload, jwt.utils.base64url_encode(signature))).decode()

    with pytest.raises(Unauthenticated):
        await verifier_of(settings_of(tmp_path, jwt_public_key=pem))(forged)


def test_a_key_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="PEM") as told:
        verifier_of(settings_of(tmp_path, jwt_public_key="no key"))
    assert told.value.code == "JWT_KEY_INVALID"


async def test_published_keys_are_fetched_once_and_invented_names_do_not_fetch_them_again(
    provider: str, rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    verify = verifier_of(settings_of(tmp_path, jwks_url=provider))
    good = jwt.encode(ADMIN, rsa_key, "RS256", headers={"kid": "k1"})

    assert set(await asyncio.gather(*(verify(good) for _ in range(10)))) == {Viewer(Role.ADMIN)}
    for name in ("k2", "k3"):
        with pytest.raises(Unauthenticated):
            await verify(jwt.encode(ADMIN, rsa_key, "RS256", headers={"kid": name}))

    assert _Provider.asked == 1


async def test_a_provider_that_is_away_lets_nobody_in(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    verify = verifier_of(settings_of(tmp_path, jwks_url="http://127.0.0.1:9/keys"))

    with pytest.raises(Unauthenticated):
        await verify(jwt.encode(ADMIN, rsa_key, "RS256", headers={"kid": "k1"}))
