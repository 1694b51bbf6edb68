"""A brand's month: scans under five rules, of which one has a daily cap and one a budget that runs out.

    python -m benchmarks.month [--scans 1000000] [--out FILE]

It loads the goods, then the scans, and measures how long the scans take until all are decided and booked, the most
memory that the loading process takes, how long `rebates run` takes when nothing is left to decide, how long a scan by
GraphQL takes on that graph, how long one late scan takes on the day on which the budget ran out, and whether counting
everything from the beginning comes to the same.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.goods import END, PALLET, Event, Goods, time_of, write_ndjson
from benchmarks.serving import Served, command, run, serving, surroundings
from benchmarks.timing import ask
from benchmarks.web import asking

SPARE = 6 * PALLET
RECORD = """mutation Scan($events: [JSON!]!) {
  recordEvents(events: $events) { accepted rebates { role amountFen status } }
}"""
SHARE_OF_BUDGET = 0.6
CAP_OF_STORE = 3_000
LIMITS = {
    "scan-store": {"caps": [{"role": "STORE", "per": "DAY", "limitFen": CAP_OF_STORE, "onExceed": "TRUNCATE"}]},
    "scan-consumer": {"onInsufficient": "REJECT_EVENT"},
}


def channel(goods: Goods) -> Iterator[Event]:
    """The channel, its rules with limits."""
    for event in goods.channel():
        if event["type"] == "rule.published":
            rule = event["rule"]
            rule |= LIMITS.get(rule["id"], {})
            if rule["id"] == "scan-consumer":
                rule["budgetFen"] = int(goods.scans * SHARE_OF_BUDGET) * rule["pay"][0]["fen"]
        yield event


def ingest(home: Path, file: Path) -> tuple[dict[str, Any], float, int]:
    """Loads a file; returns the report, the seconds, and the most memory of the process in bytes."""
    began, most = time.perf_counter(), 0
    with subprocess.Popen(command(home, "ingest", str(file)), env=surroundings(), stdout=subprocess.PIPE) as loading:
        process = psutil.Process(loading.pid)
        while loading.poll() is None:
            try:
                most = max(most, process.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(0.2)
        report, _ = loading.communicate()
    return json.loads(report), time.perf_counter() - began, most


def scans_by_graphql(served: Served, scans: Sequence[Event]) -> dict[str, float]:
    """Milliseconds of scans that happen now, each with its decisions: at one connection, then at eight."""
    newest = [{**one, "at": time_of(END + number * 1_000_000)} for number, one in enumerate(scans)]
    third = len(newest) // 3

    @contextmanager
    def opens() -> Iterator[Callable[[Event], object]]:
        with asking(served, RECORD) as record:
            yield lambda event: record({"events": [event]})

    alone = ask(opens, newest[third // 2 : third], callers=1, warm_up=newest[: third // 2])
    together = ask(opens, newest[2 * third :], callers=8, warm_up=newest[third : 2 * third])
    return {
        "scan_median_ms": round(alone.median, 1),
        "scan_p99_ms": round(alone.p99, 1),
        "scan_8_median_ms": round(together.median, 1),
        "scan_8_p99_ms": round(together.p99, 1),
    }


def main() -> None:
    """Measures, and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    goods = Goods(-(-(asked.scans + SPARE) // PALLET) * PALLET, asked.scans, SPARE)
    spare = goods.spare_scans()
    figures: dict[str, Any] = {"scans": asked.scans}
    with tempfile.TemporaryDirectory(prefix="graph-service-month-") as folder:
        home = Path(folder) / "home"
        made, scans = Path(folder) / "goods.ndjson", Path(folder) / "scans.ndjson"
        write_ndjson((one for part in (channel(goods), goods.production()) for one in part), made)
        write_ndjson(goods.consumer_scans(), scans)
        with serving(home) as served:
            _, seconds, _ = ingest(home, made)
            figures["goods_s"] = round(seconds, 1)
            report, seconds, memory = ingest(home, scans)
            figures |= {"accepted": report["accepted"], "scans_s": round(seconds, 1)}
            figures |= {"scans_per_s": round(asked.scans / seconds), "memory_mib": memory // 2**20}
            began = time.perf_counter()
            run(home, ("rebates", "run"))
            figures["run_again_s"] = round(time.perf_counter() - began, 1)
            figures |= scans_by_graphql(served, spare[PALLET:])
            print(json.dumps(figures), file=sys.stderr, flush=True)
            late = sorted(spare[:PALLET], key=lambda one: str(one["at"]))[: PALLET // 2 : PALLET // 20]
            with httpx.Client(base_url=served.address, headers=served.headers, timeout=300) as http:
                took = []
                for one in late:
                    began = time.perf_counter()
                    http.post("/v1/events", json=[one]).raise_for_status()
                    took.append(time.perf_counter() - began)
            figures["late_scan_ms"] = [round(each * 1000) for each in took]
            check = subprocess.run(
                command(home, "rederive", "--check"), env=surroundings(), capture_output=True, check=False
            )
            figures["rederive_check_exit"] = check.returncode
    text = json.dumps(figures, indent=2)
    print(text)
    if asked.out is not None:
        asked.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
