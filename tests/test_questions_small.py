"""The corner cases of the questions about items, one by one."""

from __future__ import annotations

from graph_service.goods.journey import containers, journeys
from graph_service.goods.questions import items, ownerships
from graph_service.graph.driver import Graph
from graph_service.moments import parse_instant
from graph_service.recorder import Recorder
from tests.model.log import Event

DAY = "2026-05-{:02}T08:00:00Z"


async def record(recorder: Recorder, *events: Event) -> None:
    """Events a day apart, with ids in their order."""
    numbered = [{"id": f"e{n}", "at": DAY.format(n + 1)} | event for n, event in enumerate(events)]
    report = await recorder.record(numbered, as_admin=True)
    assert not report.rejected


def made(*codes: str, level: str = "UNIT") -> Event:
    return {
        "type": "goods.commissioned",
        "sku": "CAT",
        "batch": "B1",
        "level": level,
        "codes": list(codes),
        "holder": "F",
    }


def packed(parent: str, *children: str, type_: str = "goods.packed") -> Event:
    return {"type": type_, "parent": parent, "children": list(children)}


async def test_a_code_inside_a_commissioned_range_is_known_and_its_neighbour_is_not(
    graph: Graph, recorder: Recorder
) -> None:
    event = made() | {"range": {"first": "U0001", "last": "U9999"}}
    del event["codes"]
    await record(recorder, event)

    inside, outside = await graph.read(lambda t: ownerships(t, [("U0500", None), ("U10000", None)]))
    known = await graph.read(lambda t: items(t, ["U0500", "U10000"]))

    assert (inside.ownership.status, inside.ownership.owner) == ("CONFIRMED", "F")
    assert outside.ownership.status == "UNKNOWN"
    assert known.keys() == {"U0500"}


async def test_facts_of_the_very_instant_count(graph: Graph, recorder: Recorder) -> None:
    await record(recorder, made("U1"), {"type": "goods.received", "codes": ["U1"], "party": "S"})
    moment = parse_instant(DAY.format(2))

    then, before = await graph.read(lambda t: ownerships(t, [("U1", moment), ("U1", moment - 1)]))

    assert (then.ownership.owner, before.ownership.owner) == ("S", "F")


async def test_answers_come_in_the_order_asked_also_for_the_same_question_twice(
    graph: Graph, recorder: Recorder
) -> None:
    await record(recorder, made("U1", "U2"))

    answers = await graph.read(lambda t: ownerships(t, [("U2", 1), ("nobody's", 5), ("U1", None), ("U2", 1)]))

    assert [answer.code for answer in answers] == ["U2", "nobody's", "U1", "U2"]
    assert [answer.at for answer in answers[:2]] == [1, 5]


async def test_what_only_a_voided_event_named_is_no_item(graph: Graph, recorder: Recorder) -> None:
    await record(recorder, made("U1"), {"type": "event.voided", "voids": "e0", "reason": "printed by mistake"})

    assert await graph.read(lambda t: items(t, ["U1"])) == {}
    assert (await graph.read(lambda t: journeys(t, [("U1", None)]))) == [[]]


async def test_the_container_is_named_as_its_last_packing_named_it(graph: Graph, recorder: Recorder) -> None:
    await record(
        recorder,
        made("U1"),
        made("C1", level="CARTON"),
        {"type": "code.aliased", "code": "C1", "aliases": [{"code": "C1-inner", "role": "inner"}]},
        packed("C1", "U1"),
        packed("C1-inner", "U1"),
        packed("C1", "U1", type_="goods.unpacked"),
        packed("C1", "U1", type_="goods.unpacked"),
    )
    days = [parse_instant(DAY.format(day)) for day in (3, 4, 5, 6)]

    held = await graph.read(lambda t: containers(t, [("U1", day) for day in days]))
    (way,) = await graph.read(lambda t: journeys(t, [("U1", None)]))

    assert held == [None, "C1", "C1-inner", None]
    # The second unpacking finds nothing to take out.
    assert [step.event for step in way] == ["e0", "e3", "e4", "e5"]
