"""Identifiers: found by keyed hash, kept encrypted, shown masked. No plain value leaves this module but on purpose."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from phonenumbers import PhoneMetadata

from graph_service.errors import ServiceError

_NONCE_LENGTH = 12
_ID_BYTES = 16
_ID = re.compile(r"M[A-Z2-7]{26}")

_TEXT_OF = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
"""What `json.dumps` says, without a new encoder each time."""

_PERSONAL = frozenset({"device", "note"})
"""Fields of events whose texts tell of a person, besides identifiers."""


def _pattern_of_chinese_mobiles() -> re.Pattern[str]:
    """As libphonenumber's own data has it; no number that begins with 1 and 3 to 9 has a prefix to be taken off."""
    metadata = PhoneMetadata.metadata_for_region("CN")
    mobile = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    return re.compile(rf"(?=1[3-9])(?:{mobile or '(?!)'})")


_CHINESE_MOBILE = _pattern_of_chinese_mobiles()

TextOrder = tuple[str, tuple[str, str, str]]


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
    def order(self) -> TextOrder:
        """What orders identifiers by text; two may share a text (`X:a/b` with and without an app), and are two."""
        return self.text, (self.type, self.app or "", self.value)


def plain(kind: str, value: str, app: str | None = None) -> PlainIdentifier:
    """The identifier to compare by."""
    trimmed = value.strip()
    return PlainIdentifier(kind, _e164(trimmed) if kind == "PHONE" else trimmed, (app or "").strip() or None)


def _is_mobile(value: str) -> bool:
    """Whether it is plainly a Chinese mobile number: most phones are, and to read one in full takes a hundred times."""
    return len(value) == 11 and value.isascii() and _CHINESE_MOBILE.fullmatch(value) is not None


def _e164(value: str) -> str:
    national = value.removeprefix("+86")
    if _is_mobile(national):
        return "+86" + national
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


@dataclass(frozen=True, slots=True)
class KeyParts:
    """Keys of a graph, each of 32 bytes.

    Attributes:
        finding: hashes identifiers to their ids; never changes.
        content: hashes the contents of events; never changes.
        sealing: seals values, by version; the newest seals, all open.
    """

    finding: bytes = field(repr=False)
    content: bytes = field(repr=False)
    sealing: Mapping[int, bytes] = field(repr=False)

    @property
    def version(self) -> int:
        """Of the key that seals."""
        return max(self.sealing)


def derived_from(secret: bytes) -> KeyParts:
    """The keys that a graph begins with."""

    def derive(purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)

    return KeyParts(derive(b"find identifiers"), derive(b"compare contents"), {1: derive(b"seal identifiers")})


