"""The identity policy in force, as the rules of `contract/identity.md` ask it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graph_service.intake.identity_policy import IdentityPolicy
from graph_service.intake.strict_json import canonical

LINKS_NOTHING = 2**31
"""The priority of a type that the policy does not name: behind all that it names."""

BLOCKED = "blocked"
TWO_VALUES = "two_values_of_unique_namespace"


@dataclass(frozen=True, slots=True)
class NamespaceRule:
    """What identifiers of one type are worth.

    Attributes:
        priority: the smaller number is the stronger evidence of a person.
        is_device: whether they belong to a device rather than to a person.
        most: of them in one member; None for any number.
        is_unique: whether a member has one at most.
        max_members: with how many values of a unique type one may be seen before it is shared; None for any number.
    """

    priority: int
    is_device: bool
    most: int | None
    is_unique: bool
    max_members: int | None


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, ready to be asked.

    Attributes:
        text: its canonical JSON; two policies of the same text are one. None for the built-in one.
        namespaces: by type.
        max_identifiers: of a member.
        latest_wins: whether the pair seen last goes first, or the pair seen first.
    """

    text: str | None
    namespaces: Mapping[str, NamespaceRule]
    max_identifiers: int
    latest_wins: bool
    blocked_values: frozenset[str] = field(repr=False)
    blocked_patterns: tuple[re.Pattern[str], ...] = field(repr=False)

    def blocks(self, trimmed: str) -> bool:
        """Whether a value, trimmed and not yet normalised, identifies nobody."""
        if trimmed.casefold() in self.blocked_values:
            return True
        return any(pattern.search(trimmed) for pattern in self.blocked_patterns)

    def names(self, kind: str) -> bool:
        """Whether identifiers of a type can be linked at all."""
        return kind in self.namespaces

    def priority(self, kind: str) -> int:
        """How strong identifiers of a type are; a type that the policy does not name is the weakest."""
        rule = self.namespaces.get(kind)
        return LINKS_NOTHING if rule is None else rule.priority

    def is_device(self, kind: str) -> bool:
        """Whether a type belongs to a device."""
        rule = self.namespaces.get(kind)
        return rule is not None and rule.is_device

    def is_unique(self, kind: str) -> bool:
        """Whether a member has at most one of a type."""
        rule = self.namespaces.get(kind)
        return rule is not None and rule.is_unique

    def most(self, kind: str) -> int | None:
        """How many of a type a member has at most."""
        rule = self.namespaces.get(kind)
        return None if rule is None else rule.most

    def max_members(self, kind: str) -> int | None:
        """With how many values of one unique type an identifier of this type may be seen before it is shared."""
        rule = self.namespaces.get(kind)
        return None if rule is None else rule.max_members

    def has_two_values(self, kinds: Iterable[str]) -> bool:
        """Whether a list of identifiers of these types holds two of a type of which a person has one."""
        unique = [kind for kind in kinds if self.is_unique(kind)]
        return len(unique) > len(set(unique))


def _built_in() -> IdentityPolicy:
    person = {"class": "person"}
    cards = ("POS_CARD", "LOYALTY_CARD", "TMALL", "JD", "DOUYIN", "PINDUODUO")
    return IdentityPolicy.model_validate(
        {
            "namespaces": {
                "PHONE": {**person, "priority": 1, "unique": True, "maxMembers": 8},
                "WECHAT_UNIONID": {**person, "priority": 2, "unique": True},
                "ALIPAY_UID": {**person, "priority": 3, "unique": True},
                "WECHAT_OPENID": {**person, "priority": 4, "limit": 5},
                **{card: {**person, "priority": 5, "limit": 5} for card in cards},
                "DEVICE": {"class": "device", "priority": 9, "maxMembers": 5},
            },
            "blocked": {"exact": ["null", "undefined", "anonymous", ""], "regex": ["^[0-]*$"]},
            "maxIdentifiers": 50,
            "conflict": "latest",
        }
    )


@lru_cache(maxsize=16)
def policy_of(text: str | None) -> Policy:
    """The policy of a canonical JSON text; the built-in one for None."""
    given = _built_in() if text is None else IdentityPolicy.model_validate_json(text)
    blocked = given.blocked
    return Policy(
        text=text,
        namespaces={
            kind: NamespaceRule(
                priority=one.priority,
                is_device=one.class_ == "device",
                most=1 if one.unique else one.limit,
                is_unique=bool(one.unique),
                max_members=one.max_members,
            )
            for kind, one in (given.namespaces or {}).items()
        },
        max_identifiers=50 if given.max_identifiers is None else given.max_identifiers,
        latest_wins=given.conflict != "first",
        blocked_values=frozenset(value.casefold() for value in (blocked and blocked.exact) or ()),
        blocked_patterns=tuple(re.compile(pattern) for pattern in (blocked and blocked.regex) or ()),
    )


def policy_text(policy: object) -> str:
    """The canonical JSON of a policy as an event carries it."""
    return canonical(policy)
