"""The one screen of the demonstration: at most 60 lines of 110 columns."""

from collections.abc import Iterable, Sequence
from datetime import timedelta, timezone
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph_service.attribution.journeys import TouchModel
from graph_service.commands.demo import Shown, Tree
from graph_service.moments import datetime_of
from graph_service.rebates.questions import RebateLine

WIDTH = 110
# The demonstration's network is in China, which has one time.
_CHINA = timezone(timedelta(hours=8))
_ROLES = ("STORE", "DISTRIBUTOR", "SALESPERSON", "CLERK", "GROUP_LEADER", "CONSUMER")
_BASES = {"GOODS_FLOW": "by the flow of goods", "CHANNEL_LINK": "by its link in the channel"}
_KINDS = {
    "DISTRIBUTOR": "distributors",
    "STORE": "stores",
    "SALESPERSON": "salespeople",
    "CLERK": "clerks",
    "GROUP_LEADER": "group leaders",
    "WAREHOUSE": "warehouses",
}


def print_screen(shown: Shown) -> None:
    """Prints what was asked to standard output, in colours where it is a terminal."""
    terminal = Console()
    console = Console(width=min(WIDTH, terminal.width) if terminal.is_terminal else WIDTH, highlight=False)
    for number, (title, parts) in enumerate(_sections(shown), 1):
        console.rule(Text(f"{number}  {title}", style="bold"), align="left", style="dim")
        for part in parts:
            console.print(part, no_wrap=True, overflow="ellipsis")


def _sections(shown: Shown) -> Iterable[tuple[str, Sequence[Table | Text]]]:
    story = shown.story
    yield f"The way of {story.journey_code}, {shown.product}", [_journey(shown), *_owner(shown)]
    yield f"What its scan pays ({story.paid_scan})", [_decisions(shown, shown.paid), *_why_paid(shown)]
    yield f"What another scan does not pay ({story.unpaid_scan})", [_decisions(shown, shown.unpaid), *_why_not(shown)]
    yield f"Who brought in {_member(shown.people.member)}", [_inviters(shown)]
    yield f"What order {shown.people.order} rests on", [_touches(shown), _belongs(shown)]
    yield "Totals by role, and a branch of the chain", [_totals(shown), _branch(shown)]


def _journey(shown: Shown) -> Table:
    table = _table("when", "event", "what", "code", "who", whole=4)
    for step in shown.journey:
        who = _name(shown, step.receiver) if step.receiver is not None else ""
        if step.sender is not None:
            who = f"{step.sender} → {who}"
        table.add_row(_time(step.at), step.event, step.type.partition(".")[2], step.code, Text(who))
    return table


def _owner(shown: Shown) -> list[Text]:
    owned = shown.ownership
    lines = [_line("Owner at the scan", _name(shown, owned.owner))]
    if owned.confirmed is not None:
        fact = owned.confirmed
        via = f", which named {fact.code}" if fact.code else ""
        lines.append(_line("Confirmed by", f"{fact.event} ({fact.type}, {_time(fact.at)}){via}"))
    way = owned.way
    for role, party, basis in (
        ("Distributor", way.distributor, way.distributor_basis),
        ("Salesperson", way.salesperson, way.salesperson_basis),
    ):
        if party is not None:
            lines.append(_line(role, f"{_name(shown, party)}, {_BASES.get(basis or '', basis)}"))
    return lines


def _decisions(shown: Shown, decisions: Sequence[tuple[RebateLine, Tree]]) -> Table:
    table = _table("role", "payee", "rule", "status", "reason", "yuan", "points", right=2)
    for line, _ in sorted(decisions, key=lambda each: (_rank(each[0].role), each[0].rule)):
        table.add_row(
            line.role.lower().replace("_", " "),
            Text(_payee(shown, line)),
            f"{line.rule} v{line.version}",
            line.status,
            line.reason or "",
            _yuan(line.amount_fen),
            str(line.points),
        )
    return table


def _why_paid(shown: Shown) -> list[Text]:
    """The reasons of the store's rebate, the one that follows the goods."""
    line, tree = min(shown.paid, key=lambda each: (_rank(each[0].role), each[0].rule))
    rule, owned, amount = tree["rule"], tree["ownership"], tree["amount"]
    held = f"it owned the unit at the scan, by {owned['confirmedBy']}, which named {owned['via']}"
    parts = " + ".join(f"{part['codes']} × {part['fenPerCode']}" for part in amount["parts"])
    sum_ = f"{parts} fen = {_yuan(line.amount_fen)} yuan"
    by = f"{rule['id']} v{rule['version']}, published by {rule['publishedBy']}: {sum_}"
    return [_line("Why the store", held), _line("By which rule", by)]


