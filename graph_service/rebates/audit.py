"""Whether the journal is as it was booked: its chain, its sums, and that its net is what the decisions say."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph_service.graph.driver import Graph, Row, Transaction
from graph_service.rebates.chain import SEAL_BYTES, hash_of, open_books, seals_of
from graph_service.rebates.decision import decision_id
from graph_service.rebates.funding import borne_by
from graph_service.rebates.nodes import Standing, decision_id_on, fetch_standing
from graph_service.rebates.payments import differing_payments

Say = Callable[[float, str], None]

_BLOCKS_AT_ONCE = 500
_ENTRIES_AT_ONCE = 10_000
_TRIGGERS_AT_ONCE = 2_000
_MODULUS = 2 ** (8 * SEAL_BYTES)


@dataclass(slots=True)
class Audit:
    """What was found.

    Attributes:
        faults: what is wrong, in words; empty when nothing is.
        blocks: how many there are.
        entries: the same.
        payments: the same.
        head: hash of the last block; kept elsewhere, it shows whether the whole chain was written anew.
        credited: what payees were credited, in fen.
        debited: what bearers were debited, in fen.
        paid: what was paid, in fen.
    """

    faults: list[str] = field(default_factory=list)
    blocks: int = 0
    entries: int = 0
    payments: int = 0
    head: str = ""
    credited: int = 0
    debited: int = 0
    paid: int = 0

    def told(self) -> dict[str, Any]:
        """What to tell besides the faults."""
        return {
            "faults": len(self.faults),
            "blocks": self.blocks,
            "entries": self.entries,
            "payments": self.payments,
            "creditedFen": self.credited,
            "debitedFen": self.debited,
            "paidFen": self.paid,
            "sumOfAllAccountsFen": self.credited - self.debited,
            "head": self.head,
        }


@dataclass(slots=True)
class _Sum:
    """What is left of a block when the seals that it holds are taken from those that belong to it."""

    value: int = 0
    count: int = 0

    def add(self, seal: bytes, sign: int) -> None:
        self.value = (self.value + sign * int.from_bytes(seal, "big")) % _MODULUS
        self.count += sign

    @property
    def is_even(self) -> bool:
        return not self.value and not self.count


async def audit(graph: Graph, say: Say) -> Audit:
    """Looks through the whole journal; changes nothing.

    Args:
        graph: to read.
        say: is told how much is done, from 0 to 1, and what is under way.
    """
    found = Audit()
    sums: dict[int, _Sum] = defaultdict(_Sum)
    say(0.0, "blocks")
    await _chain(graph, found, sums)
    pseudonyms = await graph.read(lambda transaction: transaction.run("rebates/pseudonyms"))
    known = {row["pseudonym"] for row in pseudonyms}
    async for page in _pages(graph, "rebates/all_entries", "entry"):
        for entry in page:
            _entry(entry, found, known)
        _count(page, seals_of(entries=page), sums)
        found.entries += len(page)
        say(0.1, f"{found.entries:,} entries")
    async for page in _pages(graph, "rebates/all_payments", "payment"):
        _count(page, seals_of(payments=page), sums)
        found.payments += len(page)
        found.paid += sum(row["fen"] for row in page)
    closings = await graph.read(lambda transaction: transaction.run("rebates/all_closings"))
    _count(closings, seals_of(closings=closings), sums)
    await _name_faults(graph, found, {number for number, one in sums.items() if not one.is_even}, closings)
    if found.credited != found.debited:
        found.faults.append(f"payees are credited {found.credited} fen, and bearers debited {found.debited}")
    await _nets(graph, found, lambda done: say(0.6, f"decisions on {done:,} events"))
    return found


async def _chain(graph: Graph, found: Audit, sums: dict[int, _Sum]) -> None:
    """Every block follows the one before and has the hash of what it holds; the last one is where the books stand."""
    number = 0
    while True:
        blocks = await _blocks(graph, number, _BLOCKS_AT_ONCE)
        for block in blocks:
            number += 1
            if block["number"] != number:
                found.faults.append(f"block {number} is missing")
                number = block["number"]
            elif block["previous"] != found.head:
                found.faults.append(f"block {number} does not follow block {number - 1}")
            seals = bytes(block["seals"])
            if block["hash"] != hash_of(block["number"], block["at"], block["previous"], seals):
                found.faults.append(f"block {number} was altered: its hash is another's")
            for start in range(0, len(seals), SEAL_BYTES):
                sums[number].add(seals[start : start + SEAL_BYTES], 1)
            found.head = block["hash"]
            found.blocks += 1
        if len(blocks) < _BLOCKS_AT_ONCE:
            break
    books = await graph.read(open_books)
    if (books.block, books.hash) != (number, found.head):
        found.faults.append(f"the books stand at block {books.block}, but the last block is {number}")


async def _blocks(graph: Graph, after: int, limit: int) -> list[Row]:
    return await graph.read(lambda transaction: transaction.run("rebates/blocks", after=after, limit=limit))


async def _pages(graph: Graph, statement: str, name: str) -> AsyncIterator[list[Row]]:
    after = ""
    while True:

        async def page(transaction: Transaction, after: str = after) -> list[Row]:
            rows = await transaction.run(statement, after=after, limit=_ENTRIES_AT_ONCE)
            return [row[name] for row in rows]

        found = await graph.read(page)
        if not found:
            return
        yield found
        after = found[-1]["id"]


def _count(rows: Sequence[Row], seals: Iterable[tuple[str, bytes]], sums: dict[int, _Sum]) -> None:
    blocks = {f"{kind} {row[key]}": row.get("block") for row in rows for kind, key in _NAMES if key in row}
    for name, seal in seals:
        sums[blocks[name] or 0].add(seal, -1)


_NAMES = (("entry", "id"), ("payment", "id"), ("closing", "event"))


def _entry(entry: Row, found: Audit, pseudonyms: set[str]) -> None:
    identity, payee = decision_id_on(entry["id"]), entry.get("payee")
    bound = decision_id(entry["rule"], entry["trigger"], entry["role"], payee, entry.get("cause"))
    if bound != identity and payee not in pseudonyms:
        found.faults.append(
            f"entry {entry['id']} in block {entry.get('block')} pays somebody else than when it was booked"
        )
    debited = sum(borne_by(entry).values())
    if debited != entry["amountFen"]:
        found.faults.append(f"entry {entry['id']} credits {entry['amountFen']} fen and debits {debited}")
    found.credited += entry["amountFen"]
    found.debited += debited


async def _name_faults(graph: Graph, found: Audit, blocks: set[int], closings: Sequence[Row]) -> None:
    """Says for blocks whose content does not agree with their seals what was altered, slipped in or removed."""
    if not blocks:
        return
    held: dict[int, list[bytes]] = {}
    for number in blocks:
        rows = await _blocks(graph, number - 1, 1)
        seals = bytes(rows[0]["seals"]) if rows and rows[0]["number"] == number else b""
        held[number] = [seals[start : start + SEAL_BYTES] for start in range(0, len(seals), SEAL_BYTES)]
    names: dict[int, list[str]] = defaultdict(list)

    def compare(rows: Sequence[Row], key: str, sealed: Callable[[list[Row]], list[tuple[str, bytes]]]) -> None:
        for row in rows:
            number = row.get("block") or 0
            if number in blocks:
                name, seal = sealed([row])[0]
                if seal in held[number]:
                    held[number].remove(seal)
                else:
                    names[number].append(name)

    async for page in _pages(graph, "rebates/all_entries", "entry"):
        compare(page, "id", lambda rows: seals_of(entries=rows))
    async for page in _pages(graph, "rebates/all_payments", "payment"):
        compare(page, "id", lambda rows: seals_of(payments=rows))
    compare(closings, "event", lambda rows: seals_of(closings=rows))
    for number in sorted(blocks):
        found.faults += [f"{name} in block {number} was altered or slipped in" for name in names[number]]
        missing = len(held[number]) - len(names[number])
        if missing > 0:
            found.faults.append(f"block {number} held {missing} more than there is: something was removed")


async def _nets(graph: Graph, found: Audit, say: Callable[[int], None]) -> None:
    """The journal's net is what the decisions say, decision by decision."""
    after, done = "", 0
    while True:

        async def page(transaction: Transaction, after: str = after) -> tuple[list[str], list[Standing], list[str]]:
            rows = await transaction.run("rederive/events", after=after, limit=_TRIGGERS_AT_ONCE)
            events = [row["key"] for row in rows]
            standing = await fetch_standing(transaction, events)
            return events, standing, await differing_payments(transaction, events)

        events, standing, unpaid = await graph.read(page)
        if not events:
            return
        found.faults += [f"what is booked of payment {event} is not what it says" for event in unpaid]
        for one in standing:
            if fault := _net(one):
                found.faults.append(fault)
        after, done = events[-1], done + len(events)
        say(done)


def _net(standing: Standing) -> str | None:
    decided: dict[Any, tuple[int, int]] = {}
    for one in standing.decisions:
        is_booked = one.get("payee") is not None and one["status"] not in {"REJECTED", "SUSPENSE"}
        if is_booked and (one["amountFen"] or one["points"]):
            decided[_identity(one, one["status"] == "HELD")] = (one["amountFen"], one["points"])
    booked: dict[Any, tuple[int, int]] = {}
    for one in standing.entries:
        key = _identity(one, one["status"] == "HELD")
        fen, points = booked.get(key, (0, 0))
        booked[key] = (fen + one["amountFen"], points + one["points"])
    booked = {key: net for key, net in booked.items() if net != (0, 0)}
    return (
        None if booked == decided else f"the journal's net for event {standing.trigger} is not what its decisions say"
    )


def _identity(one: Row, on_hold: bool) -> tuple[Any, ...]:
    return (one["rule"], one["role"], one.get("payee"), one.get("cause"), on_hold)
