"""A lean HTTP client: one connection that stays open, so that what is measured is the service."""

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.goods import Event, time_of
from benchmarks.serving import Served

_PATIENCE = 600

OWNERSHIP = """query Owner($code: String!, $at: DateTime) {
  item(code: $code) { ownership(at: $at) {
    status owner { id } distributor { id } salesperson { id } brand { id } confirmedBy via
  } }
}"""
UPSTREAM = "query Up($id: ID!) { party(id: $id) { upstream { relation parent { id } child { id } from } } }"
BRANCH = """query Down($id: ID!) {
  party(id: $id) { branch(first: 50) { edges { node { id kind } cursor } pageInfo { hasNextPage } } }
}"""


class Refused(Exception):
    """The service did not answer as it should."""


Post = Callable[[str, bytes, str], dict[str, Any]]


@contextmanager
def posting(served: Served) -> Iterator[Post]:
    """A connection that posts bodies and gives the JSON that comes back."""
    connection = http.client.HTTPConnection(served.host, served.port, timeout=_PATIENCE)

    def post(path: str, body: bytes, kind: str) -> dict[str, Any]:
        connection.request("POST", path, body, served.headers | {"Content-Type": kind})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise Refused(f"{path}: {answer.status} {text[:300]!r}")
        parsed: dict[str, Any] = json.loads(text)
        return parsed

    try:
        yield post
    finally:
        connection.close()


@contextmanager
def asking(served: Served, query: str) -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """A connection that asks one GraphQL question with different variables."""
    with posting(served) as post:

        def ask(variables: dict[str, Any]) -> dict[str, Any]:
            body = json.dumps({"query": query, "variables": variables}).encode()
            answer = post("/graphql", body, "application/json")
            if answer.get("errors"):
                raise Refused(str(answer["errors"])[:300])
            data: dict[str, Any] = answer["data"]
            return data

        yield ask


@contextmanager
def recording(served: Served) -> Iterator[Callable[[Sequence[Event]], None]]:
    """A connection that records events; every one of them has to be accepted."""
    with posting(served) as post:

        def record(events: Sequence[Event]) -> None:
            body = "\n".join(json.dumps(event, separators=(",", ":")) for event in events).encode()
            report = post("/v1/events", body, "application/x-ndjson")
            if report["accepted"] != len(events):
                raise Refused(f"{len(events)} events, of which {report['accepted']} were accepted: {str(report)[:300]}")

        yield record


def owner_asked(question: tuple[str, int]) -> dict[str, Any]:
    """The variables of `OWNERSHIP`."""
    code, at = question
    return {"code": code, "at": time_of(at)}


def owner_told(data: dict[str, Any]) -> tuple[str | None, ...]:
    """The answer to `OWNERSHIP` in the columns that all sides share."""
    told = data["item"]["ownership"]
    parties = (told[name] and told[name]["id"] for name in ("owner", "distributor", "salesperson", "brand"))
    owner, distributor, salesperson, brand = parties
    return (told["status"], owner, distributor, salesperson, brand, told["confirmedBy"], told["via"])
