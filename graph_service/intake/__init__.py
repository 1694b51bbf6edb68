"""The way in: strict JSON, the contract as models, the log."""
