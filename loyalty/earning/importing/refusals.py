"""How the import says no to one row: a code for machines and a sentence for people."""


class RowRefused(Exception):
    """One row cannot be imported. `column` is the header of the cell to look at, or empty where it is the whole row."""

    def __init__(self, code, column, message):
        super().__init__(code, column)
        self.code = code
        self.column = column
        self.message = message

    def __str__(self):
        return str(self.message)
