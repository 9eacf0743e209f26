"""The tests: one directory per room, one file per behaviour; shared factories and helpers beside them."""
