"""What a monitor asks for: counts since the process started, and what waits; nothing about whom or what."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from graph_service.intake.log import Appended
from graph_service.pending import Waiting

MEDIA_TYPE = CONTENT_TYPE_LATEST

_EVENTS = Counter("graph_service_events", "Events that came in, by what became of them.", ["outcome"])
_BATCHES = Histogram(
    "graph_service_batch_seconds",
    "How long it took to write a batch of events and to derive what it changed.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_TASKS = Gauge("graph_service_pending_tasks", "Tasks that wide facts left to be derived.")
_TRIGGERS = Gauge("graph_service_pending_triggers", "Triggers of these tasks that are known to be left.")


def batch_written(appended: Appended, seconds: float) -> None:
    """Counts a batch that is durable."""
    _EVENTS.labels("accepted").inc(len(appended.accepted))
    _EVENTS.labels("duplicate").inc(appended.duplicates)
    _EVENTS.labels("rejected").inc(len(appended.conflicts))
    _BATCHES.observe(seconds)


def exposition(pending: Waiting) -> bytes:
    """All metrics as Prometheus reads them."""
    _TASKS.set(pending.tasks)
    _TRIGGERS.set(pending.left or 0)
    return generate_latest()
