"""Rules that can't be right or lawful are refused when they are published, with the reason; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from graph_service.intake.envelope import Refusal, open_envelope
from graph_service.intake.rule import accepted_rule

NOW = 1_800_000_000_000_000
STORE = {"role": "STORE", "fen": 1}
INVITER = {"role": "INVITER", "fen": 1}
INVITER_2 = {"role": "INVITER_2", "fen": 1}
TIERS = [{"from": 0, "fenPer": 5}]
PERIOD = {"period": "MONTH", "measure": "CARTONS_RECEIVED", "payee": "STORE", "tiers": TIERS}
POOL = {"bps": 100, "base": "NET_PAID"}
VELOCITY = {"measure": "SCANS_PER_DEVICE_AND_STORE", "limit": 3}


def published(trigger: str, **more: Any) -> dict[str, Any]:
    rule = {"id": "r", "version": 1, "brand": "F", "trigger": trigger, "from": "2026-03-01T00:00:00+08:00", **more}
    return {"id": "e", "type": "rule.published", "at": "2026-02-20T00:00:00+08:00", "rule": rule}


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("period_inverted", "CONSUMER_SCAN", {"pay": [STORE], "to": "2026-03-01T00:00:00+08:00"}),
    ("scope_unknown", "CONSUMER_SCAN", {"pay": [STORE], "scope": {"planets": ["Mars"]}}),
    ("weights_missing", "ORDER", {"pool": POOL}),
    ("weights_missing", "ORDER", {"pool": POOL | {"split": []}}),
    ("weights_missing", "ORDER", {"pool": POOL | {"split": [{"role": "STORE"}]}}),
    ("weights_missing", "ORDER", {"pool": POOL | {"split": [{"role": "STORE", "weight": 0}]}}),
    ("referral_depth_exceeds_legal_limit", "REFERRAL", {"pay": [INVITER], "depth": 3, "signOff": "x"}),
    ("sign_off_missing", "REFERRAL", {"pay": [INVITER], "depth": 2}),
    ("sign_off_missing", "REFERRAL", {"pay": [INVITER, INVITER_2]}),
    ("sign_off_missing", "REFERRAL", {"pay": [INVITER], "depth": 2, "signOff": {"who": "Legal"}}),
    ("sign_off_missing", "REFERRAL", {"pay": [INVITER], "depth": 2, "signOff": {"who": "", "when": "2026-01-01"}}),
    ("sign_off_missing", "REFERRAL", {"pay": [INVITER], "depth": 2, "signOff": True}),
    ("pays_for_recruitment", "MEMBER_REGISTRATION", {"pay": [INVITER]}),
    ("pays_for_recruitment", "MEMBER_REGISTRATION", {"pay": [INVITER_2]}),
    ("pays_for_recruitment", "PERIOD", PERIOD | {"measure": "NEW_MEMBERS", "payee": "INVITER"}),
    ("period_incomplete", "PERIOD", {key: PERIOD[key] for key in ("period", "measure", "payee")}),
    ("period_incomplete", "PERIOD", {key: PERIOD[key] for key in ("measure", "payee", "tiers")}),
    ("trigger_contradicted", "PERIOD", PERIOD | {"pay": [STORE]}),
    ("trigger_contradicted", "CONSUMER_SCAN", {"pay": [STORE], "tiers": TIERS}),
    ("tiers_ambiguous", "PERIOD", PERIOD | {"tiers": [*TIERS, {"from": 0, "fen": 1}]}),
    ("base_unknown", "PERIOD", PERIOD | {"tiers": [{"from": 0, "bps": 100}]}),
    ("base_unknown", "CONSUMER_SCAN", {"pay": [{"role": "STORE", "bps": 100, "base": "NET_PAID"}]}),
    ("base_unknown", "MEMBER_REGISTRATION", {"pool": POOL | {"split": [{"role": "STORE", "weight": 1}]}}),
    ("funding_incomplete", "ORDER", {"pay": [STORE], "funding": {"BRAND": 70, "DISTRIBUTOR": 20}}),
    ("window_missing", "CONSUMER_SCAN", {"pay": [STORE], "holds": [VELOCITY]}),
    ("hold_unknown", "ORDER", {"pay": [STORE], "holds": [VELOCITY | {"windowMinutes": 5}]}),
]


@pytest.mark.parametrize(("reason", "trigger", "said"), REFUSED)
def test_a_rule_that_cannot_be_right_is_refused_with_its_reason(
    reason: str, trigger: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refusal:
        open_envelope(0, published(trigger, **said), now=NOW, may_set_recorded_at=False)
    assert refusal.value.code == "RULE_REFUSED"
    assert str(refusal.value).startswith(f"{reason}:")


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("CONSUMER_SCAN", {"pay": [STORE], "to": "2026-03-02T00:00:00Z", "holds": [VELOCITY | {"windowMinutes": 1}]}),
        ("REFERRAL", {"pay": [INVITER, INVITER_2], "depth": 2, "signOff": {"who": "Legal", "when": "2026-01-01"}}),
        ("REFERRAL", {"pay": [INVITER], "depth": 2, "signOff": "Legal, 2026-01-01"}),
        ("MEMBER_REGISTRATION", {"pay": [STORE]}),
        ("PERIOD", PERIOD | {"target": 10, "mode": "STEPPED"}),
        ("PERIOD", PERIOD | {"measure": "SALES_FEN", "tiers": [{"from": 0, "bps": 100}]}),
        ("ORDER", {"pool": POOL | {"split": [{"role": "STORE", "weight": 1}]}}),
        ("ORDER", {"pay": [STORE], "funding": {"BRAND": 70, "DISTRIBUTOR": 30}}),
        ("STORE_RECEIPT", {"pay": [{"role": "STORE", "bps": 100, "base": "GOODS_PRICE"}]}),
        ("CONSUMER_SCAN", {"pay": [STORE], "period": None, "tiers": [], "target": None}),
    ],
)  # fmt: skip
def test_a_rule_that_may_be_right_is_taken(trigger: str, said: dict[str, Any]) -> None:
    open_envelope(0, published(trigger, **said), now=NOW, may_set_recorded_at=False)


def test_what_the_log_took_once_it_keeps() -> None:
    reason, trigger, said = REFUSED[0]
    assert accepted_rule(published(trigger, **said)["rule"]).trigger == trigger, reason
