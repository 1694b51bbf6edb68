"""The server's jars: exactly those of the lock file, byte for byte.

The lock file beside this module is jgo's: every artifact with its SHA-256. Jars live in the Maven cache
that jgo and Maven share. Reading them all through SHA-256 takes 0.1 s, so every start does it, and neither
a stamp nor a file's age has to be trusted. What is missing or wrong is fetched in parallel into a folder of
its own inside the cache, verified there and renamed into place.

jgo alone would fetch one by one with a new connection for each: 74 s instead of 2 s. So jgo says where an
artifact lives, in the repository and in the cache, and one pooled session of `requests` fetches.
"""

import errno
import hashlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph_service.errors import ServiceError
from graph_service.graph.embedded import locks
from graph_service.graph.embedded.progress import Talk

LOCK_FILE = Path(__file__).with_name("neo4j.lock.toml")

_CONNECTIONS = 8
_TIMEOUT_SECONDS = 20
_ATTEMPTS = 3
_STAGING = ".graph-service-"


@dataclass(frozen=True)
class Jar:
    """One artifact of the lock file."""

    name: str
    sha256: str
    path: Path
    urls: tuple[str, ...]


def resolve_jars(talk: Talk) -> list[Path]:
    """Return the class path, after fetching what the cache lacks.

    Raises:
        ServiceError: JARS_UNREACHABLE, CHECKSUM_MISMATCH, DISK_FULL or CACHE_NOT_WRITABLE.
    """
    from jgo.config import GlobalSettings  # noqa: PLC0415 - only a start of the server needs jgo

    cache = Path(GlobalSettings.load().repo_cache).expanduser()
    jars = read_lock(LOCK_FILE, cache)
    missing, wrong = _examine(jars)
    if missing or wrong:
        try:
            cache.mkdir(parents=True, exist_ok=True)
            # Two homes may start at the same moment; the second finds what the first has fetched.
            with locks.exclusive(cache / ".graph-service.lock"):
                missing, wrong = _examine(jars)
                _fetch_all(missing, wrong, cache, talk)
        except OSError as problem:
            raise _cache_refusal(cache, problem) from problem
    return [jar.path for jar in jars]


def read_lock(lock_file: Path, cache: Path) -> list[Jar]:
    """Read which jars there must be, and say where each lives in the cache and in the repositories.

    Args:
        lock_file: written by `python -m graph_service.graph.embedded.relock`.
        cache: a folder laid out as Maven's local repository.
    """
    from jgo.config import GlobalSettings  # noqa: PLC0415
    from jgo.env import LockFile  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    # Repositories of jgo's own configuration file count too; there `central` can name a mirror.
    repositories = MavenContext().remote_repos | GlobalSettings.load().repositories
    context = MavenContext(repo_cache=cache)
    jars = []
    for locked in LockFile.load(lock_file).dependencies:
        component = context.project(locked.groupId, locked.artifactId).at_version(locked.version)
        artifact = component.artifact(locked.classifier or "", locked.packaging)
        place = f"{component.path_prefix.as_posix()}/{artifact.filename}"
        jars.append(
            Jar(
                name=artifact.filename,
                sha256=str(locked.sha256),
                path=cache / place,
                urls=tuple(f"{base.rstrip('/')}/{place}" for base in repositories.values()),
            )
        )
    return jars


def _examine(jars: list[Jar]) -> tuple[list[Jar], list[Jar]]:
    with ThreadPoolExecutor() as threads:
        sums = list(threads.map(lambda jar: _sha256(jar.path), jars))
    missing = [jar for jar, found in zip(jars, sums, strict=True) if found is None]
    wrong = [jar for jar, found in zip(jars, sums, strict=True) if found not in {None, jar.sha256}]
    return missing, wrong


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def _fetch_all(missing: list[Jar], wrong: list[Jar], cache: Path, talk: Talk) -> None:
    for jar in wrong:
        talk.say(f"{jar.name} in {cache} is damaged; fetching it again.")
    for leftover in cache.glob(f"{_STAGING}*/"):  # of a download that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    todo = wrong + missing
    if not todo:
        return
    session = _session()
    with (
        tempfile.TemporaryDirectory(dir=cache, prefix=_STAGING) as staging,
        talk.progress("Downloading Neo4j", len(todo)) as count,
        ThreadPoolExecutor(_CONNECTIONS) as threads,
    ):
        fetches = {threads.submit(_fetch, session, jar, Path(staging)): jar for jar in todo}
        try:
            for fetch in as_completed(fetches):
                fetch.result()
                count()
        except ServiceError as problem:
            threads.shutdown(cancel_futures=True)
            if problem.code == "JARS_UNREACHABLE" and wrong:
                raise _mismatch(wrong[0], f"is damaged and could not be fetched again: {problem.message}") from problem
            raise


def _session() -> Any:
    import requests  # noqa: PLC0415
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    session = requests.Session()
    session.mount("https://", HTTPAdapter(pool_maxsize=_CONNECTIONS))
    return session


def _fetch(session: Any, jar: Jar, staging: Path) -> None:
    """Fetch one jar, verify it and put it into the cache."""
    import requests  # noqa: PLC0415

    fresh = staging / jar.name
    said = "no repository has it"
    for _ in range(_ATTEMPTS):
        for url in jar.urls:
            try:
                with session.get(url, stream=True, timeout=_TIMEOUT_SECONDS) as response:
                    if response.status_code != requests.codes.ok:
                        said = f"a repository answered {response.status_code}"
                        continue
                    with fresh.open("wb") as file:
                        for piece in response.iter_content(1 << 18):
                            file.write(piece)
            except requests.RequestException as problem:
                said = type(problem).__name__
                continue
            if _sha256(fresh) != jar.sha256:
                raise _mismatch(jar, "came from the repository with other content than expected")
            jar.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.replace(jar.path)
            return
    raise ServiceError(
        "JARS_UNREACHABLE",
        f"Neo4j could not be downloaded: {jar.name}: {said}.",
        remedy="Connect this machine to a network that reaches Maven Central (or a mirror named `central` in "
        "jgo's configuration file) once; later starts need none. Or set NEO4J_URI to use a server of yours.",
    )


def _mismatch(jar: Jar, what: str) -> ServiceError:
    return ServiceError(
        "CHECKSUM_MISMATCH",
        f"{jar.path} {what.rstrip('.')}.",
        remedy="Nothing was started. Delete the file and start again on a network you trust; if it happens "
        "again, the repository or a mirror on the way serves something else than Neo4j.",
    )


def _cache_refusal(cache: Path, problem: OSError) -> ServiceError:
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ServiceError(
            "DISK_FULL",
            f"The disk of the Maven cache {cache} has no room for Neo4j (140 MB).",
            remedy="Free some, or name another folder in the variable M2_REPO.",
        )
    return ServiceError(
        "CACHE_NOT_WRITABLE",
        f"The Maven cache {cache} cannot be written ({problem.strerror or problem}).",
        remedy="Make it writable, or name another folder in the variable M2_REPO.",
    )
