"""`graph-service info`: where things are and how much there is."""

from collections.abc import Iterator
from typing import Any

from graph_service.commands.tables import cell
from graph_service.graph.driver import Graph
from graph_service.graph.embedded import Connection, server_state
from graph_service.moments import rfc3339
from graph_service.pending import waiting
from graph_service.server import server_version
from graph_service.settings import Settings


async def gather(graph: Graph, settings: Settings, connection: Connection) -> dict[str, Any]:
    """What there is to know, as a JSON value; times are RFC 3339."""
    version = await server_version(graph)
    state = server_state(settings.home)
    embedded = {}
    if state is not None and state.server is not None and connection.uri.endswith(f":{state.port}"):
        embedded = {"pid": state.server.pid, "port": state.port}
    log = (await graph.read(lambda transaction: transaction.run("intake/clock")))[0]
    events = await graph.read(lambda transaction: transaction.run("graph/count_events"))
    decisions = await graph.read(lambda transaction: transaction.run("graph/count_decisions"))
    migrations = await graph.read(lambda transaction: transaction.run("graph/migrations"))
    pending = await graph.read(waiting)
    return {
        "home": str(settings.home),
        "server": {"uri": connection.uri, "version": version.version, "edition": version.edition} | embedded,
        "clock": _time(log["clock"]),
        "events": {row["type"]: row["events"] for row in events},
        "voided": sum(row["voided"] for row in events),
        "decisions": {
            row["status"]: {key: row[key] for key in ("decisions", "amountFen", "points")} for row in decisions
        },
        "pending": pending.told(),
        "migrations": [
            {"number": row["number"], "name": row["name"], "appliedAt": _time(row["appliedAt"])} for row in migrations
        ],
    }


def as_lines(info: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    server = info["server"]
    place = f", process {server['pid']}" if "pid" in server else ""
    yield f"home        {info['home']}"
    yield f"server      Neo4j {server['version']} {server['edition']} at {server['uri']}{place}"
    yield f"clock       {cell(info['clock']) or 'nothing recorded yet'}"
    for migration in info["migrations"]:
        yield f"migration   {migration['number']:04} {migration['name']}, applied {migration['appliedAt']}"
    total = sum(info["events"].values())
    yield f"events      {total:,}, {info['voided']:,} of them voided"
    for kind, count in info["events"].items():
        yield f"  {kind:<24} {count:>12,}"
    yield f"decisions   {sum(row['decisions'] for row in info['decisions'].values()):,}"
    for status, row in info["decisions"].items():
        yield f"  {status:<24} {row['decisions']:>12,}   {row['amountFen']:>14,} fen   {row['points']:>10,} points"
    pending = info["pending"]
    if pending["tasks"]:
        left = "" if pending["left"] is None else f", {pending['left']:,} triggers known to be left"
        yield f"pending     {pending['tasks']:,} tasks since {pending['since']}{left}"


def _time(instant: int | None) -> str | None:
    return None if instant is None else rfc3339(instant)
