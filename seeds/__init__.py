"""The demonstration network: a committed log of events, its story, and the generator that makes both."""
