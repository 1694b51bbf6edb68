"""`graph-service member why`: why identifiers are one person, or not; identifiers are masked."""

from collections.abc import Iterator

from graph_service.errors import ServiceError
from graph_service.graph.driver import Transaction
from graph_service.members.identifiers import IdentifierKeys, PlainIdentifier, plain
from graph_service.members.people import SealedIdentifier, identifiers_by_id
from graph_service.members.why import Step, Why, why
from graph_service.moments import datetime_of
from graph_service.service import Service

_SHOWN_EVENTS = 5

_REASONS = {
    "never_seen": "One of them was never seen.",
    "blocked": "The policy blocks the value of one of them.",
    "shared_identifier": "One of them is shared: it was seen with too many people, and belongs to nobody.",
    "evicted_over_max_identifiers": "One of them was evicted from a member with too many identifiers.",
    "not_named_by_policy": "The policy does not name the type of one of them, so nothing links it.",
    "unlinked": "An operator keeps the two apart.",
    "released": "An operator released the two, and nothing was seen of them together since.",
    "two_values_of_unique_namespace": "They were seen together only by events that name two values of which a person "
    "has one.",
    "no_evidence": "Nothing leads from the one to the other.",
}


def parsed(text: str) -> list[PlainIdentifier]:
    """What `TYPE:value` or `TYPE:app/value` may mean, the likelier reading first.

    Raises:
        ServiceError: `INVALID_IDENTIFIER`, when it is neither.
    """
    kind, colon, rest = text.partition(":")
    if not (kind and colon and rest):
        raise ServiceError(
            "INVALID_IDENTIFIER",
            "Expected an identifier as TYPE:value or TYPE:app/value.",
            remedy="Write it like PHONE:13800138000 or WECHAT_OPENID:mini/oAbc.",
        )
    app, slash, value = rest.partition("/")
    with_app = [plain(kind, value, app)] if slash and app and value else []
    return [*with_app, plain(kind, rest)]


async def meant_by(transaction: Transaction, keys: IdentifierKeys, text: str) -> str:
    """The id that an operator names a member by: as it is, or of an identifier as `TYPE:value`."""
    if keys.is_id(text):
        return text
    readings = [keys.id_of(one) for one in parsed(text)]
    known = await identifiers_by_id(transaction, readings)
    return next((one for one in readings if one in known), readings[0])


async def why_lines(service: Service, a: list[PlainIdentifier], b: list[PlainIdentifier]) -> list[str]:
    """The answer as lines of text."""
    keys = service.keys

    async def work(transaction: Transaction) -> Why:
        known = await identifiers_by_id(transaction, [keys.id_of(one) for one in (*a, *b)])

        def meant(readings: list[PlainIdentifier]) -> PlainIdentifier:
            return next((one for one in readings if keys.id_of(one) in known), readings[0])

        return await why(transaction, keys, meant(a), meant(b))

    return list(_lines(await service.graph.read(work), keys))


def _lines(found: Why, keys: IdentifierKeys) -> Iterator[str]:
    if found.member is not None:
        yield f"One member, {found.member}."
        if found.by_device_alone:
            yield "Every path of evidence leads through a device between the two."
        for step in found.path:
            yield from _step(step, keys)
        return
    yield "Not one member."
    yield from (_REASONS[reason] for reason in found.reasons)
    for pair in found.refused:
        rivals = ", ".join(shown(one, keys) for one in pair.rivals)
        rule = (
            "an operator keeps apart"
            if pair.namespace is None
            else f"a member would hold too many of {pair.namespace}:"
        )
        yield f"Refused ({pair.reason}): {rule} {rivals}"
        yield from _step(pair.step, keys)
        for step in pair.winners:
            yield "  it lost to"
            yield from _step(step, keys)


def _step(step: Step, keys: IdentifierKeys) -> Iterator[str]:
    word = "linked by an operator" if step.by_operator else "seen together"
    line = f"  {shown(step.a, keys)} and {shown(step.b, keys)}: {word}"
    if step.facts:
        first, last = (datetime_of(fact.at) for fact in (step.facts[0], step.facts[-1]))
        line += f", {len(step.facts):,} event{'s' if len(step.facts) > 1 else ''}"
        line += f", {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
        line += f", latest {', '.join(fact.event for fact in step.facts[-_SHOWN_EVENTS:])}"
    if step.sources:
        line += f", by {', '.join(step.sources)}"
    yield line


def shown(one: SealedIdentifier, keys: IdentifierKeys) -> str:
    """An identifier, masked."""
    value = keys.masked(one.sealed)
    return f"{one.type}:{value}" if one.app is None else f"{one.type}:{one.app}/{value}"
