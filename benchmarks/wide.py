"""A late receipt of a distributor's whole delivery, and rules published late, while others scan.

    python -m benchmarks.wide [--scans 200000] [--out FILE]

The first half of the scans lies behind the receipt, all of them behind the rules: one without limits, then one with a
daily cap and a budget that runs out. It measures how long each takes until nothing waits, how long a scan of somebody
else takes meanwhile, how much memory the service takes, and whether everything ends where a rebuild ends.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.serving import Served, command, serving, surroundings

Event = dict[str, Any]

UNITS_A_CARTON = 20
CARTONS_A_PALLET = 20
UNITS_A_PALLET = UNITS_A_CARTON * CARTONS_A_PALLET
STORES = 200
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_PAUSE = 0.1
_OTHERS = 4_000


def event(name: str, kind: str, minute: float, **fields: Any) -> Event:
    """An event so many minutes after the beginning."""
    at = (_BEGIN + timedelta(minutes=minute)).isoformat()
    return {"id": name, "type": kind, "at": at} | fields


def unit(number: int) -> str:
    """The code of a unit."""
    return f"U{number:09}"


def network(pallets: int) -> Iterator[Event]:
    """Brand, distributor, stores, and goods that reach the stores; the receipts of the distributor are missing."""
    for party, kind in (("F", "BRAND"), ("D", "DISTRIBUTOR"), *((f"S{n}", "STORE") for n in range(STORES))):
        yield event(f"party {party}", "party.registered", 0, party={"id": party, "kind": kind, "name": party})
    yield event("link D", "channel.linked", 1, relation="SUPPLIES", parent="F", child="D")
    for n in range(STORES):
        yield event(f"link {n}", "channel.linked", 1, relation="SUPPLIES", parent="F", child=f"S{n}")
    yield event("product", "product.listed", 1, product={"sku": "CAT", "name": "CAT", "brand": "F"})
    yield event("rule 1", "rule.published", 1, rule=rule(1, 100))
    units = pallets * UNITS_A_PALLET + _OTHERS
    span = {"first": unit(0), "last": unit(units - 1)}
    yield event("made", "goods.commissioned", 2, sku="CAT", batch="B", level="UNIT", range=span, holder="F")
    for pallet in range(pallets):
        for carton in range(CARTONS_A_PALLET):
            first = pallet * UNITS_A_PALLET + carton * UNITS_A_CARTON
            codes = [unit(n) for n in range(first, first + UNITS_A_CARTON)]
            number = pallet * CARTONS_A_PALLET + carton
            yield event(f"carton {number}", "goods.packed", 3, parent=f"C{number:07}", children=codes)
        first = pallet * CARTONS_A_PALLET
        cartons = [f"C{n:07}" for n in range(first, first + CARTONS_A_PALLET)]
        yield event(f"pallet {pallet}", "goods.packed", 4, parent=f"P{pallet:06}", children=cartons)
        store = f"S{pallet % STORES}"
        yield event(f"store {pallet}", "goods.received", 20, codes=[f"P{pallet:06}"], party=store)
    others = [unit(n) for n in range(units - _OTHERS, units)]
    yield event("others", "goods.received", 20, codes=others, party="S0")


def rule(version: int, fen: int) -> Event:
    """The rule that pays for a scan."""
    pay = [{"role": role, "fen": fen} for role in ("CONSUMER", "STORE", "DISTRIBUTOR")]
    body = {"id": "scan", "version": version, "brand": "F", "trigger": "CONSUMER_SCAN", "from": _BEGIN.isoformat()}
    return body | {"pay": pay, "retroactive": {"by": "benchmark", "reason": "late"}}


def limited_rule(scans: int) -> Event:
    """A rule whose budget is spent by six of ten scans, and whose stores reach their caps in the middle of the day."""
    caps = [{"role": "STORE", "per": "DAY", "limitFen": 10 * scans // STORES // 2, "onExceed": "TRUNCATE"}]
    return rule(1, 10) | {"id": "limited", "caps": caps, "budgetFen": 25 * (scans * 6 // 10)}


def scan(number: int, minute: float) -> Event:
    """A scan of a unit by a consumer."""
    member = {"identifiers": [{"type": "WECHAT_UNIONID", "value": f"member {number % 50_000}"}]}
    return event(f"scan {number}", "goods.scanned", minute, code=unit(number), member=member)


class Others(threading.Thread):
    """Somebody else's scans, one after the other, until told to stop; how long each took in seconds."""

    def __init__(self, served: Served, first: int) -> None:
        super().__init__(daemon=True)
        self.seconds: list[float] = []
        self.failed: list[str] = []
        self.next = first
        self._served = served
        self._done = threading.Event()

    def run(self) -> None:
        """Scans."""
        with httpx.Client(base_url=self._served.address, headers=self._served.headers, timeout=60) as http:
            while not self._done.wait(_PAUSE):
                began = time.perf_counter()
                answer = http.post("/v1/events", json=[scan(self.next, 600)])
                self.seconds.append(time.perf_counter() - began)
                if answer.status_code != 200 or answer.json()["rejected"]:
                    self.failed.append(answer.text)
                self.next += 1

    def end(self) -> None:
        """Stops."""
        self._done.set()
        self.join()


