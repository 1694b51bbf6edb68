"""An explanation in one sentence for people, in Chinese and in English, made from its tree.

    {"zh": "2026-07-18 19:42 的扫码 evt-001381 按规则 miaowang-scan 第 1 版应付门店 S-SZ-NS-01 3.00 元：…",
     "en": "The scan evt-001381 of 2026-07-18 19:42 pays the store S-SZ-NS-01 3.00 yuan by rule miaowang-scan v1: …"}

Times are those of Asia/Shanghai. Members appear by the ids of their accounts alone.
"""

from collections.abc import Mapping
from typing import Any

from graph_service.moments import datetime_of, parse_instant
from graph_service.rebates.periods import BUSINESS_TIME
from graph_service.rebates.questions import RebateLine
from graph_service.rebates.trees import Tree
from graph_service.rebates.words import CHINESE, WORDS

Both = tuple[str, str]
"""The same in Chinese and in English."""

TRIGGERS: Mapping[str, Both] = {
    "goods.scanned": ("扫码", "scan"),
    "goods.received": ("收货", "receipt"),
    "voucher.redeemed": ("核销", "redemption"),
    "member.registered": ("注册", "registration"),
    "order.placed": ("订单", "order"),
    "period.closed": ("关账", "closing"),
}

ROLES: Mapping[str, Both] = {
    "CONSUMER": ("消费者账户", "consumer's account"),
    "STORE": ("门店", "store"),
    "CLERK": ("店员", "clerk"),
    "DISTRIBUTOR": ("经销商", "distributor"),
    "SALESPERSON": ("业务员", "salesperson"),
    "GROUP_LEADER": ("团长", "group leader"),
    "PROMOTER": ("推广人", "promoter"),
    "INVITER": ("邀请人", "inviter"),
    "INVITER_2": ("邀请人的邀请人", "inviter's inviter"),
    "INVITEE": ("被邀请人", "invitee"),
}

BASES: Mapping[str, Both] = {
    "NET_PAID": ("实付", "net paid"),
    "GROSS": ("总额", "gross"),
    "GOODS_PRICE": ("商品价", "list price"),
    "VOUCHER_FACE": ("券面额", "face value"),
}

VERBS: Mapping[str, Both] = {
    "ACCRUED": ("应付", "pays"),
    "SETTLED": ("已结算", "has paid, as a frozen statement says,"),
    "HELD": ("暂扣待审", "holds for review, for"),
    "SUSPENSE": ("待确认后支付", "will pay, once it is confirmed,"),
    "REJECTED": ("不付", "pays nothing to"),
    "REVERSED": ("冲回", "takes back from"),
}


def sentence_of(tree: Tree, line: RebateLine) -> dict[str, str]:
    """The sentence for a decision or entry, and the tree of its reasons."""
    zh, en = _past(line) if line.is_past else _present(tree, line)
    return {"zh": zh, "en": en}


def _past(line: RebateLine) -> Both:
    if line.reverses is not None:
        zh, en = _reason(line.reason, line.status)
        return (f"冲回分录 {line.reverses}：{zh}。", f"Takes back the entry {line.reverses}: {en}.")
    return (
        f"当时按已知事实入账 {_money(line)[0]}，其后由分录 {line.reversed_by} 冲回。",
        f"{_money(line)[1].strip()} was booked as the facts then stood, and taken back by {line.reversed_by}.",
    )


def _present(tree: Tree, line: RebateLine) -> Both:
    trigger = tree.get("trigger", {})
    event_zh, event_en = TRIGGERS.get(str(trigger.get("type")), ("事件", "event"))
    when = _time(trigger.get("at"))
    verb_zh, verb_en = VERBS[line.status]
    to_zh, to_en = _payee(line)
    rule_zh, rule_en = _rule(line)
    money_zh, money_en = _money(line) if line.status != "REJECTED" else ("", "")
    grounds = [_reason(line.reason, line.status), *_grounds(tree, line)]
    zh = f"{when + ' 的' if when else ''}{event_zh} {line.trigger} {rule_zh}{verb_zh}{to_zh}{money_zh}："
    en = f"The {event_en} {line.trigger}{' of ' + when if when else ''} {verb_en}{to_en}{money_en}{rule_en}: "
    return zh + "；".join(part for part, _ in grounds) + "。", en + "; ".join(part for _, part in grounds) + "."


