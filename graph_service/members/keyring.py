"""The keys of a graph, kept in it under the secret of its operator, so that the secret can change.

    (:Keyring {id: 1, wrapped})

Ids and content hashes hang on keys that never change; values are sealed under keys that a rotation replaces. All of
them are wrapped under the secret (`GRAPH_SERVICE_IDENTIFIER_KEY`): who has the graph alone has none of them. A rotation
that is killed goes on where it was, and until it ends both the old and the new sealing key are in the ring.
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from neo4j.exceptions import DriverError, Neo4jError

from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.intake.lock import lock
from graph_service.intake.strict_json import canonical
from graph_service.members.identifiers import IdentifierKeys, KeyParts, derived_from

_NONCE_LENGTH = 12
_AT_ONCE = 1_000
_LOOK_SECONDS = 0.5
NOTICE_SECONDS = 3 * _LOOK_SECONDS
"""After which every service that runs holds the new keys."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Secret:
    """What wraps a keyring."""

    secret: bytes

    def _cipher(self) -> AESGCM:
        return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"wrap keyring").derive(self.secret))

    def wrap(self, parts: KeyParts) -> str:
        """A keyring as it may be kept."""
        told = {
            "finding": _text(parts.finding),
            "content": _text(parts.content),
            "sealing": {str(version): _text(key) for version, key in parts.sealing.items()},
        }
        nonce = os.urandom(_NONCE_LENGTH)
        return _text(nonce + self._cipher().encrypt(nonce, json.dumps(told).encode(), None))

    def unwrap(self, wrapped: str) -> KeyParts | None:
        """The keyring; None where another secret wrapped it."""
        data = base64.b64decode(wrapped)
        try:
            told: Any = json.loads(self._cipher().decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], None))
        except InvalidTag:
            return None
        sealing = {int(version): base64.b64decode(key) for version, key in told["sealing"].items()}
        return KeyParts(base64.b64decode(told["finding"]), base64.b64decode(told["content"]), sealing)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def open_keys(graph: Graph, secret: bytes) -> IdentifierKeys:
    """The keys of a graph; one that has none yet gets those that the secret makes.

    Raises:
        ServiceError: `IDENTIFIER_KEY_WRONG`, when the graph was filled with another secret.
    """
    return IdentifierKeys(parts=await _open(graph, secret))


async def _open(graph: Graph, secret: bytes) -> KeyParts:
    fresh = derived_from(secret)

    async def ring(transaction: Transaction) -> list[str]:
        sample = await transaction.run("members/a_sealed_value")
        keys = IdentifierKeys(parts=fresh)
        known = await transaction.run("members/keyring")
        if known:
            return list(known[0]["wrapped"])
        for row in sample:
            keys.open(row["sealed"])  # a graph of before keyrings, filled with another secret
        await transaction.run("members/write_keyring", wrapped=[_Secret(secret).wrap(fresh)], version=fresh.version)
        return list((await transaction.run("members/keyring"))[0]["wrapped"])

    wrapped, _ = await graph.write(ring)
    for one in wrapped:
        parts = _Secret(secret).unwrap(one)
        if parts is not None:
            return parts
    raise ServiceError(
        "IDENTIFIER_KEY_WRONG",
        "This graph's identifiers are kept under another key than this one.",
        remedy="Start with the GRAPH_SERVICE_IDENTIFIER_KEY, or the home, that this graph was filled with; a key is "
        "changed by: graph-service keys rotate.",
    )


async def renew(graph: Graph, secrets_known: Iterable[bytes], keys: IdentifierKeys) -> bool:
    """Takes up the keys that a rotation made meanwhile.

    Args:
        graph: that keeps them.
        secrets_known: those that this process may open them with.
        keys: to be brought up to date, in place.

    Returns:
        whether one of the secrets opens them.
    """
    rows = await graph.read(lambda transaction: transaction.run("members/keyring"))
    wrapped: list[str] = rows[0]["wrapped"] if rows else []
    opened = (_Secret(secret).unwrap(one) for secret in secrets_known for one in wrapped)
    parts = next((one for one in opened if one is not None), None)
    if parts is None:
        return False
    keys.take(parts)
    return True


