"""Write the demonstration log: `python -m seeds.generate` prints it, `--write` renews the committed files."""

import argparse
import gzip
import io
import json
import sys
from dataclasses import fields
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from .consumers import Consumers
from .founding import Founding
from .friends import Friends
from .goods_flow import GoodsFlow
from .knobs import Knobs
from .log import Fields, Log
from .odd_scans import OddScans
from .staff import Staff
from .story import Story

HERE = Path(__file__).parent
CHINA = timezone(timedelta(hours=8))


def generate(knobs: Knobs) -> tuple[list[Fields], Fields]:
    """The events in order of arrival, and the ids that the demonstration's story needs."""
    start = datetime(knobs.start.year, knobs.start.month, knobs.start.day, tzinfo=CHINA)
    log = Log(knobs, start)
    founding = Founding(log, knobs)
    network = founding.found()
    Staff(founding).change()
    flow = GoodsFlow(log, network, knobs)
    story = Story(log, network, flow).tell()
    flow.run()
    consumers = Consumers(log, network, flow, knobs)
    consumers.run()
    OddScans(consumers).run()
    friends = Friends(consumers).run()
    events = list(log.lines())
    return events, {**story.line(), **friends.line()}


def as_ndjson(events: list[Fields]) -> str:
    """One event a line, names in Chinese as they are."""
    return "".join(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in events)


def as_gzip(text: str) -> bytes:
    """Compressed without name or time, so that equal text makes equal bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(text.encode())
    return packed.getvalue()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seeds.generate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write demo.ndjson.gz and story.json, print nothing")
    parser.add_argument("--into", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    for knob in fields(Knobs):
        option = f"--{knob.name.replace('_', '-')}"
        kind = date.fromisoformat if isinstance(knob.default, date) else type(knob.default)
        text = f"{knob.metadata['help']} (default: {knob.default})"
        parser.add_argument(option, type=kind, default=knob.default, help=text)
    return parser


def main() -> None:
    """Turn the knobs from the command line and write the log."""
    parser = _arguments()
    options = vars(parser.parse_args())
    write, into = options.pop("write"), options.pop("into")
    try:
        knobs = Knobs(**options)
    except ValueError as refusal:
        parser.error(str(refusal))
    events, story = generate(knobs)
    text = as_ndjson(events)
    if not write:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(text)
        return
    (into / "demo.ndjson.gz").write_bytes(as_gzip(text))
    (into / "story.json").write_text(json.dumps(story, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
