"""Files that appear whole or not at all, for their owner alone where they must be, and zips whose bytes repeat.

Assumption: the target's file system can rename, and keeps permissions; Windows has none of ours, so there a restricted file is as
open as its folder. Limit: deflate's output may vary with the build of zlib, as `geo.exchange.content` knows.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from geo.errors import ConfigError

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
UNIX = 3
READABLE = 0o644 << 16
OWNER_ONLY = 0o600
LEVEL = 6


@contextmanager
def beside(path: str | Path, *, private: bool = False, overwrite: bool = False) -> Iterator[Path]:
    """Give a path of the same name in a hidden folder beside the target, and move what was written there into place.

    Parameters
    ----------
    path : str or Path
        The target. Files that begin with its stem (a Shapefile's parts) move along, the target last.
    private : bool
        Whether only the owner may read it. The hidden folder is closed to others, so this holds from the first byte.
    overwrite : bool
        Whether an existing file is replaced.

    Raises
    ------
    ConfigError
        If the target exists or its folder cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with beside(Path(folder, "a.txt"), private=True) as place:
    ...         _ = place.write_text("가")
    ...     Path(folder, "a.txt").read_text(), [path.name for path in Path(folder).iterdir()]
    ('가', ['a.txt'])
    """
    target = Path(path).resolve()
    _refuse(target, overwrite)
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))  # mkdtemp lets in nobody but the owner
    except OSError as fault:
        raise ConfigError("cannot write", where=str(path), found=str(fault.strerror), mend="name another folder") from fault
    try:
        yield work / target.name
        made = sorted(work.iterdir(), key=lambda part: part.name == target.name)
        for part in made:
            _refuse(target.with_name(part.name), overwrite)
            part.chmod(OWNER_ONLY if private else 0o666 & ~_umask())
        for part in made:
            part.replace(target.with_name(part.name))
    finally:
        shutil.rmtree(work)


def _refuse(target: Path, overwrite: bool) -> None:
    if target.is_dir():
        raise ConfigError("target is a folder", where=str(target), mend="name a file")
    if target.exists() and not overwrite:
        raise ConfigError("target exists", where=str(target), mend="use --overwrite (overwrite=True), or name another file")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def member(name: str, n_bytes: int = 0) -> zipfile.ZipInfo:
    """Return the entry of a zip's file: constant date and system, so that bytes repeat.

    Parameters
    ----------
    name : str
        With ``/`` between folders.
    n_bytes : int
        At least how large it may grow, if it is written piece by piece: above 2 GiB the zip needs another layout.
    """
    info = zipfile.ZipInfo(name, date_time=FIRST_DAY)
    info.create_system, info.external_attr = UNIX, READABLE
    info.compress_type, info.file_size = zipfile.ZIP_DEFLATED, n_bytes
    return info


def write_zip(members: Mapping[str, bytes], path: Path) -> None:
    """Write a zip of files in the mapping's order.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_zip({"a.txt": b"1"}, Path(folder, "a.zip"))
    ...     with zipfile.ZipFile(Path(folder, "a.zip")) as archive:
    ...         archive.infolist()[0].date_time, archive.read("a.txt")
    ((1980, 1, 1, 0, 0, 0), b'1')
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(member(name), data, compresslevel=LEVEL)


def read_zip(path: Path) -> dict[str, bytes]:
    """Return the files of a zip by name, in its order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
