"""The questions about money: on the demonstration log equal to the model, every filter, every page, every reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
import pytest_asyncio

from graph_service.graph.driver import Graph
from graph_service.members.identifiers import IdentifierKeys
from graph_service.rebates.explain import explanations
from graph_service.rebates.questions import RebateLine, accounts_of, rebates, rebates_of_trigger
from graph_service.rebates.words import WORDS
from graph_service.recorder import Recorder
from tests.answers import accounts_in, model_decisions
from tests.demonstration import demo_events, demo_world, fill_with_demo
from tests.model.log import Event

ALL = 1_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(migrated: Graph, keys: IdentifierKeys) -> Graph:
    await fill_with_demo(migrated, keys)
    return migrated


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def decisions(demo: Graph) -> list[RebateLine]:
    return await demo.read(lambda t: rebates(t, limit=ALL))


def net(lines: Sequence[RebateLine]) -> dict[str, tuple[int, int]]:
    """What triggers come to: of accrued, settled and reversed lines."""
    sums: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in lines:
        if line.status in {"ACCRUED", "SETTLED", "REVERSED"}:
            fen, points = sums[line.trigger]
            sums[line.trigger] = fen + line.amount_fen, points + line.points
    return {trigger: total for trigger, total in sums.items() if total != (0, 0)}


async def test_the_decisions_are_the_models(decisions: list[RebateLine], keys: IdentifierKeys) -> None:
    expected = model_decisions(demo_world().decisions(), accounts_in(demo_events(), keys))

    assert expected == Counter(
        (d.rule, d.version, d.trigger, d.role, d.payee, d.status, d.amount_fen, d.points, d.reason) for d in decisions
    )


async def test_the_journal_nets_to_the_decisions(demo: Graph, decisions: list[RebateLine]) -> None:
    journal = await demo.read(lambda t: rebates(t, limit=ALL, history=True))

    assert net(journal) == net(decisions)
    assert any(line.reverses for line in journal)
    assert {line.id for line in journal if line.reversed_by} == {line.reverses for line in journal if line.reverses}


@pytest.mark.parametrize("history", [False, True])
@pytest.mark.parametrize("by", [(), ("payee",), ("status",), ("payee", "status"), ("trigger",), ("trigger", "status")])
async def test_pages_of_a_filter_hold_what_it_lets_through_once_and_in_order(
    demo: Graph, history: bool, by: tuple[str, ...]
) -> None:
    everything = await demo.read(lambda t: rebates(t, limit=ALL, history=history))
    payee = Counter(line.payee for line in everything if line.role == "DISTRIBUTOR" and line.payee).most_common(1)[0][0]
    trigger = Counter(line.trigger for line in everything).most_common(1)[0][0]
    values = {"payee": payee, "status": "ACCRUED", "trigger": trigger}
    filters = {name: values[name] for name in by}
    expected = [line for line in everything if all(getattr(line, name) == value for name, value in filters.items())]
    size = max(2, len(expected) // 7)

    async def page(after: tuple[int, str] | None) -> list[RebateLine]:
        return await demo.read(lambda t: rebates(t, limit=size, history=history, after=after, **filters))

    found: list[RebateLine] = []
    while more := await page(found[-1].position if found else None):
        found += more

    assert found == expected != []


async def test_any_id_of_a_member_stands_for_all_its_accounts(demo: Graph, decisions: list[RebateLine]) -> None:
    async def all_of(payee: str) -> set[str]:
        return await demo.read(lambda t: accounts_of(t, payee))

    async def paid_to(payee: str) -> list[RebateLine]:
        return await demo.read(lambda t: rebates(t, limit=ALL, payee=payee))

    consumers = sorted({line.payee for line in decisions if line.role == "CONSUMER" and line.payee is not None})
    accounts = max([await all_of(payee) for payee in consumers[:100]], key=len)
    assert len(accounts) > 1

    answers = [await paid_to(account) for account in accounts]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0] == [line for line in decisions if line.payee in accounts]


async def test_a_trigger_that_caused_nothing_has_no_decisions(demo: Graph) -> None:
    assert await demo.read(lambda t: rebates_of_trigger(t, "no such event")) == []
    assert await demo.read(lambda t: rebates(t, limit=10, payee="nobody")) == []


async def test_every_decision_is_explained_by_the_facts_that_it_rests_on(
    demo: Graph, decisions: list[RebateLine]
) -> None:
    by_reason: dict[tuple[str, str | None], RebateLine] = {}
    for line in decisions:
        by_reason.setdefault((line.role, line.reason), line)
    asked = list(by_reason.values())

    trees = await demo.read(lambda t: explanations(t, asked))

    for line, tree in zip(asked, trees, strict=True):
        assert tree["decision"]["id"] == line.id
        assert tree["decision"]["reason"] == line.reason
        assert line.reason is None or tree["decision"]["inWords"] == WORDS[line.reason]
        if line.status in {"ACCRUED", "SUSPENSE"}:
            assert (tree["rule"]["id"], tree["rule"]["version"]) == (line.rule, line.version)
            assert (tree["amount"]["fen"], tree["amount"]["points"]) == (line.amount_fen, line.points)
            assert tree["rule"]["publishedBy"]
        if line.reason == "region_mismatch":
            mismatch = tree["regionMismatch"]
            assert mismatch["distributor"] == tree["ownership"]["distributor"]["party"]
            assert not any(mismatch["region"].startswith(held["region"]) for held in mismatch["territories"])
        if line.reason == "code_already_consumed":
            assert tree["earlierScans"]["firstValid"] in tree["earlierScans"]["events"]
        if line.reason == "clerk_inactive":
            assert not tree["clerk"]["earns"]


async def test_explanations_name_the_owner_that_the_model_names(demo: Graph, decisions: list[RebateLine]) -> None:
    scans = {fact.id: fact for fact in demo_world().facts if fact.type == "goods.scanned"}
    asked = [line for line in decisions if line.role == "STORE" and line.trigger in scans][:100]

    trees = await demo.read(lambda t: explanations(t, asked))

    for line, tree in zip(asked, trees, strict=True):
        scan = scans[line.trigger]
        expected = demo_world().ownership(scan.body["code"], before=scan.key)
        owned = tree["ownership"]
        assert (owned["status"], owned["owner"], owned["store"]) == (expected.status, expected.owner, expected.store)
        assert [step["event"] for step in owned["steps"]] == [step.event for step in expected.steps]


async def test_an_entry_in_force_is_explained_as_its_decision_and_any_other_by_how_it_went(demo: Graph) -> None:
    journal = await demo.read(lambda t: rebates(t, limit=ALL, history=True))
    reversals = [line for line in journal if line.reverses][:3]
    asked = journal[:20] + reversals

    trees = await demo.read(lambda t: explanations(t, asked))

    for line, tree in zip(asked, trees, strict=True):
        assert (tree["entry"]["id"], tree["entry"]["decision"]) == (line.id, line.decision)
        if line.reverses:
            assert (tree["entry"]["reverses"], tree["entry"]["cause"]) == (line.reverses, line.reason)
        elif line.reversed_by is None:
            assert tree["decision"]["id"] == line.decision


async def test_of_a_voided_trigger_no_decision_is_left_and_the_journal_tells_why(
    graph: Graph, recorder: Recorder
) -> None:
    def party(id_: str, kind: str) -> dict[str, str]:
        return {"id": id_, "kind": kind, "name": id_}

    pay = [{"role": "CONSUMER", "fen": 100}, {"role": "STORE", "fen": 300}]
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-01-01T00:00:00Z"}
    unit = {"type": "goods.commissioned", "sku": "CAT", "batch": "B", "level": "UNIT", "codes": ["U1"], "holder": "F"}
    member = {"identifiers": [{"type": "PHONE", "value": "13800000000"}]}
    events: list[Event] = [
        {"type": "party.registered", "party": party("F", "BRAND")},
        {"type": "party.registered", "party": party("S", "STORE")},
        {"type": "product.listed", "product": {"sku": "CAT", "name": "Cat food", "brand": "F"}},
        {"type": "rule.published", "rule": rule | {"pay": pay}},
        unit,
        {"type": "goods.received", "codes": ["U1"], "party": "S"},
        {"type": "goods.scanned", "code": "U1", "member": member},
    ]
    numbered = [{"id": f"e{n}", "at": f"2026-05-0{n + 1}T00:00:00Z"} | event for n, event in enumerate(events)]
    assert not (await recorder.record(numbered, as_admin=True)).rejected
    scan = await graph.read(lambda t: rebates_of_trigger(t, "e6"))
    assert [(line.role, line.amount_fen) for line in scan if line.status == "ACCRUED"] != []

    void = {"id": "v", "type": "event.voided", "at": "2026-06-01T00:00:00Z", "voids": "e6", "reason": "test"}
    await recorder.record([void], as_admin=True)

    assert await graph.read(lambda t: rebates_of_trigger(t, "e6")) == []
    journal = await graph.read(lambda t: rebates(t, limit=ALL, trigger="e6", history=True))
    assert Counter(line.reason for line in journal if line.status == "REVERSED") == {"voided": 2}
    assert net(journal) == {}
    trees = await graph.read(lambda t: explanations(t, journal))
    assert {tree["entry"]["cause"] for tree in trees} == {None, "voided"}
