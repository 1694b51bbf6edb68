"""What a rule pays each role before limits: worked by hand, and equal to the reference model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.intake.rule import Rule
from graph_service.rebates.amounts import Amount, Bases, amounts, split_by_weight
from tests.model import amounts as model

ROLES = ["CONSUMER", "STORE", "CLERK", "DISTRIBUTOR"]
BASES = ["NET_PAID", "GROSS", "GOODS_PRICE", "VOUCHER_FACE"]


def rule(**more: Any) -> dict[str, Any]:
    return {
        "id": "r",
        "version": 1,
        "brand": "F",
        "trigger": "VOUCHER_REDEMPTION",
        "from": "2026-01-01T00:00:00Z",
        **more,
    }


def fen(said: dict[str, Any], bases: Bases) -> dict[str, int]:
    return {role: amount.fen for role, amount in amounts(Rule.model_validate(said), bases).items()}


roles, bases = st.sampled_from(ROLES), st.sampled_from(BASES)
lines = st.one_of(
    st.builds(lambda role, n: {"role": role, "fen": n}, roles, st.integers(0, 500)),
    st.builds(lambda role, n: {"role": role, "points": n}, roles, st.integers(0, 50)),
    st.builds(lambda role, bps, base: {"role": role, "bps": bps, "base": base}, roles, st.integers(0, 20_000), bases),
)
shares = st.builds(lambda role, weight: {"role": role, "weight": weight}, roles, st.integers(1, 7))
roundings = st.fixed_dictionaries({}, optional={"rounding": st.sampled_from(["FLOOR", "HALF_UP"])})
pools = st.builds(
    lambda bps, base, split, rounding: {"bps": bps, "base": base, "split": split, **rounding},
    st.integers(0, 20_000),
    bases,
    st.lists(shares, min_size=1, max_size=5),
    roundings,
)
rules = st.builds(
    lambda pay, pool, rounding: rule(pay=pay, **({"pool": pool} if pool else {}), **rounding),
    st.lists(lines, min_size=1, max_size=5),
    st.one_of(st.none(), pools),
    roundings,
)


@settings(max_examples=200, deadline=None)
@given(said=rules, worth=st.dictionaries(bases, st.integers(0, 100_000)))
def test_amounts_are_the_models(said: dict[str, Any], worth: Any) -> None:
    found: dict[str, Amount] = {str(role): one for role, one in amounts(Rule.model_validate(said), worth).items()}
    wanted = model.amounts(said, worth)
    assert list(found) == list(wanted)
    for role, (exact, points) in wanted.items():
        amount = found[role]
        assert (amount.fen, amount.points) == (model.rounded(exact, said.get("rounding")), points)
        assert amount.exact == exact * 10_000 == sum(line.exact for line in amount.lines)


@settings(max_examples=200, deadline=None)
@given(whole=st.integers(0, 10_000), weights=st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_a_split_loses_nothing(whole: int, weights: list[int]) -> None:
    assert split_by_weight(whole, weights) == model.split(whole, weights)
    assert sum(split_by_weight(whole, weights)) == whole


@pytest.mark.parametrize(
    ("rounding", "expected"), [({}, 111), ({"rounding": "FLOOR"}, 111), ({"rounding": "HALF_UP"}, 112)]
)
def test_rounding_left_out_is_floor(rounding: dict[str, str], expected: int) -> None:
    said = rule(pay=[{"role": "STORE", "bps": 125, "base": "NET_PAID"}], **rounding)
    assert fen(said, {"NET_PAID": 8_920}) == {"STORE": expected}


def test_what_a_role_gets_is_rounded_once() -> None:
    """Half a fen twice is one fen."""
    line = {"role": "STORE", "bps": 5_000, "base": "GROSS"}
    assert fen(rule(pay=[line, line, {"role": "STORE", "fen": 3}]), {"GROSS": 1}) == {"STORE": 4}


def test_a_pool_is_split_by_largest_remainder_and_ties_go_to_the_first_declared() -> None:
    pool = {"bps": 1_000, "base": "NET_PAID", "split": [{"role": role, "weight": 1} for role in ROLES[:3]]}
    assert fen(rule(pay=[], pool=pool), {"NET_PAID": 1_000}) == {"CONSUMER": 34, "STORE": 33, "CLERK": 33}
    pool["split"] = [{"role": "STORE", "weight": 1}, {"role": "CLERK", "weight": 2}]
    assert fen(rule(pay=[], pool=pool), {"NET_PAID": 1_000}) == {"STORE": 33, "CLERK": 67}


def test_fixed_amounts_and_shares_of_one_role_are_one_entry_in_declared_order() -> None:
    pay = [{"role": "STORE", "fen": 5}, {"role": "CONSUMER", "points": 2}, {"role": "STORE", "points": 3}]
    pool = {"bps": 10_000, "base": "VOUCHER_FACE", "split": [{"role": "STORE", "weight": 1}]}
    found = amounts(Rule.model_validate(rule(pay=pay, pool=pool)), {"VOUCHER_FACE": 7})
    assert [(role, one.fen, one.points) for role, one in found.items()] == [("STORE", 12, 3), ("CONSUMER", 0, 2)]
