"""The journal: entries, immutable and never derived again, whose net is what the decisions say.

    (:Entry {id, rule, version, trigger, role, payee, revision, status, amountFen, points, reverses, reason, at})
    (:Entry)-[:BOOKED_FOR]->(:Trigger), (:Entry)-[:REVERSES]->(:Entry)

When a decision changes, its last entry is mirrored once and, if something is still due, the next revision is booked.
Only money and points that are due are booked; what waits in suspense or was rejected is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_service.graph.driver import Row
from graph_service.rebates.decision import Decision

Account = tuple[str, str, str, str | None]
"""Identity of what is booked: rule, trigger, role, payee."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What stands in the journal for an account of a trigger.

    Attributes:
        revision: of the last entry, counted from 1; 0 when there is none.
        open_entry: the last entry, unless it is a reversal.
    """

    revision: int = 0
    open_entry: Row | None = None


def standing(entries: Iterable[Row]) -> Mapping[Account, Booked]:
    """What stands in the journal, from all entries of some triggers."""
    found: dict[Account, Booked] = {}
    for row in sorted(entries, key=lambda row: int(row["revision"])):
        account = (row["rule"], row["trigger"], row["role"], row["payee"])
        found[account] = Booked(row["revision"], row if row["status"] != "REVERSED" else None)
    return found


def bookings(decisions: Sequence[Decision], booked: Mapping[Account, Booked], at: Mapping[str, int]) -> list[Row]:
    """The entries that bring the journal to the decisions.

    Args:
        decisions: all that are in force on some triggers.
        booked: what stands for these triggers.
        at: by trigger, when it happened, in microseconds.
    """
    now: dict[str, list[Decision]] = defaultdict(list)
    for each in decisions:
        now[each.trigger].append(each)
    due = {
        (decision.rule, decision.trigger, decision.role, decision.payee): decision
        for decision in decisions
        if decision.status == "ACCRUED" and (decision.amount_fen or decision.points)
    }
    rows: list[Row] = []
    for account in sorted(due.keys() | booked.keys(), key=str):
        decision = due.get(account)
        before = booked.get(account, Booked())
        revision = before.revision
        original = before.open_entry
        if original is not None:
            if decision is not None and _same(decision, original):
                continue
            revision += 1
            rows.append(_reversal(original, revision, _cause(original, now.get(account[1], ()))))
        if decision is not None:
            rows.append(_entry(decision, revision + 1, at[decision.trigger]))
    return rows


def _same(decision: Decision, entry: Row) -> bool:
    return (decision.amount_fen, decision.points, decision.version) == (
        entry["amountFen"],
        entry["points"],
        entry["version"],
    )


def _cause(original: Row, now: Sequence[Decision]) -> str:
    """Why an entry is taken back, told by what its trigger's decisions are now."""
    if not now:
        return "voided"
    same_role = [one for one in now if (one.rule, one.role) == (original["rule"], original["role"])]
    if not same_role:
        return now[0].reason or "rule_changed"
    if any(one.payee == original["payee"] and one.status == "ACCRUED" for one in same_role):
        return "rule_changed"
    return same_role[0].reason or "owner_changed"


def _entry(decision: Decision, revision: int, at: int) -> Row:
    return {
        "id": f"{decision.id}.{revision}",
        "rule": decision.rule,
        "version": decision.version,
        "trigger": decision.trigger,
        "role": decision.role,
        "payee": decision.payee,
        "revision": revision,
        "status": "ACCRUED",
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "at": at,
    }


def _reversal(original: Row, revision: int, cause: str) -> Row:
    identity = str(original["id"]).rpartition(".")[0]
    kept = {key: original[key] for key in ("rule", "version", "trigger", "role", "payee", "at")}
    return kept | {
        "id": f"{identity}.{revision}",
        "revision": revision,
        "status": "REVERSED",
        "amountFen": -original["amountFen"],
        "points": -original["points"],
        "reverses": original["id"],
        "reason": cause,
    }
