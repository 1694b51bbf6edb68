"""What the demonstration lacks for the plans of trade: a few dozen invitations, vouchers, orders and pets."""

from __future__ import annotations

from typing import Any

from tests.answers import Event

STORE = "S-SZ-NS-01"


def _at(hour: int) -> str:
    return f"2026-08-{1 + hour // 24:02}T{hour % 24:02}:00:00+08:00"


def _friend(number: int) -> dict[str, Any]:
    return {"identifiers": [{"type": "WECHAT_OPENID", "app": "friends", "value": f"friend {number}"}]}


def _of(number: int) -> list[Event]:
    who, order = _friend(number), {"channel": "CLOUD", "paidFen": 8_900, "promoCode": "nobody"}
    lines = [{"line": "1", "sku": "CAT-1500", "quantity": 1, "netFen": 8_900}]
    bodies: list[dict[str, Any]] = [
        {"type": "member.invited", "inviter": _friend(number // 3), "invitee": who, "campaign": "friends"},
        {"type": "voucher.issued", "voucher": f"friends-{number}", "kind": "washing", "member": who},
        {"type": "voucher.redeemed", "voucher": f"friends-{number}", "store": STORE},
        {"type": "order.placed", "order": f"friends-{number}", "member": who, "lines": lines, **order},
        {"type": "pet.registered", "member": who, "pet": {"id": f"cat {number}", "species": "cat"}},
        {"type": "care.recorded", "pet": f"cat {number}", "store": STORE, "service": "washing"},
    ]
    return [{"id": f"friends-{number}-{n}", "at": _at(number * 6 + n), **body} for n, body in enumerate(bodies)]


TRADE: list[Event] = [event for number in range(1, 30) for event in _of(number)]
"""Each friend was brought in by the one with a third of its number."""
