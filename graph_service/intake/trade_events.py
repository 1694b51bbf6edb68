"""The events of trade: vouchers, orders, and touches, part of the union in `events.py`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from graph_service.intake.fields import Codes, Fen, Fields, Id, Instant, Member, Name, Position, fault

Quantity = Annotated[int, Field(ge=1, le=1_000_000_000)]


class VoucherIssued(Fields):
    """A member gets a voucher: for washing, boarding, nursing, or to be exchanged; `scan` is the scan that won it."""

    type: Literal["voucher.issued"]
    voucher: Id
    kind: Name
    member: Member
    face_fen: Fen | None = None
    min_spend_fen: Fen | None = None
    valid_to: Instant | None = None
    campaign: Id | None = None
    scan: Id | None = None


class VoucherRedeemed(Fields):
    """A store takes a voucher in."""

    type: Literal["voucher.redeemed"]
    voucher: Id
    store: Id
    clerk: Id | None = None
    spend_fen: Fen | None = None


class OrderLine(Fields):
    """What an order says of one product; `netFen` is what was paid for the whole line."""

    line: Id
    sku: Id
    quantity: Quantity
    net_fen: Fen
    codes: Codes | None = None


class OrderPlaced(Fields):
    """An order, online or at a till; `paidFen` is all that was paid, shipping included."""

    type: Literal["order.placed"]
    order: Id
    channel: Id
    member: Member | None = None
    store: Id | None = None
    promo_code: Id | None = None
    paid_fen: Fen
    shipping_fen: Fen | None = None
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=1_000)]
    campaign: Id | None = None
    position: Position | None = None

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        if len({line.line for line in self.lines}) < len(self.lines):
            raise fault("lines", "expected every `line` once")
        return self


class RefundedLine(Fields):
    """What of a line is paid back; all that is left of it, unless a quantity or an amount is given."""

    line: Id
    quantity: Quantity | None = None
    net_fen: Fen | None = None


class OrderRefunded(Fields):
    """An order is paid back: these lines, or all that is left of it."""

    type: Literal["order.refunded"]
    order: Id
    lines: Annotated[list[RefundedLine], Field(min_length=1, max_length=1_000)] | None = None

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        if self.lines is not None and len({line.line for line in self.lines}) < len(self.lines):
            raise fault("lines", "expected every `line` once")
        return self


class TouchRecorded(Fields):
    """A member met the brand: an advertisement, a live stream, a shared page, a visit.

    `kind` is `AD`, `LIVESTREAM`, `SHARE`, `FOLLOW`, `VISIT`, `BROWSE`, `MESSAGE`, `EVENT`, or another.
    """

    type: Literal["touch.recorded"]
    member: Member
    kind: Id
    channel: Id
    store: Id | None = None
    campaign: Id | None = None
