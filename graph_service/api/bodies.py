"""The bytes of a request, checked before anything is made of them: size, compression, UTF-8, nesting, strict JSON."""

import re
import zlib
from typing import Any

from starlette.requests import Request

from graph_service.errors import ServiceError
from graph_service.intake.strict_json import InvalidJson, loads

MAX_NESTING = 64

_DRAINED = 16 * 2**20
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
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


async def read_body(request: Request, limit: int, *, gzip: bool = False) -> bytes:
    """The body, unpacked.

    Args:
        request: whose body was not read yet.
        limit: the most bytes that it may have, packed and unpacked.
        gzip: whether it may be packed.

    Raises:
        ServiceError: `BODY_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` or `INVALID_BODY`.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ({"identity", "gzip"} if gzip else {"identity"}):
        raise unsupported("The content encoding must be " + ("identity or gzip." if gzip else "identity."))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit + _DRAINED:
        raise _too_large(limit)
    body, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= limit:
            body += piece
        elif size > limit + _DRAINED:
            break
        # In between it is read and thrown away, so that the sender gets to read the answer.
    if size > limit:
        raise _too_large(limit)
    return _unpacked(bytes(body), limit) if encoding == "gzip" else bytes(body)


def _unpacked(packed: bytes, limit: int) -> bytes:
    """What a gzip file of one or several members holds."""
    unpacked = bytearray()
    try:
        while packed:
            member = zlib.decompressobj(_GZIP)
            while not member.eof:
                piece = member.decompress(packed, _PIECE)
                unpacked += piece
                if len(unpacked) > limit:
                    raise _too_large(limit)
                packed = member.unconsumed_tail
                if not piece and not packed and not member.eof:
                    raise ServiceError("INVALID_BODY", "The gzip body ends too early.")
            packed = member.unused_data
    except zlib.error:
        raise ServiceError("INVALID_BODY", "The body is no gzip.") from None
    return bytes(unpacked)


def check_nesting(data: bytes) -> None:
    """Refuses JSON that nests deeper than anything here needs.

    Raises:
        InvalidJson: when it does.
    """
    if data.count(b"[") + data.count(b"{") <= MAX_NESTING:
        return
    depth = 0
    for token in _BRACKETS.finditer(data):
        if token[0] in b"[{":
            depth += 1
            if depth > MAX_NESTING:
                raise InvalidJson(f"it is nested deeper than {MAX_NESTING} levels")
        elif token[0] in b"]}":
            depth -= 1


def json_value(data: bytes) -> Any:
    """The strict JSON value of some bytes.

    Raises:
        InvalidJson: why they are none.
    """
    check_nesting(data)
    return loads(data)


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
