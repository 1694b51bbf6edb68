"""A brand's month: scans under five rules, of which one has a daily cap and one a budget that runs out.

    python -m benchmarks.month [--scans 1000000] [--out FILE]

It loads the goods, then the scans, and measures how long the scans take until all are decided and booked, the most
memory that the loading process takes, how long one late scan takes on the day on which the budget ran out, and whether
counting everything from the beginning comes to the same.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.goods import PALLET, Event, Goods, write_ndjson
from benchmarks.serving import command, serving, surroundings

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


def main() -> None:
    """Measures, and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    spare = PALLET
    goods = Goods(-(-(asked.scans + spare) // PALLET) * PALLET, asked.scans, spare)
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
            late = sorted(goods.spare_scans(), key=lambda one: str(one["at"]))[: spare // 2 : spare // 20]
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
