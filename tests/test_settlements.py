"""Statements: whatever happened between settlements, and in whatever order it came, they say what the model says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys, plain
from graph_service.rebates.audit import audit
from graph_service.rebates.chain import open_books
from graph_service.rebates.decision import Decision
from graph_service.rebates.freezing import accounts_after, freeze
from graph_service.rebates.statement_lines import lines_of
from graph_service.rebates.statements import Sight, Statement, Totals, totals_of
from graph_service.recorder import Recorder
from graph_service.rederive import rederive
from tests.answers import Event, accounts_in, decisions_of, model_decisions
from tests.conftest import WIPE
from tests.model import cast, logs
from tests.model.limit_logs import limit_logs
from tests.model.settlement import Statement as Expected
from tests.serving import app_of, client_of, settings_of
from tests.test_convergence import SLOW, books_agree
from tests.test_limits import named, world_of

PERIODS = ["2025-02", "2025-03", "2025-04", "2025-05"]
LIMIT_PERIODS = ["2025-05", "2025-06", "2025-07", "2025-08"]
FEW = settings(SLOW, max_examples=12)
PAYEES = [*cast.STORES, *cast.DISTRIBUTORS, *cast.SALESPEOPLE, *cast.CLERKS]


@pytest.fixture(autouse=True)
def over_the_end_of_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """What logs tell of happens in the last days of March and the first of April."""
    monkeypatch.setattr(logs, "FIRST_DAY", datetime(2025, 3, 28, tzinfo=timezone(timedelta(hours=8))))


@st.composite
def settled(draw: st.DrawFn, log: list[Event], periods: list[str]) -> list[list[Event]]:
    """A log in the parts that settlements cut it into, each part in any order; with payments, and a void of either."""
    log = list(log)
    recorded = sorted(instant(event["recordedAt"]) for event in log)
    # Early settlements see nothing, and Hypothesis likes what comes first.
    late = recorded[: len(recorded) // 2 : -1] or recorded
    moments = sorted(draw(st.lists(st.sampled_from(late), min_size=1, max_size=3)))
    closings = []
    for number, moment in enumerate(moments):
        at = (moment + timedelta(microseconds=number + 1)).isoformat()
        period = draw(st.sampled_from([*periods[1:3], periods[0]]))
        closings.append(
            {"id": f"closed{number}", "type": "period.closed", "at": at, "recordedAt": at, "period": period}
        )
    for number in range(draw(st.integers(0, 4))):
        at = (draw(st.sampled_from(recorded)) + timedelta(seconds=1)).isoformat()
        paid = {"payee": draw(st.sampled_from(PAYEES)), "period": draw(st.sampled_from(periods)), "paidFen": 7}
        log.append({"id": f"pay{number}", "type": "statement.settled", "at": at, "recordedAt": at, **paid})
    if draw(st.booleans()):
        at = (recorded[-1] + timedelta(seconds=2)).isoformat()
        target = draw(st.sampled_from(["pay0", "closed0"]))
        log.append({"id": "void", "type": "event.voided", "at": at, "recordedAt": at, "voids": target, "reason": "x"})
    parts: list[list[Event]] = []
    since = datetime.min.replace(tzinfo=UTC)
    for closing in [*closings, None]:
        until = instant(closing["recordedAt"]) if closing else datetime.max.replace(tzinfo=UTC)
        part = [event for event in log if since < instant(event["recordedAt"]) <= until]
        parts.append(draw(st.permutations(part)))
        if closing:
            parts.append([closing])
        since = until
    return parts


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@given(data=st.data())
@FEW
async def test_statements_are_the_models(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    log = data.draw(logs.recorded_logs(size=16))
    await agree(data, log, PERIODS, graph, keys)


@given(data=st.data())
@FEW
async def test_statements_under_limits_are_the_models(data: st.DataObject, graph: Graph, keys: IdentifierKeys) -> None:
    """What is on hold, released, voided on review; cut by caps and budgets; rounded at settlement."""
    log = named(*data.draw(limit_logs(size=10)), keys)
    await agree(data, [one for one in log if one["type"] != "period.closed"], LIMIT_PERIODS, graph, keys)


async def agree(data: st.DataObject, log: list[Event], periods: list[str], graph: Graph, keys: IdentifierKeys) -> None:
    """The log arrives between settlements; statements, lines, decisions and chain are as the model has them."""
    parts = data.draw(settled(log, periods))
    await graph.run(WIPE, read_only=False)
    async with Recorder(graph, keys).running() as recorder:
        for part in parts:
            report = await recorder.record(part, as_admin=True)
            assert not report.rejected, report.rejected
            if part and part[0]["type"] == "period.closed" and data.draw(st.booleans()):
                await keep(graph, part[0]["period"])
    log = [event for part in parts for event in part]
    world, ids = world_of(log, keys), accounts_in(log, keys)
    assert await decisions_of(graph) == model_decisions(world.decisions(), ids)
    await books_agree(graph)
    names = {one.payee for one in world.decisions() if one.payee} | set(PAYEES)
    for period in periods:
        for name in sorted(names):
            found = (await statements(graph, [ids.get(name, name)], period))[0]
            assert shape(found.totals) == model_shape(world.statement([name], period)), (name, period)
            await lines_add_up(graph, found)
    assert await rederive(graph, keys, check=True) == []
    assert (await audit(graph, lambda done, what: None)).faults == []


async def keep(graph: Graph, period: str) -> None:
    async def work(transaction: Any) -> None:
        books = await open_books(transaction)
        await freeze(transaction, await accounts_after(transaction, "", 1_000), period, books)

    await graph.write(work)


async def statements(graph: Graph, accounts: Sequence[str], period: str) -> list[Statement]:
    async def work(transaction: Any) -> list[Statement]:
        books = await open_books(transaction)
        totals = await totals_of(transaction, accounts, period, books)
        sight = Sight.of(period, books.closings)
        return [Statement(one, (one,), sight, totals[one]) for one in accounts]

    return await graph.read(work)


async def lines_add_up(graph: Graph, found: Statement) -> None:
    """Page by page, and in their order; what is on hold beside the rest."""
    lines: list[Any] = []
    page: list[Any] = [None]
    while page:
        after = lines[-1].position if lines else None
        page = await graph.read(partial(lines_of, statement=found, limit=2, after=after))
        lines += page
    assert lines == sorted(lines, key=lambda line: line.position)
    totals = found.totals
    assert sum(line.amount_fen for line in lines if line.status != "HELD") == totals.payable - totals.opening
    assert sum(line.amount_fen for line in lines if line.status == "HELD") == totals.held


def shape(totals: Totals) -> tuple[int, ...]:
    return (totals.opening, totals.earned, totals.reversed, totals.held, totals.adjusted, totals.paid, totals.closing)


def model_shape(one: Expected) -> tuple[int, ...]:
    return (one.opening, one.earned, one.reversed, one.held, one.adjusted, one.paid, one.closing)


# --- one story, with its numbers ---------------------------------------------------------------------------


def told(id_: str, kind: str, day: str, recorded: str | None = None, /, **fields: Any) -> Event:
    moment = f"{recorded or day}:00+08:00"
    return {"id": id_, "type": kind, "at": f"{day}:00+08:00", "recordedAt": moment, **fields}


def scan(id_: str, unit: int, day: str, device: str, recorded: str | None = None) -> Event:
    shown = {"identifiers": [{"type": "PHONE", "value": f"1380013800{unit}"}]}
    return told(id_, "goods.scanned", day, recorded, code=f"U{unit}", member=shown, device=device)


def void(id_: str, target: str, day: str) -> Event:
    return told(id_, "event.voided", day, voids=target, reason="a mistake")


RULE = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-01-01T00:00:00+08:00"} | {
    "pay": [{"role": "STORE", "fen": 100}],
    "holds": [{"measure": "SCANS_PER_DEVICE_AND_STORE", "windowMinutes": 60, "limit": 1}],
    "funding": {"BRAND": 70, "DISTRIBUTOR": 30},
}
ORDERS = {"id": "o", "version": 1, "brand": "F", "trigger": "ORDER", "from": "2026-01-01T00:00:00+08:00"} | {
    "pay": [{"role": "STORE", "bps": 1_000, "base": "NET_PAID"}],
}
ORDERED = {"order": "O1", "channel": "STORE", "store": "S", "paidFen": 1_500} | {
    "lines": [{"line": line, "sku": "CAT", "quantity": 1, "netFen": fen} for line, fen in (("a", 1_000), ("b", 500))],
}
MARCH = [
    *(
        told(f"p{one}", "party.registered", "2026-01-01T00:00", party={"id": one, "kind": kind, "name": one})
        for one, kind in (("F", "BRAND"), ("D", "DISTRIBUTOR"), ("S", "STORE"))
    ),
    told("link", "channel.linked", "2026-01-01T00:00", relation="SUPPLIES", parent="D", child="S"),
    told("sku", "product.listed", "2026-01-01T00:00", product={"sku": "CAT", "name": "CAT", "brand": "F"}),
    told(
        "made",
        "goods.commissioned",
        "2026-01-02T00:00",
        sku="CAT",
        batch="B",
        level="UNIT",
        range={"first": "U0", "last": "U9"},
        holder="F",
    ),
    told("got", "goods.received", "2026-01-03T00:00", codes=[f"U{n}" for n in range(10)], party="S"),
    told("rule", "rule.published", "2026-01-01T00:00", rule=RULE),
    told("orders", "rule.published", "2026-01-01T00:00", rule=ORDERS),
    scan("s1", 1, "2026-03-10T10:00", "d1"),
    scan("s2", 2, "2026-03-10T10:10", "d1"),  # held: the second within the hour
    scan("s3", 3, "2026-03-12T10:00", "d2"),
]
HELD = Decision("r", 1, "s2", "STORE", "S", "HELD").id
CLOSE_MARCH = told("c3", "period.closed", "2026-04-02T00:00", period="2026-03")
APRIL = [
    told("paid3", "statement.settled", "2026-04-05T00:00", payee="S", period="2026-03", paidFen=150),
    told("look", "hold.reviewed", "2026-04-06T00:00", rebate=HELD, decision="RELEASE", reason="looks well"),
    scan("s4", 4, "2026-04-10T10:00", "d3"),
    scan("s5", 5, "2026-03-20T10:00", "d4", recorded="2026-04-11T00:00"),  # late
    void("v3", "s3", "2026-04-12T00:00"),
    told("o1", "order.placed", "2026-04-15T10:00", **ORDERED),
]
CLOSE_APRIL = told("c4", "period.closed", "2026-05-02T00:00", period="2026-04")
MAY = [
    told("paid4", "statement.settled", "2026-05-05T00:00", payee="S", period="2026-04", paidFen=250),
    void("v1", "s1", "2026-05-06T00:00"),
    void("v4", "s4", "2026-05-06T01:00"),
    told("back", "order.refunded", "2026-05-08T10:00", order="O1", lines=[{"line": "a"}]),
]
FIELDS = "openingFen earnedFen reversedFen heldFen adjustedFen payableFen paidFen closingFen frozen"
LINES = "lines { edges { node { status amountFen trigger } } }"
ASK = f'query($p: String!) {{ statement(payee: "S", period: $p) {{ {FIELDS} {LINES} }} }}'


async def test_a_store_is_settled_over_three_months(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:

        async def said(period: str) -> tuple[Any, ...]:
            one = (await client.data(ASK, p=period))["statement"]
            return tuple(one[name] for name in FIELDS.split())

        async def lines(period: str) -> list[tuple[Any, ...]]:
            edges = (await client.data(ASK, p=period))["statement"]["lines"]["edges"]
            return [(one["node"]["trigger"], one["node"]["status"], one["node"]["amountFen"]) for one in edges]

        await recorder.record(MARCH, as_admin=True)
        assert await said("2026-03") == (0, 300, 0, 100, 0, 200, 0, 200, False)
        assert await said("2026-04") == (200, 0, 0, 0, 0, 200, 0, 200, False)

        await recorder.record([CLOSE_MARCH], as_admin=True)
        assert await said("2026-03") == (0, 300, 0, 100, 0, 200, 0, 200, True)
        assert await lines("2026-03") == [("s1", "SETTLED", 100), ("s2", "HELD", 100), ("s3", "SETTLED", 100)]

        await recorder.record(APRIL, as_admin=True)
        assert await said("2026-03") == (0, 300, 0, 100, 0, 200, 150, 50, True)
        assert await said("2026-04") == (50, 250, 0, -100, 0, 400, 0, 400, False)
        assert await lines("2026-04") == [
            *[("s2", "ACCRUED", 100), ("s2", "HELD", -100), ("s3", "REVERSED", -100), ("s5", "ACCRUED", 100)],
            *[("s4", "ACCRUED", 100), ("o1", "ACCRUED", 150)],
        ]
        assert {one for one in await decisions_of(graph) if one[5] == "SETTLED"} == {
            ("r", 1, "s1", "STORE", "S", "SETTLED", 100, 0, None)
        }

        await recorder.record([CLOSE_APRIL], as_admin=True)
        await recorder.record(MAY, as_admin=True)
        assert await said("2026-04") == (50, 250, 0, -100, 0, 400, 250, 150, True)
        assert await said("2026-05") == (150, 0, -100, 0, -200, -150, 0, -150, False)
        assert await lines("2026-05") == [(one, "REVERSED", -100) for one in ("s1", "s4", "o1")]
        assert await said("2026-06") == (-150, 0, 0, 0, 0, -150, 0, -150, False)
        borne = (
            "MATCH (e:Entry) WHERE e.funders IS NOT NULL UNWIND range(0, size(e.funders) - 1) AS n "
            "RETURN e.funders[n], sum(e.funderFen[n])"
        )
        assert dict((await graph.run(borne, read_only=True))[1]) == {"F": 140, "D": 60}
        assert (await client.data('{ statement(payee: "nobody", period: "2026-05") { payee } }'))["statement"] is None
        assert (await client.refusal('{ statement(payee: "S", period: "2026-5") { payee } }'))["path"] == "period"

        await recorder.record([void("v-c4", "c4", "2026-05-07T00:00")], as_admin=True)
        assert await said("2026-04") == (50, 150, 0, -100, -100, 200, 250, -50, False)
        assert (await audit(graph, lambda done, what: None)).faults == []


async def test_a_members_statement_is_that_of_all_its_accounts(
    graph: Graph, recorder: Recorder, keys: IdentifierKeys, tmp_path: Path
) -> None:
    phone, card = {"type": "PHONE", "value": "13800138001"}, {"type": "POS_CARD", "value": "card"}
    both = told("met", "member.identified", "2026-03-11T00:00", identifiers=[phone, card])
    by_card = told("s2", "goods.scanned", "2026-03-12T10:00", code="U2", member={"identifiers": [card]})
    rule = told("rule", "rule.published", "2026-01-01T00:00", rule=RULE | {"pay": [{"role": "CONSUMER", "fen": 10}]})
    stage = [one for one in MARCH if one["type"] not in {"rule.published", "goods.scanned"}]
    ids = [keys.id_of(plain(one["type"], one["value"], None)) for one in (phone, card)]
    paid = told("paid", "statement.settled", "2026-04-05T00:00", payee=ids[1], period="2026-03", paidFen=5)
    await recorder.record([*stage, rule, scan("s1", 1, "2026-03-10T10:00", "d1"), by_card, both, paid], as_admin=True)
    question = 'query($p: ID!) { statement(payee: $p, period: "2026-03") { payee earnedFen paidFen closingFen } }'
    async with client_of(app_of(graph, keys, recorder, settings_of(tmp_path))) as client:
        answers = [(await client.data(question, p=one))["statement"] for one in ids]

    assert answers == [{"payee": one, "earnedFen": 20, "paidFen": 5, "closingFen": 15} for one in ids]

    # Who leaves takes the name along, and nothing else: the totals stay under a drawn one, and the chain verifies.
    await recorder.record(
        [told("left", "member.left", "2026-04-10T00:00", member={"identifiers": [phone]})], as_admin=True
    )
    ((name,),) = (await graph.run("MATCH (e:Event {id: 'left'}) RETURN e.pseudonym", read_only=True))[1]
    (found,) = await statements(graph, [name], "2026-03")
    assert (found.totals.earned, found.totals.closing) == (20, 15)
    assert (await audit(graph, lambda done, what: None)).faults == []
