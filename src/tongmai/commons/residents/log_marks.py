"""How a line of the access log is named to the resident who reads it: by a mark that only we can read."""

from tongmai.foundation.orgs import vault
from tongmai.kernel.errors import NotFound


def mark_of(log_id: int) -> str:
    """Return what names an entry of the access log outside, and says nothing else."""
    return vault.sealed(str(log_id).encode())


def marked(mark: str) -> int:
    """Return which entry of the access log a mark names.

    Raises:
        NotFound: none that we made.
    """
    try:
        return int(vault.opened(mark))
    except (vault.Unreadable, ValueError):
        raise NotFound() from None
