"""Measurements: how fast the service is, beside the bare driver and beside PostgreSQL. `python -m benchmarks`."""
