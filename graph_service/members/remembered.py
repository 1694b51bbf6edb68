"""What is remembered of a value that a leaving erased, so that a policy can still tell whether it blocks it.

(:Event)-[:SHOWS {erased, remembered}]->(:Identifier)

Of each spelling: a keyed hash of it, its case ignored, by which `exact` finds it, and keyed hashes of those patterns
that any policy of the log had by then and that find it. A pattern that comes up later finds nothing in what is gone.
"""

import re
from collections.abc import Iterable, Sequence

from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.policy import Policy


class Recall:
    """What a policy makes of values by what is remembered of them.

    Args:
        policy: in force.
        keys: that hash.
    """

    def __init__(self, policy: Policy, keys: IdentifierKeys) -> None:
        self._policy = policy
        self._keys = keys
        self._blocking: frozenset[str] | None = None

    def blocks(self, remembered: Sequence[str] | None) -> bool:
        """Whether the policy blocks a value in each of its spellings."""
        if not remembered:
            return False
        if self._blocking is None:
            values = (_of_value(value, self._keys) for value in self._policy.blocked_values)
            patterns = (_of_pattern(pattern, self._keys) for pattern in self._policy.blocked_patterns)
            self._blocking = frozenset((*values, *patterns))
        return all(not self._blocking.isdisjoint(spelling.split()) for spelling in remembered)


def remember(spellings: Iterable[str], patterns: Iterable[re.Pattern[str]], keys: IdentifierKeys) -> list[str]:
    """What to keep of spellings that are to be erased."""
    patterns = list(patterns)
    return [
        " ".join(
            (
                _of_value(spelling.casefold(), keys),
                *(_of_pattern(pattern, keys) for pattern in patterns if pattern.search(spelling)),
            )
        )
        for spelling in spellings
    ]


def _of_value(folded: str, keys: IdentifierKeys) -> str:
    return keys.fingerprint("value", folded)


def _of_pattern(pattern: re.Pattern[str], keys: IdentifierKeys) -> str:
    return keys.fingerprint("pattern", pattern.pattern)
