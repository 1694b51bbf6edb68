"""The bytes of a request, checked before anything is made of them: size, compression, UTF-8, nesting, strict JSON."""

import asyncio
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from gzip import GzipFile
from typing import Any, BinaryIO, cast

from starlette.requests import Request

from graph_service.errors import ServiceError
from graph_service.intake.bounded_json import json_value
from graph_service.intake.strict_json import InvalidJson

_DRAINED = 16 * 2**20
_GZIP = 31  # zlib's name for: with gzip's header, window of any size
_PIECE = 2**20


def media_type(request: Request) -> str:
    """The media type of the body, without parameters; UTF-8 is the only charset there is.

    Raises:
        ServiceError: `UNSUPPORTED_MEDIA_TYPE`, for another charset.
    """
    kind, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in {"utf-8", "utf8"}:
            raise unsupported("The charset must be UTF-8.")
    return kind


def unsupported(message: str) -> ServiceError:
    """The error for a body of a kind that is not read here."""
    return ServiceError("UNSUPPORTED_MEDIA_TYPE", message)


def _too_large(limit: int) -> ServiceError:
    return ServiceError(
        "BODY_TOO_LARGE", f"The body is larger than {limit} bytes.", remedy="Send it in several requests."
    )


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a question, which may not be packed.

    Args:
        request: whose body was not read yet.
        limit: the most bytes that it may have.

    Raises:
        ServiceError: `BODY_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` or `INVALID_BODY`.
    """
    _encoding(request, {"identity"})
    return b"".join([piece async for piece in _pieces(request, limit)])


def _encoding(request: Request, allowed: set[str]) -> str:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in allowed:
        raise unsupported(f"The content encoding must be {' or '.join(sorted(allowed, reverse=True))}.")
    return encoding


async def _pieces(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The bytes of a body as they come; all of them, or an error at the end."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit + _DRAINED:
        raise _too_large(limit)
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= limit:
            yield piece
        elif size > limit + _DRAINED:
            break
        # In between it is read and thrown away, so that the sender gets to read the answer.
    if size > limit:
        raise _too_large(limit)


@asynccontextmanager
async def spooled_body(request: Request, limit: int) -> AsyncIterator[BinaryIO]:
    """The body of an upload, unpacked as it is read: checked as it comes, and on the disk when it is large.

    A body of the largest size takes no more memory than a small one, and nothing of it is looked into before all of
    it is there and known to be whole.

    Args:
        request: whose body was not read yet.
        limit: the most bytes that it may have, packed and unpacked.

    Raises:
        ServiceError: `BODY_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` or `INVALID_BODY`.
    """
    encoding = _encoding(request, {"identity", "gzip"})
    with tempfile.SpooledTemporaryFile(max_size=_PIECE) as spool:
        unpacking = _Unpacking(limit) if encoding == "gzip" else None
        async for piece in _pieces(request, limit):
            try:
                if spool.tell() + len(piece) > _PIECE:
                    spool.rollover()
                spool.write(piece)
            except OSError:
                raise ServiceError("DISK_FULL", "There is no room to hold the body; nothing of it was taken.") from None
            for _ in unpacking.pieces(piece) if unpacking else ():
                await asyncio.sleep(0)
        if unpacking:
            for _ in unpacking.rest():
                await asyncio.sleep(0)
            unpacking.require_end()
        spool.seek(0)
        yield cast(BinaryIO, GzipFile(fileobj=spool, mode="rb") if unpacking else spool)


class _Unpacking:
    """Unpacks gzip of one or several members, piece by piece, as long as it is not too large.

    Args:
        limit: the most bytes that may come out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._member = zlib.decompressobj(_GZIP)

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """What some more packed bytes hold.

        Raises:
            ServiceError: `BODY_TOO_LARGE` or `INVALID_BODY`.
        """
        while packed:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            yield self._piece(packed)
            packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def rest(self) -> Iterator[bytes]:
        """What is held back."""
        while not self._member.eof and (piece := self._piece(b"")):
            yield piece

    def require_end(self) -> None:
        """Refuses what was cut short.

        Raises:
            ServiceError: `INVALID_BODY`.
        """
        if not self._member.eof:
            raise ServiceError("INVALID_BODY", "The gzip body ends too early.")

    def _piece(self, packed: bytes) -> bytes:
        try:
            piece = self._member.decompress(packed, _PIECE)
        except zlib.error:
            raise ServiceError("INVALID_BODY", "The body is no gzip.") from None
        self._size += len(piece)
        if self._size > self._limit:
            raise _too_large(self._limit)
        return piece


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object of a body.

    Raises:
        ServiceError: `INVALID_JSON`.
    """
    try:
        value = json_value(data)
    except InvalidJson as error:
        raise ServiceError("INVALID_JSON", f"The body is no JSON object: {error}.") from None
    if not isinstance(value, dict):
        raise ServiceError("INVALID_JSON", "The body is no JSON object.")
    return value
