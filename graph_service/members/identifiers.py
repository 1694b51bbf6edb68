"""Identifiers: found by keyed hash, kept encrypted, shown masked. No plain value leaves this module but on purpose."""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from graph_service.errors import ServiceError

# The built-in policy (`contract/identity.md`): the smaller number is the stronger evidence of a person.
PRIORITIES: Mapping[str, int] = {
    "PHONE": 1,
    "WECHAT_UNIONID": 2,
    "ALIPAY_UID": 3,
    "WECHAT_OPENID": 4,
    "DEVICE": 9,
}
OTHER_PRIORITY = 5
_BLOCKED = frozenset({"null", "undefined", "anonymous", ""})
_BLOCKED_PATTERN = re.compile(r"[0-]*")

_NONCE_LENGTH = 12
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class PlainIdentifier:
    """An identifier as it may be compared: trimmed, a phone in E.164."""

    type: str
    value: str
    app: str | None = None

    @property
    def text(self) -> str:
        """`TYPE:app/value`, or `TYPE:value` without an app: what breaks ties."""
        return f"{self.type}:{self.app}/{self.value}" if self.app is not None else f"{self.type}:{self.value}"

    @property
    def priority(self) -> int:
        """How strong an evidence of a person it is; 1 is the strongest."""
        return PRIORITIES.get(self.type, OTHER_PRIORITY)


def plain(kind: str, value: str, app: str | None = None) -> PlainIdentifier | None:
    """The identifier to compare by, or None when the policy blocks its value."""
    trimmed = value.strip()
    if trimmed.lower() in _BLOCKED or _BLOCKED_PATTERN.fullmatch(trimmed):
        return None
    return PlainIdentifier(kind, _e164(trimmed) if kind == "PHONE" else trimmed, app)


def _e164(value: str) -> str:
    try:
        number = phonenumbers.parse(value, "CN")
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_valid_number(number):
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(value: str) -> str:
    """The value with its middle hidden: `138****5678`; a short value is hidden whole."""
    shown = value.removeprefix("+86")
    if len(shown) <= 4:
        return "****"
    if len(shown) < 10:
        return f"{shown[0]}****{shown[-1]}"
    return f"{shown[:3]}****{shown[-4:]}"


class IdentifierKeys:
    """What seals identifiers and finds them again, made from one secret.

    Args:
        secret: at least 32 random bytes (`GRAPH_SERVICE_IDENTIFIER_KEY`).
    """

    def __init__(self, secret: bytes) -> None:
        def derive(purpose: bytes) -> bytes:
            return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)

        self._finding = derive(b"find identifiers")
        self._content = derive(b"compare contents")
        self._sealing = AESGCM(derive(b"seal identifiers"))

    def id_of(self, identifier: PlainIdentifier) -> str:
        """The id of an identifier: a keyed hash, the same in every rebuild."""
        text = json.dumps([identifier.type, identifier.app, identifier.value], ensure_ascii=False)
        digest = hmac.digest(self._finding, text.encode(), hashlib.sha256)[:_ID_BYTES]
        return "M" + base64.b32encode(digest).decode().rstrip("=")

    def content_hash(self, text: str) -> str:
        """A keyed hash of an event's content; without the key nobody can try values against it."""
        return hmac.digest(self._content, text.encode(), hashlib.sha256)[:_ID_BYTES].hex()

    def seal(self, value: str) -> str:
        """The value encrypted and authenticated, another text every time."""
        nonce = os.urandom(_NONCE_LENGTH)
        return base64.b64encode(nonce + self._sealing.encrypt(nonce, value.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """The value that was sealed.

        Raises:
            ServiceError: `IDENTIFIER_KEY_WRONG`, when another key sealed it.
        """
        data = base64.b64decode(sealed)
        try:
            return self._sealing.decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], None).decode()
        except InvalidTag:
            raise ServiceError(
                "IDENTIFIER_KEY_WRONG",
                "An identifier in the graph was sealed with another key than this one.",
                remedy="Start with the GRAPH_SERVICE_IDENTIFIER_KEY that this graph was filled with.",
            ) from None

    def sealed_content(self, content: Any) -> Any:
        """The content of an event with every identifier in it sealed, wherever it stands."""
        match content:
            case {"type": str(), "value": str()} if not content.keys() - {"type", "value", "app"}:
                rest = {key: value for key, value in content.items() if key != "value"}
                return rest | {"sealed": self.seal(content["value"])}
            case dict():
                return {
                    key: {"sealed": self.seal(value)}
                    if key == "device" and isinstance(value, str)
                    else self.sealed_content(value)
                    for key, value in content.items()
                }
            case list():
                return [self.sealed_content(value) for value in content]
            case _:
                return content


def strongest(identifiers: Sequence[PlainIdentifier]) -> PlainIdentifier | None:
    """The identifier whose account an entry goes to: by priority, then by text; None when there is none."""
    return min(identifiers, key=lambda identifier: (identifier.priority, identifier.text), default=None)
