"""A raster of named values that fills only some cells of its grid.

Assumption: the grid is north up with square cells in a projected CRS, as the terrain models are that it comes from.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that lies on a map in Web Mercator.

    Attributes
    ----------
    png : bytes
    bounds : tuple of float
        West, south, east, north of its edges [degrees].
    """

    png: bytes
    bounds: tuple[float, float, float, float]

    @property
    def data_uri(self) -> str:
        """The picture as an address that needs no network."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True, slots=True)
class HazardRaster:
    """Values of some cells of a terrain model's grid.

    Attributes
    ----------
    cell : (n,) int
        Flat index into the grid.
    shape : tuple of int
        Rows and columns.
    transform : Affine
        From column and row to the coordinates of ``crs``.
    crs : CRS
    bands : mapping of str to (n,) float32
    tags : mapping of str to str
        Units by band or group of bands, and what the values rest on.
    """

    cell: NDArray[np.intp]
    shape: tuple[int, int]
    transform: Any
    crs: pyproj.CRS
    bands: Mapping[str, NDArray[np.float32]]
    tags: Mapping[str, str] = field(default_factory=dict)

    def grid(self, band: str) -> NDArray[np.float32]:
        """Return a band as (rows, columns), NaN outside the cells."""
        values = np.full(self.shape, np.nan, dtype=np.float32)
        values.ravel()[self.cell] = self.bands[band]
        return values
