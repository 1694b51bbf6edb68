"""Which events voids leave in force: what the model says, whatever voids what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.intake.voids import Void, voided
from tests.model.log import Fact
from tests.model.log import voided as model_voided

DAY = datetime(2025, 3, 1, tzinfo=UTC)


def of_model(targets: dict[str, str]) -> dict[str, bool]:
    events = sorted({*targets, *targets.values()})
    facts = [
        Fact(DAY, event, DAY, "event.voided", {"voids": targets[event]})
        if event in targets
        else Fact(DAY, event, DAY, "goods.scanned", {})
        for event in events
    ]
    void = model_voided(facts)
    return {event: event in void for event in events}


def of_service(targets: dict[str, str]) -> dict[str, bool]:
    events = sorted({*targets, *targets.values()})
    return voided(events, [Void(0, event, target) for event, target in targets.items()])


@pytest.mark.parametrize(
    ("targets", "void"),
    [
        ({"a": "x"}, {"x"}),
        ({"a": "x", "b": "a"}, {"a"}),
        ({"a": "a"}, set()),
        ({"a": "b", "b": "a"}, {"a"}),
        ({"a": "b", "b": "c", "c": "a"}, {"a"}),
    ],
)
def test_the_last_of_a_circle_is_in_force(targets: dict[str, str], void: set[str]) -> None:
    """Of one void, too, that names itself; of three the last stands though another one that stands names it."""
    told = of_service(targets)
    assert {event for event, is_void in told.items() if is_void} == void
    assert told == of_model(targets)


@given(targets=st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefgxy")))
def test_whatever_voids_what_the_model_agrees(targets: dict[str, str]) -> None:
    assert of_service(targets) == of_model(targets)
