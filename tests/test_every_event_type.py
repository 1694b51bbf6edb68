"""For every type of event: one that comes late, or is voided, ends where the model and a rebuild end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from graph_service.graph.driver import Graph
from graph_service.intake.events import EVENT_TYPES
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rebates.decision import decision_id
from tests.answers import Event
from tests.member_answers import members_agree
from tests.test_convergence import agree, arrive


def event(number: int, event_type: str, day: int, /, **fields: Any) -> Event:
    return {"id": f"e{number:02d}", "type": event_type, "at": f"2026-03-{day:02d}T10:00:00+08:00", **fields}


def party(number: int, party_id: str, kind: str, **fields: Any) -> Event:
    return event(number, "party.registered", 1, party={"id": party_id, "kind": kind, "name": party_id, **fields})


def rule(number: int, rule_id: str, trigger: str, roles: list[str], **fields: Any) -> Event:
    pay = [{"role": role, "fen": 100 + 10 * index} for index, role in enumerate(roles)]
    body = {"id": rule_id, "version": 1, "brand": "F", "trigger": trigger, "from": "2026-03-01T00:00:00+08:00"}
    reason = {"by": "test", "reason": "before all"}
    return event(number, "rule.published", 1, rule=body | {"pay": pay, "retroactive": reason} | fields)


def openid(value: str) -> dict[str, str]:
    return {"type": "WECHAT_OPENID", "value": value, "app": "mini"}


def member(value: str) -> dict[str, Any]:
    return {"identifiers": [openid(value)]}


def visit(value: str) -> dict[str, Any]:
    starts = "2026-03-11T10:00:00+08:00"
    return {"appointment": "A1", "member": member(value), "store": "S1", "service": "washing", "startsAt": starts}


PHONE = {"type": "PHONE", "value": "13800138000"}
CARD = {"type": "POS_CARD", "value": "card"}
POLICY = {
    "namespaces": {
        "WECHAT_OPENID": {"priority": 1, "class": "person", "limit": 2},
        "PHONE": {"priority": 2, "class": "person", "unique": True},
        "POS_CARD": {"priority": 3, "class": "person", "maxMembers": 1},
    },
    "blocked": {"exact": ["C3"]},
}
"""Blocks one scanning member, so that scans open other items than before."""

CAP = {"per": "PERIOD", "role": "STORE", "limitFen": 250}
VELOCITY = {"measure": "SCANS_PER_DEVICE_AND_STORE", "windowMinutes": 60, "limit": 0}
HUNAN = {"region": "CN/Hunan/Changsha"}

LINES = [{"line": "1", "sku": "CAT", "quantity": 2, "netFen": 900, "codes": ["U10", "U19"]}]

SIGNED = {"depth": 2, "signOff": {"who": "F", "when": "2026-01-01"}}
CHANNEL = ["CONSUMER", "STORE", "DISTRIBUTOR", "SALESPERSON", "CLERK"]

LOG: list[Event] = [
    party(1, "F", "BRAND"),
    party(2, "D", "DISTRIBUTOR"),
    party(3, "S1", "STORE", region="CN/Guangdong/Shenzhen"),
    party(4, "S2", "STORE", region="CN/Guangdong/Guangzhou"),
    party(5, "P", "SALESPERSON"),
    party(6, "K", "CLERK", promoCode="K-CODE"),
    event(7, "channel.linked", 1, relation="SUPPLIES", parent="D", child="S1"),
    event(8, "channel.linked", 1, relation="SERVES", parent="P", child="S1"),
    event(9, "channel.linked", 1, relation="EMPLOYS", parent="S1", child="K"),
    event(10, "channel.unlinked", 12, relation="SERVES", parent="P", child="S1"),
    event(11, "territory.assigned", 1, party="D", regions=["CN/Guangdong", "CN/Hunan"]),
    event(12, "territory.released", 12, party="D", regions=["CN/Hunan"]),
    event(13, "product.listed", 1, product={"sku": "CAT", "name": "CAT", "brand": "F"}),
    event(
        14,
        "campaign.launched",
        1,
        campaign={"id": "spring", "name": "Spring", "brand": "F", "from": "2026-03-01T00:00:00+08:00"},
    ),
    rule(15, "scan", "CONSUMER_SCAN", CHANNEL, onRegionMismatch="PAY_CONSUMER_ONLY"),
    rule(16, "stocking", "STORE_RECEIPT", ["STORE", "DISTRIBUTOR", "SALESPERSON"]),
    event(17, "rule.withdrawn", 20, rule="scan"),
    rule(75, "voucher", "VOUCHER_REDEMPTION", [*CHANNEL, "INVITER"]),
    rule(76, "joining", "MEMBER_REGISTRATION", ["CONSUMER", "STORE", "CLERK"], scope={"channels": ["WEB"]}),
    rule(
        77,
        "friends",
        "REFERRAL",
        ["INVITER", "INVITER_2", "INVITEE"],
        depth=2,
        signOff={"who": "F", "when": "2026-01-01"},
        windowDays=20,
    ),
    rule(78, "order", "ORDER", ["CONSUMER", "STORE", "DISTRIBUTOR", "SALESPERSON", "PROMOTER"]),
    event(79, "channel.linked", 1, relation="SUPPLIES", parent="F", child="D"),
    event(
        18,
        "goods.commissioned",
        2,
        sku="CAT",
        batch="B1",
        level="UNIT",
        range={"first": "U00", "last": "U19"},
        holder="F",
    ),
    event(19, "goods.commissioned", 2, sku="CAT", batch="B1", level="CARTON", codes=["C1", "C2"], holder="F"),
    event(20, "code.aliased", 2, code="U03", aliases=[{"code": "CAP-3", "role": "inner cap"}]),
    event(21, "goods.packed", 3, parent="C1", children=["U00", "U01", "U02", "U03"]),
    event(22, "goods.packed", 3, parent="C2", children=["U10", "U11"]),
    event(23, "goods.packed", 3, parent="PAL", children=["C1", "C2"]),
    event(24, "goods.received", 4, codes=["PAL"], party="D"),
    event(25, "goods.unpacked", 5, parent="PAL", children=["C1"]),
    event(26, "goods.shipped", 6, codes=["C1"], **{"from": "D"}, to="S1", salesperson="P"),
    event(27, "goods.received", 7, codes=["C1", "C2"], party="S1"),
    event(28, "goods.transferred", 8, codes=["U01"], **{"from": "S1"}, to="S2"),
    event(29, "goods.returned", 8, codes=["U02"], **{"from": "S1"}, to="D"),
    event(30, "goods.destroyed", 9, codes=["U10"]),
    event(31, "goods.sold", 9, codes=["U11"], store="S1", member=member("c4")),
    event(32, "goods.scanned", 10, code="U00", member=member("c1"), promoCode="K-CODE", device="d", **HUNAN),
    event(33, "goods.scanned", 14, code="CAP-3", member=member("c2"), promoCode="K-CODE", region="CN/Hunan/Changsha"),
    event(34, "goods.scanned", 15, code="U03", member=member("c3")),
    event(35, "goods.scanned", 15, code="U01", member=member("c1")),
    event(36, "goods.scanned", 15, code="U02", member=member("c2")),
    event(37, "goods.scanned", 15, code="U10", member=member("c2")),
    event(38, "goods.scanned", 16, code="U11", member=member("c3")),
    event(39, "goods.scanned", 21, code="U04", member=member("c3")),
    event(40, "goods.received", 22, codes=["U02", "U05"], party="S1"),
    event(41, "member.identified", 2, identifiers=[*member("c1")["identifiers"], *member("c2")["identifiers"]]),
    event(42, "event.voided", 23, voids="e40", reason="scanned by mistake"),
    event(43, "clock.advanced", 24, through="2026-04-01T00:00:00+08:00"),
    event(44, "identity.policy", 2, policy=POLICY),
    event(45, "member.registered", 3, identifiers=[PHONE, openid("c2")], store="S1", clerk="K", consent=["MARKETING"]),
    event(46, "member.linked", 4, a=openid("c3"), b=PHONE, reason="asked"),
    event(47, "member.unlinked", 5, a=openid("c3"), b=openid("c1"), reason="asked"),
    event(48, "member.released", 6, a=openid("c1"), b=openid("c2"), reason="sold the phone"),
    event(49, "member.invited", 7, inviter=member("c1"), invitee=member("c5")),
    event(50, "store.chosen", 8, member=member("c5"), store="S2"),
    event(51, "member.consented", 8, member={"identifiers": [openid("c5"), CARD]}, purposes=["MARKETING"]),
    event(52, "member.withdrew", 9, member=member("c5"), purposes=["MARKETING"]),
    event(53, "pet.registered", 9, member={"identifiers": [CARD, PHONE]}, pet={"id": "P1", "species": "cat"}),
    event(54, "care.recorded", 9, pet="P1", store="S1", clerk="K", service="washing"),
    event(55, "appointment.booked", 9, **visit("c4")),
    event(56, "appointment.cancelled", 10, **visit("c4")),
    event(57, "points.adjusted", 10, member={"identifiers": [openid("c4"), openid("c1")]}, points=5, reason="sorry"),
    event(58, "member.left", 11, member={"identifiers": [CARD]}),
    event(59, "voucher.issued", 8, voucher="V1", kind="washing", member=member("c5"), faceFen=3000),
    event(60, "voucher.redeemed", 16, voucher="V1", store="S1", clerk="K"),
    event(61, "order.placed", 17, order="O1", channel="CLOUD", member=member("c2"), paidFen=900, lines=LINES),
    event(69, "order.placed", 18, order="O2", channel="CLOUD", member=member("c5"), paidFen=900, lines=LINES),
    event(
        70,
        "order.placed",
        18,
        order="O3",
        channel="CLOUD",
        member=member("c4"),
        paidFen=900,
        lines=LINES,
        promoCode="K-CODE",
    ),
    event(71, "member.invited", 6, inviter={"identifiers": [PHONE]}, invitee=member("c1")),
    event(72, "voucher.issued", 8, voucher="V2", kind="washing", member=member("c1"), minSpendFen=100),
    event(73, "voucher.redeemed", 17, voucher="V2", store="S1", spendFen=100),
    event(74, "member.registered", 5, identifiers=[openid("c4")], promoCode="K-CODE", channel="WEB", consent=[]),
    event(62, "order.refunded", 19, order="O9", lines=[{"line": "1"}]),
    event(63, "touch.recorded", 7, member={"identifiers": [openid("c4"), CARD]}, kind="AD", channel="DOUYIN"),
    rule(84, "held", "CONSUMER_SCAN", ["STORE", "CONSUMER"], caps=[CAP], budgetFen=450, holds=[VELOCITY]),
    rule(85, "commission", "ORDER", ["STORE", "PROMOTER"], budgetFen=250, onInsufficient="PRORATA"),
    event(64, "hold.reviewed", 12, rebate=decision_id("held", "e32", "STORE", "S1"), decision="VOID", reason="?"),
    event(65, "period.closed", 27, period="2026-02"),
    event(66, "statement.settled", 28, payee="S1", period="2026-02", paidFen=100),
]

ONE_OF_EACH = {kind: [one for one in LOG if one["type"] == kind] for kind in sorted(EVENT_TYPES)}


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
async def test_late(kind: str, graph: Graph, keys: IdentifierKeys) -> None:
    late = ONE_OF_EACH[kind]

    await arrive(graph, keys, [[one for one in LOG if one not in late], *([one] for one in late)])

    await agree(graph, keys, LOG, datetime.now(UTC))
    await members_agree(graph, keys, LOG)


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
async def test_voided(kind: str, graph: Graph, keys: IdentifierKeys) -> None:
    voids = [
        event(90 + number, "event.voided", 25, voids=one["id"], reason="a mistake")
        for number, one in enumerate(ONE_OF_EACH[kind][:3])
    ]

    await arrive(graph, keys, [LOG, voids])

    await agree(graph, keys, [*LOG, *voids], datetime.now(UTC))
    await members_agree(graph, keys, [*LOG, *voids])
