"""`graph-service attribution` on many journeys, from file to file, by every model; the start of Python included.

python -m benchmarks.attribution [--journeys 10000] [--channels 12]
"""

import argparse
import csv
import random
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.serving import PROGRAM
from graph_service.attribution.models import PathModel

LONGEST = 12


def write_paths(file: Path, journeys: int, channels: int) -> None:
    """Journeys of any length up to twelve; some channels are met more often than others."""
    draw = random.Random(12)  # noqa: S311 - repeatable on purpose
    names = [f"channel {number}" for number in range(channels)]
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["path", "conversions", "value", "nulls"])
        for _ in range(journeys):
            steps = draw.choices(names, weights=range(1, channels + 1), k=draw.randint(1, LONGEST))
            bought = draw.choice((0, 0, 1, 1, 2))
            rows.writerow([" > ".join(steps), bought, bought * draw.randint(1_000, 9_000), draw.randint(0, 3)])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attribution")
    parser.add_argument("--journeys", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=12)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths, out = Path(folder) / "paths.csv", Path(folder) / "out.csv"
        write_paths(paths, asked.journeys, asked.channels)
        runs = [(model, 1) for model in PathModel] + [(PathModel.MARKOV, 2), (PathModel.MARKOV, 3)]
        for model, order in runs:
            began = time.perf_counter()
            command = [*PROGRAM, "attribution", "--paths", str(paths), "--model", model, "--out", str(out)]
            subprocess.run([*command, "--order", str(order)], check=True, capture_output=True)
            print(f"{model} of order {order}: {time.perf_counter() - began:.2f} s", flush=True)


if __name__ == "__main__":
    main()
