"""Columns of numbers and names as columns of text, for the formats written here: coordinates, XML, KML's balloons.

Assumption: a column is an arrow array and every step takes the whole column, so that two million vertices take seconds.
Characters that XML 1.0 cannot hold are replaced by U+FFFD, never dropped unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

NOT_XML = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{FFFE}\\x{FFFF}]"
NOT_PLAIN = NOT_XML[:-1] + "&<>\"']"
XML = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"))


def fixed(values: ArrayLike, decimals: int) -> Any:
    """Return numbers as text with so many decimals and no exponent; an arrow array of n strings.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        Finite, of magnitude below 9e18 / 10^`decimals`.
    decimals : int
        At most 15 of a longitude or latitude.

    Examples
    --------
    >>> fixed([127.5, -0.0000001, 38.1234567], 6).to_pylist()
    ['127.500000', '0.000000', '38.123457']
    >>> fixed([127.5, 124.0000004], 6).to_pylist()
    ['127.500000', '124.000000']
    """
    steps = np.rint(np.asarray(values, dtype=float) * 10.0**decimals).astype(np.int64)
    if decimals == 0:
        return pa.array(steps).cast(pa.string())
    if len(steps) and (width := _digits(steps.min())) == _digits(steps.max()) and width > decimals:
        return _same_width(steps, width, decimals)
    words = np.stack([steps, steps >> 63], axis=1)  # a decimal of 128 bits is the whole number and its sign
    cells = pa.Array.from_buffers(pa.decimal128(18, decimals), len(steps), [None, pa.py_buffer(np.ascontiguousarray(words))])
    return cells.cast(pa.string())


def fixed_each(values: ArrayLike, decimals: NDArray[np.integer[Any]]) -> Any:
    """Return numbers as text with so many decimals each; an arrow array of n strings.

    Examples
    --------
    >>> fixed_each([127.5, 127.5], np.array([6, 8])).to_pylist()
    ['127.500000', '127.50000000']
    """
    numbers = np.asarray(values, dtype=float)
    made = fixed(numbers, int(decimals.min(initial=15)))
    for more in np.unique(decimals)[1:]:
        there = decimals == more
        made = pc.replace_with_mask(made, pa.array(there), fixed(numbers[there], int(more)))
    return made


def _digits(number: int) -> int:
    """Return how many digits a number has; 0 for one below 1."""
    return len(str(number)) if number > 0 else 0


def _same_width(steps: NDArray[np.int64], width: int, decimals: int) -> Any:
    """Return whole numbers of equally many digits with a point before the decimals: three times as fast as the other way."""
    signs = np.empty((len(steps), width + 1), dtype=np.uint8)
    signs[:, width - decimals] = ord(".")
    rest = steps
    for place in range(width, -1, -1):
        if place != width - decimals:
            tens = rest // 10
            signs[:, place] = rest - 10 * tens + ord("0")
            rest = tens
    offsets = np.arange(len(steps) + 1, dtype=np.int32) * np.int32(width + 1)
    return pa.Array.from_buffers(pa.string(), len(steps), [None, pa.py_buffer(offsets), pa.py_buffer(signs)])


def joined(*parts: Any, between: str = "") -> Any:
    """Return columns and constant texts put together row by row; an arrow array.

    Examples
    --------
    >>> joined("<b>", pa.array(["a", "b"]), "</b>").to_pylist()
    ['<b>a</b>', '<b>b</b>']
    """
    return pc.binary_join_element_wise(*parts, between)


def joined_filled(*parts: Any, between: str = "") -> Any:
    """Return the cells of columns put together row by row without the missing ones, "" where all are; an arrow array.

    Arrow's own way of skipping leaves out a row in which all are missing, and so moves those after it.

    Examples
    --------
    >>> one, two = pa.array(["a", None, None], pa.string()), pa.array(["b", "c", None], pa.string())
    >>> joined_filled(one, two, between=" · ").to_pylist()
    ['a · b', 'c', '']
    """
    whole = joined(*(pc.fill_null(joined(between, part), "") for part in parts))
    return pc.utf8_slice_codeunits(whole, len(between)) if between else whole


def grouped(texts: Any, counts: NDArray[np.integer[Any]], between: str = "") -> Any:
    """Return one text a group of consecutive texts; an arrow array as long as `counts`.

    Examples
    --------
    >>> grouped(pa.array(["a", "b", "c"]), np.array([2, 0, 1]), " ").to_pylist()
    ['a b', '', 'c']
    """
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), _plain(texts)), between)


def column(cells: pd.Series | Sequence[Any]) -> Any:
    """Return a column as text, missing cells as None: whole numbers without a point, booleans as ``true`` and ``false``.

    Examples
    --------
    >>> column(pd.Series([1.0, None])).to_pylist(), column(pd.Series([True])).to_pylist(), column(["가"]).to_pylist()
    (['1', None], ['true'], ['가'])
    """
    series = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype="str")
    if isinstance(series.dtype, pd.StringDtype):
        return _plain(pa.array(series.array, from_pandas=True)).cast(pa.string())
    if pd.api.types.is_bool_dtype(series):
        series = series.astype(str).str.lower()
    elif pd.api.types.is_float_dtype(series) and (series.dropna() % 1 == 0).all() and (series.abs().max() or 0) < 2**53:
        series = series.astype("Int64")
    if pd.api.types.is_integer_dtype(series):
        return _plain(pa.array(series, from_pandas=True)).cast(pa.string())
    return _plain(pa.array(series.astype(object).where(series.notna(), None).map(_spelt, na_action="ignore"), pa.string()))


def _spelt(cell: Any) -> str:
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def escaped(texts: Any) -> Any:
    """Return texts fit for the text and the attributes of XML, and of HTML; an arrow array.

    Examples
    --------
    >>> escaped(pa.array(["<b>가 & 나", chr(8)])).to_pylist() == ["&lt;b&gt;가 &amp; 나", chr(0xFFFD)]
    True
    """
    if not pc.any(pc.match_substring_regex(texts, NOT_PLAIN)).as_py():
        return texts
    clean = pc.replace_substring_regex(texts, NOT_XML, "\ufffd")
    for sign, entity in XML:
        clean = pc.replace_substring(clean, sign, entity)
    return clean


def escaped_text(text: str) -> str:
    """Return one text as `escaped` does."""
    return str(escaped(pa.array([text], pa.string()))[0].as_py())


def csv_lines(table: pd.DataFrame, decimals: Mapping[str, int]) -> Iterator[bytes | memoryview]:
    r"""Yield a large table as CSV, ten times as fast as pandas: UTF-8, ``\n``, so many decimals of each column of numbers.

    Text is guarded as `geo.exchange.files.write_csv` does it; columns without decimals are whole numbers or text.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["=1", "a,b"], "n": [1, 2], "lon": [127.5, 128.25]})
    >>> print(b"".join(csv_lines(table, {"lon": 3})).decode(), end="")
    id,n,lon
    '=1,1,127.500
    "a,b",2,128.250
    """
    yield (",".join(map(str, table.columns)) + "\n").encode("utf-8")
    yield csv_rows(table, decimals)


def csv_rows(table: pd.DataFrame, decimals: Mapping[str, int]) -> memoryview:
    """Return a table as `csv_lines` does, without the header."""
    cells = [_csv_cells(table[name], decimals.get(str(name))) for name in table.columns]
    return written(joined(joined(*cells, between=","), "\n"))


def _csv_cells(cells: pd.Series, decimals: int | None) -> Any:
    if decimals is not None:
        return fixed(cells, decimals)
    texts = pc.fill_null(column(cells), "")
    if pd.api.types.is_numeric_dtype(cells):
        return texts
    guarded = pc.if_else(pc.match_substring_regex(texts, r"^[=+\-@\t\r]"), joined("'", texts), texts)
    quoted = joined('"', pc.replace_substring(guarded, '"', '""'), '"')
    return pc.if_else(pc.match_substring_regex(guarded, r'[",\r\n]'), quoted, guarded)


def written(texts: Any) -> memoryview:
    r"""Return a column's texts one after the other as UTF-8, without copying them; missing cells count as "".

    Examples
    --------
    >>> bytes(written(pa.array(["x", "가", None, "b"])[1:]))
    b'\xea\xb0\x80b'
    """
    cells = pc.fill_null(_plain(texts), "").cast(pa.large_string())
    if len(cells) == 0:
        return memoryview(b"")
    offsets = np.frombuffer(cells.buffers()[1], dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    return memoryview(cells.buffers()[2] or b"")[offsets[0] : offsets[-1]]


def _plain(texts: Any) -> Any:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
