"""The command line: what can be asked for, and how it ends (`contract/cli.md`).

Exit codes: 0 well; 1 an error that is said in a line or two; 2 wrong use; 3 events were rejected; 4 the graph differs
from what the log says; 130 stopped by Ctrl-C.
"""

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graph_service.api.viewer import Role
from graph_service.commands.failures import explained
from graph_service.commands.running import end_on_signals, settings_of, with_graph, with_service, with_usable_graph
from graph_service.progress import say

if TYPE_CHECKING:
    from graph_service.attribution.paths import Trail
    from graph_service.graph.driver import Graph
    from graph_service.service import Service

SOME_REJECTED = 3
DIFFERENT = 4
INTERRUPTED = 130
_SHOWN_DIFFERENCES = 50
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

app = typer.Typer(
    help="Who owned this item when it was scanned, who is paid for it, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

member = typer.Typer(help="Ask about members, export or erase them.", no_args_is_help=True)
app.add_typer(member, name="member")

keys = typer.Typer(help="Change keys.", no_args_is_help=True)
app.add_typer(keys, name="keys")

rebates_app = typer.Typer(help="Decide what is due, settle months, verify the journal.", no_args_is_help=True)
app.add_typer(rebates_app, name="rebates")

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Data, keys and the embedded server; $GRAPH_SERVICE_HOME, else the platform's user data folder.",
    ),
]
Port = Annotated[int, typer.Option(metavar="PORT", min=0, max=65_535, help="0: any free one.")]


class Form(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class KeyKind(StrEnum):
    """Which key is changed."""

    IDENTIFIERS = "identifiers"
    TOKENS = "tokens"


class InfoForm(StrEnum):
    """How `info` is printed."""

    TEXT = "text"
    JSON = "json"


class GraphForm(StrEnum):
    """How `export` writes a graph."""

    GRAPHML = "graphml"
    GEXF = "gexf"
    CSV = "csv"
    PARQUET = "parquet"


def main() -> None:
    """The console script."""
    end_on_signals()
    for stream in (sys.stdout, sys.stderr):
        # Names are Chinese, and a terminal that can't show them is no reason to fail.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    with explained():
        app()


@app.command()
def demo(
    home: Home = None,
    port: Port = 8000,
    once: Annotated[bool, typer.Option("--once", help="Stop after showing.")] = False,
) -> None:
    """Load the demonstration network, run the main job, show it, serve it."""
    from graph_service.commands.demo import demonstrate  # noqa: PLC0415
    from graph_service.commands.serve import listen, serve  # noqa: PLC0415

    listener = None if once else listen("127.0.0.1", port)

    async def work(service: "Service") -> None:
        await demonstrate(service)
        if listener is not None:
            await serve(service, listener, lambda address: _announce(address, service))

    with_service(home, work)


@app.command("serve")
def serve_(
    home: Home = None,
    host: Annotated[str, typer.Option(metavar="HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Serve GraphQL and HTTP until Ctrl-C or SIGTERM."""
    from graph_service.commands.serve import listen, serve  # noqa: PLC0415

    listener = listen(host, port)
    with_service(
        home, lambda service: serve(service, listener, lambda address: say(f"Serving {address}/graphql; Ctrl-C stops."))
    )


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help=".ndjson .json .csv .parquet, each also .gz")],
    home: Home = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the intake report there.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier run on the file stopped.")] = False,
) -> None:
    """Record the events of files; print the intake report as JSON. Exit 3: some were rejected."""
    from graph_service.commands.ingest import ingest as ingest_files  # noqa: PLC0415
    from graph_service.commands.ingest import require_readable, require_writable, write_report  # noqa: PLC0415

    require_readable(files)
    require_writable(report)
    made, ended = with_service(home, lambda service: ingest_files(service, files, resume=resume), bulk=True)
    write_report(made, report)
    if ended is not None:
        raise ended
    if made["rejected"]:
        raise typer.Exit(SOME_REJECTED)


@app.command()
def owners(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="code, at: .csv .ndjson .parquet, each also .gz")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the answers go: .csv or .parquet")],
    home: Home = None,
) -> None:
    """Tell who owned the codes of a file, each at a time or now."""
    from graph_service.commands.owners import owners as answer_file  # noqa: PLC0415
    from graph_service.commands.owners import require_files  # noqa: PLC0415

    require_files(file, out)
    count = with_usable_graph(home, lambda graph: answer_file(graph, file, out))
    say(f"{count:,} codes answered in {out}")


