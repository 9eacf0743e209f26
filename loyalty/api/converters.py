class ActivityId:
    """The program's code, a colon, and the partner's own name for the activity, whatever signs it has."""

    regex = r"[-a-zA-Z0-9_]+:.+?"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
