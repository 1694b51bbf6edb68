"""Writes the lock file of the server's jars anew: `python -m graph_service.graph.embedded.relock VERSION`.

To be run by a person who raises Neo4j's version, on a network they trust; the result is reviewed and
committed. It resolves the dependencies with jgo, which takes two minutes, and needs no Maven.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from graph_service.graph.embedded.jars import LOCK_FILE


def main() -> None:
    """Resolve the version named on the command line and write the lock file."""
    from jgo import __version__  # noqa: PLC0415
    from jgo.env import LockedDependency, LockFile  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415
    from jgo.parse import Coordinate  # noqa: PLC0415

    (version,) = sys.argv[1:]
    server = Coordinate("org.neo4j", "neo4j", version, scope="compile")
    # A cache of its own: a damaged jar in the person's cache must not become the truth.
    with TemporaryDirectory() as cache:
        context = MavenContext(repo_cache=Path(cache))
        inputs, transitive = context.resolver.resolve([context.create_dependency(server)])
        wanted = [*inputs, *(found for found in transitive if found.scope in {"compile", "runtime"})]
        locked = [LockedDependency.from_dependency(dependency) for dependency in wanted]
    locked.sort(key=lambda one: (one.groupId, one.artifactId, one.classifier or ""))
    lock = LockFile(locked, environment_name="neo4j", min_java_version=17, jgo_version=__version__)
    lock.generated = datetime.now(UTC).replace(microsecond=0)
    lock.save(LOCK_FILE)
    print(f"{LOCK_FILE}: {len(locked)} jars of Neo4j {version}")


if __name__ == "__main__":
    main()
