"""The journal: entries, immutable and never derived again, whose net is what the decisions say.

    (:Entry {id, rule, version, trigger, role, payee, revision, status, amountFen, points, at, block, funder, …})
    (:Entry)-[:FOR]->(:Trigger), (:Entry)-[:REVERSES]->(:Entry)

When a decision changes, its last entry is mirrored once and, if something is still due, the next revision is booked, so
that odd revisions book and even ones take back. What is due is booked as `ACCRUED`, what is on hold as `HELD`, what a
refund takes back as `REVERSED` with its `cause`; what waits in suspense or was rejected is not booked. Every entry
credits its payee and debits those who bear it (`funding.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from graph_service.graph.driver import Row
from graph_service.rebates.chain import Books
from graph_service.rebates.decision import ACCOUNT_ROLES, Decision, by_trigger, decision_id
from graph_service.rebates.funding import Borne, debits
from graph_service.rebates.nodes import decision_id_on
from graph_service.rebates.periods import UNCLOSED, Closings, month_of

Account = tuple[str, str, str, str | None, str | None]
"""Identity of what is booked: rule, trigger, role, payee, and of what a refund takes back the refund."""

BOOKED = frozenset({"ACCRUED", "HELD", "REVERSED"})
"""The statuses that are booked; a settled decision is an accrued one."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What stands in the journal for an account of a trigger.

    Attributes:
        revision: of the last entry, counted from 1; 0 when there is none.
        open_entry: the last entry, unless it takes one back.
        entries: all of them.
    """

    revision: int = 0
    open_entry: Row | None = None
    entries: tuple[Row, ...] = ()

    def due_as_of(self, block: int) -> tuple[int, int]:
        """Fen and points that were due when a block was sealed; what was on hold was not."""
        seen = [row for row in self.entries if row["block"] <= block and row["status"] != "HELD"]
        return sum(row["amountFen"] for row in seen), sum(row["points"] for row in seen)


_NOTHING = Booked()


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is known of why decisions changed.

    Attributes:
        regrouped: accounts whose members were merged, split or known earlier by the events that came.
        periodic: ids of rules that pay when a period is closed.
    """

    regrouped: Set[str] = frozenset()
    periodic: Set[str] = frozenset()


_OF_MEMBERS = frozenset(
    {"not_invited", "not_first_redemption", "account_changed", "no_inviter", "no_inviter_2", "cap_reached"}
    | {"cap_truncated", "recalculated"}
)
"""What follows for an account whose member is another now."""


def account_of(decision: Decision) -> Account:
    """What a decision is booked as."""
    return (decision.rule, decision.trigger, decision.role, decision.payee, decision.cause)


def standing(entries: Iterable[Row]) -> Mapping[Account, Booked]:
    """What stands in the journal, from all entries of some triggers."""
    found: dict[Account, list[Row]] = defaultdict(list)
    for row in sorted(entries, key=lambda row: int(row["revision"])):
        found[row["rule"], row["trigger"], row["role"], row["payee"], row.get("cause")].append(row)
    return {
        account: Booked(rows[-1]["revision"], rows[-1] if rows[-1]["revision"] % 2 else None, tuple(rows))
        for account, rows in found.items()
    }


def is_settled(decision: Decision, booked: Mapping[Account, Booked], closings: Closings, at: int) -> bool:
    """Whether a frozen statement has just what a decision accrues.

    Args:
        decision: that accrues.
        booked: what stands for its trigger.
        closings: the settlements in force.
        at: when its trigger happened, in microseconds.
    """
    block = closings.latest(month_of(at))
    if block is None:
        return False
    return booked.get(account_of(decision), _NOTHING).due_as_of(block) == (decision.amount_fen, decision.points)


