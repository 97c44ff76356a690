"""What the processes of one test run make once between them: a file in the run's folder, and a lock while it is made."""

import copyreg
import fcntl
import io
import pickle
from collections import ChainMap
from types import MappingProxyType
from typing import ClassVar


def read_only(mapping):
    return MappingProxyType(mapping)


class Pickler(pickle.Pickler):
    """Read-only mappings too; only here, so that what the product hands to its own processes is pickled as ever."""

    dispatch_table: ClassVar = ChainMap({MappingProxyType: lambda mapping: (read_only, (dict(mapping),))}, copyreg.dispatch_table)


def made_once(folder, name, make):
    """Return what `make` returns, through a file of the folder: the first process to ask writes it, the others read it."""
    path = folder / f"{name}.pickle"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, by any end of the process
        if not path.exists():
            written = io.BytesIO()
            Pickler(written, protocol=pickle.HIGHEST_PROTOCOL).dump(make())
            path.write_bytes(written.getvalue())
    return pickle.loads(path.read_bytes())
