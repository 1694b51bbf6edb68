"""The questions about referrals, vouchers and orders, on one small channel in which friends bring friends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.recorder import Recorder
from graph_service.trade import referral_tree
from tests.answers import Event
from tests.serving import Client, app_of, client_of, settings_of

TABLET = {"type": "DEVICE", "value": "tablet"}
PERIOD = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}


def phone(name: str) -> dict[str, str]:
    """Phones are unique, so that a tablet makes nobody one."""
    return {"type": "PHONE", "value": f"1380013800{'abcdef'.index(name)}"}


def member(name: str) -> dict[str, Any]:
    return {"identifiers": [phone(name)]}


def event(number: int, event_type: str, day: int, /, **fields: Any) -> Event:
    return {"id": f"e{number:02d}", "type": event_type, "at": f"2026-03-{day:02d}T10:00:00+08:00"} | fields


def invited(number: int, day: int, inviter: str, invitee: str) -> Event:
    return event(number, "member.invited", day, inviter=member(inviter), invitee=member(invitee), campaign="spring")


LINE = {"line": "1", "sku": "CAT", "quantity": 1, "netFen": 900, "codes": ["U1"]}
LOG: list[Event] = [
    event(1, "party.registered", 1, party={"id": "S1", "kind": "STORE", "name": "S1"}),
    event(2, "party.registered", 1, party={"id": "S2", "kind": "STORE", "name": "S2"}),
    event(3, "goods.commissioned", 1, sku="CAT", batch="B", level="UNIT", codes=["U1"], holder="F"),
    event(4, "goods.received", 2, codes=["U1"], party="S1"),
    event(5, "member.identified", 2, identifiers=[phone("a")]),
    *(invited(number, 3, "a", name) for number, name in ((6, "b"), (7, "c"), (8, "d"))),
    invited(9, 4, "b", "e"),
    invited(10, 5, "b", "a"),
    invited(11, 5, "a", "a"),
    invited(12, 5, "c", "e"),
    event(13, "member.registered", 6, identifiers=[phone("b"), TABLET], consent=[]),
    event(14, "member.identified", 6, identifiers=[phone("c"), TABLET]),
    event(15, "member.identified", 6, identifiers=[phone("d"), TABLET]),
    event(16, "goods.scanned", 7, code="U1", member=member("b")),
    event(17, "voucher.issued", 7, voucher="V", kind="washing", member=member("b"), faceFen=3000, minSpendFen=100)
    | {"scan": "e16", "validTo": "2026-03-20T00:00:00+08:00"},
    event(18, "voucher.redeemed", 8, voucher="V", store="S2", spendFen=99),
    event(19, "voucher.redeemed", 9, voucher="V", store="S2", spendFen=100),
    event(
        20, "order.placed", 10, order="O", channel="CLOUD", member=member("b"), store="S1", paidFen=900, lines=[LINE]
    ),
    event(21, "order.placed", 11, order="O", channel="CLOUD", paidFen=900, lines=[LINE]),
    event(22, "order.refunded", 12, order="O", lines=[{"line": "1"}]),
]

TREE = """query ($id: ID!, $first: Int!, $after: String) {
  referralLevels(member: $id)
  referralTree(member: $id, first: $first, after: $after) {
    edges { node { member { id } depth invitation invitees } } pageInfo { hasNextPage endCursor } } }"""
REFUSED = """query ($reason: InvitationRefusal!) { refusedInvitations(reason: $reason) {
  edges { node { event reason campaign inviter { id } } } } }"""
SPREAD = """query ($from: DateTime!, $to: DateTime!) {
  fission(from: $from, to: $to) { campaign generation invitations members registrations redemptions reproduction }
  invitationClusters(from: $from, to: $to) { members shared invitations }
  voucherFlow(from: $from, to: $to) { kind issuingStore { id } redeemingStore { id } vouchers faceFen } }"""
VOUCHER = """query ($early: DateTime!, $late: DateTime!) { voucher(id: "V") {
  kind faceFen member { id } issuingStore { id } redemptions { event reason store { id } }
  early: whyNot(at: $early, spendFen: 100) late: whyNot(at: $late, spendFen: 100) }
  nothing: voucher(id: "W") { id } }"""
ORDER = """{ order(id: "O") { event paidFen store { id } member { id } lines { line netFen codes }
  refunds { event lines } repeated } nothing: order(id: "P") { id } }"""


@pytest_asyncio.fixture(loop_scope="session")
async def client(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path) -> AsyncIterator[Client]:
    report = await recorder.record(LOG, as_admin=True)
    assert report.rejected == []
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as one:
        yield one


async def test_referrals_vouchers_and_orders(
    client: Client, keys: IdentifierKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {name: keys.id_of(plain("PHONE", phone(name)["value"])) for name in "abcde"}

    # The tree, level by level, a page at a time.
    told: list[tuple[str, int, int]] = []
    after = None
    while True:
        data = (await client.ask(TREE, {"id": ids["a"], "first": 3, "after": after}))["data"]
        page = data["referralTree"]
        told += [(one["node"]["member"]["id"], one["node"]["depth"], one["node"]["invitees"]) for one in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert told == [(ids["b"], 1, 1), (ids["c"], 1, 0), (ids["d"], 1, 0), (ids["e"], 2, 0)]
    assert data["referralLevels"] == [3, 1]
    assert (await client.ask(TREE, {"id": "nobody", "first": 3}))["data"]["referralTree"] is None
    monkeypatch.setattr(referral_tree, "BROADEST", 2)
    (error,) = (await client.ask(TREE, {"id": ids["a"], "first": 4}))["errors"][:1]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"

    # What does not count, and why.
    refused = {}
    for reason in ("SELF_REFERRAL", "KNOWN_BEFORE_INVITER", "ALREADY_INVITED", "NO_MEMBER"):
        answer = await client.ask(REFUSED, {"reason": reason})
        refused[reason] = [one["node"]["event"] for one in answer["data"]["refusedInvitations"]["edges"]]
    assert refused == {
        "SELF_REFERRAL": ["e11"],
        "KNOWN_BEFORE_INVITER": ["e10"],
        "ALREADY_INVITED": ["e12"],
        "NO_MEMBER": [],
    }

    # How referrals spread, who shares a device, where vouchers go.
    spread = (await client.ask(SPREAD, PERIOD))["data"]
    first, second = spread["fission"]
    assert first == {
        "campaign": "spring",
        "generation": 1,
        "invitations": 4,
        "members": 3,
        "registrations": 1,
        "redemptions": 1,
        "reproduction": 1 / 3,
    }
    assert (second["generation"], second["invitations"], second["members"]) == (2, 3, 1)
    assert spread["voucherFlow"] == [
        {
            "kind": "washing",
            "issuingStore": {"id": "S1"},
            "redeemingStore": {"id": "S2"},
            "vouchers": 1,
            "faceFen": 3000,
        }
    ]

    # For the clerk.
    voucher = (await client.ask(VOUCHER, {"early": "2026-03-08T12:00:00+08:00", "late": "2026-03-25T00:00:00+08:00"}))[
        "data"
    ]
    assert voucher["nothing"] is None
    assert voucher["voucher"] == {
        "kind": "washing",
        "faceFen": 3000,
        "member": {"id": ids["b"]},
        "issuingStore": {"id": "S1"},
        "redemptions": [
            {"event": "e18", "reason": "below_min_spend", "store": {"id": "S2"}},
            {"event": "e19", "reason": None, "store": {"id": "S2"}},
        ],
        "early": None,
        "late": "voucher_expired",
    }
    order = (await client.ask(ORDER))["data"]
    assert order == {
        "order": {
            "event": "e20",
            "paidFen": 900,
            "store": {"id": "S1"},
            "member": {"id": ids["b"]},
            "lines": [{"line": "1", "netFen": 900, "codes": ["U1"]}],
            "refunds": [{"event": "e22", "lines": ["1"]}],
            "repeated": ["e21"],
        },
        "nothing": None,
    }


async def test_clusters_share_a_device(client: Client, keys: IdentifierKeys, recorder: Recorder) -> None:
    late = [invited(30, 8, "b", "f"), event(31, "member.identified", 9, identifiers=[phone("f"), TABLET])]
    await recorder.record(late, as_admin=True)

    (cluster,) = (await client.ask(SPREAD, PERIOD))["data"]["invitationClusters"]

    assert cluster["invitations"] == ["e30"]
    assert cluster["shared"] == [keys.id_of(plain("DEVICE", "tablet"))]
    assert len(cluster["members"]) == 4
