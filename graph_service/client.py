"""A small client of the service, for jobs and analysts.

    client = Client("http://127.0.0.1:8000", token)
    for answer in client.ownerships(["U0001", ("U0002", "2026-05-01T08:00:00+08:00")]):
        print(answer["code"], answer["owner"])
    table = client.ownerships(pyarrow.table({"code": codes}))  # a pyarrow.Table, faster
    data = client.graphql("query Q($c: String!) { item(code: $c) { level } }", {"c": "U0001"})

It needs nothing of the service but its address and a token (`graph-service token --role job`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypedDict, cast, overload

import pyarrow as pa
import pyarrow.ipc
import requests

from graph_service.arrow_stream import stream_of
from graph_service.errors import ServiceError

_NDJSON = "application/x-ndjson"
_ARROW = "application/vnd.apache.arrow.stream"
_LINES_AT_ONCE = 1_000
_ROWS_AT_ONCE = 50_000

Question = str | tuple[str, str | datetime | None]
"""A code, or a code and a time: RFC 3339 with an offset, an aware datetime, or None for now."""


class Ownership(TypedDict):
    """Who owned a code; parties are ids."""

    code: str
    at: str
    status: str
    owner: str | None
    store: str | None
    distributor: str | None
    distributorBasis: str | None
    salesperson: str | None
    salespersonBasis: str | None
    brand: str | None
    confirmedBy: str | None
    via: str | None


class Client:
    """Asks a running service.

    Args:
        url: its address, as in `http://127.0.0.1:8000`.
        token: a bearer token.
        consistency: the `token` of an intake report; answers then see at least its events.
        timeout: seconds that the service may take to accept a connection, or stay silent while it answers.
    """

    def __init__(self, url: str, token: str, *, consistency: str | None = None, timeout: float = 120.0) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        # A proxy or .netrc of the surroundings must neither see nor replace the token.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        if consistency is not None:
            self._session.headers["X-Consistency-Token"] = consistency

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The `data` of an answer.

        Raises:
            ServiceError: the first error of the answer, or why there was none.
        """
        response = self._post("/graphql", json={"query": query, "variables": variables})
        answer = response.json()
        if answer.get("errors"):
            first = answer["errors"][0]
            told = first.get("extensions", {})
            raise ServiceError(told.get("code", "INTERNAL"), first["message"], path=told.get("path"))
        return cast(dict[str, Any], answer["data"])

    @overload
    def ownerships(self, questions: Iterable[Question]) -> Iterator[Ownership]: ...

    @overload
    def ownerships(self, questions: pa.Table) -> pa.Table: ...

    def ownerships(self, questions: Any) -> Any:
        """Who owned codes, in the order asked; any number of them, in flat memory.

        Args:
            questions: codes, each with a time or without; or a table with the columns `code` (text) and, if wanted,
                `at` (times with a zone, or RFC 3339 texts; null for now).

        Returns:
            An iterator of answers, which arrive while they are made; for a table, a table of all of them.

        Raises:
            ServiceError: what is wrong with a question, or with the service; with an iterator, while it is used.
        """
        return self._table(questions) if isinstance(questions, pa.Table) else self._lines(questions)

    def _lines(self, questions: Iterable[Question]) -> Iterator[Ownership]:
        with self._post("/v1/ownerships", data=_written(questions), form=_NDJSON) as response:
            try:
                # Read by blocks, because `iter_lines` looks at every byte of them again and again.
                rest = b""
                for block in response.iter_content(2**18):
                    *lines, rest = (rest + block).split(b"\n")
                    for line in lines:
                        answer = json.loads(line)
                        if "error" in answer:
                            raise _told(answer["error"])
                        yield answer
            except requests.RequestException:
                raise _broken_off() from None

    def _table(self, questions: pa.Table) -> pa.Table:
        with self._post("/v1/ownerships", data=stream_of(questions, _ROWS_AT_ONCE), form=_ARROW) as response:
            try:
                with pa.ipc.open_stream(_Blocks(response)) as reader:
                    return reader.read_all()
            except (pa.ArrowException, requests.RequestException, OSError):
                raise _broken_off() from None

    def _post(self, path: str, *, form: str | None = None, **body: Any) -> requests.Response:
        headers = {} if form is None else {"Content-Type": form, "Accept": form}
        try:
            response = self._session.post(
                self._url + path, headers=headers, timeout=self._timeout, stream=form is not None, **body
            )
        except requests.RequestException as error:
            raise ServiceError(
                "UNAVAILABLE", f"The service at {self._url} does not answer ({type(error).__name__})."
            ) from None
        if not response.ok:
            with response:
                try:
                    told = response.json()
                except requests.JSONDecodeError:
                    told = {}
            raise _told({"code": "INTERNAL", "message": f"It answered with status {response.status_code}."} | told)
        return response


class _Blocks:
    """An answer as a file; unlike the one below it, it does not take a broken one for a whole one."""

    closed = False

    def __init__(self, response: requests.Response) -> None:
        self._blocks: Iterator[bytes] = response.iter_content(2**18)
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        """That many bytes, fewer at the end only."""
        while len(self._held) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._held += block
        given = bytes(self._held[:size])
        del self._held[:size]
        return given

    def readable(self) -> bool:
        """As files are asked."""
        return True

    def close(self) -> None:
        """The response is closed by whoever opened it."""


def _written(questions: Iterable[Question]) -> Iterator[bytes]:
    """Lines of JSON, many at once."""
    lines: list[str] = []
    for question in questions:
        code, at = (question, None) if isinstance(question, str) else question
        if isinstance(at, datetime):
            at = at.isoformat()
        lines.append(json.dumps({"code": code} if at is None else {"code": code, "at": at}, ensure_ascii=False))
        if len(lines) == _LINES_AT_ONCE:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    yield "".join(f"{line}\n" for line in lines).encode()


def _told(error: Mapping[str, Any]) -> ServiceError:
    return ServiceError(str(error["code"]), str(error["message"]), path=error.get("path"))


def _broken_off() -> ServiceError:
    return ServiceError("UNAVAILABLE", "The answer broke off.", remedy="Ask again.")
