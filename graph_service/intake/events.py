"""The events of the contract, as one discriminated union; the JSON Schemas in `docs/` are made from it.

A model holds what an event says besides the common fields, which `envelope.py` checks first.
"""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, JsonValue, TypeAdapter, model_validator

from graph_service.goods.codes import CodeRange
from graph_service.intake.fields import (
    Code,
    Codes,
    Date,
    Fen,
    Fields,
    Id,
    Identifier,
    Identifiers,
    Instant,
    Level,
    Member,
    Month,
    Name,
    PartyKind,
    PointsChange,
    Position,
    Purposes,
    Region,
    Regions,
    Relation,
    Text,
    fault,
)
from graph_service.intake.identity_policy import IdentityPolicy
from graph_service.intake.rule import Rule
from graph_service.intake.trade_events import (
    OrderPlaced,
    OrderRefunded,
    TouchRecorded,
    VoucherIssued,
    VoucherRedeemed,
)


class Party(Fields):
    """Who takes part in the channel; a later registration replaces what it names."""

    id: Id
    kind: PartyKind
    name: Name
    region: Region | None = None
    position: Position | None = None
    store_type: Name | None = None
    services: list[Name] | None = None
    promo_code: Id | None = None
    opening_hours: JsonValue = None
    attributes: dict[str, JsonValue] | None = None


class PartyRegistered(Fields):
    """A party enters, or changes."""

    type: Literal["party.registered"]
    party: Party


class _Link(Fields):
    relation: Relation
    parent: Id
    child: Id

    @model_validator(mode="after")
    def _two_parties(self) -> Self:
        if self.parent == self.child:
            raise fault("child", f"expected another party than the parent; none {self.relation.lower()} itself")
        return self


class ChannelLinked(_Link):
    """The parent supplies, employs or serves the child from now on."""

    type: Literal["channel.linked"]


class ChannelUnlinked(_Link):
    """The relation ends."""

    type: Literal["channel.unlinked"]


class _Territory(Fields):
    party: Id
    regions: Regions
    skus: Annotated[list[Id], Field(max_length=1_000)] | None = None


class TerritoryAssigned(_Territory):
    """A party may sell in these regions; without SKUs, everything."""

    type: Literal["territory.assigned"]


class TerritoryReleased(_Territory):
    """These territories end; without SKUs, all of those regions."""

    type: Literal["territory.released"]


class Product(Fields):
    """What a brand sells, by SKU."""

    sku: Id
    name: Name
    brand: Id
    category: Name | None = None
    gtin: Annotated[str, Field(pattern=r"^\d{8}(\d{4,6})?$")] | None = None
    units_per_carton: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    shelf_life_days: Annotated[int, Field(ge=0, le=100_000)] | None = None
    price_fen: Fen | None = None
    attributes: dict[str, JsonValue] | None = None


class ProductListed(Fields):
    """A product enters the range, or changes."""

    type: Literal["product.listed"]
    product: Product


class Campaign(Fields):
    """A promotion of a brand."""

    id: Id
    name: Name
    brand: Id
    from_: Annotated[Instant, Field(alias="from")]
    to: Instant | None = None
    skus: list[Id] | None = None
    batches: list[Id] | None = None
    channels: list[Id] | None = None
    regions: list[Region] | None = None
    variant: Name | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.to is not None and self.to <= self.from_:
            raise fault("to", "expected a time after `from`")
        return self


class CampaignLaunched(Fields):
    """A campaign begins."""

    type: Literal["campaign.launched"]
    campaign: Campaign


class GoodsCommissioned(Fields):
    """Codes come to exist, and `holder` owns them."""

    type: Literal["goods.commissioned"]
    sku: Id
    batch: Id
    level: Level
    codes: Codes | None = None
    range: CodeRange | None = None
    produced_on: Date | None = None
    expires_on: Date | None = None
    holder: Id

    @model_validator(mode="after")
    def _codes_or_range(self) -> Self:
        if (self.codes is None) == (self.range is None):
            raise fault("codes", "expected either codes or range")
        return self


class Alias(Fields):
    """Another code of an item, and where on it it stands."""

    code: Code
    role: Name


