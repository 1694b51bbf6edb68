"""What the reasons of the contract mean, in words that the one who is paid or not paid can check."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "no_member": "The scan names no member whose account could be paid.",
    "unknown_code": "Nobody had commissioned the code by then.",
    "not_a_unit": "The code is not that of a unit; cartons, pallets and containers without papers pay nobody.",
    "destroyed": "The goods had been destroyed before.",
    "code_already_consumed": "The unit had been scanned before; only its first valid scan pays.",
    "no_rule": "No rule that was in force matches.",
    "already_owned": "The store owned the codes already, or had been paid for them before.",
    "clerk_inactive": "The promo code is of no clerk who was employed by a store that lets its clerks be rewarded.",
    "region_mismatch": "The scan was made outside the territories that the distributor held for the product.",
    "late_binding_window_passed": "No store had confirmed that it owned the unit when the time to prove it was over.",
    "ownership_unconfirmed": "No store has confirmed yet that it owned the unit at the scan; a late receipt may.",
    "no_store": "The owner at the scan is no store.",
    "no_group_leader": "The owner at the scan is no group leader.",
    "no_distributor": "No distributor owned the goods before the store, and none supplied it then.",
    "no_salesperson": "The last shipment to the store names no salesperson, and none served it then.",
    "voided": "The event that caused it was voided.",
    "owner_changed": "A late event tells that someone else owned the goods.",
    "rule_changed": "A rule that was published, changed or withdrawn since says otherwise.",
}


def in_words(reason: str | None, status: str) -> str:
    """Why a decision is as it is."""
    if reason is None:
        return "The rule pays this amount." if status == "ACCRUED" else f"The decision is {status}."
    return WORDS.get(reason, reason.replace("_", " ").capitalize() + ".")
