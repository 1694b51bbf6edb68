"""`python -m benchmarks`: measures the service beside the bare driver and PostgreSQL, and writes what came out."""

import argparse
import json
import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import report
from benchmarks.figures import Figures
from benchmarks.goods import Goods
from benchmarks.plan import PARTS, Plan
from benchmarks.postgres import install
from benchmarks.round import folder_for, measure

DOCS = Path(__file__).parents[1] / "docs"
SIZES = "100000,1000000,10000000"
MOST_SCANS = 320_000
_QUIET_SECONDS = 60.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--units", default=SIZES, help=f"sizes, each a multiple of 400 (default: {SIZES})")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    parser.add_argument("--scans", type=int, default=MOST_SCANS, help="at most so many, and at most every third unit")
    parser.add_argument("--asked", type=int, default=1_000_000, help="codes of a bulk question (default: 1,000,000)")
    parser.add_argument("--questions", type=int, default=2_000, help="about single codes, and scans during a load")
    parser.add_argument("--postgres", action="store_true", help="compare with PostgreSQL; apt installs a missing one")
    parser.add_argument("--out", type=Path, default=DOCS / "performance.md", help="the table; beside it .svg and .json")
    parser.add_argument("--work", type=Path, help="for homes and files while it runs (default: a temporary folder)")
    parser.add_argument("--date", default="", help="to be told in the report; by default it has none")
    options = parser.parse_args()
    unknown = set(options.only.split(",")) - set(PARTS)
    if unknown:
        parser.error(f"--only: unknown {', '.join(sorted(unknown))}")
    return options


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Measures each size, and writes the report anew after each, so that a long run leaves something early."""
    options = _arguments()
    sizes = [int(size) for size in options.units.split(",")]
    if options.postgres:
        install()
    figures = Figures()
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    about = report.About(command, options.date, with_postgres=options.postgres)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=options.work) as folder:
        Path(folder).chmod(0o755)
        _look_around(figures)
        for units in sizes:
            goods = Goods(units, min(options.scans, units // 3))
            _say(f"{units:,} units, {goods.scans:,} scans")
            below = folder_for(Path(folder), units)
            only = frozenset(options.only.split(","))
            plan = Plan(goods, only, below, figures, _say, options.asked, options.questions, options.questions)
            measure(plan, with_postgres=options.postgres)
            report.write(options.out, figures, about)
            options.out.with_suffix(".json").write_text(
                json.dumps(list(figures.as_rows()), indent=1) + "\n", encoding="utf-8"
            )
            _delete_files(below)
    print(options.out.read_text("utf-8"))


def _look_around(figures: Figures) -> None:
    """Notices when the machine is not idle: figures of a busy one say little about the service."""
    _say("looking for a minute whether the machine is idle")
    time.sleep(_QUIET_SECONDS)
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    if load > cores / 4:
        figures.remarks.append(
            f"Other work was running (load average {load:.1f} on {cores} cores when it began): rates are lower and "
            "times longer than on an idle machine, and not for all sides alike."
        )


def _delete_files(folder: Path) -> None:
    """Makes room for the next size."""
    for file in folder.iterdir():
        if file.is_file():
            file.unlink()


if __name__ == "__main__":
    main()
