"""The identity policies of the log, and which of them holds."""

import re

from graph_service.graph.driver import Transaction
from graph_service.intake.strict_json import canonical, loads
from graph_service.members.policy import Policy, policy_of


async def policy_in_force(transaction: Transaction) -> Policy:
    """The policy as last derived."""
    rows = await transaction.run("intake/policy")
    return policy_of(rows[0]["policy"] if rows else None)


async def latest_policy(transaction: Transaction) -> Policy:
    """The policy that the facts say: the latest by (`at`, id), else the built-in one."""
    in_force = [policy for policy, is_voided in await _policies(transaction) if not is_voided]
    return in_force[-1] if in_force else policy_of(None)


async def patterns_ever(transaction: Transaction) -> list[re.Pattern[str]]:
    """The patterns that any policy of the log blocks by, voided ones and the built-in one among them."""
    told = [policy_of(None), *(policy for policy, _ in await _policies(transaction))]
    found = {pattern.pattern: pattern for policy in told for pattern in policy.blocked_patterns}
    return [found[text] for text in sorted(found)]


async def _policies(transaction: Transaction) -> list[tuple[Policy, bool]]:
    """All policies by (`at`, id), and whether each is voided."""
    rows = await transaction.run("members/policies")
    rows.sort(key=lambda row: (row["at"], row["event"]))
    return [(policy_of(canonical(loads(row["body"])["policy"])), row["voided"]) for row in rows]
