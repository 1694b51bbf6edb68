"""The questions about members: who it is, who brought them in, why two are one person or not, who shares a device."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.commands.member import parsed
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph, Transaction
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import Event
from tests.serving import Client, app_of, client_of, settings_of

PHONE = {"type": "PHONE", "value": "138 0013 8000"}
OPENID = {"type": "WECHAT_OPENID", "value": "o-zhang", "app": "mini"}
CARD = {"type": "POS_CARD", "value": "card-0001"}
TABLET = {"type": "DEVICE", "value": "tablet"}
OTHER = {"type": "PHONE", "value": "13900139000"}
"""Numbers that belong to nobody."""


def event(number: int, kind: str, minute: int = 0, **fields: Any) -> Event:
    return {"id": f"e{number:03d}", "type": kind, "at": f"2026-03-01T10:{minute:02d}:00+08:00", **fields}


def seen(number: int, *identifiers: dict[str, str], minute: int | None = None, **fields: Any) -> Event:
    at = number if minute is None else minute
    return event(number, "member.identified", at, identifiers=list(identifiers), **fields)


def named(*identifiers: dict[str, str]) -> dict[str, Any]:
    return {"identifiers": list(identifiers)}


async def record(recorder: Recorder, *events: Event) -> None:
    report = await recorder.record(list(events), as_admin=True)
    assert report.rejected == []


MEMBER = """query ($id: ID, $identifier: IdentifierInput) { member(id: $id, identifier: $identifier) {
  id formerIds points store { id } inviter { id } inviters { id } invitees { edges { node { id } } }
  identifiers { id type value app since lastSeen } } }"""
WHY = """query ($a: IdentifierInput!, $b: IdentifierInput!) { whyOneMember(a: $a, b: $b) {
  member byDeviceAlone reasons path { a { value } b { value } events sources count byOperator }
  refused { reason namespace rivals { value } evidence { events } wonBy { events } } } }"""
SEEN_WITH = """query ($d: IdentifierInput!, $first: Int!, $after: String) {
  membersSeenWith(identifier: $d, first: $first, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }"""


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> AsyncIterator[Client]:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as one:
        yield one


async def member(client: Client, identifier: dict[str, str]) -> Any:
    return (await client.data(MEMBER, identifier=identifier))["member"]


async def why(client: Client, a: dict[str, str], b: dict[str, str]) -> Any:
    return (await client.data(WHY, a=a, b=b))["whyOneMember"]


async def test_a_member_by_id_former_id_or_identifier(client: Client, recorder: Recorder) -> None:
    await record(recorder, seen(1, PHONE), seen(2, PHONE, OPENID, CARD))

    found = await member(client, OPENID)

    phone = found["identifiers"][0]
    assert (phone["type"], phone["value"], phone["app"]) == ("PHONE", "138****8000", None)
    assert {one["value"] for one in found["identifiers"]} == {"138****8000", "o****g", "c****1"}
    assert found["identifiers"][0]["since"] == "2026-03-01T02:01:00Z"
    assert found["identifiers"][0]["lastSeen"] == "2026-03-01T02:02:00Z"
    assert found["formerIds"] == sorted(one["id"] for one in found["identifiers"])
    assert found["id"] == found["identifiers"][0]["id"]
    for former in found["formerIds"]:
        assert (await client.data(MEMBER, id=former))["member"] == found
    assert await member(client, {"type": "PHONE", "value": "+86 13800138000"}) == found
    assert await member(client, OTHER) is None
    assert (await client.data(MEMBER, id="nobody"))["member"] is None


@pytest.mark.parametrize("asked", [{}, {"id": "M", "identifier": PHONE}])
async def test_a_member_is_asked_for_in_one_way(client: Client, asked: dict[str, Any]) -> None:
    assert (await client.refusal(MEMBER, **asked))["code"] == "INVALID_QUERY"


async def test_store_and_points(client: Client, recorder: Recorder) -> None:
    stores = [
        event(number, "party.registered", party={"id": store, "kind": "STORE", "name": store})
        for number, store in enumerate(["S1", "S2", "S3"], 1)
    ]
    await record(
        recorder,
        *stores,
        event(4, "member.registered", 4, identifiers=[PHONE], store="S1", consent=["MARKETING"]),
        event(5, "points.adjusted", 5, member=named(PHONE), points=30, reason="sorry"),
        event(6, "points.adjusted", 6, member=named(OPENID), points=-10, reason="bought a toy"),
        seen(7, PHONE, OPENID),
    )
    registered = await member(client, PHONE)
    await record(
        recorder,
        event(8, "store.chosen", 9, member=named(OPENID), store="S2"),
        event(9, "store.chosen", 8, member={"id": registered["id"]}, store="S3"),
    )
    chosen = await member(client, PHONE)

    assert (registered["store"], registered["points"]) == ({"id": "S1"}, 20)
    assert chosen["store"] == {"id": "S2"}


async def test_inviters_and_invitees(client: Client, recorder: Recorder) -> None:
    people = [{"type": "WECHAT_UNIONID", "value": f"u{number}"} for number in range(4)]
    await record(
        recorder,
        seen(1, people[0]),
        event(2, "member.invited", 2, inviter=named(people[0]), invitee=named(people[1])),
        # First shown by the event in which it invites: known before the one that it invites.
        event(3, "member.invited", 3, inviter=named(people[1]), invitee=named(people[2])),
        event(4, "member.invited", 4, inviter=named(people[3]), invitee=named(people[2])),
        event(5, "member.invited", 5, inviter=named(people[2]), invitee=named(people[0])),
    )
    found = [await member(client, one) for one in people]
    ids = [one["id"] for one in found]

    assert [one["inviter"] and one["inviter"]["id"] for one in found] == [None, ids[0], ids[1], None]
    assert [one["id"] for one in found[2]["inviters"]] == [ids[1], ids[0]]
    assert [edge["node"]["id"] for edge in found[0]["invitees"]["edges"]] == [ids[1]]
    assert found[3]["invitees"]["edges"] == []


async def test_why_they_are_one(client: Client, recorder: Recorder) -> None:
    await record(
        recorder,
        seen(1, PHONE, OPENID, source="mini"),
        seen(2, OPENID, PHONE, source="pos"),
        event(3, "member.linked", 3, a=OPENID, b=CARD, reason="asked them"),
    )

    found = await why(client, PHONE, CARD)

    assert found["member"] is not None
    assert [(step["events"], step["sources"], step["count"], step["byOperator"]) for step in found["path"]] == [
        (["e001", "e002"], ["mini", "pos"], 2, False),
        (["e003"], [], 1, True),
    ]
    assert (found["byDeviceAlone"], found["reasons"], found["refused"]) == (False, [], [])


async def test_a_path_that_hangs_on_a_device_is_marked(client: Client, recorder: Recorder) -> None:
    await record(recorder, seen(1, PHONE, TABLET), seen(2, TABLET, CARD))

    found = await why(client, PHONE, CARD)
    assert found["byDeviceAlone"]
    assert [step["events"] for step in found["path"]] == [["e001"], ["e002"]]

    await record(recorder, seen(3, PHONE, OPENID), seen(4, OPENID, CARD))
    found = await why(client, PHONE, CARD)
    assert not found["byDeviceAlone"]
    assert [step["events"] for step in found["path"]] == [["e003"], ["e004"]]


async def test_why_they_are_not(client: Client, recorder: Recorder) -> None:
    await record(recorder, seen(1, PHONE, CARD), seen(2, OTHER, CARD))

    found = await why(client, PHONE, OTHER)

    assert found["member"] is None
    (refused,) = found["refused"]
    assert (refused["reason"], refused["namespace"], refused["evidence"]["events"]) == (
        "limit_exceeded",
        "PHONE",
        ["e001"],
    )
    assert {one["value"] for one in refused["rivals"]} == {"138****8000", "139****9000"}
    assert [step["events"] for step in refused["wonBy"]] == [["e002"]]
    assert (await why(client, PHONE, CARD))["refused"] == found["refused"]


async def test_an_operators_link_that_breaks_a_limit_is_recorded_as_refused(
    client: Client, recorder: Recorder, graph: Graph, keys: IdentifierKeys
) -> None:
    await record(
        recorder,
        seen(1, PHONE),
        seen(2, OTHER),
        event(3, "member.linked", 3, a=PHONE, b=OTHER, reason="one and the same"),
    )

    (refused,) = (await why(client, PHONE, OTHER))["refused"]

    assert (refused["reason"], refused["namespace"]) == ("limit_exceeded", "PHONE")
    assert await rederive(graph, keys, check=True) == []


@pytest.mark.parametrize(
    ("events", "a", "b", "reasons"),
    [
        ([seen(1, PHONE)], PHONE, OTHER, ["never_seen"]),
        ([seen(1, PHONE), seen(2, OTHER)], PHONE, OTHER, ["no_evidence"]),
        ([seen(1, PHONE, OTHER)], PHONE, OTHER, ["two_values_of_unique_namespace"]),
        ([seen(1, PHONE)], PHONE, {"type": "PHONE", "value": "000"}, ["blocked"]),
        ([seen(1, PHONE, {"type": "EMAIL", "value": "a@b"})], PHONE, {"type": "EMAIL", "value": "a@b"},
         ["not_named_by_policy"]),
        ([seen(1, PHONE, CARD), event(2, "member.unlinked", 2, a=CARD, b=PHONE, reason="?")], PHONE, CARD,
         ["unlinked"]),
        ([seen(1, PHONE, CARD), event(2, "member.released", 2, a=CARD, b=PHONE, reason="?")], PHONE, CARD,
         ["released"]),
        (
            [seen(1, PHONE, TABLET, CARD),
             event(2, "identity.policy", 2, policy={"namespaces": {
                 "PHONE": {"priority": 1, "class": "person"}, "POS_CARD": {"priority": 2, "class": "person"},
                 "DEVICE": {"priority": 3, "class": "device"}}, "maxIdentifiers": 2})],
            PHONE, TABLET, ["evicted_over_max_identifiers"],
        ),
    ],
)  # fmt: skip
async def test_reasons(
    events: list[Event], a: dict[str, str], b: dict[str, str], reasons: list[str], client: Client, recorder: Recorder
) -> None:
    await record(recorder, *events)

    assert (await why(client, a, b))["reasons"] == reasons


async def test_a_tablet_is_shared_and_tells_who_was_seen_with_it(client: Client, recorder: Recorder) -> None:
    phones = [{"type": "PHONE", "value": f"1390013900{number}"} for number in range(7)]
    await record(recorder, *(seen(number, phone, TABLET) for number, phone in enumerate(phones[:5], 1)))
    assert await member(client, TABLET) == await member(client, phones[4])

    await record(recorder, *(seen(number, phone, TABLET) for number, phone in enumerate(phones[5:], 6)))
    assert await member(client, TABLET) is None
    assert (await why(client, TABLET, phones[0]))["reasons"] == ["shared_identifier"]
    first = (await client.data(SEEN_WITH, d=TABLET, first=4))["membersSeenWith"]
    rest = (await client.data(SEEN_WITH, d=TABLET, first=4, after=first["pageInfo"]["endCursor"]))["membersSeenWith"]
    found = [edge["node"]["id"] for page in (first, rest) for edge in page["edges"]]
    assert found == sorted([(await member(client, phone))["id"] for phone in phones])
    assert not rest["pageInfo"]["hasNextPage"]


async def test_all_of_a_members_rebates_by_any_of_its_ids(
    client: Client, recorder: Recorder, graph: Graph, keys: IdentifierKeys
) -> None:
    """A policy changes whose account is the strongest; entries are booked anew, and the member has them all."""
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-01-01T00:00:00+08:00",
            "pay": [{"role": "CONSUMER", "fen": 100}], "retroactive": {"by": "F", "reason": "?"}}  # fmt: skip
    blocked = {"type": "WECHAT_OPENID", "value": "guest", "app": "mini"}
    await record(
        recorder,
        event(1, "party.registered", party={"id": "F", "kind": "BRAND", "name": "F"}),
        event(2, "product.listed", product={"sku": "CAT", "name": "CAT", "brand": "F"}),
        event(3, "rule.published", rule=rule),
        event(4, "goods.commissioned", sku="CAT", batch="B", level="UNIT", codes=["U1", "U2"], holder="F"),
        event(5, "goods.scanned", 5, code="U1", member=named(OPENID, PHONE)),
        event(6, "goods.scanned", 6, code="U2", member=named(blocked)),
        event(7, "goods.scanned", 7, code="U2", member=named(OPENID)),
    )

    async def paid() -> dict[str, tuple[str | None, str | None]]:
        query = "{ rebates { edges { node { trigger payee reason } } } }"
        edges = (await client.data(query))["rebates"]["edges"]
        return {edge["node"]["trigger"]: (edge["node"]["payee"], edge["node"]["reason"]) for edge in edges}

    def account(one: dict[str, str]) -> str:
        return keys.id_of(plain(one["type"], one["value"], one.get("app")))

    before = await paid()
    policy = {"namespaces": {"WECHAT_OPENID": {"priority": 1, "class": "person"},
                             "PHONE": {"priority": 2, "class": "person"}}, "blocked": {"exact": ["GUEST"]}}  # fmt: skip
    await record(recorder, event(8, "identity.policy", 8, policy=policy))
    after = await paid()
    await record(recorder, event(9, "event.voided", 9, voids="e008", reason="?"))

    assert before == {
        "e005": (account(PHONE), None),
        "e006": (account(blocked), None),
        "e007": (None, "code_already_consumed"),
    }
    assert after == {"e005": (account(OPENID), None), "e006": (None, "no_member"), "e007": (account(OPENID), None)}
    assert await paid() == before
    assert await rederive(graph, keys, check=True) == []
    query = "query ($p: ID) { rebates(payee: $p) { edges { node { trigger } } } }"
    for one in (PHONE, OPENID):
        edges = (await client.data(query, p=account(one)))["rebates"]["edges"]
        assert [edge["node"]["trigger"] for edge in edges] == ["e005"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"identifiers": [PHONE] * 21}, "identifiers"),
        ({"identifiers": []}, "identifiers"),
        ({"identifiers": [{"type": "POS_CARD", "value": "x" * 1_025}]}, "identifiers.0.value"),
        ({"identifiers": [{"type": "POS_CARD", "value": "a\u0000b"}]}, "identifiers.0.value"),
        ({"identifiers": [{"type": "phone", "value": "1"}]}, "identifiers.0.type"),
    ],
)
async def test_bad_identifiers(fields: dict[str, Any], path: str, recorder: Recorder) -> None:
    report = await recorder.record([event(1, "member.identified", **fields)], as_admin=True)

    (rejected,) = report.rejected
    assert (rejected.code, rejected.path) == ("INVALID_FIELD", path)
    assert "\0" not in rejected.message


@pytest.mark.parametrize(
    ("policy", "path"),
    [
        ({"blocked": {"regex": ["("]}}, "policy.blocked.regex.0"),
        ({"namespaces": {"PHONE": {"priority": 1, "class": "robot"}}}, "policy.namespaces.PHONE.class"),
        ({"namespaces": {"PHONE": {"class": "person"}}}, "policy.namespaces.PHONE.priority"),
        ({"maxIdentifiers": 0}, "policy.maxIdentifiers"),
        ({"conflict": "last"}, "policy.conflict"),
    ],
)
async def test_bad_policies(policy: dict[str, Any], path: str, recorder: Recorder) -> None:
    report = await recorder.record([event(1, "identity.policy", policy=policy)], as_admin=True)

    (rejected,) = report.rejected
    assert (rejected.code, rejected.path) == ("INVALID_FIELD", path)


async def test_a_long_chain_of_identifiers_costs_no_round_trip_each(
    graph: Graph, keys: IdentifierKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is merged out of many, one after the other, is looked up at once, by an event and by a leaving."""
    cards = [{"type": "POS_CARD", "value": f"card-{number:04}"} for number in range(401)]
    limitless = {"namespaces": {"POS_CARD": {"priority": 1, "class": "person"}}}
    chain = [event(number, "member.identified", identifiers=list(two)) for number, two in enumerate(pairwise(cards))]
    asked: list[str] = []
    run = Transaction.run

    async def counted(self: Transaction, name: str, **parameters: Any) -> Any:
        asked.append(name)
        return await run(self, name, **parameters)

    async with Recorder(graph, keys).running(settling=False) as recorder:
        await record(recorder, event(990, "identity.policy", policy=limitless), *chain)
        monkeypatch.setattr(Transaction, "run", counted)
        for further in (
            seen(991, cards[0], PHONE, minute=1),
            event(992, "member.left", 2, member=named(cards[200])),
        ):
            asked.clear()
            await record(recorder, further)
            assert len(asked) < 60, asked
    monkeypatch.undo()
    left = "MATCH (:Event {id: 'e992'})-[:ERASES]->(i) RETURN count(i)"
    assert (await graph.run(left, read_only=True))[1] == [[401]]
    assert await rederive(graph, keys, check=True) == []


async def test_a_phone_that_is_none_is_compared_as_sent(client: Client, recorder: Recorder) -> None:
    none = {"type": "PHONE", "value": " 12-34 "}
    await record(recorder, seen(1, none, CARD))

    assert await member(client, {"type": "PHONE", "value": "12-34"}) == await member(client, CARD)
    assert await member(client, {"type": "PHONE", "value": "1234"}) is None


def test_an_identifier_of_the_command_line() -> None:
    assert [one.text for one in parsed("PHONE:13800138000")] == ["PHONE:+8613800138000"]
    assert parsed("OPENID:app/o1") == [plain("OPENID", "o1", "app"), plain("OPENID", "app/o1")]
    with pytest.raises(ServiceError) as told:
        parsed("13800138000")
    assert told.value.code == "INVALID_IDENTIFIER"
