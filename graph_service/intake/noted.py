"""How far a file was recorded, noted in the home after every batch, so that a later run goes on from there.

A file is known by its content, its size and a hash of its beginning and end, not by its name. Two files in
`HOME/ingest`, readable by their owner only: the sums (replaced at one stroke) and the rejections (added to; the sums
say how many bytes of them count). What a killed run recorded after its last note comes again, as duplicates.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph_service.errors import ServiceError
from graph_service.graph.embedded.files import replace_private

_HEAD, _TAIL = 2**20, 2**16


@dataclass(frozen=True, slots=True)
class Sums:
    """What was recorded of a file.

    Attributes:
        next_index: the index of the first event that was not.
        accepted: how many events were new.
        duplicates: how many were there already.
        last: the id of the last event that is in the log; None while none is.
        is_whole: whether nothing is left to be recorded.
        rejected_bytes: how much of the rejections belongs to it.
    """

    next_index: int = 0
    accepted: int = 0
    duplicates: int = 0
    last: str | None = None
    is_whole: bool = False
    rejected_bytes: int = 0


class Notes:
    """The notes on one file.

    Args:
        home: where they are kept.
        file: what they are about.

    Raises:
        OSError: the file can't be read.
    """

    def __init__(self, home: Path, file: Path) -> None:
        name = _identity(file)
        self._sums_file = home / "ingest" / f"{name}.json"
        self._rejected_file = home / "ingest" / f"{name}.rejected.ndjson"
        self.sums = Sums()

    def found(self) -> Sums | None:
        """What an earlier run noted; None when it noted nothing that can be read."""
        try:
            sums = Sums(**json.loads(self._sums_file.read_text("utf-8")))
            enough = sums.rejected_bytes == 0 or self._rejected_file.stat().st_size >= sums.rejected_bytes
        except (OSError, ValueError, TypeError):
            return None
        return sums if enough else None

    def rejected(self, sums: Sums) -> list[dict[str, Any]]:
        """The rejections that belong to some sums."""
        if not sums.rejected_bytes:
            return []
        with self._rejected_file.open("rb") as file:
            return [json.loads(line) for line in file.read(sums.rejected_bytes).splitlines()]

    def begin(self, sums: Sums) -> None:
        """Starts from some sums, found or none.

        Raises:
            ServiceError: `HOME_NOT_WRITABLE`.
        """
        with _written():
            self._sums_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._rejected_file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.truncate(sums.rejected_bytes)
            self._write(sums)

    def add(
        self, *, accepted: int, duplicates: int, rejected: Sequence[Any], next_index: int, last: str | None
    ) -> None:
        """Notes a batch that is recorded.

        Args:
            accepted: how many of its events were new.
            duplicates: how many were there already.
            rejected: its rejections, dataclasses.
            next_index: the index of the first event after it.
            last: the id of the last of its events that is in the log.
        """
        before = self.sums
        size = before.rejected_bytes
        if rejected:
            with _written(), self._rejected_file.open("ab") as file:
                lines = "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in rejected)
                size += file.write(lines.encode("utf-8", "surrogatepass"))
        self._write(
            Sums(
                next_index=next_index,
                accepted=before.accepted + accepted,
                duplicates=before.duplicates + duplicates,
                last=last or before.last,
                rejected_bytes=size,
            )
        )

    def complete(self) -> None:
        """Notes that nothing is left."""
        self._write(Sums(**asdict(self.sums) | {"is_whole": True}))

    def forget(self) -> None:
        """Removes the notes."""
        self._sums_file.unlink(missing_ok=True)
        self._rejected_file.unlink(missing_ok=True)

    def _write(self, sums: Sums) -> None:
        with _written():
            replace_private(self._sums_file, json.dumps(asdict(sums)))
        self.sums = sums


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceError(
            "HOME_NOT_WRITABLE",
            f"How far the file was recorded can't be noted in the home: {error.strerror or type(error).__name__}.",
            remedy="Make the home writable, and look at its disk.",
        ) from None


def _identity(file: Path) -> str:
    size = file.stat().st_size
    with file.open("rb") as data:
        digest = hashlib.sha256(f"{size} {''.join(file.suffixes[-2:])}\n".encode())
        digest.update(data.read(_HEAD))
        data.seek(max(0, size - _TAIL))
        digest.update(data.read(_TAIL))
    return digest.hexdigest()[:32]
