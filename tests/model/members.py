"""Members: identifiers that were seen together are one person; accounts belong to identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.model.log import Fact

Identifier = tuple[str, str, str]
"""(type, app, value); no app is the empty text."""

CARDS_AND_SHOPS = ("POS_CARD", "LOYALTY_CARD", "TMALL", "JD", "DOUYIN", "PINDUODUO")
PRIORITY = {"PHONE": 1, "WECHAT_UNIONID": 2, "ALIPAY_UID": 3, "WECHAT_OPENID": 4, "DEVICE": 9}
PRIORITY |= dict.fromkeys(CARDS_AND_SHOPS, 5)
UNNAMED = 99  # a type that the policy does not name is evidence for later: weaker than all it names
BLOCKED = {"null", "undefined", "anonymous", ""}
BLOCKED_PATTERN = re.compile(r"[0-]*")


def normal(identifier: dict[str, Any]) -> Identifier | None:
    """None for a blocked value, which is as good as not sent."""
    value = identifier["value"].strip()
    if value.lower() in BLOCKED or BLOCKED_PATTERN.fullmatch(value):
        return None
    if identifier["type"] == "PHONE":
        # Mainland mobile numbers only: the model needs no more, and other numbers compare as sent.
        digits = re.fullmatch(r"(?:\+?86)?(1[3-9][0-9]{9})", re.sub(r"[\s-]", "", value))
        value = "+86" + digits[1] if digits else value
    return identifier["type"], (identifier.get("app") or "").strip(), value


def text(identifier: Identifier) -> str:
    type_, app, value = identifier
    return f"{type_}:{app}/{value}" if app else f"{type_}:{value}"


def identifiers(member: dict[str, Any] | None) -> list[Identifier]:
    sent = (member or {}).get("identifiers", [])
    return [one for one in map(normal, sent) if one]


def account(member: dict[str, Any] | None) -> str | None:
    """Whose account an entry goes to: the strongest identifier; None where nobody is named."""
    if member and "id" in member:
        named: str = member["id"]
        return named
    strongest = sorted(identifiers(member), key=lambda one: (PRIORITY.get(one[0], UNNAMED), text(one)))
    return text(strongest[0]) if strongest else None


def lists_in(body: dict[str, Any]) -> Iterator[list[Identifier]]:
    """Every list of identifiers of an event; an inviter's and an invitee's are two."""
    if "identifiers" in body:
        yield identifiers(body)
    for field in ("member", "inviter", "invitee"):
        if "identifiers" in (body.get(field) or {}):
            yield identifiers(body[field])


class Members:
    """Connected identifiers, before any policy: limits, shared and refused ones come with it."""

    def __init__(self, facts: list[Fact]) -> None:
        self._of: dict[Identifier, set[Identifier]] = {}
        for fact in facts:
            for seen in lists_in(fact.body):
                together = set(seen).union(*(self._of.get(one, set()) for one in seen))
                self._of |= dict.fromkeys(together, together)

    def of(self, identifier: dict[str, Any]) -> frozenset[str]:
        """Everyone that this one is, by text; empty when it was never seen or is blocked."""
        known = normal(identifier)
        return frozenset(map(text, self._of.get(known, set()))) if known else frozenset()

    def all(self) -> set[frozenset[str]]:
        return {frozenset(map(text, member)) for member in self._of.values()}
