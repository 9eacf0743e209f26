"""Activities from files: a CSV is read row by row, each row checked, and what is good goes through `record_activities`.

    layout (encoding, delimiter, columns) → reader (rows) → parsing (cells to values) → grouping (lines of one
    purchase) → loading (chunks, one transaction each; later what came too early) → the errors file

Nothing here knows a rule of the program: what an activity earns is decided where every other door's is. The file is
read as a stream, so that its size costs time and not memory.
"""