def _why_not(shown: Shown) -> list[Text]:
    refused = [(line, tree) for line, tree in shown.unpaid if line.reason is not None]
    if not refused:
        return []
    _, tree = min(refused, key=lambda each: _rank(each[0].role))
    lines = [_line("Why nothing", tree["decision"]["inWords"])]
    mismatch: dict[str, Any] | None = tree.get("regionMismatch")
    if mismatch:
        regions = [territory["region"] for territory in mismatch["territories"]]
        held = f"{', '.join(regions[:1]) or 'no territory'}{f' and {len(regions) - 1} more' if regions[1:] else ''}"
        lines.append(_line("Scanned in", f"{mismatch['region']}; {mismatch['distributor']} holds {held}"))
    return lines


def _inviters(shown: Shown) -> Table:
    table = _table("when", "event", "campaign", "invited", "by", "known since", whole=6)
    invited = shown.people.member
    for inviting in shown.people.chain:
        inviter = inviting.member
        names = _member(invited), _member(inviter.id)
        table.add_row(_time(inviting.at), inviting.event, inviting.campaign or "", *names, _time(inviter.since))
        invited = inviter.id
    return table


def _touches(shown: Shown) -> Table:
    models = (TouchModel.LINEAR, TouchModel.POSITION_BASED, TouchModel.TIME_DECAY)
    table = _table("when", "event", "touch", "channel", "store", "linear", "position", "time decay", right=3, whole=8)
    for place, touch in enumerate(shown.people.journey.touches):
        shares = [f"{shown.people.weights[model][place]:.1%}" for model in models]
        table.add_row(_time(touch.at), touch.event, touch.kind.lower(), touch.channel, Text(touch.store or ""), *shares)
    return table


def _belongs(shown: Shown) -> Text:
    """The store that is paid where an order names none."""
    belongs = shown.people.belongs
    if not belongs.shares:
        return _line("Belongs to", f"no store: {belongs.reason}")
    share, since = belongs.shares[0], belongs.since
    when = "" if since is None else f" since {_time(since)}"
    basis = (belongs.basis or "").lower()
    return _line("Belongs to", f"{_name(shown, share.store)}{when}: {basis} by {share.evidence[0]}")


def _totals(shown: Shown) -> Table:
    table = _table("role", "yuan", "points", "paid", "waiting", "paid nothing", right=5)
    for row in sorted(shown.totals, key=lambda row: _rank(row["role"])):
        counts = [f"{row[key]:,}" for key in ("points", "paid", "waiting", "unpaid")]
        # An event that pays nothing as a whole has a decision of its own, for no role.
        role = "whole event" if row["role"] == "NONE" else str(row["role"]).lower().replace("_", " ")
        table.add_row(role, _yuan(row["amountFen"]), *counts)
    return table


def _branch(shown: Shown) -> Text:
    counts = ", ".join(f"{name} {shown.branch[kind]}" for kind, name in _KINDS.items() if shown.branch.get(kind))
    return _line(f"Below {shown.story.distributor}", f"{shown.depth} links deep: {counts}")


def _table(*columns: str, right: int = 0, whole: int = 0) -> Table:
    """Columns without lines; the last `right` of them hold numbers, and the first `whole` are never cut."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for index, column in enumerate(columns):
        justify = "right" if index >= len(columns) - right else "left"
        ratio = None if index < whole or not whole else 1
        table.add_column(column, justify=justify, no_wrap=True, overflow="ellipsis", ratio=ratio)  # type: ignore[arg-type]
    return table


def _line(title: str, text: str) -> Text:
    return Text.assemble((f"{title:<18}", "dim"), text)


def _name(shown: Shown, party: str | None) -> str:
    if party is None:
        return "nobody"
    name = shown.parties.get(party, {}).get("name")
    return f"{name} {party}" if name else party


def _payee(shown: Shown, line: RebateLine) -> str:
    if line.role == "CONSUMER" and line.payee is not None:
        return f"account {line.payee[:8]}…"
    return _name(shown, line.payee)


def _member(account: str) -> str:
    return f"{account[:8]}…"


def _rank(role: str) -> int:
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


def _time(instant: int) -> str:
    return f"{datetime_of(instant).astimezone(_CHINA):%m-%d %H:%M}"


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"
