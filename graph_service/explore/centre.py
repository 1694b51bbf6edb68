"""The node that somebody means: by a party id, a code, a member id, or the id of a node with its sort in front."""

from graph_service.channel.questions import storable
from graph_service.errors import ServiceError
from graph_service.explore.elements import IDENTIFIER, ITEM, MEMBER, PARTY, SORTS, NodeId
from graph_service.explore.happenings import item_id
from graph_service.goods.read import find_codes
from graph_service.graph.driver import Transaction


async def find_centre(transaction: Transaction, text: str) -> NodeId:
    """The node meant.

    The text is not repeated in errors: it may be somebody's telephone number.

    Raises:
        ServiceError: `UNKNOWN_CENTRE`, or `AMBIGUOUS_CENTRE` where it may mean several nodes.
    """
    found = await _candidates(transaction, text) if storable(text) else set()
    if not found:
        raise ServiceError(
            "UNKNOWN_CENTRE",
            "The graph has no such party, code or member.",
            remedy="Name a party's id, a code, or the id of a member or of one of its identifiers (M…).",
            path="centre",
        )
    if len(found) > 1:
        raise ServiceError(
            "AMBIGUOUS_CENTRE",
            f"The centre may be meant as {' or '.join(sorted(node.sort for node in found))}.",
            remedy=f"Write its sort in front, as in {min(found).sort}:ID.",
            path="centre",
        )
    return found.pop()


async def _candidates(transaction: Transaction, text: str) -> set[NodeId]:
    sort, colon, ref = text.partition(":")
    # A code may hold a colon, too, so that both readings are tried.
    readings = {(each, text) for each in (PARTY, ITEM, MEMBER)}
    if colon and sort in SORTS and ref:
        readings.add((sort, ref))
    return {node for each, name in readings if (node := await _find(transaction, each, name)) is not None}


async def _find(transaction: Transaction, sort: str, ref: str) -> NodeId | None:
    match sort:
        case "party":
            return NodeId(PARTY, ref) if await transaction.rows_of("explore/parties", [ref]) else None
        case "item":
            found = await find_codes(transaction, [ref])
            return item_id(found[ref].item) if found else None
        case _:
            rows = await transaction.rows_of("explore/identifiers", [ref])
            if not rows:
                return None
            member = rows[0]["member"]
            # Any identifier of a member stands for the member.
            return NodeId(IDENTIFIER, ref) if sort == IDENTIFIER or member is None else NodeId(MEMBER, member)
