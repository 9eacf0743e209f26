def without_empty(fieldsets, row):
    """The sections of a page to be read, without those of which the row says nothing."""
    if row is None:
        return fieldsets
    return [(title, options) for title, options in fieldsets if any(_says(row, name) for name in options["fields"])]


def _says(row, name):
    """A column that holds something; what is no column of the row is for the admin to say."""
    return bool(getattr(row, name)) if hasattr(row, name) else True
