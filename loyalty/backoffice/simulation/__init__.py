"""A story of a program, told again: what members do at which moment, and how they stand after the jobs of every night.

Managers use it to explain a program before it exists, tests use it for worked examples. `story.py` reads the file,
`replay.py` lets time pass, `verbs` does what the members do through the operations that every door uses, `standing.py`
says how they stand, and `scratch.py` sees to it that all of this happens in a database of its own.
"""
