"""Whether the home's disk takes more events: a database whose disk is full stops in ways that are hard to mend."""

import asyncio
import logging
import shutil
import tempfile

from graph_service.errors import ServiceError
from graph_service.recorder import Recorder
from graph_service.settings import Settings

LOOK_SECONDS = 5.0
_MEBIBYTE = 2**20

_LOG = logging.getLogger("graph_service.disk")


class Disk:
    """The disk of a home.

    Args:
        settings: which home, and how much must be free.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._is_low = False

    async def watch(self, recorder: Recorder) -> None:
        """Closes intake while the disk can take no more, and opens it again."""
        while True:
            problem = await asyncio.to_thread(self.problem)
            if problem is not None and recorder.closed is None:
                _LOG.error("%s Until then no events are taken.", problem)
            elif problem is None and recorder.closed is not None:
                _LOG.warning("The home can be written again; events are taken.")
            recorder.closed = problem
            await asyncio.sleep(LOOK_SECONDS)

    def problem(self) -> ServiceError | None:
        """Why the disk can take no more events; it warns once when that draws near."""
        settings = self._settings
        try:
            free = shutil.disk_usage(settings.home).free // _MEBIBYTE
            with tempfile.TemporaryFile(dir=settings.home) as trial:
                trial.write(b"written")
        except OSError as error:
            return ServiceError(
                "HOME_NOT_WRITABLE",
                f"The home can't be written: {error.strerror or type(error).__name__}.",
                remedy="Look at its disk.",
            )
        if free < settings.least_free_mb:
            return ServiceError(
                "DISK_FULL",
                f"The disk of the home has {free} MiB free; the service wants {settings.least_free_mb}.",
                remedy="Free some.",
            )
        if free < settings.low_free_mb and not self._is_low:
            _LOG.warning(
                "The disk of the home has only %d MiB free; below %d no events are taken.", free, settings.least_free_mb
            )
        self._is_low = free < settings.low_free_mb
        return None
