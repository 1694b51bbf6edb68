"""Explanations in one sentence: every reason and status of the rules page, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph_service.intake.rule import Role
from graph_service.rebates.questions import STATUSES, RebateLine
from graph_service.rebates.sentences import ROLES, VERBS, sentence_of
from graph_service.rebates.trees import Tree
from graph_service.rebates.words import CHINESE, WORDS

SCAN: Tree = {
    "trigger": {"type": "goods.scanned", "at": "2026-07-18T11:42:00Z"},
    "ownership": {
        "confirmedBy": "e9",
        "via": "C1",
        "distributor": {"party": "D", "basis": "GOODS_FLOW"},
        "salesperson": {"party": "P", "basis": "CHANNEL_LINK"},
    },
    "rule": {"beaten": [{"id": "wide"}]},
    "amount": {
        "parts": [
            {"codes": 1, "lines": [{"fen": 300, "points": 0}, {"base": "GOODS_PRICE", "baseFen": 8900, "bps": 50}]}
        ]
    },
    "lateBinding": {"deadline": "2026-07-25T11:42:00Z"},
}


def line(role: str, status: str, reason: str | None = None, **more: int | str | None) -> RebateLine:
    rule = ("NONE", 0) if role == "NONE" else ("spring", 2)
    fen = 0 if status == "REJECTED" else -300 if status == "REVERSED" else 300
    payee = None if role == "NONE" else "S1"
    return RebateLine("R", *rule, "e1", role, payee, status, fen, 0, reason, 0, 0, **more)  # type: ignore[arg-type]


def test_every_role_and_status_has_words() -> None:
    assert ROLES.keys() == set(Role.__args__)  # type: ignore[attr-defined]
    assert VERBS.keys() == set(STATUSES)


def test_every_reason_of_the_contract_has_words_in_both_languages(shared: Path) -> None:
    rules = (shared / "contract" / "rules.md").read_text("utf-8")
    table = rules[rules.index("## Reasons") :].split("refused rules")[0]
    reasons = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)*)`", table))
    assert len(reasons) > 30
    assert reasons - WORDS.keys() == set()
    assert WORDS.keys() - CHINESE.keys() == set()


def test_a_store_is_told_what_it_is_paid_and_why() -> None:
    told = sentence_of(SCAN, line("STORE", "ACCRUED"))

    assert told["zh"] == (
        "2026-07-18 19:42 的扫码 e1 按规则 spring 第 2 版应付门店 S1 3.00 元：规则规定此金额；货权由 e9 扫描 C1 确认；"
        "商品价 89.00 元的 0.5%；优先于规则 wide。"
    )
    assert told["en"] == (
        "The scan e1 of 2026-07-18 19:42 pays the store S1 3.00 yuan by rule spring v2: the rule names this amount; "
        "e9, which named C1, had confirmed that it owned the goods; 0.5% of 89.00 yuan list price; it goes before wide."
    )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("role", [*ROLES, "NONE"])
def test_every_status_of_every_role_is_a_sentence(role: str, status: str) -> None:
    reason = {"REJECTED": "cap_reached", "SUSPENSE": "ownership_unconfirmed", "HELD": "velocity"}.get(status)

    told = sentence_of(SCAN, line(role, status, reason))

    assert told["zh"].endswith("。")
    assert told["en"].endswith(".")
    assert ("3.00" in told["zh"], "3.00" in told["en"]) == ((status != "REJECTED"),) * 2
    assert reason is None or CHINESE[reason] in told["zh"]


def test_entries_of_the_past_say_how_they_came_and_went() -> None:
    gone = sentence_of({}, line("STORE", "ACCRUED", revision=1, reversed_by="R.2"))
    back = sentence_of({}, line("STORE", "REVERSED", "owner_changed", revision=2, reverses="R.1"))

    assert "R.2" in gone["zh"] and "R.2" in gone["en"]
    assert back["en"] == "Takes back the entry R.1: a late event tells that someone else owned the goods."
    assert CHINESE["owner_changed"] in back["zh"]
