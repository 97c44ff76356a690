"""The cells of a CSV file or a sheet, as text, under the file's own headings.

Assumption: the first row holds the headings and a cell means what it shows: "001" stays "001". A CSV file is UTF-8, with or
without a byte-order mark, UTF-16 with one, or CP949. Limit: a number in a sheet has lost the zeros at its end, and a date how it
was written.
"""

from __future__ import annotations

import csv
import io
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError, nearest
from geo.exchange.patterns import replaced

SHEETS = (".xlsx", ".xlsm", ".ods")
COMPANION_SHEETS = ("points", "corners", "reports", "history", "devices")  # beside the records, never the records
DELIMITERS = ",;\t|"
AS_IT_STANDS = {"HEADERS": "DISABLE", "FIELD_TYPES": "STRING"}  # GDAL's own guess takes a lone row of headings for a record
MAX_BYTES = 2_000_000_000
_DATES = (
    (r"^([0-9]{4})/([0-9]{2})/([0-9]{2})$", r"\1-\2-\3"),
    (r"^([0-9]{4})/([0-9]{2})/([0-9]{2}) 00:00:00$", r"\1-\2-\3"),
    (r"^([0-9]{4})/([0-9]{2})/([0-9]{2}) ([0-9:.]+)$", r"\1-\2-\3T\4"),
)  # as GDAL spells a date cell


@dataclass(frozen=True, slots=True)
class Cells:
    """What a table holds.

    Attributes
    ----------
    frame : DataFrame of str, n rows
        Blank rows left out; headings made distinct ("lat", "lat_2"), a missing one is "column_3".
    extra : ndarray of int, shape (n,)
        Cells beyond the headings; such a row has a delimiter inside a value.
    encoding : str
        Of a CSV file, else "".
    sheet : str
        Of a workbook, else "".
    """

    frame: pd.DataFrame
    extra: NDArray[np.int64]
    encoding: str = ""
    sheet: str = ""


def read_cells(path: str | Path, *, layer: str | None = None, encoding: str | None = None) -> Cells:
    r"""Read a table without looking at what its cells mean.

    Parameters
    ----------
    path : str or Path
        .xlsx or .ods; anything else is read as CSV, parted by comma, semicolon, tab or bar.
    layer : str, optional
        Sheet; needed where several besides `COMPANION_SHEETS` have rows.
    encoding : str, optional
        Of a CSV file; found out when absent.

    Raises
    ------
    ConfigError
        If there is no such file or sheet, or the sheet is not named.
    DataError
        If the file is empty, too large, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_bytes("id;이름\n001;고성군\n".encode("cp949"))
    ...     cells = read_cells(Path(folder, "a.csv"))
    >>> cells.frame.values.tolist(), cells.encoding
    ([['001', '고성군']], 'CP949')
    """
    file = Path(path)
    if not file.is_file():
        raise ConfigError("no such file", where=str(file))
    if (size := file.stat().st_size) == 0 or size > MAX_BYTES:
        raise DataError(
            "empty file" if size == 0 else "file too large",
            where=str(file),
            expected=f"at most {MAX_BYTES:,} bytes",
            found=f"{size:,} bytes",
        )
    return _sheet(file, layer) if file.suffix.lower() in SHEETS else _csv(file, encoding)


def _csv(file: Path, encoding: str | None) -> Cells:
    text, found = _decoded(file.read_bytes(), encoding, str(file))
    first, _, rest = text.partition("\n")
    if stated := first.strip().strip('"').lower().startswith("sep="):
        text = rest
    delimiter = first.strip().strip('"')[4:5] if stated else _delimiter(text)
    try:
        with _long_fields():
            rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or ",") if any(row)]
    except csv.Error as fault:
        raise DataError("not readable", where=str(file), found=str(fault), mend="is it a CSV file?") from fault
    if not rows:
        raise DataError("no rows", where=str(file), expected="a row of headings")
    n_columns = max(len(rows[0]), max((len(row) for row in rows[1:]), default=0))
    extra = np.array([sum(map(bool, row[len(rows[0]) :])) for row in rows[1:]], dtype=np.int64)
    padded = [row if len(row) == n_columns else row + [""] * (n_columns - len(row)) for row in rows[1:]]
    names = _headings(rows[0] + [""] * (n_columns - len(rows[0])))
    frame = pd.DataFrame(padded, columns=names, dtype=str) if padded else pd.DataFrame({name: [] for name in names}, dtype=str)
    return Cells(frame, extra, found)


def _decoded(data: bytes, encoding: str | None, where: str) -> tuple[str, str]:
    if encoding is None and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "UTF-16"
    for name in (encoding,) if encoding else ("UTF-8", "CP949"):
        try:
            return data.decode("utf-8-sig" if name.upper() in ("UTF-8", "UTF8") else name), "" if data.isascii() else name
        except UnicodeDecodeError:
            continue
        except LookupError as fault:
            raise ConfigError("unknown encoding", where=name) from fault
    raise DataError(
        "text cannot be decoded" if encoding else "unknown text encoding",
        where=where,
        expected=encoding or "UTF-8 or CP949",
        found="other bytes",
        mend="state it, as in encoding='latin-1'",
    )


def _delimiter(text: str) -> str:
    """Return the sign that parts the headings: the most frequent outside quotes."""
    line = text.lstrip("\r\n").split("\n", 1)[0]
    bare = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let a cell be as long as a boundary needs; the limit belongs to the whole process, so it is set back."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _headings(names: list[str]) -> list[str]:
    made: list[str] = []
    for place, name in enumerate(names, start=1):
        own = " ".join(str(name).split()) or f"column_{place}"
        number, free = 1, own
        while free in made:
            number += 1
            free = f"{own}_{number}"
        made.append(free)
    return made


def _sheet(file: Path, layer: str | None) -> Cells:
    with warnings.catch_warnings():  # GDAL's remarks on styles and formulas say nothing of the cells
        warnings.simplefilter("ignore")
        try:
            name = _chosen(file, layer)
            frame = pyogrio.read_dataframe(file, layer=name, read_geometry=False, **AS_IT_STANDS)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as fault:
            found = (str(fault).splitlines() or ["?"])[0]
            raise DataError("not readable", where=str(file), found=found, mend="is it a complete workbook?") from fault
    table = pd.DataFrame(frame).fillna("").astype(str)
    table = table[(table != "").any(axis=1)].reset_index(drop=True)
    if table.empty:
        raise DataError("no rows", where=str(file), expected="a row of headings")
    names = _headings([str(name) for name in table.iloc[0]])
    table = table.iloc[1:].reset_index(drop=True).set_axis(names, axis=1)
    return Cells(table.apply(lambda cells: replaced(cells, _DATES)), np.zeros(len(table), dtype=np.int64), "", name)


def _chosen(file: Path, layer: str | None) -> str:
    names = [str(name) for name, _ in pyogrio.list_layers(file)]
    if layer is not None:
        if layer not in names:
            raise ConfigError("unknown sheet", where=f"{file}: {layer}", mend=nearest(layer, names))
        return layer
    filled = [name for name in names if pyogrio.read_info(file, layer=name, force_feature_count=True, **AS_IT_STANDS)["features"]]
    if not filled:
        raise DataError("no rows", where=str(file))
    if len(main := [name for name in filled if name.casefold() not in COMPANION_SHEETS]) == 1:
        return main[0]
    if len(filled) > 1:
        raise ConfigError("several sheets", where=str(file), mend=f"name one of {', '.join(filled)}")
    return filled[0]
