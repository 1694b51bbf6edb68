"""Leaving: what goes, what stays under a pseudonym, and that nothing of it can be found again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph_service.commands.member_data import leave
from graph_service.errors import ServiceError
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.members.people import people
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from graph_service.service import Service
from tests.answers import Event, journal_of
from tests.serving import settings_of

PHONE = {"type": "PHONE", "value": "13912345678"}
OPENID = {"type": "WECHAT_OPENID", "value": "o-leaver-7f3a", "app": "mini"}
OWN_DEVICE = {"type": "DEVICE", "value": "device-own-91c2"}
TABLET = {"type": "DEVICE", "value": "tablet-shared-55d0"}
FRIEND = {"type": "PHONE", "value": "13987654321"}
PLAIN = ["13912345678", "o-leaver-7f3a", "device-own-91c2", "小灰灰", "怕水，要慢慢来"]
"""What nobody may find again."""


def event(number: int, kind: str, day: int, **fields: Any) -> Event:
    return {"id": f"e{number:03d}", "type": kind, "at": f"2026-03-{day:02d}T10:00:00+08:00", **fields}


def named(*identifiers: dict[str, str]) -> dict[str, Any]:
    return {"identifiers": list(identifiers)}


PAY = [{"role": "CONSUMER", "fen": 100}, {"role": "CONSUMER", "points": 10}]
RULE = {"id": "scan", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-03-01T00:00:00+08:00"}
RANGE = {"first": "U00", "last": "U09"}
CHANNEL = [
    event(1, "party.registered", 1, party={"id": "F", "kind": "BRAND", "name": "F"}),
    event(2, "product.listed", 1, product={"sku": "CAT", "name": "CAT", "brand": "F"}),
    event(3, "goods.commissioned", 1, sku="CAT", batch="B", level="UNIT", range=RANGE, holder="F"),
    event(4, "rule.published", 1, rule=RULE | {"pay": PAY}),
]
LIFE = [
    event(10, "member.identified", 2, identifiers=[PHONE, OPENID]),
    event(11, "member.identified", 3, identifiers=[{**PHONE, "value": " 139-1234-5678"}, OWN_DEVICE]),
    event(12, "member.identified", 3, identifiers=[OPENID, TABLET]),
    event(13, "member.identified", 3, identifiers=[FRIEND, TABLET]),
    event(14, "goods.scanned", 4, code="U00", member=named(PHONE), device="device-own-91c2"),
    event(15, "goods.scanned", 5, code="U01", member=named(OPENID)),
    event(16, "member.invited", 5, inviter=named(PHONE), invitee=named(FRIEND)),
    event(17, "pet.registered", 5, member=named(PHONE), pet={"id": "P1", "species": "cat", "name": "小灰灰"}),
    event(18, "care.recorded", 6, pet="P1", store="S1", service="washing", note="怕水，要慢慢来"),
]
LEFT = event(30, "member.left", 10, member=named(PHONE))
REPLAYED = [one | {"id": f"again-{one['id']}"} for one in LIFE if one["type"] != "goods.scanned"]


async def record(recorder: Recorder, *events: Event) -> Any:
    report = await recorder.record(list(events), as_admin=True)
    assert report.rejected == []
    return report


async def whose(graph: Graph, keys: IdentifierKeys, *identifiers: dict[str, str]) -> list[str | None]:
    """The member of each."""
    ids = [keys.id_of(plain(one["type"], one["value"], one.get("app"))) for one in identifiers]
    found = await graph.read(lambda transaction: people(transaction, ids))
    return [found[one].id if one in found else None for one in ids]


async def totals(graph: Graph) -> list[tuple[Any, ...]]:
    return sorted((row["e.payee"][0], row["fen"], row["points"]) for row in await journal_of(graph))


async def test_whoever_leaves_is_gone_and_the_accounts_keep_their_totals(
    graph: Graph, keys: IdentifierKeys, recorder: Recorder
) -> None:
    await record(recorder, *CHANNEL, *LIFE)
    before = await totals(graph)
    assert before == [("M", 100, 10), ("M", 100, 10)]

    await record(recorder, LEFT)

    assert await whose(graph, keys, PHONE, OPENID, OWN_DEVICE) == [None, None, None]
    assert None not in await whose(graph, keys, FRIEND, TABLET)
    assert await totals(graph) == [("L", 100, 10), ("L", 100, 10)], "renamed, and nothing booked"
    assert (await graph.run("MATCH (e:Entry) RETURN count(*), count(DISTINCT e.payee)", read_only=True))[1] == [[2, 1]]
    again = await record(recorder, LEFT, *LIFE)
    assert (again.accepted, again.duplicates) == (0, 10)
    await record(recorder, *REPLAYED)
    assert await whose(graph, keys, PHONE, OPENID, OWN_DEVICE) == [None, None, None]
    await record(recorder, event(40, "member.identified", 11, identifiers=[PHONE, {**OPENID, "value": "o-new"}]))
    (anew,) = await whose(graph, keys, PHONE)
    assert anew is not None
    assert await whose(graph, keys, OPENID) == [None]
    assert await rederive(graph, keys, check=True) == []


STORED = (
    "MATCH (n) UNWIND keys(n) AS key WITH n[key] AS value WHERE value IS :: STRING RETURN value "
    "UNION ALL MATCH ()-[r]->() UNWIND keys(r) AS key WITH r[key] AS value RETURN toStringOrNull(value) AS value"
)


@pytest.mark.parametrize("way", ["after", "before", "amid"])
async def test_no_value_of_theirs_is_kept_whenever_it_arrived(
    way: str, graph: Graph, keys: IdentifierKeys, recorder: Recorder
) -> None:
    log = {"after": [*LIFE, LEFT], "before": [LEFT, *LIFE], "amid": [*LIFE[4:], LEFT, *LIFE[:4]]}[way]
    for one in [*CHANNEL, *log]:
        await record(recorder, one)

    assert await whose(graph, keys, PHONE, OPENID, OWN_DEVICE) == [None, None, None]
    sealed = [row[0] for row in (await graph.run("MATCH (i:Identifier) RETURN i.sealed", read_only=True))[1]]
    assert sorted(one is None for one in sealed) == [False, False, True, True, True]
    bodies = (await graph.run("MATCH (e:Event) WHERE e.body CONTAINS 'sealed' RETURN e.id, e.body", read_only=True))[1]
    kept = {event_id: opened(json.loads(body), keys) for event_id, body in bodies}
    assert {value for values in kept.values() for value in values} == {"tablet-shared-55d0", "13987654321"}
    assert await totals(graph) == [("L", 100, 10), ("L", 100, 10)]
    assert await rederive(graph, keys, check=True) == []


def opened(content: Any, keys: IdentifierKeys) -> set[str]:
    """Every value that a body holds sealed."""
    match content:
        case {"sealed": str(sealed)}:
            return {keys.open(sealed)}
        case dict():
            return {one for value in content.values() for one in opened(value, keys)}
        case list():
            return {one for value in content for one in opened(value, keys)}
    return set()


async def test_a_leaving_that_is_voided_gives_the_accounts_back(
    graph: Graph, keys: IdentifierKeys, recorder: Recorder
) -> None:
    await record(recorder, *CHANNEL, *LIFE)
    await record(recorder, LEFT)
    await record(recorder, event(50, "event.voided", 12, voids=LEFT["id"], reason="a mistake"))

    (member,) = set(await whose(graph, keys, PHONE, OPENID, OWN_DEVICE))
    assert member is not None, "the values are lost, the member is not"
    assert await totals(graph) == [("M", 100, 10), ("M", 100, 10)]
    assert await rederive(graph, keys, check=True) == []


FRIENDS = {"id": "friends", "version": 1, "brand": "F", "trigger": "REFERRAL", "from": "2026-03-01T00:00:00+08:00"}
FRIENDS |= {"depth": 2, "signOff": {"who": "F", "when": "2026-01-01T00:00:00Z"}}
FRIENDS |= {"pay": [{"role": "INVITER", "fen": 10}, {"role": "INVITER_2", "fen": 20}, {"role": "INVITEE", "fen": 30}]}
GRANDCHILD = {"type": "PHONE", "value": "13911112222"}
REFERRED = [
    event(60, "party.registered", 1, party={"id": "S1", "kind": "STORE", "name": "S1"}),
    event(61, "channel.linked", 1, relation="SUPPLIES", parent="F", child="S1"),
    event(62, "rule.published", 1, rule=FRIENDS),
    event(63, "member.invited", 6, inviter=named(FRIEND), invitee=named(GRANDCHILD)),
    *(
        event(64 + n, "voucher.issued", 6, voucher=f"W{n}", member=named(one)) | {"kind": "washing"}
        for n, one in enumerate([PHONE, FRIEND, GRANDCHILD])
    ),
    *(event(67 + n, "voucher.redeemed", 7, voucher=f"W{n}", store="S1") for n in range(3)),
]


@pytest.mark.parametrize("leaving", [PHONE, FRIEND, GRANDCHILD])
@pytest.mark.parametrize("way", ["after", "before"])
async def test_what_invitations_earned_stays(
    way: str, leaving: dict[str, str], graph: Graph, keys: IdentifierKeys, recorder: Recorder
) -> None:
    """The inviter of the inviter, the inviter, or the invited leaves: early, late, and by mistake."""
    left = event(71, "member.left", 10, member=named(leaving))
    invited = [one for one in LIFE if one["type"] in {"member.identified", "member.invited"}]
    log = [*CHANNEL, *invited, *REFERRED]
    for part in [log, [left]] if way == "after" else [[left], log]:
        await record(recorder, *part)

    earned = await referrals(graph)
    assert earned == [10, 10, 20, 30, 30], "two first redemptions of invited members; one of them has two above"
    names = (await graph.run(PAID, read_only=True))[1]
    assert {name[0] for (name,) in names} == {"M", "L"}
    await record(recorder, event(72, "event.voided", 11, voids=left["id"], reason="a mistake"))
    assert await referrals(graph) == earned
    assert {name[0] for (name,) in (await graph.run(PAID, read_only=True))[1]} == {"M"}
    assert await rederive(graph, keys, check=True) == []


PAID = "MATCH (d:Decision {rule: 'friends', state: 'ACCRUED'}) RETURN DISTINCT d.payee"


async def referrals(graph: Graph) -> list[int]:
    """What the referral rule pays."""
    accrued = "MATCH (d:Decision {rule: 'friends', state: 'ACCRUED'}) RETURN d.amountFen AS fen ORDER BY fen"
    return [fen for (fen,) in (await graph.run(accrued, read_only=True))[1]]


@pytest.fixture
def service(graph: Graph, keys: IdentifierKeys, recorder: Recorder, tmp_path: Path, connection: Connection) -> Service:
    return Service(settings_of(tmp_path), connection, graph, keys, recorder)


async def test_the_command_tells_what_would_go_then_what_went(service: Service, recorder: Recorder) -> None:
    await record(recorder, *CHANNEL, *LIFE)

    would = await leave(service, "PHONE:13912345678", dry_run=True)

    assert would == {
        "dryRun": True,
        "identifiers": ["PHONE:139****5678", "WECHAT_OPENID:mini/o-l****7f3a", "DEVICE:dev****91c2"],
        "refusedPairs": 1,
        "events": 7,
        "kept": {"entries": 2, "amountFen": 200, "points": 20},
    }
    went = await leave(service, "PHONE:13912345678", dry_run=False)
    assert went["identifiers"] == {"DEVICE": 1, "PHONE": 1, "WECHAT_OPENID": 1}
    assert (went["events"], went["kept"], went["keptBefore"]) == (7, would["kept"], would["kept"])
    for named_again in ("PHONE:13912345678", "MAAAAAAAAAAAAAAAAAAAAAAAAAA"):
        with pytest.raises(ServiceError) as unknown:
            await leave(service, named_again, dry_run=False)
        assert unknown.value.code == "UNKNOWN_MEMBER"


async def test_who_is_unknown_leaves_without_a_trace(graph: Graph, keys: IdentifierKeys, recorder: Recorder) -> None:
    """By an id of nobody, an identifier never seen, one that the policy blocks: recorded, and nobody else goes."""
    blocked = {"type": "PHONE", "value": "000-000"}
    nobody = [{"id": "MAAAAAAAAAAAAAAAAAAAAAAAAAA"}, {"id": "nobody"}, named(FRIEND), named(blocked)]
    await record(recorder, *CHANNEL, *LIFE[:2])
    before = await whose(graph, keys, PHONE, OPENID, OWN_DEVICE)

    await record(recorder, *(event(80 + n, "member.left", 9, member=one) for n, one in enumerate(nobody)))

    assert await whose(graph, keys, PHONE, OPENID, OWN_DEVICE) == before
    assert before[0] is not None
    erased = "MATCH (e:Event)-[:ERASES]->(i) RETURN e.id, i.type"
    # Whoever was never seen before is seen by the leaving itself, and goes with it.
    assert (await graph.run(erased, read_only=True))[1] == [["e082", "PHONE"]]
    assert await rederive(graph, keys, check=True) == []
