"""`GET /v1/export`: a part of the graph as one file, for analysts without access to the home."""

import asyncio
import io
import tempfile
import zipfile
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from graph_service.api.errors import Forbidden
from graph_service.api.viewer import Role, Viewer
from graph_service.errors import ServiceError
from graph_service.explore.elements import Part
from graph_service.explore.export import Selection, part_of, selection_of
from graph_service.explore.files import ExportFiles, Form
from graph_service.graph.driver import Graph
from graph_service.graph.tokens import bookmarks_of

ANSWER_SECONDS = 120
ROLES = frozenset({Role.ANALYST, Role.JOB, Role.ADMIN})

_MEDIA_TYPES = {Form.GRAPHML: "application/graphml+xml", Form.GEXF: "application/gexf+xml"}
_ZIP = "application/zip"
_SINGLE = ("format", "centre", "hops", "from", "to")
_REPEATED = "relation"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# An export holds its part in memory, so that one is made at a time.
_turn = asyncio.Semaphore(1)


async def answer_export(request: Request, graph: Graph) -> Response:
    """Answers with a document, or with the two tables in a zip."""
    viewer: Viewer = request.state.viewer
    if viewer.role not in ROLES:
        raise Forbidden(f"The role {viewer.role.value} may not export the graph.")
    form, selection = _asked(request.query_params)
    token = request.headers.get("x-consistency-token")
    bookmarks = None if token is None else bookmarks_of(token)
    async with asyncio.timeout(ANSWER_SECONDS), _turn:
        part = await part_of(graph, selection, bookmarks)
        body = await asyncio.to_thread(_written, part, form)
    name = f"graph.{form}" if form in _MEDIA_TYPES else f"graph-{form}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=_MEDIA_TYPES.get(form, _ZIP), headers=headers)


def _asked(parameters: QueryParams) -> tuple[Form, Selection]:
    for name in parameters:
        if name not in {*_SINGLE, _REPEATED}:
            raise _invalid(name, f"The parameters are {', '.join((*_SINGLE, _REPEATED))}.")
    for name in _SINGLE:
        if len(parameters.getlist(name)) > 1:
            raise _invalid(name, "Give it once.")
    form, hops, centre = (parameters.get(name) for name in ("format", "hops", "centre"))
    if form not in set(Form):
        raise _invalid("format", f"It is one of {', '.join(Form)}.")
    if hops is not None and (not (hops.isascii() and hops.isdigit()) or len(hops) > 9):
        raise _invalid("hops", "It is a whole number.")
    if hops is not None and centre is None:
        raise _invalid("hops", "There are hops only from a centre.")
    reach = None if hops is None else int(hops)
    selection = selection_of(centre, reach, parameters.get("from"), parameters.get("to"), parameters.getlist(_REPEATED))
    return Form(form), selection


def _invalid(name: str, expected: str) -> ServiceError:
    return ServiceError("INVALID_PARAMETER", "A parameter of the address is wrong.", remedy=expected, path=name)


def _written(part: Part, form: Form) -> bytes:
    with tempfile.TemporaryDirectory(prefix="graph-service-") as folder:
        with ExportFiles(form, Path(folder) / "graph") as files:
            files.add(nodes=list(part.sorted_nodes()), edges=list(part.sorted_edges()))
        if form in _MEDIA_TYPES:
            return files.paths[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path in files.paths:
                # Without the time of day, so that the same graph is the same bytes.
                about = zipfile.ZipInfo(path.name, _ZIP_EPOCH)
                about.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(about, path.read_bytes())
        return packed.getvalue()