def _time(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    return f"{datetime_of(parse_instant(text)).astimezone(BUSINESS_TIME):%Y-%m-%d %H:%M}"


def _payee(line: RebateLine) -> Both:
    if line.role not in ROLES:
        return (line.role, f" {line.role}") if line.role != "NONE" else ("任何人", " anyone")
    zh, en = ROLES[line.role]
    named = f" {line.payee} " if line.payee else ""
    return (f"{zh}{named}", f" the {en}{named.rstrip()}")


def _rule(line: RebateLine) -> Both:
    if line.rule == "NONE":
        return ("", "")
    return (f"按规则 {line.rule} 第 {line.version} 版", f" by rule {line.rule} v{line.version}")


def _money(line: RebateLine) -> Both:
    fen, points = abs(line.amount_fen), abs(line.points)
    yuan = f"{fen // 100:,}.{fen % 100:02}"
    if points and not fen:
        return (f"{points} 积分", f" {points} points")
    more = (f"和 {points} 积分", f" and {points} points") if points else ("", "")
    return (f"{yuan} 元{more[0]}", f" {yuan} yuan{more[1]}")


def _reason(reason: str | None, status: str) -> Both:
    if reason is None:
        return ("规则规定此金额", "the rule names this amount") if status != "REVERSED" else ("退款", "refunded")
    en = WORDS.get(reason, reason.replace("_", " "))
    return (CHINESE.get(reason, reason), _lower(en).removesuffix("."))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _grounds(tree: Tree, line: RebateLine) -> list[Both]:
    """What the tree tells of ownership, way, amount, rules beaten and time limits."""
    found: list[Both] = []
    ownership = tree.get("ownership") or {}
    if line.role in {"STORE", "GROUP_LEADER"} and line.status != "REJECTED" and ownership.get("confirmedBy"):
        by, via = ownership["confirmedBy"], ownership["via"]
        found.append(
            (f"货权由 {by} 扫描 {via} 确认", f"{by}, which named {via}, had confirmed that it owned the goods")
        )
    way = ownership.get(line.role.lower()) if line.role in {"DISTRIBUTOR", "SALESPERSON"} else None
    if way and line.status != "REJECTED":
        flows = way["basis"] == "GOODS_FLOW"
        found.append(
            ("依据货物流向", "by the flow of goods") if flows else ("依据渠道关系", "by a link of the channel")
        )
    found += _rates(tree.get("amount") or {}, line.status)
    if beaten := [one["id"] for one in (tree.get("rule") or {}).get("beaten", ())]:
        names = ", ".join(beaten)
        found.append((f"优先于规则 {names}", f"it goes before {names}"))
    deadline = (tree.get("lateBinding") or {}).get("deadline")
    if line.status == "SUSPENSE" and deadline:
        when = _time(deadline)
        found.append((f"收货须在 {when} 前记录", f"a receipt counts until {when}"))
    if earlier := tree.get("earlierScans"):
        count, first = earlier["count"], _time(earlier["firstValidAt"])
        found.append((f"此前已扫 {count} 次，首次有效于 {first}", f"{count} scans before, the first valid one {first}"))
    return found


def _rates(amount: Tree, status: str) -> list[Both]:
    if status == "REJECTED":
        return []
    found: list[Both] = []
    for part in amount.get("parts", ()):
        for line in part["lines"]:
            if line.get("base") is not None:
                zh, en = BASES.get(line["base"], (line["base"], line["base"]))
                yuan, rate = f"{line['baseFen'] / 100:,.2f}", f"{line['bps'] / 100:g}%"
                found.append((f"{zh} {yuan} 元的 {rate}", f"{rate} of {yuan} yuan {en}"))
        if part["codes"] > 1:
            found.append((f"共 {part['codes']} 个码", f"for {part['codes']} codes"))
    return found
