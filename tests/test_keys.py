"""Keys change, ids stay; a key that does not fit is noticed at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph_service.commands.keys import rotate_identifiers, rotate_token_key
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.members import keyring
from graph_service.members.keyring import keeping_current, open_keys, renew, rotate_identifier_key
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from graph_service.settings import Settings
from tests.test_leaving import CHANNEL, FRIEND, LIFE, OPENID, PHONE, event, opened, record, whose


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to notice, but where a test says so."""
    monkeypatch.setattr(keyring, "NOTICE_SECONDS", 0)


OLD, NEW, OTHER = (letter * 32 for letter in (b"o", b"n", b"x"))


async def test_a_rotation_keeps_ids_and_survives_a_kill(graph: Graph) -> None:
    keys = await open_keys(graph, OLD)
    async with Recorder(graph, keys).running() as recorder:
        await record(recorder, *CHANNEL, *LIFE)
    before = await whose(graph, keys, PHONE, OPENID, FRIEND)

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotate_identifier_key(graph, OLD, NEW, killed)
    assert (await open_keys(graph, OLD)).version == 2
    async with Recorder(graph, keys).running() as stale:
        with pytest.raises(ServiceError) as changed:
            await stale.record([event(60, "member.identified", 9, identifiers=[PHONE])], as_admin=True)
        assert changed.value.code == "IDENTIFIER_KEY_CHANGED"

    assert await rotate_identifier_key(graph, OLD, NEW, lambda: None) == 5 + 9

    anew = await open_keys(graph, NEW)
    for wrong in (OLD, OTHER):
        with pytest.raises(ServiceError) as refused:
            await open_keys(graph, wrong)
        assert refused.value.code == "IDENTIFIER_KEY_WRONG"
    assert await whose(graph, anew, PHONE, OPENID, FRIEND) == before
    bodies = (await graph.run("MATCH (e:Event) WHERE e.body CONTAINS 'sealed' RETURN e.body", read_only=True))[1]
    assert "小灰灰" in {value for (body,) in bodies for value in opened(json.loads(body), anew)}
    with pytest.raises(ServiceError):
        opened(json.loads(bodies[0][0]), keys)
    async with Recorder(graph, anew).running() as recorder:
        again = await record(recorder, *LIFE)
        assert (again.accepted, again.duplicates) == (0, 9)
    assert await rederive(graph, anew, check=True) == []


async def test_a_running_service_takes_new_keys_up_by_itself(graph: Graph) -> None:
    """It records and reads on, without a start."""
    keys = await open_keys(graph, OLD)

    async def renewed() -> bool:
        return await renew(graph, (OLD,), keys)

    async with Recorder(graph, keys, renew=renewed).running() as recorder, keeping_current(graph, renewed, keys):
        await record(recorder, *CHANNEL, *LIFE)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keyring, "NOTICE_SECONDS", 1)
            await rotate_identifier_key(graph, OLD, NEW, lambda: None)
        assert keys.version == 2
        await record(recorder, event(62, "member.identified", 9, identifiers=[PHONE]))
        bodies = (await graph.run("MATCH (e:Event) WHERE e.body CONTAINS 'sealed' RETURN e.body", read_only=True))[1]
        assert all(opened(json.loads(body), keys) for (body,) in bodies)
    assert await rederive(graph, await open_keys(graph, NEW), check=True) == []


async def test_what_was_sealed_with_old_keys_is_sealed_anew(graph: Graph) -> None:
    """The keys change between the reading of an event and its turn to be written, and nobody noticed yet."""
    keys, old = await open_keys(graph, OLD), await open_keys(graph, OLD)

    async def renewed() -> bool:
        return await renew(graph, (NEW,), keys)

    async with Recorder(graph, keys, renew=renewed).running() as recorder:
        await record(recorder, *LIFE)
        await rotate_identifier_key(graph, OLD, NEW, lambda: None)
        await record(recorder, event(63, "member.identified", 9, identifiers=[PHONE]))
    (body,) = (await graph.run("MATCH (e:Event {id: 'e063'}) RETURN e.body", read_only=True))[1][0]
    assert opened(json.loads(body), await open_keys(graph, NEW)) == {PHONE["value"]}
    with pytest.raises(ServiceError):
        opened(json.loads(body), old)


async def test_keys_of_the_home_are_changed_each_alone(graph: Graph, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    token, secret = settings.token_secret(), settings.identifier_secret()
    await open_keys(graph, secret)

    rotate_token_key(settings)

    assert settings.token_secret() != token
    assert settings.identifier_secret() == secret
    await rotate_identifiers(settings, graph, lambda text: None)
    assert settings.identifier_secret() != secret
    await open_keys(graph, settings.identifier_secret())
    assert (tmp_path / "keys" / "identifier.key").stat().st_mode & 0o777 == 0o600


async def test_a_key_of_the_environment_wants_a_new_one(graph: Graph, tmp_path: Path) -> None:
    given: dict[str, Any] = {"identifier_key": "o" * 32, "token_key": "t" * 32}
    settings = Settings(home=tmp_path, **given)
    with pytest.raises(ServiceError) as wanting:
        await rotate_identifiers(settings, graph, lambda text: None)
    assert wanting.value.code == "KEY_FROM_ENVIRONMENT"
    with pytest.raises(ServiceError) as refused:
        rotate_token_key(settings)
    assert refused.value.code == "KEY_FROM_ENVIRONMENT"
    await rotate_identifiers(Settings(home=tmp_path, new_identifier_key="n" * 32, **given), graph, lambda text: None)
    await open_keys(graph, b"n" * 32)
