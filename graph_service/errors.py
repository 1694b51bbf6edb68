"""The one family of errors that this service shows to people."""


class ServiceError(Exception):
    """Something a person can act on.

    Args:
        code: stable, upper snake case; programs match on it.
        message: what happened, in one sentence, without personal data.
        remedy: what to do about it, in one sentence; empty when there is nothing to do.
        path: the field of the input that it concerns, dotted, when there is one.
    """

    def __init__(self, code: str, message: str, *, remedy: str = "", path: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.path = path

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()
