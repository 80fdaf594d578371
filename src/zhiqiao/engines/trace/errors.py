"""What can be wrong with a stored explanation: ``TraceError``, and nothing below it."""


class TraceError(ValueError):
    """A stored explanation that cannot be read back.

    Parameters
    ----------
    path : str
        Where in the JSON tree, for example ``$.inputs[2].value``.
    given : str
        What stands there.
    rule : str
        What must stand there.
    """

    def __init__(self, path: str, *, given: str, rule: str) -> None:
        self.path = path
        self.given = given
        self.rule = rule
        super().__init__(
            f"{path} is {given}; {rule}. Read the explanation from the store again, unchanged."
        )
