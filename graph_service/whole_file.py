"""A file that appears under its name only when it is whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from graph_service.errors import ServiceError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is written beside where it will be; leaving the block well puts it there.

    Raises:
        ServiceError: `FILE_NOT_WRITABLE`, on entering, on leaving, and for what fails on the disk in between.
    """
    beside: Path | None = None
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        beside = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        # As any file that this user makes; a temporary one is for its maker's eyes only.
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(path)
    except OSError as error:
        raise ServiceError(
            "FILE_NOT_WRITABLE",
            f"{path} can't be written: {error.strerror or type(error).__name__}.",
            remedy="Choose another file with --out.",
        ) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
