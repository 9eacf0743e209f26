"""One module for each program that people know, named after its code.

The rules are those that the programs publish or published; the names are examples of a style, not affiliations.
"""
