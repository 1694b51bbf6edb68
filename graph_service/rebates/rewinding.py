"""Gauges as they stood before something, from how they stand behind it: what came since is taken out again.

That spares counting from the beginning when something comes late. It is exact only where nothing gave back since, and
where what closed since is known to have been open before; else there is no answer, and everything is counted again.
"""

from collections.abc import Iterable
from dataclasses import replace

from graph_service.rebates.gauges import State
from graph_service.rebates.limits import Limits, Reservation
from graph_service.rebates.passing import OF_PAYEE, OF_RULE, gauge_name, sum_name


def payee_before(limits: Limits, behind: State, at: int, since: Iterable[Reservation]) -> State | None:
    """How the gauges of a payee stood before what came since an instant.

    Args:
        limits: of the rule.
        behind: the gauges behind all of it.
        at: the instant, in microseconds.
        since: all reservations of the payee that were counted since, as they passed.
    """
    state = _opened(limits, behind, at)
    if state is None:
        return None
    for one in since:
        for per, role in limits.counted_by(OF_PAYEE, one.proposal.role):
            _take_out(state, gauge_name(per, role, one), one.capped[0])
        name = sum_name(one)
        if one.proposal.exact is not None and name in state:
            state[name].used -= one.proposal.exact
    return state


def rule_before(limits: Limits, behind: State, at: int, since: Iterable[Reservation]) -> State | None:
    """How the gauges of the rule as a whole stood before what came on a day since an instant; see `payee_before`.

    What a cap counted is not kept beside what the budget made of it, so there is no answer for rules that have both.
    """
    if "BUDGET" in limits.ceilings and len(limits.ceilings) > 1:
        return None
    state = _opened(limits, behind, at)
    if state is None:
        return None
    for one in since:
        for per, role in limits.counted_by(OF_RULE, one.proposal.role):
            _take_out(state, gauge_name(per, role, one), one.reserved[0])
        _take_out(state, "BUDGET", one.reserved[0])
    return state


def _take_out(state: State, name: str, fen: int) -> None:
    """Without anything given back, what was used is the most that was."""
    if name in state:
        state[name].used -= fen
        state[name].peak = max(state[name].used - state[name].base, 0)


def _opened(limits: Limits, behind: State, at: int) -> State | None:
    """A copy in which everything is open that was closed since an instant; None where that is not known."""
    state: State = {}
    for name, one in behind.items():
        if one.closed_at is None:
            state[name] = replace(one)
        elif one.closed_since is None or one.closed_since == at or not limits.has_one_limit(name):
            return None
        elif one.closed_since > at:
            state[name] = replace(one, closed_at=None, closed_since=None)
        else:
            state[name] = replace(one)
    return state
