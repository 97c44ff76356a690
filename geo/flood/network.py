"""The reach forest: which reach flows into which, and what every reach is like.

Assumption: water has one way down, so each reach has at most one reach below it and the whole is a forest. Its limit:
braided channels, canals and tidal back flow are not in it. The estuary is kept beside the forest (`geo.flood.route`).
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError
from geo.flood.parameters import FloodParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

SEA = "sea"
CLASS_AREA_KM2 = (3.0, 30.0, 300.0, 3e3, 3e4)  # stand-in by area class 1-5, inside the limits of AREA_LIMITS_KM2
AREA_FALL = 1.01
DAMS = ("dam", "weir")


@dataclass(frozen=True, slots=True)
class RiverNetwork:
    """Reaches in the order of their table, with everything the router needs; made by `from_table`.

    Attributes
    ----------
    frame : DataFrame or GeoDataFrame, R rows
        The reaches as handed in, index 0..R-1.
    estuary : DataFrame or GeoDataFrame, E rows
        Segments of estuary axes, kept out of the forest.
    order : (R,) int
        A topological order, upstream before downstream.
    levels : tuple of int arrays
        The same in steps: all reaches equally far above their root, the farthest first.
    path : (R,) int
        The lowest reach of each reach's level path.
    down : (R,) int
        The reach below; -1 at a root.
    length_km, area_km2, width_m, slope : (R,) float
    eta : (R, 4) float
        Trap efficiency at the lower end, by item class.
    tidal : (R,) bool
    outlet : (R,) str
        Where a root leaves to: ``sea``, the id of an estuary line, or "" (off the map).
    warnings : tuple of str
    """

    frame: pd.DataFrame
    estuary: pd.DataFrame
    order: Ints
    levels: tuple[Ints, ...]
    path: Ints
    down: Ints
    length_km: Floats
    area_km2: Floats
    width_m: Floats
    slope: Floats
    eta: Floats
    tidal: NDArray[np.bool_]
    outlet: NDArray[np.object_]
    warnings: tuple[str, ...] = ()

    @property
    def ids(self) -> NDArray[np.object_]:
        """The reach ids, (R,)."""
        return self.frame["id"].to_numpy(object)

    @property
    def line_ids(self) -> NDArray[np.object_]:
        """The ids of the reaches, then of the estuary segments, (R + E,)."""
        return np.concatenate([self.ids, self.estuary["id"].to_numpy(object) if len(self.estuary) else np.zeros(0, object)])

    @classmethod
    def from_table(cls, table: pd.DataFrame, params: FloodParameters | None = None) -> RiverNetwork:
        """Check a table of reaches and order it.

        Parameters
        ----------
        table : DataFrame or GeoDataFrame
            Columns ``id``, ``down`` (id of the reach below, "" or missing at a root) and ``area_km2`` or ``area_class``
            (1 to 5 by drainage area below 10, 100, 1e3, 1e4 km2 and above); ``length_km``, or lines with a CRS to
            measure. Optional: ``width_m``, ``slope``, ``eta`` (all classes), ``dam`` (``dam`` or ``weir`` at the
            lower end), ``tidal``, ``outlet``, and ``estuary`` (True: a segment of an estuary axis, not a reach).
        params : FloodParameters, optional

        Raises
        ------
        DataError
            Naming every offending reach at once: repeated ids, two reaches below one, unknown ``down``, cycles, lengths
            that are not positive or are in degrees, no area, a width, slope or trap efficiency out of bounds.

        Examples
        --------
        >>> river = RiverNetwork.from_table(pd.DataFrame({"id": ["a", "b"], "down": ["b", ""], "length_km": [5.0, 4.0],
        ...                                               "area_km2": [100.0, 150.0]}))
        >>> river.down.tolist(), river.width_m.tolist()
        ([1, -1], [72.0, 88.18163074019441])
        """
        params = params or FloodParameters()
        aside = _flag(table, "estuary")
        estuary = table[aside].reset_index(drop=True)
        frame = table[~aside].reset_index(drop=True)
        ids, down_ids = _text(frame, "id"), _text(frame, "down")
        area = _area_km2(frame)
        length = _length_km(frame)
        given, slope, eta = _number(frame, "width_m"), _number(frame, "slope"), _trap(frame, params)
        width = np.where(np.isnan(given), channel_width_m(area, params), given)
        faults = {
            "empty id": ids == "",
            "repeated id": pd.Index(ids).duplicated(keep=False) & ~_twice(ids, down_ids),
            "two reaches below it": _twice(ids, down_ids),
            "unknown reach below it": (down_ids != "") & ~np.isin(down_ids, ids),
            "length not positive": ~(length > 0),
            "length in degrees": _in_degrees(frame, length),
            "neither area nor class": ~(area > 0),
            "width not positive": ~(width > 0) & (area > 0),
            "slope negative": slope < 0,
            "trap efficiency outside 0 to 1": ~((eta >= 0) & (eta <= 1)).all(axis=1),
        }
        down, depth, looped = _depth(ids, down_ids, np.asarray(faults["unknown reach below it"]))
        _raise_for(ids, faults, down, looped)
        levels = tuple(np.flatnonzero(depth == k).astype(np.int32) for k in range(int(depth.max(initial=-1)), -1, -1))
        return cls(
            frame=frame,
            estuary=estuary,
            order=np.concatenate([np.zeros(0, np.int32), *levels]),
            levels=levels,
            path=_level_paths(ids, down, area),
            down=down,
            length_km=length,
            area_km2=area,
            width_m=width,
            slope=np.where(np.isnan(slope), params.slope_floor.value, np.maximum(slope, params.slope_floor.value)),
            eta=eta,
            tidal=_flag(frame, "tidal"),
            outlet=_text(frame, "outlet"),
            warnings=_area_warnings(ids, down, area),
        )


def channel_width_m(area_km2: Floats, params: FloodParameters) -> Floats:
    """Return the channel width [m] for drainage areas [km2]: ``7.2 Q2^0.5``, the 2-year flow Q2 as the area."""
    return np.asarray(params.width_coefficient.value * np.sqrt(params.q2_m3s_km2.value * area_km2))


def _text(frame: pd.DataFrame, column: str) -> NDArray[np.object_]:
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[column].astype(object).where(frame[column].notna(), "").map(str).to_numpy(object)


def _number(frame: pd.DataFrame, column: str) -> Floats:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(float, na_value=np.nan)


def _flag(frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.array([bool(flag) for flag in frame[column].fillna(False)], dtype=bool)


def _area_km2(frame: pd.DataFrame) -> Floats:
    """Return the drainage area, from the class where only that is known; NaN where neither is."""
    area, rank = _number(frame, "area_km2"), _number(frame, "area_class")
    known = np.isin(rank, (1, 2, 3, 4, 5))
    stand_in = np.array(CLASS_AREA_KM2)[np.where(known, rank, 1).astype(int) - 1]
    return np.where(np.isnan(area) & known, stand_in, area)


def _length_km(frame: pd.DataFrame) -> Floats:
    """Return the lengths handed in, else the geodesic lengths of the lines."""
    length = _number(frame, "length_km")
    if isinstance(frame, gpd.GeoDataFrame) and np.isnan(length).any():
        measured = measure.lengths_m(frame.geometry) / 1e3
        length = np.where(np.isnan(length), measured, length)
    return length


def _in_degrees(frame: pd.DataFrame, length_km: Floats) -> NDArray[np.bool_]:
    """Flag lengths that equal the plane length of a line in longitude and latitude."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None or frame.crs.is_projected:
        return np.zeros(len(frame), dtype=bool)
    degrees = np.asarray(shapely.length(np.array(frame.geometry.values)), dtype=float)
    return np.asarray(np.isclose(length_km, degrees, rtol=1e-2, atol=0) & (degrees > 0), dtype=bool)