def bookings(
    decisions: Sequence[Decision],
    booked: Mapping[Account, Booked],
    at: Mapping[str, int],
    *,
    bearers: Callable[[Decision], Borne],
    books: Books,
    why: Occasion,
) -> list[Row]:
    """The entries that bring the journal to the decisions.

    Args:
        decisions: all that are in force on some triggers.
        booked: what stands for these triggers.
        at: by trigger, when it happened, in microseconds.
        bearers: who bears what a decision pays.
        books: where the journal stands.
        why: what is known of why decisions changed.
    """
    of_trigger = by_trigger(decisions)
    due = {
        account_of(decision): decision
        for decision in decisions
        if decision.status in BOOKED and decision.payee is not None and (decision.amount_fen or decision.points)
    }
    rows: list[Row] = []
    for account in sorted(due.keys() | booked.keys(), key=str):
        decision = due.get(account)
        before = booked.get(account, _NOTHING)
        revision = before.revision
        original = before.open_entry
        debited = {} if decision is None else debits(decision.amount_fen, bearers(decision))
        if original is not None:
            if decision is not None and _same(decision, debited, original):
                continue
            revision += 1
            rows.append(_reversal(original, revision, _cause(original, of_trigger.get(account[1], ()), why)))
        if decision is not None:
            happened = at[decision.trigger] if decision.effective_at is None else decision.effective_at
            rows.append(_entry(decision, revision + 1, happened) | debited)
    _name_originals(rows, booked)
    for row in rows:
        row["block"] = books.next_block
        if books.closings.first(month_of(row["at"])) != UNCLOSED:
            row["late"] = books.next_block
    return rows


def _name_originals(rows: Sequence[Row], booked: Mapping[Account, Booked]) -> None:
    """What a refund takes back names the entry that it is taken from."""
    newest = {decision_id_on(row["id"]): row["id"] for row in rows if row["revision"] % 2 and row.get("cause") is None}
    for row in rows:
        if row.get("cause") is not None and row["revision"] % 2:
            before = booked.get((row["rule"], row["trigger"], row["role"], row["payee"], None), _NOTHING)
            standing_entry = before.open_entry["id"] if before.open_entry else None
            original = decision_id(row["rule"], row["trigger"], row["role"], row["payee"])
            row["reverses"] = newest.get(original, standing_entry)


def _same(decision: Decision, debited: Row, entry: Row) -> bool:
    said = {
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "version": decision.version,
        "status": decision.status,
    }
    return all(entry.get(name) == value for name, value in (said | debited).items())


def _cause(original: Row, now: Sequence[Decision], why: Occasion) -> str:
    """Why an entry is taken back, told by what its trigger's decisions are now."""
    if not now:
        return "voided"
    if original.get("cause") is not None:
        return "refund_changed"
    if original["rule"] in why.periodic:
        return "tier_recalculated"
    is_merged = original["payee"] in why.regrouped
    same_role = [one for one in now if (one.rule, one.role, one.cause) == (original["rule"], original["role"], None)]
    if not same_role:
        reason = now[0].reason or "rule_changed"
        return "merged_members" if is_merged and reason in _OF_MEMBERS else reason
    same_payee = [one for one in same_role if one.payee == original["payee"] and one.status in BOOKED]
    if not same_payee:
        reason = same_role[0].reason or ("account_changed" if original["role"] in ACCOUNT_ROLES else "owner_changed")
    elif same_payee[0].status != original["status"]:
        reason = "released" if original["status"] == "HELD" else same_payee[0].reason or "held"
    elif same_payee[0].version != original["version"]:
        reason = "rule_changed"
    else:
        reason = same_payee[0].reason or "recalculated"
    return "merged_members" if is_merged and reason in _OF_MEMBERS else reason


def _entry(decision: Decision, revision: int, at: int) -> Row:
    row = {
        "id": f"{decision.id}.{revision}",
        "rule": decision.rule,
        "version": decision.version,
        "trigger": decision.trigger,
        "role": decision.role,
        "payee": decision.payee,
        "revision": revision,
        "status": decision.status,
        "amountFen": decision.amount_fen,
        "points": decision.points,
        "at": at,
    }
    if decision.cause is not None:
        row |= {"cause": decision.cause, "reason": decision.reason}
    return row


def _reversal(original: Row, revision: int, cause: str) -> Row:
    """The mirror of an entry, bearer by bearer; what is no longer on hold stays off what is due."""
    mirrored = {key: value for key, value in original.items() if key not in {"block", "late"}}
    if "funderFen" in original:
        mirrored["funderFen"] = [-fen for fen in original["funderFen"]]
    return mirrored | {
        "id": f"{decision_id_on(original['id'])}.{revision}",
        "revision": revision,
        "status": "HELD" if original["status"] == "HELD" else "REVERSED",
        "amountFen": -original["amountFen"],
        "points": -original["points"],
        "reverses": original["id"],
        "reason": cause,
    }