class CodeAliased(Fields):
    """Several codes are one item."""

    type: Literal["code.aliased"]
    code: Code
    aliases: Annotated[list[Alias], Field(min_length=1, max_length=100)]

    @property
    def codes(self) -> list[str]:
        """All codes that are said to be one item."""
        return [self.code, *(alias.code for alias in self.aliases)]


class _Packing(Fields):
    parent: Code
    children: Codes

    @model_validator(mode="after")
    def _not_itself(self) -> Self:
        if self.parent in self.children:
            raise fault("children", "expected other codes than the parent; a container can't hold itself")
        return self


class GoodsPacked(_Packing):
    """The children are inside the parent from now on."""

    type: Literal["goods.packed"]


class GoodsUnpacked(_Packing):
    """The children leave the parent."""

    type: Literal["goods.unpacked"]


class GoodsShipped(Fields):
    """On the way; the owner stays."""

    type: Literal["goods.shipped"]
    codes: Codes
    from_: Annotated[Id, Field(alias="from")]
    to: Id
    salesperson: Id | None = None


class GoodsReceived(Fields):
    """`party` confirms that it owns the goods."""

    type: Literal["goods.received"]
    codes: Codes
    party: Id


class _HandOver(Fields):
    codes: Codes
    from_: Annotated[Id, Field(alias="from")]
    to: Id


class GoodsTransferred(_HandOver):
    """`to` owns the goods."""

    type: Literal["goods.transferred"]


class GoodsReturned(_HandOver):
    """`to` owns the goods again."""

    type: Literal["goods.returned"]


class GoodsDestroyed(Fields):
    """Nobody owns the goods any more."""

    type: Literal["goods.destroyed"]
    codes: Codes
    reason: Text | None = None


class GoodsSold(Fields):
    """Sold at the till of a store."""

    type: Literal["goods.sold"]
    codes: Codes
    store: Id
    order: Id | None = None
    member: Member | None = None


class GoodsScanned(Fields):
    """A consumer's scan."""

    type: Literal["goods.scanned"]
    code: Code
    member: Member | None = None
    promo_code: Id | None = None
    position: Position | None = None
    region: Region | None = None
    channel: Id | None = None
    device: Id | None = None
    campaign: Id | None = None
    order: Id | None = None


class MemberIdentified(Fields):
    """Identifiers seen together, so one person."""

    type: Literal["member.identified"]
    identifiers: Annotated[Identifiers, Field(min_length=1)]


class MemberRegistered(Fields):
    """A consumer joins; `consent` names the purposes that they agree to."""

    type: Literal["member.registered"]
    identifiers: Annotated[Identifiers, Field(min_length=1)]
    store: Id | None = None
    clerk: Id | None = None
    promo_code: Id | None = None
    channel: Id | None = None
    order: Id | None = None
    consent: Purposes


class StoreChosen(Fields):
    """The member's own choice of a store."""

    type: Literal["store.chosen"]
    member: Member
    store: Id


class _Consent(Fields):
    member: Member
    purposes: Annotated[Purposes, Field(min_length=1)]


class MemberConsented(_Consent):
    """The member agrees to these purposes."""

    type: Literal["member.consented"]


class MemberWithdrew(_Consent):
    """The member agrees to these purposes no longer."""

    type: Literal["member.withdrew"]


class IdentityPolicySet(Fields):
    """How identifiers become members, for the whole log."""

    type: Literal["identity.policy"]
    policy: IdentityPolicy


class _OperatorWord(Fields):
    a: Identifier
    b: Identifier
    reason: Annotated[str, Field(min_length=1, max_length=4_096)]

    @model_validator(mode="after")
    def _two_identifiers(self) -> Self:
        if (self.a.type, self.a.app, self.a.value.strip()) == (self.b.type, self.b.app, self.b.value.strip()):
            raise fault("b", "expected another identifier than a")
        return self


class MemberLinked(_OperatorWord):
    """An operator says that two identifiers are one person."""

    type: Literal["member.linked"]


class MemberUnlinked(_OperatorWord):
    """An operator keeps two identifiers apart for ever."""

    type: Literal["member.unlinked"]


