"""What events decide, told at once: by simulation, in the answer of `recordEvents`, and to those who listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from graph_service.api.viewer import Role
from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.rebates import announced
from graph_service.rebates.questions import RebateLine
from graph_service.recorder import Recorder
from tests.listening import listening
from tests.serving import app_of, client_of, settings_of, token
from tests.test_every_event_type import LOG, event, member, openid

REBATES = "rebates { id status payee role amountFen trigger reason explanation }"
RECORD = f"mutation($e: [JSON!]!) {{ recordEvents(events: $e) {{ accepted token {REBATES} }} }}"
SIMULATE = (
    f"mutation($e: [JSON!]!) {{ simulate(events: $e) {{ report {{ accepted rejected {{ code }} }} {REBATES} }} }}"
)
LISTEN = "subscription($payee: ID) { rebateDecided(payee: $payee) { trigger role payee amountFen status explanation } }"
PROTOCOL = Subprotocol("graphql-transport-ws")

SCAN = event(970, "goods.scanned", 10, code="U05", member=member("c9"), promoCode="K-CODE")
LATE = event(971, "goods.received", 9, codes=["U05"], party="S1")


async def test_what_simulation_foretells_recording_then_decides(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    await recorder.record(LOG, as_admin=True)
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        before = await counts(graph)

        foretold = (await client.data(SIMULATE, e=[SCAN, LATE, {"id": "x"}]))["simulate"]

        assert await counts(graph) == before
        assert foretold["report"] == {"accepted": 2, "rejected": [{"code": "UNKNOWN_TYPE"}]}
        assert {"e970", "e971"} <= {one["trigger"] for one in foretold["rebates"]}
        told = (await client.data(RECORD, e=[SCAN, LATE]))["recordEvents"]
        assert [shape(one) for one in foretold["rebates"]] == [shape(one) for one in told["rebates"]]
        scanned = [one for one in told["rebates"] if one["trigger"] == "e970"]
        stored = await client.data('{ rebates(trigger: "e970") { edges { node { id } } } }')
        assert {one["id"] for one in scanned} == {edge["node"]["id"] for edge in stored["rebates"]["edges"]}
        assert all(one["explanation"]["decision"]["id"] == one["id"] for one in told["rebates"])

        again = (await client.data(RECORD, e=[SCAN]))["recordEvents"]
        refused = await client.post("/graphql", Role.ANALYST, json={"query": SIMULATE, "variables": {"e": [SCAN]}})

        assert (again["accepted"], again["rebates"]) == (0, [])
        assert refused.status_code == 403


async def test_everyone_who_listens_hears_each_decision_once(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    card = {"type": "POS_CARD", "value": "card-9"}
    await recorder.record([*LOG, event(972, "member.identified", 3, identifiers=[openid("c9"), card])], as_admin=True)
    card_id = keys.id_of(plain("POS_CARD", "card-9", None))
    async with (
        listening(app_of(graph, keys, recorder, settings_of(tmp_path))) as address,
        talking(address) as talk,
        talking(address, header=True) as other,
    ):
        for number, payee in ((1, None), (2, "S1"), (3, card_id)):
            await subscribe(talk, number, payee)
        await subscribe(other, 4, "S1")
        await asyncio.sleep(0.2)

        report = await recorder.record([SCAN, LATE], as_admin=True, tell=True)
        await recorder.record([SCAN], as_admin=True)  # a duplicate decides nothing

        accounts = {card_id, keys.id_of(plain("WECHAT_OPENID", "c9", "mini"))}
        of_store = sorted((line.trigger, line.role) for line in report.decided if line.payee == "S1")
        of_member = sorted((line.trigger, line.role) for line in report.decided if line.payee in accounts)
        assert {("e970", "STORE"), ("e971", "STORE")} <= set(of_store)
        assert ("e970", "CONSUMER") in of_member
        heard = await hear(talk, len(report.decided) + len(of_store) + len(of_member))
        heard += await hear(other, len(of_store))
        of: dict[str, list[Any]] = {str(number): [] for number in (1, 2, 3, 4)}
        for message in heard:
            rebate = message["payload"]["data"]["rebateDecided"]
            assert rebate["explanation"]["decision"]["status"] == rebate["status"]
            of[message["id"]].append((rebate["trigger"], rebate["role"]))
        assert sorted(of["1"]) == sorted((line.trigger, line.role) for line in report.decided)
        assert sorted(of["2"]) == sorted(of["4"]) == of_store
        assert sorted(of["3"]) == of_member
        for connection in (talk, other):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(connection.recv(), 0.3)


async def test_a_connection_needs_a_token_and_the_protocol(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    async with listening(app_of(graph, keys, recorder, settings_of(tmp_path))) as address:
        url = address.replace("http", "ws") + "/graphql"
        for payload, code in (({}, 4401), ({"Authorization": f"Bearer {token(Role.STORE)}"}, 4403)):
            async with connect(url, subprotocols=[PROTOCOL]) as talk:
                await talk.send(json.dumps({"type": "connection_init", "payload": payload}))
                assert await closed(talk) == code
        async with connect(url) as talk:
            assert await closed(talk) == 4406
        async with talking(address) as talk:
            await ask(talk, 1, "{ nothing }")
            (message,) = await hear(talk, 1)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "INVALID_QUERY")
            await ask(talk, 2, '{ party(id: "S1") { id } }')
            assert [answer["type"] for answer in await hear(talk, 2)] == ["next", "complete"]
            await talk.send("[" * 100_000)
            assert await closed(talk) == 4400


async def test_a_reader_that_is_too_slow_is_told_so(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announced, "MOST_UNREAD", 1)
    async with (
        listening(app_of(graph, keys, recorder, settings_of(tmp_path))) as address,
        talking(address) as talk,
    ):
        await subscribe(talk, 1, None)
        await asyncio.sleep(0.2)
        line = RebateLine("R", "r", 1, "e", "STORE", "S1", "ACCRUED", 1, 0, None, 0, 0)

        recorder.announcements.tell([line] * 3)

        assert await closed(talk) == 4413


async def test_nobody_hears_what_a_transaction_took_back(graph: Graph, recorder: Recorder) -> None:
    with recorder.announcements.listening(None) as listener:
        simulated = await recorder.simulate(LOG, as_admin=True)
        await asyncio.sleep(0.05)

        assert simulated.report.decided
        assert listener.unread.empty()


def shape(rebate: dict[str, Any]) -> Any:
    explanation = json.dumps(rebate["explanation"]["decision"], sort_keys=True)
    return [*(rebate[key] for key in ("id", "status", "payee", "role", "amountFen", "trigger", "reason")), explanation]


async def counts(graph: Graph) -> Any:
    text = "MATCH (n) UNWIND labels(n) AS kind RETURN kind, count(*) AS n ORDER BY kind"
    return (await graph.run(text, read_only=True))[1]


@asynccontextmanager
async def talking(address: str, *, header: bool = False) -> AsyncIterator[ClientConnection]:
    """A connection that is acknowledged; its token comes in the header of the handshake, or later."""
    bearer = {"Authorization": f"Bearer {token()}"}
    url = address.replace("http", "ws") + "/graphql"
    headers = bearer if header else {}
    async with connect(url, subprotocols=[PROTOCOL], additional_headers=headers) as talk:
        await talk.send(json.dumps({"type": "connection_init", "payload": {} if header else bearer}))
        assert await hear(talk, 1) == [{"type": "connection_ack"}]
        yield talk


async def ask(talk: ClientConnection, number: int, query: str, **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await talk.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))


async def subscribe(talk: ClientConnection, number: int, payee: str | None) -> None:
    await ask(talk, number, LISTEN, payee=payee)


async def hear(talk: ClientConnection, count: int) -> list[Any]:
    return [json.loads(await asyncio.wait_for(talk.recv(), 20)) for _ in range(count)]


async def closed(talk: ClientConnection) -> int:
    """With which code the service closes the connection."""
    with pytest.raises(ConnectionClosed) as error:
        while True:
            await asyncio.wait_for(talk.recv(), 20)
    assert error.value.rcvd is not None
    return error.value.rcvd.code
