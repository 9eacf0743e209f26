"""The append-only record of every point: accounts, entries, lots and allocations."""