class MemberReleased(_OperatorWord):
    """The evidence for two identifiers up to now is forgotten: a phone number went to someone else."""

    type: Literal["member.released"]


class MemberInvited(Fields):
    """A member brings in another."""

    type: Literal["member.invited"]
    inviter: Member
    invitee: Member
    campaign: Id | None = None


class MemberLeft(Fields):
    """The member leaves, and is to be forgotten."""

    type: Literal["member.left"]
    member: Member


class Pet(Fields):
    """An animal of a member."""

    id: Id
    species: Name
    breed: Name | None = None
    born_on: Date | None = None
    name: Name | None = None


class PetRegistered(Fields):
    """A pet enters, or changes."""

    type: Literal["pet.registered"]
    member: Member
    pet: Pet


class CareRecorded(Fields):
    """What a store did for a pet."""

    type: Literal["care.recorded"]
    pet: Id
    store: Id
    clerk: Id | None = None
    service: Name
    note: Text | None = None


class _Appointment(Fields):
    appointment: Id
    member: Member
    store: Id
    service: Name
    starts_at: Instant


class AppointmentBooked(_Appointment):
    """A member is expected at a store."""

    type: Literal["appointment.booked"]


class AppointmentCancelled(_Appointment):
    """A member is not expected any more."""

    type: Literal["appointment.cancelled"]


class PointsAdjusted(Fields):
    """Points given or taken by hand."""

    type: Literal["points.adjusted"]
    member: Member
    points: PointsChange
    reason: Annotated[str, Field(min_length=1, max_length=4_096)]


class RulePublished(Fields):
    """A rule, or a new version of one."""

    type: Literal["rule.published"]
    rule: Rule


class RuleWithdrawn(Fields):
    """A rule ends."""

    type: Literal["rule.withdrawn"]
    rule: Id


class HoldReviewed(Fields):
    """A person looked at what is held: it is paid, or it is not."""

    type: Literal["hold.reviewed"]
    rebate: Id
    decision: Literal["RELEASE", "VOID"]
    reason: Annotated[str, Field(min_length=1, max_length=4_096)]


class StatementSettled(Fields):
    """A payee was paid what its statement of a period says, or a part of it."""

    type: Literal["statement.settled"]
    payee: Id
    period: Month
    paid_fen: Fen


class EventVoided(Fields):
    """Everything is as if the voided event had not happened."""

    type: Literal["event.voided"]
    voids: Id
    reason: Annotated[str, Field(min_length=1, max_length=4_096)]


class ClockAdvanced(Fields):
    """Everything due up to `through` is due now."""

    type: Literal["clock.advanced"]
    through: Instant


class PeriodClosed(Fields):
    """The statements of a month, and of the months before it, are frozen as they are now."""

    type: Literal["period.closed"]
    period: Month


Event = Annotated[
    PartyRegistered
    | ChannelLinked
    | ChannelUnlinked
    | TerritoryAssigned
    | TerritoryReleased
    | ProductListed
    | CampaignLaunched
    | GoodsCommissioned
    | CodeAliased
    | GoodsPacked
    | GoodsUnpacked
    | GoodsShipped
    | GoodsReceived
    | GoodsTransferred
    | GoodsReturned
    | GoodsDestroyed
    | GoodsSold
    | GoodsScanned
    | MemberIdentified
    | MemberRegistered
    | StoreChosen
    | MemberConsented
    | MemberWithdrew
    | IdentityPolicySet
    | MemberLinked
    | MemberUnlinked
    | MemberReleased
    | MemberInvited
    | MemberLeft
    | PetRegistered
    | CareRecorded
    | AppointmentBooked
    | AppointmentCancelled
    | PointsAdjusted
    | VoucherIssued
    | VoucherRedeemed
    | OrderPlaced
    | OrderRefunded
    | TouchRecorded
    | RulePublished
    | RuleWithdrawn
    | HoldReviewed
    | StatementSettled
    | EventVoided
    | ClockAdvanced
    | PeriodClosed,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)

EVENT_TYPES: frozenset[str] = frozenset(
    get_args(model.model_fields["type"].annotation)[0] for model in get_args(get_args(Event)[0])
)
