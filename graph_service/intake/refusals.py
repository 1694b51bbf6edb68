"""Why a rule is refused when it is published: it can't be right, or the law on multi-level selling forbids it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from graph_service.intake.rule import Rule

LEGAL_REFERRAL_DEPTH = 2

_INVITERS = frozenset({"INVITER", "INVITER_2"})
_PERIOD_FIELDS = ("period", "measure", "payee", "target", "mode")
# What the event of a trigger has no value for; of orders and redemptions everything else has one.
_NO_BASES: Mapping[str, frozenset[str]] = {
    "CONSUMER_SCAN": frozenset({"NET_PAID", "GROSS", "VOUCHER_FACE"}),
    "STORE_RECEIPT": frozenset({"NET_PAID", "GROSS", "VOUCHER_FACE"}),
    "MEMBER_REGISTRATION": frozenset({"NET_PAID", "GROSS", "VOUCHER_FACE", "GOODS_PRICE"}),
    "ORDER": frozenset({"VOUCHER_FACE"}),
}


def refuse(reason: str, explanation: str) -> PydanticCustomError:
    """The error that makes intake answer `RULE_REFUSED`, its message beginning with the reason."""
    return PydanticCustomError(
        "rule_refused", "{reason}: {explanation}", {"reason": reason, "explanation": explanation}
    )


def require_right(rule: Rule) -> None:
    """Refuses what can't be right.

    Raises:
        PydanticCustomError: the first fault.
    """
    for reason, explanation in _faults(rule):
        raise refuse(reason, explanation)


def _faults(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.to is not None and rule.to <= rule.from_:
        yield "period_inverted", "`to` is not after `from`"
    yield from _against_the_law(rule)
    yield from _of_periods(rule)
    yield from _of_amounts(rule)
    for hold in rule.holds:
        if hold.measure == "SCANS_PER_DEVICE_AND_STORE":
            if hold.window_minutes is None:
                yield "window_missing", "`SCANS_PER_DEVICE_AND_STORE` counts in `windowMinutes`"
            if rule.trigger != "CONSUMER_SCAN":
                yield "hold_unknown", f"`SCANS_PER_DEVICE_AND_STORE` counts scans, the trigger is {rule.trigger}"
    if rule.funding is not None and sum(rule.funding.values()) != 100:
        yield "funding_incomplete", f"the shares of `funding` add up to {sum(rule.funding.values())}, not to 100"


def _against_the_law(rule: Rule) -> Iterator[tuple[str, str]]:
    paid = {pay.role for pay in rule.pay} | {share.role for share in (rule.pool.split if rule.pool else [])}
    if rule.trigger == "MEMBER_REGISTRATION" and paid & _INVITERS:
        yield "pays_for_recruitment", "an inviter is paid for a redemption or an order, not a registration"
    if rule.measure == "NEW_MEMBERS" and rule.payee in _INVITERS:
        yield "pays_for_recruitment", "nobody is paid for having brought members in as such"
    if rule.depth > LEGAL_REFERRAL_DEPTH:
        yield (
            "referral_depth_exceeds_legal_limit",
            f"{rule.depth} levels were given, at most {LEGAL_REFERRAL_DEPTH} are allowed",
        )
    if (rule.depth > 1 or "INVITER_2" in paid or rule.payee == "INVITER_2") and not _is_signed_off(rule.sign_off):
        yield "sign_off_missing", "rewards for two levels need `signOff`: who, and when"


def _is_signed_off(sign_off: Any) -> bool:
    """Whether it says who and when: in two fields, whatever they are called, or as one text."""
    if isinstance(sign_off, dict):
        return len(sign_off) > 1 and all(isinstance(said, str) and said.strip() for said in sign_off.values())
    return isinstance(sign_off, str) and bool(sign_off.strip())


def _of_periods(rule: Rule) -> Iterator[tuple[str, str]]:
    said = {name: getattr(rule, name) for name in _PERIOD_FIELDS}
    if rule.trigger != "PERIOD":
        given = sorted(name for name, value in said.items() if value is not None) + ["tiers"] * bool(rule.tiers)
        if given:
            yield "trigger_contradicted", f"only `PERIOD` rules have {', '.join(f'`{name}`' for name in given)}"
        return
    missing = [name for name in ("period", "measure", "payee") if said[name] is None] + ["tiers"] * (not rule.tiers)
    if missing:
        yield "period_incomplete", f"a `PERIOD` rule needs {', '.join(f'`{name}`' for name in missing)}"
    if rule.pay or rule.pool:
        yield "trigger_contradicted", "a `PERIOD` rule pays its `payee` by `tiers`, not by `pay` or `pool`"
    starts = [tier.from_ for tier in rule.tiers]
    if len(set(starts)) < len(starts):
        yield "tiers_ambiguous", "two tiers begin at the same measure"
    if rule.measure != "SALES_FEN" and any(tier.bps is not None for tier in rule.tiers):
        yield "base_unknown", f"`bps` are a share of money, and {rule.measure} counts no money"


def _of_amounts(rule: Rule) -> Iterator[tuple[str, str]]:
    named = [pay.base for pay in rule.pay if pay.base is not None] + ([rule.pool.base] if rule.pool else [])
    unknown = sorted(set(named) & _NO_BASES.get(rule.trigger, frozenset()))
    if unknown:
        yield "base_unknown", f"{rule.trigger} has no {', '.join(unknown)}"
