"""Masked by default, plain for a reason, and everything that is held told to whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.api.viewer import Role
from graph_service.commands.member_data import export_data
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys
from graph_service.recorder import Recorder
from graph_service.service import Service
from tests.serving import Client, app_of, client_of, settings_of
from tests.test_leaving import CHANNEL, FRIEND, LEFT, LIFE, PHONE, event, named, record

REVEAL = """query ($id: IdentifierInput!, $why: String!) {
  member(identifier: $id) { id identifiers { type value reveal(reason: $why) } } }"""
AUDIT = """query ($member: ID) { unmaskings(member: $member) { edges { node { role reason identifiers } } } }"""
CONTACT = """query ($purpose: String!, $personalised: Boolean!) {
  membersToContact(purpose: $purpose, personalised: $personalised) { edges { node { id identifiers { value } } } } }"""
CONSENTS = [
    event(20, "member.registered", 6, identifiers=[PHONE], consent=["MARKETING", "SURVEY"]),
    event(21, "member.registered", 6, identifiers=[FRIEND], consent=["MARKETING"]),
    event(22, "member.withdrew", 7, member=named(PHONE), purposes=["SURVEY"]),
    event(23, "member.withdrew", 7, member=named(FRIEND), purposes=["PERSONALISED"]),
    event(24, "points.adjusted", 7, member=named(PHONE), points=7, reason="sorry"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> AsyncIterator[Client]:
    await record(recorder, *CHANNEL, *LIFE, *CONSENTS)
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as one:
        yield one


async def test_plain_values_are_for_a_reason_that_is_kept(client: Client) -> None:
    asked = {"id": PHONE, "why": "calls back about order 17"}
    refused = await client.post("/graphql", Role.ANALYST, json={"query": REVEAL, "variables": asked})
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await client.ask(REVEAL, {"id": PHONE, "why": " "}))["errors"][0]["extensions"]["code"] == "INVALID_QUERY"
    assert (await client.ask(AUDIT))["data"]["unmaskings"]["edges"] == []

    shown = (await client.ask(REVEAL, asked))["data"]["member"]

    assert next(one["value"] for one in shown["identifiers"]) == "139****5678"
    plain = {one["reveal"] for one in shown["identifiers"]}
    assert plain == {"+8613912345678", "o-leaver-7f3a", "device-own-91c2"}
    for member in (None, shown["id"]):
        (noted,) = (await client.ask(AUDIT, {"member": member}))["data"]["unmaskings"]["edges"]
        assert (noted["node"]["role"], noted["node"]["reason"]) == ("admin", "calls back about order 17")
        assert len(noted["node"]["identifiers"]) == 3


async def test_consent_decides_who_may_be_contacted(client: Client) -> None:
    async def reached(purpose: str, *, personalised: bool) -> list[str]:
        answer = await client.ask(CONTACT, {"purpose": purpose, "personalised": personalised})
        edges = answer["data"]["membersToContact"]["edges"]
        return sorted(edge["node"]["identifiers"][0]["value"] for edge in edges)

    assert await reached("MARKETING", personalised=False) == ["139****4321", "139****5678"]
    assert await reached("MARKETING", personalised=True) == ["139****5678"]
    assert await reached("SURVEY", personalised=False) == []
    assert await reached("NEVER_ASKED", personalised=False) == []


@pytest.fixture
def service(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path, connection: Connection) -> Service:
    return Service(settings_of(tmp_path), connection, graph, keys, recorder)


async def test_a_member_gets_all_that_is_held(client: Client, service: Service, recorder: Recorder) -> None:
    held = await export_data(service, "PHONE:13912345678", "asked for it")

    assert {one["value"] for one in held["identifiers"]} == {"+8613912345678", "o-leaver-7f3a", "device-own-91c2"}
    assert held["points"] == 27
    assert [(one["purpose"], one["given"]) for one in held["consents"]] == [("MARKETING", True), ("SURVEY", False)]
    events: dict[str, Any] = {one["id"]: one for one in held["events"]}
    sent = {one["id"]: one for one in [*LIFE, *CONSENTS]}
    of_others = {"e013", "e021", "e023"}
    assert events.keys() == sent.keys() - of_others
    masked = sent["e016"]["invitee"]["identifiers"][0] | {"value": "139****4321"}
    sent["e016"] = sent["e016"] | {"invitee": named(masked)}
    sent["e012"] = sent["e012"] | {"identifiers": [sent["e012"]["identifiers"][0], *_masked_tablet()]}
    for key, one in events.items():
        assert {name: value for name, value in one.items() if name != "recordedAt"} == sent[key]
    assert sorted(one["amountFen"] for one in held["journal"]) == [100, 100]
    asked = {"query": 'query ($id: ID!) { memberData(id: $id, reason: "x") }', "variables": {"id": held["member"]}}
    assert (await client.post("/graphql", Role.ANALYST, json=asked)).json()["errors"][0]["extensions"]["code"] == (
        "FORBIDDEN"
    )
    told = (await client.post("/graphql", json=asked)).json()["data"]["memberData"]
    assert told | {"exportedAt": None} == held | {"exportedAt": None}

    await record(recorder, LEFT)
    with pytest.raises(ServiceError) as unknown:
        await export_data(service, "PHONE:13912345678", "asked for it")
    assert unknown.value.code == "UNKNOWN_MEMBER"


def _masked_tablet() -> list[dict[str, str]]:
    return [{"type": "DEVICE", "value": "tab****55d0"}]


AT_COUNTER = """query ($i: IdentifierInput!) { memberAtCounter(identifier: $i) {
  pets { id species name cares { service note } } bought { sku items } vouchers { voucher kind } store { id }
  consents } }"""
SALES = [
    event(40, "goods.sold", 6, codes=["U02"], store="S1", member=named(PHONE)),
    event(41, "goods.sold", 6, codes=["U03"], store="S1", order="till-1"),
    event(42, "goods.scanned", 7, code="U03", member=named(FRIEND), order="till-1"),
    event(43, "goods.sold", 6, codes=["U04"], store="S1", order="till-2"),
    event(44, "voucher.issued", 7, voucher="V1", member=named(PHONE)) | {"kind": "washing"},
    event(45, "voucher.issued", 7, voucher="V2", member=named(PHONE), validTo="2026-03-08T00:00:00Z")
    | {"kind": "washing"},
    event(46, "goods.scanned", 8, code="U00", member=named(FRIEND)),
]


async def test_a_clerk_sees_what_helps_and_nothing_else(client: Client, recorder: Recorder) -> None:
    await record(recorder, *SALES)

    async def seen(identifier: dict[str, str]) -> Any:
        return (await client.ask(AT_COUNTER, {"i": identifier}))["data"]["memberAtCounter"]

    assert await seen(PHONE) == {
        "pets": [
            {
                "id": "P1",
                "species": "cat",
                "name": "小灰灰",
                "cares": [{"service": "washing", "note": "怕水，要慢慢来"}],
            }
        ],
        "bought": [{"sku": "CAT", "items": 3}],
        "vouchers": [{"voucher": "V1", "kind": "washing"}],
        "store": None,
        "consents": ["MARKETING"],
    }
    assert (await seen(FRIEND))["bought"] == [{"sku": "CAT", "items": 1}], "U03, by its order; U00 was opened before"
    claim = event(47, "member.registered", 9, identifiers=[FRIEND], consent=[], order="till-2")
    await record(recorder, claim)
    assert (await seen(FRIEND))["bought"] == [{"sku": "CAT", "items": 2}]
    assert (await client.ask(AT_COUNTER, {"i": {"type": "PHONE", "value": "13900000001"}}))["data"] == {
        "memberAtCounter": None
    }


QUALITY = """{ memberQuality(first: 1) { sizes { identifiers members } refusedPairs { what count } shared { what count }
  evicted { what count } largestMembers { count } busiestIdentifiers { count } } }"""


async def test_quality_counts_what_members_are_made_of(client: Client) -> None:
    assert (await client.ask(QUALITY))["data"]["memberQuality"] == {
        "sizes": [{"identifiers": 2, "members": 1}, {"identifiers": 3, "members": 1}],
        "refusedPairs": [{"what": "PHONE", "count": 1}],
        "shared": [],
        "evicted": [],
        "largestMembers": [{"count": 3}],
        "busiestIdentifiers": [{"count": 2}],
    }


async def test_the_history_tells_merges_and_splits(client: Client, recorder: Recorder) -> None:
    """The card joins the person, then an operator keeps the two apart."""
    card = {"type": "POS_CARD", "value": "card-9"}
    await record(
        recorder,
        event(50, "member.identified", 7, identifiers=[card]),
        event(51, "member.identified", 8, identifiers=[card, PHONE]),
        event(52, "member.unlinked", 9, a=card, b=PHONE, reason="two people"),
    )
    asked = "query ($i: IdentifierInput!) { member(identifier: $i) { history { kind identifiers before } } }"
    told = (await client.ask(asked, {"i": card}))["data"]["member"]["history"]
    kinds = [(one["kind"], len(one["identifiers"]), sorted(map(len, one["before"]))) for one in told]
    assert kinds[-4:] == [
        ("APPEARED", 1, []),
        ("MERGED", 4, [1, 3]),
        *sorted([("SPLIT", 1, [4]), ("SPLIT", 3, [4])], key=kinds.index),
    ]
