"""Who is paid what for an event, who is not, and why; and the journal of it."""
