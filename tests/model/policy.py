"""The identity policy: which identifiers there are, which count for nothing, which is the strongest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import phonenumbers

from tests.model.log import Fact

Identifier = tuple[str, str, str]
"""(type, app, value); no app is the empty text."""

Sent = dict[str, Any]

CARD = {"priority": 5, "class": "person", "limit": 5}
BUILT_IN: dict[str, Any] = {
    "namespaces": {
        "PHONE": {"priority": 1, "class": "person", "unique": True, "maxMembers": 8},
        "WECHAT_UNIONID": {"priority": 2, "class": "person", "unique": True},
        "ALIPAY_UID": {"priority": 3, "class": "person", "unique": True},
        "WECHAT_OPENID": {"priority": 4, "class": "person", "limit": 5},
        **dict.fromkeys(("POS_CARD", "LOYALTY_CARD", "TMALL", "JD", "DOUYIN", "PINDUODUO"), CARD),
        "DEVICE": {"priority": 9, "class": "device", "maxMembers": 5},
    },
    "blocked": {"exact": ["null", "undefined", "anonymous", ""], "regex": ["^[0-]*$"]},
    "maxIdentifiers": 50,
    "conflict": "latest",
}
UNNAMED_PRIORITY = 10**9
"""What the policy does not name is evidence for later: weaker than all it names."""


def text(identifier: Identifier) -> str:
    type_, app, value = identifier
    return f"{type_}:{app}/{value}" if app else f"{type_}:{value}"


def account_name(identifier: Identifier) -> str:
    """Its text, but where another identifier may have the same: `X:a/b` without an app is `X:/a/b`."""
    type_, app, value = identifier
    return f"{type_}:/{value}" if not app and "/" in value else text(identifier)


def by_text(identifier: Identifier) -> tuple[str, Identifier]:
    """Two identifiers may share a text (`X:a/b` with and without an app), and are two all the same."""
    if _forgotten.get():
        type_, app, value = identifier
        identifier = type_, app, "".join(chr(0x10FFFF - ord(character)) for character in value) + chr(0x10FFFF)
    return text(identifier), identifier


_forgotten: ContextVar[bool] = ContextVar("forgotten", default=False)


@contextmanager
def other_texts() -> Iterator[None]:
    """As if the values of identifiers were others, in the opposite order.

    Erasure forgets values, and what only their order would tell is told by something else from then on. What comes out
    the same by both orders does not depend on it.
    """
    token = _forgotten.set(True)
    yield
    _forgotten.reset(token)


def e164(value: str) -> str:
    """What libphonenumber calls no valid number is compared as sent."""
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_valid_number(number):
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class Policy:
    def __init__(self, body: dict[str, Any]) -> None:
        self.namespaces: dict[str, dict[str, Any]] = body["namespaces"]
        blocked = body.get("blocked") or {}
        self._exact = {value.casefold() for value in blocked.get("exact", [])}
        # The contract's own pattern brings its anchors, so a pattern is searched for, in the case it is written in.
        self._patterns = [re.compile(pattern) for pattern in blocked.get("regex", [])]
        self.max_identifiers: int = body.get("maxIdentifiers", 50)
        self.latest_first: bool = body.get("conflict", "latest") == "latest"

    # --- namespaces ---------------------------------------------------------------------------------------

    def names(self, identifier: Identifier) -> bool:
        return identifier[0] in self.namespaces

    def priority(self, identifier: Identifier) -> int:
        priority: int = self.namespaces.get(identifier[0], {}).get("priority", UNNAMED_PRIORITY)
        return priority

    def is_device(self, identifier: Identifier) -> bool:
        return self.namespaces.get(identifier[0], {}).get("class") == "device"

    def is_unique(self, type_: str) -> bool:
        return bool(self.namespaces.get(type_, {}).get("unique"))

    def limit(self, type_: str) -> int | None:
        """How many values of a namespace one member may have. An app is part of the value: all apps count together."""
        limit: int | None = self.namespaces.get(type_, {}).get("limit")
        return 1 if self.is_unique(type_) else limit

    def max_members(self, identifier: Identifier) -> int | None:
        most: int | None = self.namespaces.get(identifier[0], {}).get("maxMembers")
        return most

    # --- what was sent ------------------------------------------------------------------------------------

    def blocks(self, value: str) -> bool:
        return value.casefold() in self._exact or any(pattern.search(value) for pattern in self._patterns)

    def normal(self, sent: Sent) -> Identifier | None:
        """None for a blocked value, which is as good as not sent."""
        value = sent["value"].strip()
        if self.blocks(value):
            return None
        if sent["type"] == "PHONE":
            value = e164(value)
        return sent["type"], (sent.get("app") or "").strip(), value

    def normals(self, sent: list[Sent]) -> list[Identifier]:
        """Each once: two spellings of one phone are one value."""
        return list(dict.fromkeys(one for one in map(self.normal, sent) if one))

    def strongest(self, identifiers: list[Identifier]) -> Identifier | None:
        return min(identifiers, key=lambda one: (self.priority(one), by_text(one)), default=None)

    def account(self, member: Sent | None) -> Identifier | str | None:
        """Whose account an entry goes to: the strongest identifier, or the id that names it; None for nobody.

        Shared and evicted ones count like others: they have accounts of their own, which belong to no member.
        """
        member = member or {}
        return member.get("id") or self.strongest(self.normals(member.get("identifiers", [])))


def policy_in(facts: list[Fact]) -> Policy:
    """The latest one, for the whole log; `facts` are in order of history, voided ones left out."""
    bodies = [fact.body["policy"] for fact in facts if fact.type == "identity.policy"]
    return Policy(bodies[-1] if bodies else BUILT_IN)


def lists_in(body: dict[str, Any]) -> Iterator[list[Sent]]:
    """Every list of identifiers of an event; an inviter's and an invitee's are two."""
    if "identifiers" in body:
        yield body["identifiers"]
    for field in ("member", "inviter", "invitee"):
        if "identifiers" in (body.get(field) or {}):
            yield body[field]["identifiers"]
