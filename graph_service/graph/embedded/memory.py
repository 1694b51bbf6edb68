"""How much of the machine's memory the server may have.

The service, the person's other programs and the system's file cache want some too: heap and page cache
together take about a quarter, which leaves a laptop of 8 GiB usable, and neither grows without end,
because a larger heap only makes longer pauses here.
"""

from dataclasses import dataclass
from pathlib import Path

import psutil

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Memory:
    """The server's shares, in MiB."""

    heap: int
    page_cache: int


def size_memory(total: int | None = None) -> Memory:
    """Share out memory.

    Args:
        total: bytes to share; by default those of the machine or of the container's limit.
    """
    available = (total or _machine_memory()) // MEBIBYTE
    return Memory(
        heap=min(max(available * 15 // 100, 768), 4096),
        page_cache=min(max(available * 10 // 100, 256), 4096),
    )


def _machine_memory() -> int:
    machine = int(psutil.virtual_memory().total)
    try:  # psutil does not see the limit of a container
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return machine
    return min(machine, limit)