def wide(served: Served, fact: Event, first_other: int) -> dict[str, Any]:
    """Records a wide fact, waits until nothing waits, and tells how others fared."""
    others = Others(served, first_other)
    others.start()
    time.sleep(3)
    with httpx.Client(base_url=served.address, headers=served.headers, timeout=300) as http:
        before = len(others.seconds)
        began = time.perf_counter()
        report = http.post("/v1/events", json=[fact])
        answered = time.perf_counter() - began
        while "graph_service_pending_tasks 0.0" not in http.get("/metrics").text:
            time.sleep(0.5)
        seconds = time.perf_counter() - began
    others.end()
    meanwhile = sorted(others.seconds[before:])
    return {
        "report": report.json(),
        "answered_s": round(answered, 2),
        "done_s": round(seconds, 1),
        "other_scans": len(meanwhile),
        "other_scans_failed": len(others.failed),
        "other_scan_median_ms": round(statistics.median(meanwhile) * 1000, 1),
        "other_scan_p99_ms": round(meanwhile[int(len(meanwhile) * 0.99)] * 1000, 1),
        "other_scan_max_ms": round(meanwhile[-1] * 1000, 1),
        "next": others.next,
    }


def main() -> None:
    """Measures, and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scans", type=int, default=200_000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    pallets = asked.scans // UNITS_A_PALLET
    scans = pallets * UNITS_A_PALLET
    with tempfile.TemporaryDirectory(prefix="graph-service-wide-") as folder:
        home = Path(folder) / "home"
        log = Path(folder) / "log.ndjson"
        with log.open("w") as lines:
            for one in [*network(pallets), *(scan(n, 30 + n / 1000) for n in range(scans))]:
                lines.write(json.dumps(one) + "\n")
        figures: dict[str, Any] = {"scans": scans}
        with serving(home) as served:
            began = time.perf_counter()
            ran = subprocess.run(command(home, "ingest", str(log)), env=surroundings(), capture_output=True, check=True)
            figures["load_s"] = round(time.perf_counter() - began, 1)
            figures["loaded"] = json.loads(ran.stdout)["accepted"]
            delivered = [f"P{n:06}" for n in range(pallets // 2)]
            late = event("late receipt", "goods.received", 10, codes=delivered, party="D")
            figures["late_receipt"] = wide(served, late, scans)
            late = event("rule 2", "rule.published", 0.5, rule=rule(2, 200))
            figures["late_rule"] = wide(served, late, figures["late_receipt"]["next"])
            late = event("limited rule", "rule.published", 0.5, rule=limited_rule(scans))
            figures["late_limits"] = wide(served, late, figures["late_rule"]["next"])
            figures["service_mib"] = served.process.memory_info().rss // 2**20
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
