"""The reference model against answers that it did not write: worked examples, ninety days of a channel."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.model import Log, World
from tests.model.log import Event

SHARED = Path(__file__).resolve().parents[2] / "shared"
EXAMPLES = SHARED / "examples" / "rebates.json"
DAYS = SHARED / "data" / "channel-90days.ndjson.gz"
EXPECTED = SHARED / "data" / "channel-90days.expected.json"

TRIGGERS = {"CONSUMER_SCAN", "STORE_RECEIPT", "REFERRAL", "ORDER"}
TYPES = {
    *("party.registered", "product.listed", "territory.assigned", "channel.linked", "channel.unlinked"),
    *("goods.commissioned", "goods.packed", "goods.unpacked", "goods.shipped", "goods.received"),
    *("goods.transferred", "goods.returned", "goods.destroyed", "goods.scanned"),
    *("rule.published", "event.voided"),
}


def example_cases() -> list[Any]:
    """The examples whose rules the model knows."""
    if not EXAMPLES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"{EXAMPLES.name} is not there"))]
    cases = json.loads(EXAMPLES.read_text("utf-8"))
    return [
        pytest.param(case, id=case["name"])
        for case in cases
        if "decisions" in case and triggers_in(case["events"]) <= TRIGGERS
    ]


def triggers_in(events: list[Event]) -> set[str]:
    return {event["rule"]["trigger"] for event in events if event["type"] == "rule.published"}


@pytest.mark.parametrize("case", example_cases())
def test_worked_examples(case: dict[str, Any]) -> None:
    decided = [
        {
            "trigger": one.trigger,
            "role": one.role,
            "status": one.status,
            "amountFen": one.amount_fen,
            "reason": one.reason,
        }
        for one in World(case["events"]).decisions()
        if one.trigger in {wanted["trigger"] for wanted in case["decisions"]}
    ]

    def order(decision: dict[str, Any]) -> tuple[str, str]:
        return decision["trigger"], decision["role"]

    assert sorted(decided, key=order) == sorted(case["decisions"], key=order)


def faulty(event: Event) -> bool:
    """Just enough of the intake to tell the bad lines of the file."""
    try:
        at = datetime.fromisoformat(event["at"])
    except ValueError:
        return True
    if event["type"] not in TYPES or at.tzinfo is None or at > datetime.now(UTC) + timedelta(minutes=5):
        return True
    return event["type"] == "goods.received" and not (
        event.keys() == {"id", "type", "at", "party", "codes"}
        and isinstance(event["party"], str)
        and isinstance(event["codes"], list)
    )


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    if not DAYS.exists() or not EXPECTED.exists():
        pytest.skip(f"{DAYS.name} is not there")
    answers: dict[str, Any] = json.loads(EXPECTED.read_text("utf-8"))
    return answers


@pytest.fixture(scope="module")
def intake(expected: dict[str, Any]) -> tuple[Log, Counter[str]]:
    log, verdicts = Log(), Counter[str]()
    with gzip.open(DAYS, "rt", encoding="utf-8") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                verdicts["faulty"] += 1
            else:
                verdicts["faulty" if faulty(event) else log.receive(event)] += 1
    return log, verdicts


@pytest.fixture(scope="module")
def world(intake: tuple[Log, Counter[str]]) -> World:
    return World(intake[0].events.values())


def test_the_intake_of_ninety_days(intake: tuple[Log, Counter[str]], expected: dict[str, Any]) -> None:
    _, verdicts = intake
    assert {
        "accepted": verdicts["accepted"],
        "duplicates": verdicts["duplicate"],
        "rejected": verdicts["faulty"] + verdicts["ID_CONFLICT"],
    } == expected["report"]


def test_the_money_of_ninety_days(world: World, expected: dict[str, Any]) -> None:
    accrued: dict[str, Counter[str]] = defaultdict(Counter)
    reasons = Counter[str]()
    for one in world.decisions():
        if one.status == "ACCRUED":
            # The file counts all members together.
            accrued["members" if one.role == "CONSUMER" else str(one.payee)][one.role] += one.amount_fen
        if one.reason:
            reasons[one.reason] += 1
    del reasons["already_owned"]  # which the file leaves out
    assert dict(reasons) == expected["reasons"]
    assert {payee: dict(fen) for payee, fen in accrued.items()} == expected["accruedFen"]


def test_the_owners_of_ninety_days(world: World, expected: dict[str, Any]) -> None:
    answers = []
    for asked in expected["ownerships"]:
        answer = world.ownership(asked["code"], asked["at"])
        answers.append(
            {
                "code": answer.code,
                "at": asked["at"],
                "status": answer.status,
                "owner": answer.owner,
                "confirmedBy": answer.confirmed_by,
                "store": answer.store,
                "distributor": answer.way.distributor,
                "distributorBasis": answer.way.distributor_basis,
                "salesperson": answer.way.salesperson,
                "salespersonBasis": answer.way.salesperson_basis,
            }
        )
    assert answers == expected["ownerships"]
