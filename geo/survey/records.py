"""The records of one file as they were read: nothing repaired, nothing dropped, nothing guessed.

Assumption: a record that cannot be used is still a record; what is wrong with it is a finding of `geo.check`, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from geo.survey.fields import RECORD_FIELDS, Field


@dataclass(frozen=True, slots=True)
class Survey:
    """What one file, or one layer of it, says.

    Attributes
    ----------
    kind : {"hazards", "finds", "accidents", "signs"}
        Which fields apply, see `geo.survey.fields.RECORD_FIELDS`.
    file, layer : str
        Names for the messages; no path.
    frame : GeoDataFrame, n rows
        One row a feature in the file's order with a plain index from 0; only the fields that the file has, by our names, and
        every other column as it stands. Text as it was typed. The geometry may be missing, empty, invalid or mixed; the CRS may
        be None.
    points : DataFrame
        Typed coordinates of corners, with ``row`` (of `frame`) and `geo.survey.fields.POINT_FIELDS`; empty where there are none.
    reports, devices : DataFrame
        Rows of `REPORT_FIELDS` and `DEVICE_FIELDS`; empty where the file has none.
    headings : mapping of str to str
        {the file's heading: ours} of every column that was recognised.
    carried : tuple of str
        Columns that were not, kept untouched.
    findings : DataFrame
        What reading met: coordinates that say nothing, numbers that are none; as `geo.check.findings.found` makes them.
    driver, encoding : str
        How the file was opened; "" where not applicable.
    """

    kind: str
    file: str
    layer: str
    frame: gpd.GeoDataFrame
    points: pd.DataFrame = field(default_factory=pd.DataFrame)
    reports: pd.DataFrame = field(default_factory=pd.DataFrame)
    devices: pd.DataFrame = field(default_factory=pd.DataFrame)
    headings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    carried: tuple[str, ...] = ()
    findings: pd.DataFrame = field(default_factory=pd.DataFrame)
    driver: str = ""
    encoding: str = ""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields that records of this kind may have."""
        return RECORD_FIELDS[self.kind]

    def text(self, name: str) -> pd.Series:
        """Return a column as text, "" where it is empty or absent; shape (n,)."""
        return text_of(self.frame, name)

    def number(self, name: str) -> pd.Series:
        """Return a column as float64, NaN where it is empty, absent or no number; shape (n,)."""
        return numbers_of(self.frame, name)

    def names(self) -> pd.Series:
        """Return what messages call each record: its id as typed, or its row in the file; shape (n,)."""
        ids = self.text("id")
        return ids.where(ids.str.strip() != "", "row " + (self.frame.index.to_series() + 1).astype(str))


def text_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as text, "" where it is empty or absent; whole numbers without a point.

    Examples
    --------
    >>> text_of(pd.DataFrame({"id": [7.0, None]}), "id").tolist()
    ['7', '']
    """
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=str)
    cells: pd.Series = frame[name]
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    return cells.astype(str).where(cells.notna(), "")


def numbers_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as float64, NaN where it is empty, absent or no number.

    Examples
    --------
    >>> numbers_of(pd.DataFrame({"n": ["12", "many"]}), "n").tolist()
    [12.0, nan]
    """
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index, dtype=float)
    numbers: pd.Series = pd.to_numeric(frame[name], errors="coerce").astype(float)
    return numbers
