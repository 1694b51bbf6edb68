"""A rebate rule as it is published (`rule.published`): data, checked once, immutable after."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, ValidationInfo, model_validator

from graph_service.intake.fields import Fen, Fields, Id, Instant, Points, Region
from graph_service.intake.refusals import refuse, require_right

Trigger = Literal[
    "CONSUMER_SCAN",
    "STORE_RECEIPT",
    "VOUCHER_REDEMPTION",
    "MEMBER_REGISTRATION",
    "REFERRAL",
    "ORDER",
    "PERIOD",
]
Role = Literal[
    "CONSUMER",
    "STORE",
    "CLERK",
    "DISTRIBUTOR",
    "SALESPERSON",
    "GROUP_LEADER",
    "PROMOTER",
    "INVITER",
    "INVITER_2",
    "INVITEE",
]
Base = Literal["NET_PAID", "GROSS", "GOODS_PRICE", "VOUCHER_FACE"]
Rounding = Literal["FLOOR", "HALF_UP"]
BasisPoints = Annotated[int, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
Days = Annotated[int, Field(ge=0, le=36_500)]


class Scope(Fields):
    """What a rule is restricted to; an empty list does not restrict. In order of how specific each key is."""

    batches: list[Id] = []
    skus: list[Id] = []
    campaigns: list[Id] = []
    regions: list[Region] = []
    channels: list[Id] = []
    store_tiers: list[Id] = []

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        known = {field.alias for field in cls.model_fields.values()}
        if isinstance(value, dict):
            for key in value:
                if key not in known:
                    raise refuse("scope_unknown", f"{key!r} is no scope key; expected one of {sorted(map(str, known))}")
        return value


class Pay(Fields):
    """What one role gets: fixed fen or points, or basis points of a base."""

    role: Role
    fen: Fen | None = None
    points: Points | None = None
    bps: BasisPoints | None = None
    base: Base | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if sum(amount is not None for amount in (self.fen, self.points, self.bps)) != 1:
            raise ValueError("expected exactly one of fen, points and bps")
        if (self.bps is None) != (self.base is None):
            raise ValueError("bps and base go together")
        return self


class Share(Fields):
    """A role's weight in a pool."""

    role: Role
    weight: Annotated[int, Field(ge=0, le=1_000_000)]

    @model_validator(mode="before")
    @classmethod
    def _weighted(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("weight") is None:
            raise refuse("weights_missing", "every share of a pool names its weight")
        return value


class Pool(Fields):
    """One amount, split by largest remainder, ties in declared order."""

    bps: BasisPoints
    base: Base
    rounding: Rounding = "FLOOR"
    split: Annotated[list[Share], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if not sum(share.weight for share in self.split):
            raise refuse("weights_missing", "the weights of a pool add up to nothing")
        return self


class Cap(Fields):
    """The most that a payee gets in a day or in all, or a rule pays altogether."""

    role: Role | None = None
    per: Literal["DAY", "PERIOD", "RULE"]
    limit_fen: Fen
    on_exceed: Literal["TRUNCATE", "REJECT"] = "TRUNCATE"


class Hold(Fields):
    """What is suspicious enough for a person to look at before it is paid."""

    measure: Literal["SCANS_PER_DEVICE_AND_STORE", "NEW_MEMBERS_PER_DEVICE_AND_DAY"]
    window_minutes: Annotated[int, Field(ge=1, le=525_600)] | None = None
    limit: Count


class Retroactive(Fields):
    """Who let a rule reach back before its publication, and why."""

    by: Id
    reason: Annotated[str, Field(min_length=1, max_length=4_096)]


class Tier(Fields):
    """From this measure on, this much."""

    from_: Annotated[Count, Field(alias="from")]
    bps: BasisPoints | None = None
    fen: Fen | None = None
    fen_per: Fen | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        if sum(amount is not None for amount in (self.bps, self.fen, self.fen_per)) != 1:
            raise ValueError("expected exactly one of bps, fen and fenPer")
        return self


class Rule(Fields):
    """A version of a rule. Field by field: `docs/rules.md` and the contract it follows."""

    id: Id
    version: Annotated[int, Field(ge=1, le=1_000_000_000)]
    brand: Id
    trigger: Trigger
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant | None = None
    scope: Scope = Scope()
    group: Id | None = None
    pay: Annotated[list[Pay], Field(max_length=100)] = []
    pool: Pool | None = None
    rounding: Rounding = "FLOOR"
    round_at: Literal["ENTRY", "SETTLEMENT"] = "ENTRY"
    caps: Annotated[list[Cap], Field(max_length=100)] = []
    budget_fen: Fen | None = None
    on_insufficient: Literal["REJECT_EVENT", "PRORATA"] = "REJECT_EVENT"
    holds: Annotated[list[Hold], Field(max_length=20)] = []
    on_region_mismatch: Literal["PAY_CONSUMER_ONLY", "PAY"] = "PAY"
    late_binding_days: Days | None = None
    window_days: Days | None = None
    depth: Annotated[int, Field(ge=1)] = 1
    sign_off: JsonValue = None
    retroactive: Retroactive | None = None
    funding: dict[str, Annotated[int, Field(ge=0, le=100)]] | None = None
    period: Literal["MONTH", "QUARTER", "YEAR"] | None = None
    measure: (
        Literal[
            "CARTONS_RECEIVED",
            "UNITS_SOLD_THROUGH",
            "CARTONS_SOLD_THROUGH",
            "CARTONS_ELIGIBLE",
            "SALES_FEN",
            "NEW_MEMBERS",
            "SCANS",
        ]
        | None
    ) = None
    payee: Role | None = None
    tiers: Annotated[list[Tier], Field(max_length=100)] = []
    mode: Literal["RETROACTIVE", "STEPPED"] | None = None
    target: Count | None = None

    @model_validator(mode="after")
    def _can_be_right(self, info: ValidationInfo) -> Self:
        if info.context is not _ACCEPTED:
            require_right(self)
        return self


_ACCEPTED = {"accepted": True}


def accepted_rule(content: Any) -> Rule:
    """A rule of the log: what was accepted once stays so, whatever this version would refuse now."""
    return Rule.model_validate(content, context=_ACCEPTED)