@app.command()
def attribution(
    model: Annotated[str, typer.Option(help="FIRST_TOUCH LAST_TOUCH LINEAR POSITION_BASED MARKOV SHAPLEY")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where channel, conversions, value go, as CSV.")],
    paths: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV: path (a > b > c), conversions, value, nulls; else those of the graph."),
    ] = None,
    home: Home = None,
    order: Annotated[int, typer.Option(min=1, max=3, help="MARKOV: how many channels a state remembers.")] = 1,
    matrix: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the transition matrix there: from, to, probability.")
    ] = None,
    journeys: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the paths there, as --paths.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="The graph's orders from then on.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="The graph's orders before then.")] = None,
) -> None:
    """Credit the conversions of paths, of a file or of the graph, to their channels."""
    from graph_service.attribution.paths import read_paths  # noqa: PLC0415
    from graph_service.commands.attribution import graph_paths, model_of, write_credits  # noqa: PLC0415

    chosen = model_of(model)
    if paths is not None and (since or until):
        raise typer.BadParameter("the paths of a file have no times", param_hint="--from, --to")

    def of_the_graph() -> "list[Trail]":
        from graph_service.explore.times import window_of  # noqa: PLC0415

        window = window_of(since, until)
        return with_graph(home, lambda graph, _: graph_paths(graph, window))

    count = write_credits(
        of_the_graph if paths is None else lambda: read_paths(paths),
        *(chosen, order),
        out=out,
        matrix=matrix,
        journeys=journeys,
    )
    say(f"{count:,} channels credited in {out}")


@app.command()
def rederive(
    home: Home = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 4 where the graph differs.")] = False,
) -> None:
    """Derive everything anew from the log."""
    from graph_service.rederive import rederive as derive_anew  # noqa: PLC0415

    differences = with_service(home, lambda service: derive_anew(service.graph, service.keys, check=check, say=say))
    for difference in differences[:_SHOWN_DIFFERENCES]:
        print(difference)
    print(f"{len(differences):,} {'difference' if len(differences) == 1 else 'differences'}")
    if check and differences:
        raise typer.Exit(DIFFERENT)