@asynccontextmanager
async def keeping_current(
    graph: Graph, renewed: Callable[[], Awaitable[bool]], keys: IdentifierKeys
) -> AsyncIterator[None]:
    """Looks now and then whether the keys were changed, while the block lasts."""

    async def look() -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            with suppress(ServiceError, DriverError, Neo4jError):  # the graph is away, and tells whoever asks
                rows = await graph.read(lambda transaction: transaction.run("members/key_version"))
                if rows and rows[0]["version"] not in {None, keys.version}:
                    await renewed()

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def rotate_identifier_key(
    graph: Graph, old: bytes, new: bytes, install: Callable[[], None], say: Say = lambda text: None
) -> int:
    """Keeps the graph's keys under a new secret, and seals every value anew.

    Services that run take the new sealing key up by themselves (`keeping_current`); it waits for them before anything
    is sealed with it. A process that cannot writes nothing from the first step on.

    Args:
        graph: to change.
        old: the secret so far.
        new: the secret from now on.
        install: makes the new secret the one to start with; called when the graph opens with both.
        say: is told how far it is.

    Returns:
        how many identifiers and events were sealed anew.

    Raises:
        ServiceError: `IDENTIFIER_KEY_WRONG`, when the old secret is not the graph's.
    """
    parts = await _open(graph, old)
    if len(parts.sealing) == 1:
        parts = replace(parts, sealing={**parts.sealing, parts.version + 1: secrets.token_bytes(32)})
    await _keep(graph, parts, [_Secret(old), _Secret(new)])
    await asyncio.sleep(NOTICE_SECONDS)
    install()
    await _keep(graph, parts, [_Secret(new)])
    keys = IdentifierKeys(parts=parts)
    count = 0
    for what, pages, reseal in (
        ("identifiers", "rederive/identifiers", _reseal_identifiers),
        ("events", "rederive/events", _reseal_events),
    ):
        say(f"sealing {what} anew")
        after = ""
        while page := await _page(graph, pages, after):
            done, _ = await graph.write(partial(reseal, page=page, keys=keys))
            count += done
            after = page[-1]
    await _keep(graph, replace(parts, sealing={parts.version: parts.sealing[parts.version]}), [_Secret(new)])
    return count


async def _keep(graph: Graph, parts: KeyParts, holders: list[_Secret]) -> None:
    async def work(transaction: Transaction) -> None:
        await lock(transaction)
        wrapped = [holder.wrap(parts) for holder in holders]
        await transaction.run("members/write_keyring", wrapped=wrapped, version=parts.version)

    await graph.write(work)


async def _page(graph: Graph, statement: str, after: str) -> list[str]:
    rows = await graph.read(
        lambda transaction: transaction.run(statement, after=after, limit=_AT_ONCE), graph.latest_bookmarks()
    )
    return [str(row["key"]) for row in rows]


async def _reseal_identifiers(transaction: Transaction, page: list[str], keys: IdentifierKeys) -> int:
    await lock(transaction)
    rows = [
        {"identifier": row["identifier"], "sealed": keys.resealed(row["sealed"])}
        for row in await transaction.rows_of("members/sealed_of", page)
    ]
    await transaction.rows_of("members/reseal_identifiers", rows)
    return len(rows)


async def _reseal_events(transaction: Transaction, page: list[str], keys: IdentifierKeys) -> int:
    await lock(transaction)
    rows: list[Row] = [
        {
            "event": row["event"],
            "body": canonical(keys.resealed_content(json.loads(row["body"]))),
            "sent": [
                {"list": number, "identifier": identifier, "sent": [keys.resealed(one) for one in sent]}
                for number, identifier, sent in row["sent"]
            ],
        }
        for row in await transaction.rows_of("members/sealed_in", page)
    ]
    await transaction.rows_of("members/reseal_events", rows)
    return len(rows)
