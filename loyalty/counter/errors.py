class CounterRefused(Exception):
    """The counter itself refuses. `code` is for machines, the text for people; `field` where the form has one."""

    def __init__(self, code: str, message: str, field: str | None = None):
        super().__init__(message)
        self.code = code
        self.field = field


class SupervisorNeeded(CounterRefused):
    """It is above what the clerk may do alone; a supervisor's PIN confirms it."""

    def __init__(self, message: str):
        super().__init__("supervisor_needed", message)
