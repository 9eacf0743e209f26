class ActivityId:
    """The program's code, a colon, and the partner's own name for the activity, whatever can be printed."""

    regex = r"[-a-zA-Z0-9_]+:[^\x00-\x1f\x7f]+?"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
