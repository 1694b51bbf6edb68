"""`graph-service member leave` and `export`: erasure with dry run and certificate, and all that is held."""

import uuid
from typing import Any

from graph_service.api.viewer import Role, Viewer
from graph_service.commands.member import meant_by, shown
from graph_service.errors import ServiceError
from graph_service.insight.held import held_about
from graph_service.members.departure import Booked, Certificate, Departure, certificate_of, departure_of
from graph_service.members.identifiers import IdentifierKeys
from graph_service.members.people import people
from graph_service.members.unmasking import unmask
from graph_service.moments import now, rfc3339
from graph_service.service import Service


async def leave(service: Service, named: str, *, dry_run: bool) -> dict[str, Any]:
    """Erases a member, or tells what that would erase.

    Args:
        service: the service.
        named: the id of the member or of one of its identifiers, or an identifier as TYPE:value.
        dry_run: whether to change nothing.

    Returns:
        what would go, or what went, as a JSON value; identifiers are masked.

    Raises:
        ServiceError: `UNKNOWN_MEMBER`.
    """
    keys = service.keys
    identifier = await service.graph.read(lambda transaction: meant_by(transaction, keys, named))
    found = await service.graph.read(lambda transaction: departure_of(transaction, identifier, keys))
    if found is None:
        raise _unknown()
    if dry_run:
        return {"dryRun": True, **_going(found, keys)}
    event = {
        "id": f"member-left-{uuid.uuid4().hex}",
        "type": "member.left",
        "at": rfc3339(now()),
        "source": "graph-service member leave",
        "member": {"id": identifier},
    }
    report = await service.recorder.record([event], as_admin=True)
    for rejection in report.rejected:
        raise ServiceError(rejection.code, rejection.message)
    certificate = await service.graph.read(lambda transaction: certificate_of(transaction, str(event["id"])))
    if certificate is None:
        raise AssertionError("a leaving that was just recorded is in the log")
    return _certified(certificate, found)


async def export_data(service: Service, named: str, reason: str) -> dict[str, Any]:
    """Everything that is held about a member, unmasked and audited.

    Args:
        service: the service.
        named: the id of the member or of one of its identifiers, or an identifier as TYPE:value.
        reason: why; it is kept.

    Raises:
        ServiceError: `UNKNOWN_MEMBER`, or `INVALID_QUERY` for no reason or too long a one.
    """
    graph, keys = service.graph, service.keys
    identifier = await graph.read(lambda transaction: meant_by(transaction, keys, named))
    found = await graph.read(lambda transaction: people(transaction, [identifier]))
    if identifier not in found:
        raise _unknown()
    asked = [(one, reason) for one in found[identifier].ids]
    plain = await unmask(graph, keys, Viewer(Role.ADMIN, "graph-service member export"), asked)
    held = await held_about(graph, keys, identifier, plain)
    if held is None:
        raise _unknown()
    return held


def _unknown() -> ServiceError:
    return ServiceError(
        "UNKNOWN_MEMBER",
        "Nobody goes by this id or identifier.",
        remedy="Look at the id; who left already is not known any more.",
    )


def _going(found: Departure, keys: IdentifierKeys) -> dict[str, Any]:
    return {
        "identifiers": [shown(one, keys) for one in found.identifiers],
        "refusedPairs": found.refused_pairs,
        "events": found.events,
        "kept": _booked(found.booked),
    }


def _certified(certificate: Certificate, before: Departure) -> dict[str, Any]:
    return {
        "certificate": certificate.event,
        "erasedUpTo": rfc3339(certificate.at),
        "recordedAt": rfc3339(certificate.recorded_at),
        "pseudonym": certificate.pseudonym,
        "identifiers": dict(certificate.identifiers),
        "refusedPairs": before.refused_pairs,
        "events": certificate.events,
        "kept": _booked(certificate.booked),
        "keptBefore": _booked(before.booked),
    }


def _booked(booked: Booked) -> dict[str, int]:
    return {"entries": booked.entries, "amountFen": booked.amount_fen, "points": booked.points}