class IdentifierKeys:
    """What seals identifiers and finds them again.

    Args:
        secret: at least 32 random bytes, from which the keys of a new graph are made.
        parts: or the keys themselves, as a graph keeps them (`keyring.py`).
    """

    def __init__(self, secret: bytes = b"", *, parts: KeyParts | None = None) -> None:
        held = derived_from(secret) if parts is None else parts
        self._finding = held.finding
        self._content = held.content
        self._sealing: dict[int, AESGCM] = {}
        self.take(held)

    def take(self, parts: KeyParts) -> None:
        """Seals with the newest of these keys from now on; what the ones before sealed can be opened still."""
        self._sealing |= {version: AESGCM(key) for version, key in parts.sealing.items()}
        self.version = parts.version

    def id_of(self, identifier: PlainIdentifier) -> str:
        """The id of an identifier: a keyed hash, the same in every rebuild."""
        text = _TEXT_OF([identifier.type, identifier.app, identifier.value])
        digest = hmac.digest(self._finding, text.encode(), hashlib.sha256)[:_ID_BYTES]
        return "M" + base64.b32encode(digest).decode().rstrip("=")

    @staticmethod
    def is_id(text: str) -> bool:
        """Whether a text has the form of an identifier's id."""
        return _ID.fullmatch(text) is not None

    def id_of_sealed(self, kind: str, app: str | None, sealed: str) -> str:
        """The id of an identifier whose value is sealed, as it was sent."""
        return self.id_of(plain(kind, self.open(sealed), app))

    def order_of(self, key: str, row: Mapping[str, Any]) -> TextOrder:
        """What orders an identifier by text; of one that was erased, its type and app, its place then, and its id.

        Args:
            key: its id.
            row: what is stored of it: `type`, `app`, `sealed`, `place`.
        """
        kind, app, sealed = row["type"] or "", row["app"], row["sealed"]
        if sealed is not None:
            return PlainIdentifier(kind, self.open(sealed), app).order
        return PlainIdentifier(kind, "", app).text, (kind, app or "", f"{row['place'] or 0:09}{key}")

    def content_hash(self, text: str) -> str:
        """A keyed hash of an event's content; without the key nobody can try values against it."""
        return hmac.digest(self._content, text.encode(), hashlib.sha256)[:_ID_BYTES].hex()

    def masked(self, sealed: str | None) -> str:
        """A sealed value with its middle hidden; of one that was erased nothing is left to show."""
        return mask("" if sealed is None else self.open(sealed))

    def fingerprint(self, purpose: str, text: str) -> str:
        """A keyed hash of a text for a purpose, the same in every rebuild; without the key nobody can try values."""
        message = _TEXT_OF([purpose, text])
        return hmac.digest(self._finding, message.encode(), hashlib.sha256)[:_ID_BYTES].hex()

    def seal(self, value: str) -> str:
        """The value encrypted and authenticated, another text every time."""
        nonce = os.urandom(_NONCE_LENGTH)
        cipher = self._sealing[self.version].encrypt(nonce, value.encode(), None)
        sealed = binascii.b2a_base64(nonce + cipher, newline=False).decode()
        return sealed if self.version == 1 else f"{self.version}.{sealed}"

    def open(self, sealed: str) -> str:
        """The value that was sealed.

        Raises:
            ServiceError: `IDENTIFIER_KEY_WRONG`, when another key sealed it.
        """
        version, _, text = sealed.rpartition(".")
        data = base64.b64decode(text)
        try:
            return self._sealing[int(version or 1)].decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], None).decode()
        except (InvalidTag, KeyError):
            raise ServiceError(
                "IDENTIFIER_KEY_WRONG",
                "An identifier in the graph was sealed with another key than this one.",
                remedy="Start with the GRAPH_SERVICE_IDENTIFIER_KEY that this graph was filled with; start again after "
                "graph-service keys rotate.",
            ) from None

    def sealed_content(self, content: Any) -> Any:
        """The content of an event with every identifier, note and name of a pet in it sealed, wherever it stands."""
        match content:
            case {"type": str(), "value": str()} if not content.keys() - {"type", "value", "app"}:
                rest = {key: value for key, value in content.items() if key != "value"}
                return rest | {"sealed": self.seal(content["value"])}
            case dict():
                return {
                    key: {"sealed": self.seal(value)}
                    if key in _PERSONAL and isinstance(value, str)
                    else self._sealed_pet(value)
                    if key == "pet" and isinstance(value, dict)
                    else self.sealed_content(value)
                    for key, value in content.items()
                }
            case list():
                return [self.sealed_content(value) for value in content]
            case _:
                return content

    def resealed(self, sealed: str) -> str:
        """A sealed value under the newest key."""
        return self.seal(self.open(sealed))

    def resealed_content(self, content: Any) -> Any:
        """The content of an event with everything that is sealed in it under the newest key."""
        match content:
            case {"sealed": str(sealed)}:
                return content | {"sealed": self.resealed(sealed)}
            case dict():
                return {key: self.resealed_content(value) for key, value in content.items()}
            case list():
                return [self.resealed_content(value) for value in content]
            case _:
                return content

    def _sealed_pet(self, pet: dict[str, Any]) -> dict[str, Any]:
        name = pet.get("name")
        return pet | ({"name": {"sealed": self.seal(name)}} if isinstance(name, str) else {})