@rebates_app.command("run")
def rebates_run(
    home: Home = None,
    through: Annotated[str | None, typer.Option(metavar="TIME", help="Until when; RFC 3339, now by default.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="All decisions until then: .csv or .parquet")] = None,
) -> None:
    """Decide everything due up to a time: suspense windows, periods. Safe to repeat."""
    from graph_service.commands.rebates import as_text, run  # noqa: PLC0415
    from graph_service.sheets import require_suffix  # noqa: PLC0415

    until = None if through is None else _time(through, "--through")
    if out is not None:
        require_suffix(out)
    print(as_text(with_service(home, lambda service: run(service, until, out))))


@rebates_app.command("settle")
def rebates_settle(
    period: Annotated[str, typer.Option(metavar="MONTH", help="As 2026-10; the months before it are closed, too.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where statements-MONTH.csv and .parquet go.")],
    home: Home = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Write lines-MONTH.parquet, too: what each decision moves.")
    ] = False,
) -> None:
    """Freeze the statements of a month, and write them. Safe to repeat."""
    from graph_service.commands.rebates import amounts, as_text, settle, settlement_files  # noqa: PLC0415
    from graph_service.rebates.periods import is_month  # noqa: PLC0415

    if not is_month(period):
        raise typer.BadParameter("expected a month, as 2026-10", param_hint="--period")
    files = settlement_files(period, out)
    of_lines = out / f"lines-{period}.parquet" if lines else None
    total, told = with_service(home, lambda service: settle(service, period, files, of_lines))
    written = [str(file) for file in (*files, of_lines) if file is not None]
    print(as_text({"period": period, **told, **amounts(total), "files": written}))


@rebates_app.command("verify")
def rebates_verify(home: Home = None) -> None:
    """Look through the journal: its chain, its sums, and that it says what the decisions say. Exit 4: it does not."""
    from graph_service.commands.rebates import as_text, verify  # noqa: PLC0415

    found = with_service(home, verify)
    for fault in found.faults[:_SHOWN_DIFFERENCES]:
        print(fault)
    if len(found.faults) > _SHOWN_DIFFERENCES:
        print(f"… and {len(found.faults) - _SHOWN_DIFFERENCES:,} more")
    print(as_text(found.told()))
    if found.faults:
        raise typer.Exit(DIFFERENT)


@member.command("why")
def member_why(
    a: Annotated[str, typer.Argument(metavar="A", help="TYPE:value or TYPE:app/value")],
    b: Annotated[str, typer.Argument(metavar="B", help="TYPE:value or TYPE:app/value")],
    home: Home = None,
) -> None:
    """Say why two identifiers are one person, or why they are not."""
    from graph_service.commands.member import parsed, why_lines  # noqa: PLC0415

    readings = parsed(a), parsed(b)
    for line in with_service(home, lambda service: why_lines(service, *readings)):
        print(line)


@member.command("leave")
def member_leave(
    named: Annotated[str, typer.Argument(metavar="ID", help="Of the member or an identifier; or TYPE:value")],
    home: Home = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
) -> None:
    """Erase a member; print the certificate as JSON, or with --dry-run what would go."""
    import json  # noqa: PLC0415

    from graph_service.commands.member_data import leave  # noqa: PLC0415

    told = with_service(home, lambda service: leave(service, named, dry_run=dry_run))
    print(json.dumps(told, ensure_ascii=False, indent=2))


@member.command("export")
def member_export(
    named: Annotated[str, typer.Argument(metavar="ID", help="Of the member or an identifier; or TYPE:value")],
    home: Home = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")] = "export for the member",
) -> None:
    """Print everything that is held about a member as JSON, unmasked; that it was seen is kept."""
    import json  # noqa: PLC0415

    from graph_service.commands.member_data import export_data  # noqa: PLC0415

    told = with_service(home, lambda service: export_data(service, named, reason))
    print(json.dumps(told, ensure_ascii=False, indent=2))


@keys.command("rotate")
def keys_rotate(
    home: Home = None,
    only: Annotated[KeyKind | None, typer.Option("--only", help="One of the two; both by default.")] = None,
) -> None:
    """Change the key of the identifiers, and the key that signs tokens. A running `serve` must be started again."""
    from graph_service.commands.keys import rotate_identifiers, rotate_token_key  # noqa: PLC0415

    settings = settings_of(home)
    if only is not KeyKind.TOKENS:
        count = with_graph(home, lambda graph, _: rotate_identifiers(settings, graph, say))
        print(f"identifiers: {count:,} values and events are sealed under a new key")
    if only is not KeyKind.IDENTIFIERS:
        print(f"tokens: {rotate_token_key(settings)} is new; tokens that were signed before are refused")


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="What the bearer may do.")],
    home: Home = None,
    subject: Annotated[str | None, typer.Option(metavar="ID", help="The party or member that the bearer is.")] = None,
    brand: Annotated[str | None, typer.Option(metavar="ID", help="The brand that the bearer belongs to.")] = None,
    ttl: Annotated[str, typer.Option(metavar="TIME", help="How long it is valid: 90s, 30m, 8h, 7d.")] = "8h",
) -> None:
    """Print a bearer token."""
    from graph_service.api.tokens import issue_token  # noqa: PLC0415

    spelt = re.fullmatch(r"([1-9]\d{0,6})([smhd])", ttl, re.ASCII)
    if spelt is None:
        raise typer.BadParameter("expected a number and s, m, h or d, as in 8h", param_hint="--ttl")
    seconds = int(spelt[1]) * _SECONDS[spelt[2]]
    print(issue_token(settings_of(home).token_secret(), role, subject, brand, seconds))


