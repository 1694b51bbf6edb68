"""One size: the three sides one after another, each with the machine to itself, and a look whether they agree."""

from pathlib import Path

from neo4j import Driver

from benchmarks import bare_side, postgres_side, service_side
from benchmarks.bare import counts, driving, owners_of, session_of
from benchmarks.copying import Copy
from benchmarks.owners import Owned
from benchmarks.plan import Plan
from benchmarks.serving import Served, serving


def measure(plan: Plan, *, with_postgres: bool) -> None:
    """Measures one size."""
    told, copy, expected = _service(plan)
    service_side.clean(plan.folder / "home")
    if plan.only & {"load", "scan"}:
        bare_side.write_all(copy, plan.folder / "bare-home", plan, expected)
        service_side.clean(plan.folder / "bare-home")
    service_side.clean(plan.folder / "copy")
    if with_postgres:
        _require_equal("PostgreSQL", told, postgres_side.measure(plan, plan.folder / "postgres"))
    service_side.clean(plan.folder / "postgres")


def _service(plan: Plan) -> tuple[list[Owned], Copy, dict[str, int]]:
    """The service, and the bare driver's questions on its graph."""
    copy = Copy(plan.folder / "copy")
    copies = bool(plan.only & {"load", "scan"})
    home = plan.folder / "home"
    log = plan.folder / "serve.log"
    with serving(home, log=log) as served:
        plan.say("the service loads")
        service_side.load(plan, served)
    # What was loaded is in the files when the server has stopped.
    if "load" in plan.only:
        service_side.store(plan, home)
    with serving(home, log=log) as served, driving(home) as driver:
        if copies:
            bare_side.copy_goods(copy, driver, plan)
        if "bulk" in plan.only:
            _bulk(plan, served, driver, "bulk")
        plan.say("the service records scans")
        service_side.sustain(plan, served)
        if copies:
            bare_side.copy_scans(copy, driver, "scans", plan.scans)
        with session_of(driver) as session:
            expected = counts(session)
        plan.say("questions")
        told = service_side.single(plan, served)
        _require_equal("the bare driver", told, bare_side.single(plan, driver))
        if "bulk" in plan.only:
            _bulk(plan, served, driver, "scanned bulk")
        if "chain" in plan.only:
            service_side.chain(plan, served)
            bare_side.chain(plan, driver)
        if "scan" in plan.only:
            plan.say("scans while goods are loaded")
            pallets = service_side.scan(plan, served)
            bare_side.copy_spare(copy, driver, plan, pallets)
    return told, copy, expected


def _bulk(plan: Plan, served: Served, driver: Driver, measure: str) -> None:
    """Asks about very many codes, as `bulk` before consumers scanned any of the goods, as `scanned bulk` after."""
    service_side.bulk(plan, served, measure)
    bare_side.bulk(plan, driver, measure)
    in_bulk = service_side.bulk_told(plan)
    asked = plan.goods.questions(plan.asked, in_sequence=True)[: len(in_bulk)]
    with session_of(driver) as session:
        _require_equal(measure, owners_of(session, asked), [owned for _, owned in in_bulk])


def _require_equal(side: str, told: list[Owned], others: list[Owned]) -> None:
    """Refuses figures of sides that answer differently."""
    for one, other in zip(told, others, strict=True):
        if one != other:
            raise RuntimeError(f"{side} answers {other} where {one} is right")


def folder_for(below: Path, units: int) -> Path:
    """A folder of a size."""
    folder = below / f"{units}"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    return folder