def _trap(frame: pd.DataFrame, params: FloodParameters) -> Floats:
    """Return the trap efficiency (R, 4): as handed in, else by what closes the reach."""
    given = _number(frame, "eta")[:, None]
    closed = np.isin(_text(frame, "dam"), DAMS)[:, None]
    other = params.eta_other.value
    by_dam = np.where(closed, np.array([params.eta_b.value, other, other, other]), 0.0)
    return np.where(np.isnan(given), by_dam, given)


def _twice(ids: NDArray[np.object_], down_ids: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Flag reaches that are listed with two different reaches below."""
    if len(ids) == 0:
        return np.zeros(0, dtype=bool)
    kinds = pd.DataFrame({"id": ids, "down": down_ids}).groupby("id")["down"].transform("nunique")
    return np.asarray(kinds.to_numpy(int) > 1, dtype=bool)


def _depth(
    ids: NDArray[np.object_], down_ids: NDArray[np.object_], unknown: NDArray[np.bool_]
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return the reach below, the number of reaches below and who lies on a cycle; pointer jumping, O(R log R)."""
    n = len(ids)
    place = pd.Series(np.arange(n), index=pd.Index(ids, dtype=object))
    found = place[~place.index.duplicated()].reindex(down_ids).fillna(-1).to_numpy()
    down = np.where((down_ids == "") | unknown, -1, found).astype(np.int32)
    ahead = np.append(np.where(down < 0, n, down), n)
    steps = np.append(np.ones(n, np.int32), np.int32(0))
    for _ in range(max(1, int(np.ceil(np.log2(n + 1))) + 1)):
        steps, ahead = steps + np.where(ahead == n, 0, steps[ahead]), ahead[ahead]
    on_cycle = np.zeros(n + 1, dtype=bool)
    on_cycle[ahead[:n][ahead[:n] < n]] = True
    return down, (steps[:n] - 1).astype(np.int32), on_cycle[:n]


def _raise_for(ids: NDArray[np.object_], faults: dict[str, NDArray[np.bool_]], down: Ints, looped: NDArray[np.bool_]) -> None:
    told = [f"{what}: {', '.join(ids[np.asarray(bad)])}" for what, bad in faults.items() if np.asarray(bad).any()]
    told += [f"cycle: {loop}" for loop in _cycles(ids, down, looped)]
    if told:
        raise DataError("river network", where="reaches", found="; ".join(told), mend="correct these reaches in the table")


def _cycles(ids: NDArray[np.object_], down: Ints, looped: NDArray[np.bool_]) -> list[str]:
    """Return each cycle as text, from its lowest id round to itself."""
    found: list[str] = []
    seen: set[int] = set()
    for start in sorted((int(r) for r in np.flatnonzero(looped)), key=lambda r: str(ids[r])):
        if start in seen:
            continue
        loop = [start]
        while int(down[loop[-1]]) != start:
            loop.append(int(down[loop[-1]]))
        seen.update(loop)
        found.append(" -> ".join(str(ids[r]) for r in [*loop, start]))
    return found


def _level_paths(ids: NDArray[np.object_], down: Ints, area_km2: Floats) -> Ints:
    """Return the lowest reach of each level path: at a confluence the largest area goes on, of equals the lowest id."""
    n = len(ids)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(ids.astype(str), kind="stable")] = np.arange(n)
    best = np.lexsort((rank, -area_km2, down))
    leads = np.zeros(n, dtype=bool)
    leads[best[np.append(True, np.diff(down[best]) != 0)[:n]]] = True
    head = np.where(leads & (down >= 0), down, np.arange(n)).astype(np.int32)
    for _ in range(max(1, int(np.ceil(np.log2(n + 1))))):
        head = head[head]
    return head


def _area_warnings(ids: NDArray[np.object_], down: Ints, area_km2: Floats) -> tuple[str, ...]:
    """Say where the drainage area falls downstream by more than 1 %."""
    below = np.where(down < 0, np.inf, area_km2[np.maximum(down, 0)]) if len(ids) else np.zeros(0)
    falls = area_km2 > AREA_FALL * below
    return (f"drainage area falls downstream by more than 1 % below: {', '.join(ids[falls])}",) if falls.any() else ()