@app.command()
def cypher(
    statement: Annotated[str, typer.Argument(metavar="'MATCH …'")],
    home: Home = None,
    form: Annotated[Form, typer.Option("--format", help="How to print the rows.")] = Form.TABLE,
) -> None:
    """Ask the graph in Cypher, read only."""
    from graph_service.commands.cypher import read_only  # noqa: PLC0415
    from graph_service.commands.tables import print_rows  # noqa: PLC0415

    columns, rows = with_graph(home, lambda graph, _: read_only(graph, statement))
    print_rows(columns, rows, form.value)


@app.command("export")
def export_(
    form: Annotated[GraphForm, typer.Option("--format", help="One document, or two tables in a folder.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help="The document; of csv and parquet the folder.")],
    home: Home = None,
    centre: Annotated[str | None, typer.Option(metavar="ID", help="A party, code or member; else all.")] = None,
    hops: Annotated[int | None, typer.Option(metavar="N", help="How far from the centre; 1 by default.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Relations from then on.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Relations before then.")] = None,
    relation: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Only these; may be repeated.")] = None,
) -> None:
    """Write the graph, or the neighbourhood of a centre, for networkx, Gephi, pandas and the like."""
    from graph_service.commands.export import export  # noqa: PLC0415
    from graph_service.explore.export import selection_of  # noqa: PLC0415
    from graph_service.explore.files import ExportFiles, Form  # noqa: PLC0415

    if hops is not None and centre is None:
        raise typer.BadParameter("there are hops only from a centre", param_hint="--hops")
    selection = selection_of(centre, hops, since, until, relation)
    with ExportFiles(Form(form.value), out) as files:
        nodes, relations = with_graph(home, lambda graph, _: export(graph, selection, files))
    print(f"{nodes:,} nodes, {relations:,} relations: {', '.join(str(path) for path in files.paths)}")


@app.command()
def migrate(home: Home = None) -> None:
    """Bring the graph to this version of the service."""
    from graph_service.graph.migrations import migrate as apply  # noqa: PLC0415

    applied = with_graph(home, lambda graph, _: apply(graph, say))
    for migration in applied:
        print(f"applied {migration.title}")
    if not applied:
        print("nothing to apply")


@app.command()
def check(home: Home = None) -> None:
    """Look at server, migrations, indexes and statements. Exit 1: something is wrong."""
    from graph_service.commands.check import findings  # noqa: PLC0415
    from graph_service.graph.embedded import Connection  # noqa: PLC0415

    async def work(graph: "Graph", connection: Connection) -> bool:
        well = True
        async for finding in findings(graph, connection.uri):
            print(f"{'ok' if finding.is_well else 'WRONG':<7}{finding.text} {finding.remedy}".rstrip(), flush=True)
            well = well and finding.is_well
        return well

    if not with_graph(home, work):
        raise typer.Exit(1)


@app.command()
def info(
    home: Home = None,
    form: Annotated[InfoForm, typer.Option("--format", help="Plain lines, or JSON.")] = InfoForm.TEXT,
) -> None:
    """Say where things are and how much there is."""
    import json  # noqa: PLC0415

    from graph_service.commands.info import as_lines, gather  # noqa: PLC0415

    known = with_graph(home, lambda graph, connection: gather(graph, settings_of(home), connection))
    print(json.dumps(known, ensure_ascii=False, indent=2) if form is InfoForm.JSON else "\n".join(as_lines(known)))


def _time(text: str, option: str) -> int:
    from graph_service.moments import parse_instant  # noqa: PLC0415

    try:
        return parse_instant(text)
    except ValueError:
        raise typer.BadParameter("expected an RFC 3339 time with an offset", param_hint=option) from None


def _announce(address: str, service: "Service") -> None:
    from graph_service.api.tokens import issue_token  # noqa: PLC0415

    bearer = issue_token(service.settings.token_secret(), Role.ADMIN, None, None, 8 * _SECONDS["h"])
    print(
        f"\nServing {address}/graphql; Ctrl-C stops. For 8 hours this opens it:\nAuthorization: Bearer {bearer}",
        flush=True,
    )


if __name__ == "__main__":
    main()
