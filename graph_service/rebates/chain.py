"""The chain of the journal: each transaction that books makes a block, which holds the seal of all that it booked.

    (:Block {number, at, previous, seals, hash}), (:Entry|Payment|PeriodFact {block})

A seal is a digest of an entry as it was booked; the hash of a block is over its seals and the hash of the block before.
Whoever alters, removes or slips in an entry or a block would have to write all later blocks anew, and the last hash,
which `rebates verify` prints to be kept elsewhere. The payee is not in the seal, because whoever leaves is replaced by
a pseudonym; the id of an entry is a digest of whom it pays, and binds it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph_service.graph.driver import Row, Transaction
from graph_service.moments import now
from graph_service.rebates.periods import Closings

SEAL_BYTES = 16

_ENTRY = (
    *("id", "rule", "version", "trigger", "role", "revision", "status", "amountFen", "points", "at"),
    *("cause", "reverses", "reason", "funder", "funders", "funderFen", "late"),
)
_ENCODED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PAYMENT = ("id", "event", "period", "fen")
_CLOSING = ("event", "period")


@dataclass(frozen=True, slots=True)
class Books:
    """Where the journal stands.

    Attributes:
        block: number of the last block; 0 before the first.
        hash: of that block.
        closings: the settlements in force.
    """

    block: int = 0
    hash: str = ""
    closings: Closings = field(default_factory=Closings)

    @classmethod
    def of(cls, row: Row) -> "Books":
        """The books that a row tells of."""
        return cls(row["block"], row["hash"], Closings.of(row["closings"]))

    @property
    def next_block(self) -> int:
        """The number of the block that is booked next."""
        return self.block + 1


async def open_books(transaction: Transaction) -> Books:
    """Where the journal stands; who is about to book holds the intake's lock."""
    rows = await transaction.run("rebates/books")
    return Books.of(rows[0]) if rows else Books()


def seals_of(
    entries: Iterable[Row] = (), payments: Iterable[Row] = (), closings: Iterable[Row] = ()
) -> list[tuple[str, bytes]]:
    """The seals of what is booked, each with what it is the seal of; a block holds them in the order of these names."""
    sealed = [(f"entry {row['id']}", _seal(row, _ENTRY)) for row in entries]
    sealed += [(f"payment {row['id']}", _seal(row, _PAYMENT)) for row in payments]
    sealed += [(f"closing {row['event']}", _seal(row, _CLOSING)) for row in closings]
    return sealed


def _seal(row: Row, names: Sequence[str]) -> bytes:
    content = _ENCODED(list(map(row.get, names))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=SEAL_BYTES).digest()


def hash_of(number: int, at: int, previous: str, seals: bytes) -> str:
    """The hash of a block."""
    return hashlib.sha256(f"{number}\n{at}\n{previous}\n".encode() + seals).hexdigest()


async def seal_block(transaction: Transaction, books: Books, sealed: Iterable[tuple[str, bytes]]) -> Books:
    """Adds the block of what a transaction books; without anything, none.

    Args:
        transaction: that books.
        books: where the journal stands without it.
        sealed: the seals of what it books, each with what it is the seal of.

    Returns:
        where the journal stands then.
    """
    seals = b"".join(seal for _, seal in sorted(sealed))
    if not seals:
        return books
    number, at = books.next_block, now()
    digest = hash_of(number, at, books.hash, seals)
    await transaction.run("rebates/seal_block", number=number, at=at, previous=books.hash, seals=seals, hash=digest)
    return Books(number, digest, books.closings)
