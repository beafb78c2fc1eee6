"""The one error of this package."""

from collections.abc import Iterator
from contextlib import contextmanager


class EmbeddedError(RuntimeError):
    """A local server could not be started, reached or cleared; the message ends with the tail of its log."""


@contextmanager
def foreign_files_explained() -> Iterator[None]:
    """Turns a PermissionError, the mark of a data directory first used by another user, into EmbeddedError."""
    try:
        yield
    except PermissionError as error:
        raise EmbeddedError(f"{error.filename} belongs to another user: {error.strerror}") from error
