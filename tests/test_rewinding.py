"""What came since a moment, taken out of gauges again, leaves what they were before: else there is no answer."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from graph_service.intake.rule import Rule
from graph_service.rebates.decision import Decision
from graph_service.rebates.gauges import State, read, stand, told
from graph_service.rebates.limits import Limits, Reservation
from graph_service.rebates.passing import pass_payee, pass_rule
from graph_service.rebates.rewinding import payee_before, rule_before

ROLES = ["STORE", "CONSUMER"]
caps = st.fixed_dictionaries(
    {"per": st.sampled_from(["DAY", "PERIOD", "RULE"]), "limitFen": st.sampled_from([0, 40, 90, 150])},
    optional={"role": st.sampled_from(ROLES), "onExceed": st.sampled_from(["TRUNCATE", "REJECT"])},
)
limits = st.fixed_dictionaries(
    {"caps": st.lists(caps, max_size=3)},
    optional={
        "budgetFen": st.sampled_from([60, 130, 200]),
        "onInsufficient": st.sampled_from(["REJECT_EVENT", "PRORATA"]),
        "roundAt": st.just("SETTLEMENT"),
    },
)


History = tuple[Limits, list[list[Reservation]]]


def rule(version: int, said: dict[str, Any]) -> Rule:
    content = {"id": "r", "version": version, "brand": "F", "trigger": "CONSUMER_SCAN", "from": "2026-01-01T00:00:00Z"}
    return Rule.model_validate(content | {"pay": [{"role": role, "fen": 1} for role in ROLES]} | said)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A rule of one or two versions, and the events of one day and payee in the order of time."""
    versions = draw(st.lists(limits, min_size=1, max_size=2))
    rules = {number: rule(number, said) for number, said in enumerate(versions, 1)}
    found = []
    for n in range(draw(st.integers(1, 8))):
        version = draw(st.sampled_from(sorted(rules)))
        together = []
        for rank, role in enumerate(draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True))):
            fen = draw(st.sampled_from([0, 7, 30, 50]))
            exact = fen * 10_000 + 5_000 if rules[version].round_at == "SETTLEMENT" else None
            proposal = Decision("r", version, f"e{n}", role, "S", "ACCRUED", fen, 0, exact=exact)
            together.append(Reservation(proposal, 1_000 * (n // 2 + 1), 0, rank, "S"))
        found.append(together)
    return Limits(rules), found


@settings(max_examples=300, deadline=None)
@given(history=histories(), data=st.data())
def test_what_came_since_is_taken_out_again(
    history: tuple[Limits, list[list[Reservation]]], data: st.DataObject
) -> None:
    of_rule, events = history
    payee: State = {}
    whole: State = {}
    before: list[tuple[State, State]] = []
    for together in events:
        before.append((deepcopy(payee), deepcopy(whole)))
        for one in together:
            one.capped = (one.proposal.amount_fen, None)
            pass_payee(of_rule, payee, one)
        pass_rule(of_rule, whole, together)
    number = data.draw(st.integers(0, len(events) - 1))
    since = [one for together in events[number:] for one in together]
    at = since[0].at
    assert read(told(payee)) == {name: one for name, one in payee.items() if name in read(told(payee))}
    was = payee_before(of_rule, payee, at, since)
    event("known" if was is not None else "not known")
    assert was is None or stand(was) == stand(before[number][0])
    was = rule_before(of_rule, whole, at, since)
    assert was is None or told(was) == told(before[number][1])
    if not any(one.closed_at is not None for one in payee.values()):
        assert payee_before(of_rule, payee, at, since) is not None
