"""`POST /v1/ownerships`: who owned very many codes, answered while they come."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pyarrow as pa
from neo4j import Bookmarks
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph_service.api.bodies import media_type, unsupported
from graph_service.api.bodies_streamed import StreamedBody
from graph_service.api.errors import Forbidden, as_service_error, http_body
from graph_service.api.graphql_route import CONSISTENCY
from graph_service.api.ownerships_forms import ARROW, NDJSON, ArrowWriter, LinesWriter, Writer, batches_of, lines_of
from graph_service.errors import ServiceError
from graph_service.goods.bulk import SLICE, OwnershipJob
from graph_service.graph.driver import Graph
from graph_service.graph.tokens import bookmarks_of

PATIENCE_SECONDS = 0.2
"""After which a sender that pauses gets the answers so far, and one that reads nothing has its body set aside."""

_DRAINED = 256 * 2**20
_LARGEST_SENT = 2**18
_FORMS = (NDJSON, ARROW)
_QUALITY = re.compile(r"q=([01](?:\.\d{0,3})?)")


async def answer_ownerships(request: Request, graph: Graph) -> Response:
    """Answers questions, `code` and `at`, in the form that is asked for."""
    viewer = request.state.viewer
    if not viewer.may_read:
        raise Forbidden(f"The role {viewer.role.value} may not ask who owns goods.")
    kind = media_type(request)
    if kind not in _FORMS:
        raise unsupported(f"Codes are sent as {NDJSON} or {ARROW}.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unsupported("The content encoding must be identity.")
    token = request.headers.get(CONSISTENCY)
    bookmarks = None if token is None else bookmarks_of(token)
    return OwnershipsResponse(graph, bookmarks, kind, accepted(request.headers.get("accept", ""), kind))


def accepted(header: str, sent: str) -> str:
    """The form to answer in: of those accepted the one liked best, and of these the one that was sent.

    Raises:
        ServiceError: `NOT_ACCEPTABLE`.
    """
    liked = dict.fromkeys(_FORMS, 0.0 if header.strip() else 1.0)
    for part in header.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        quality = next((float(found[1]) for each in parameters if (found := _QUALITY.fullmatch(each))), 1.0)
        for form in _FORMS:
            if name in {form, "application/*", "*/*"}:
                liked[form] = max(liked[form], quality)
    best = max(_FORMS, key=lambda form: (liked[form], form == sent))
    if not liked[best]:
        raise ServiceError("NOT_ACCEPTABLE", f"Answers are sent as {NDJSON} or {ARROW}; `Accept` takes neither.")
    return best


class OwnershipsResponse(Response):
    """An answer that begins with the first slice; what is wrong until then is an error like any other.

    Args:
        graph: to read from.
        bookmarks: of the state that the answers must have seen.
        sent: the form of the body.
        asked: the form of the answer.
    """

    def __init__(self, graph: Graph, bookmarks: Bookmarks | None, sent: str, asked: str) -> None:
        super().__init__(media_type=asked)
        del self.headers["content-length"]
        self._job = OwnershipJob(graph, bookmarks)
        self._sent = sent
        self._writer: Writer = LinesWriter() if asked == NDJSON else ArrowWriter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads and answers in turns, until one of the two sides ends it."""
        body = StreamedBody(receive)
        answering = asyncio.create_task(self._answer(body, send))
        abandoned = asyncio.create_task(body.abandoned())
        try:
            await asyncio.wait({answering, abandoned}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                with contextlib.suppress(ClientDisconnect):
                    await answering
        finally:
            for task in (answering, abandoned):
                task.cancel()
            await asyncio.gather(answering, abandoned, return_exceptions=True)
            body.close()

    async def _answer(self, body: StreamedBody, send: Send) -> None:
        is_started = False

        async def start() -> None:
            nonlocal is_started
            is_started = True
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await _send(body, send, self._writer.start())

        parts = (lines_of if self._sent == NDJSON else batches_of)(body)
        try:
            async with contextlib.aclosing(self._job.answers(in_slices(parts))) as answers:
                async for answer in answers:
                    if not is_started:
                        await start()
                    await _send(body, send, await asyncio.to_thread(self._writer.part, answer))
            if not is_started:
                await start()
            await _send(body, send, self._writer.end(), is_last=True)
        except ClientDisconnect:
            raise
        except Exception as error:
            await body.drain(_DRAINED)
            if not is_started:
                raise
            told = self._writer.broken(http_body(as_service_error(error)))
            if told is None:
                # The server closes a connection whose answer has no end, and the client sees it.
                return
            await _send(body, send, told, is_last=True)


async def _send(body: StreamedBody, send: Send, data: bytes, *, is_last: bool = False) -> None:
    """Sends in pieces, each of which waits until there is room for it."""
    view = memoryview(data)
    for place in range(0, len(view), _LARGEST_SENT):
        piece = bytes(view[place : place + _LARGEST_SENT])
        sending = asyncio.ensure_future(send({"type": "http.response.body", "body": piece, "more_body": True}))
        done, _ = await asyncio.wait({sending}, timeout=PATIENCE_SECONDS)
        if not done:
            aside = asyncio.create_task(body.set_aside())
            try:
                await asyncio.wait({sending})
            finally:
                aside.cancel()
                await asyncio.gather(aside, return_exceptions=True)
        await sending
    if is_last:
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def in_slices(parts: AsyncIterator[Any], rows: int = SLICE) -> AsyncIterator[Any]:
    """Record batches of so many rows; fewer at the end, and when the sender pauses.

    Args:
        parts: record batches of any size.
        rows: that a slice has.
    """
    held: list[Any] = []
    coming: asyncio.Future[Any] | None = None
    try:
        while True:
            if coming is None:
                coming = asyncio.ensure_future(_next(parts))
            await asyncio.wait({coming}, timeout=PATIENCE_SECONDS if held else None)
            is_end = False
            if coming.done():
                part, coming = coming.result(), None
                is_end = part is None
                if part is not None and len(part):
                    held.append(part)
            elif held:
                yield _joined(held)
                held = []
                continue
            while held and (is_end or sum(len(part) for part in held) >= rows):
                whole = _joined(held)
                yield whole.slice(0, rows)
                held = [whole.slice(rows)] if len(whole) > rows else []
            if is_end:
                return
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _next(parts: AsyncIterator[Any]) -> Any:
    return await anext(parts, None)


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)
