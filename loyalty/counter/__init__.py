"""The counter: the clerk's pages at a busy till.

A `Device` is a till PC or a tablet, bound to a store; a `ClerkProfile` holds a clerk's quick PIN; a `CounterAction` is
one thing that a clerk confirmed, the audit of it and what makes a second sending harmless; `CounterLimits` say what a
clerk may do alone; a `Conflict` is what a till had kept while it was without the server and could not be recorded. What
members do is recorded by the rooms below: this one asks, confirms, and takes back in time.
"""
