"""Who may read what is written: in the restricted tier its owner alone, from the first byte on.

Assumption: the file system knows owners (POSIX); elsewhere the folder's own rights decide. The mask is that of the whole process
while the block runs, so files that libraries write have it too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import CheckFailed

OWNER_MASK = 0o077
OTHERS = 0o077


@contextmanager
def owner_only(tier: str) -> Iterator[None]:
    """Let whatever is written meanwhile be its owner's alone if the tier is restricted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, owner_only("restricted"):
    ...     path = Path(folder, "t.csv")
    ...     _ = path.write_text("id")
    ...     oct(path.stat().st_mode & 0o777)
    '0o600'
    """
    if tier != "restricted":
        yield
        return
    before = os.umask(OWNER_MASK)
    try:
        yield
    finally:
        os.umask(before)


def check_owner_only(folder: Path) -> None:
    """Check that nobody but the owner may read a folder or anything in it.

    Raises
    ------
    CheckFailed
        Naming what others may open.
    """
    if os.name != "posix":
        return
    paths = [folder, *sorted(folder.rglob("*"))]
    if open_to_others := [path for path in paths if path.stat().st_mode & OTHERS]:
        found = ", ".join(path.relative_to(folder.parent).as_posix() for path in open_to_others[:5])
        raise CheckFailed("restricted file open to others", where=folder.name, found=found, expected="rights of the owner alone",
                          mend="write with geo.tier.owner_only")  # fmt: skip
