"""Slide-displacement cells: where mines may come to rest that rain washes down slopes, apart from the rivers' zones.

Assumption: half of the documented losses are slides from hill-top sites, so items on steep ground slide at an annual rate,
higher in the rear, whose fields are hill-top sites, and thin out along the way to the channel. Its limit: walls and terraces
are not in the shipped data, sources stand at their expectation, and what reaches a channel is not carried on by the rivers'
model.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.flood import Result
from geo.flood.ensemble import summarise
from geo.flood.hillslope import Hillside, Slides, slides_in_blocks, steps_m
from geo.flood.result import BAND
from geo.flood.terrain import slope_deg
from geo.flood.valley import Valley
from geo.layer import Layer, make_layer
from geo.measure import areas_m2
from layers.displacement import agreed_classes
from layers.scene import Scene

Floats = NDArray[np.float64]

REAR = "rear"
FIELDS = (  # by the number of simulated kinds
    ("supplied", "제공된 매설지"),
    ("simulated and supplied", "모의·제공 매설지"),
    ("simulated", "모의 매설지"),
)
VALUES_AT_ONCE = 32_000_000  # cells times members, of about 24 bytes each
CELL_M = 1000.0  # slides are never told finer


def hillslope_displacement(here: Scene, result: Result) -> tuple[Layer | None, pd.DataFrame]:
    """Return the layer ``hillslope_displacement`` and its account; no layer without terrain that knows depth.

    Parameters
    ----------
    here : Scene
    result : Result
        Of the flood model: its terrain, parameters and members.

    Returns
    -------
    layer : Layer or None
        1 km cells; ``index`` is what comes to rest a year and km² over the largest, with its band, ``delivered`` the share of it
        that lies in channels.
    ledger : DataFrame
        In the form of the rivers' ledger; ``exported`` is what reaches channels.
    """
    if not knows_slopes(result):
        return None, pd.DataFrame()
    cell, corners = _coarse(_terrain(result))
    released, on_slope, in_channel = [], [], []
    for piece in _pieces(here, result):
        released.append(piece.released)
        on_slope.append(_summed(piece.deposited, cell, len(corners)))
        in_channel.append(_summed(piece.delivered, cell, len(corners)))
    stayed, delivered = np.concatenate(on_slope, axis=1), np.concatenate(in_channel, axis=1)
    ledger = _ledger(np.concatenate(released), stayed.sum(axis=0), delivered.sum(axis=0))
    layer = _layer(here, result, corners, stayed, delivered) if (stayed + delivered > 0).any() else None
    return layer, ledger


def yearly_slides(here: Scene, result: Result) -> Floats | None:
    """Return the mined km² whose items slide in a year, (M,); None where no slope is known."""
    if not knows_slopes(result):
        return None
    return np.concatenate([piece.released for piece in _pieces(here, result)])


def knows_slopes(result: Result) -> bool:
    """Whether the run has terrain fine enough for slopes."""
    return result.terrain is not None and result.params.p_model.value == "depth"


def _terrain(result: Result) -> Valley:
    if result.terrain is None:
        raise ConfigError("slides", expected="a terrain model", found="none", mend="give one with --dem")
    return result.terrain


def _pieces(here: Scene, result: Result) -> Iterator[Slides]:
    """Yield the slides of some members at a time, their accounts checked."""
    terrain = _terrain(result)
    items, base = _stock(here, terrain)
    block = max(1, VALUES_AT_ONCE // len(items))
    for piece in slides_in_blocks(items, _hillside(terrain, base), result.draw, block=block):
        piece.check()
        yield piece


def _stock(here: Scene, terrain: Valley) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the expected items in each terrain cell, (n,), and where most of them lie on hill-top sites."""
    known = np.flatnonzero(np.isfinite(terrain.dem.z_m))
    share = terrain.shares(here.sources[["geometry"]], known)
    mined = here.sources["mined_km2"].to_numpy(float)
    rear = (here.sources["zone"] == REAR).to_numpy() if "zone" in here.sources else np.zeros(len(mined), dtype=bool)
    items, on_hills = np.zeros(terrain.dem.z_m.size), np.zeros(terrain.dem.z_m.size)
    items[known], on_hills[known] = share @ mined, share @ np.where(rear, mined, 0.0)
    return items, on_hills > items / 2


def _hillside(terrain: Valley, base: NDArray[np.bool_]) -> Hillside:
    drainage = terrain.drainage
    return Hillside(
        slope_deg=slope_deg(terrain.dem.z_m, terrain.dem.cell_m).ravel().astype(float),
        base=base,
        receiver=drainage.receiver,
        order=drainage.order,
        step_m=steps_m(drainage.receiver, drainage.shape[1], terrain.dem.cell_m),
        drains=drainage.channel[0] == np.arange(len(drainage.receiver)),
        stops=np.zeros(len(drainage.receiver), dtype=bool),
    )


def _coarse(terrain: Valley) -> tuple[NDArray[np.intp], Floats]:
    """Return the 1 km cell of each terrain cell, and the lower left corners of those cells (k, 2) [m]."""
    ny, nx = terrain.dem.z_m.shape
    grid = terrain.dem.transform
    x, y = grid.c + grid.a * (np.arange(nx) + 0.5), grid.f + grid.e * (np.arange(ny) + 0.5)
    column, row = np.floor(x / CELL_M).astype(np.int64), np.floor(y / CELL_M).astype(np.int64)
    width = int(column.max() - column.min() + 1)
    key = (row[:, None] - row.min()) * width + (column[None, :] - column.min())
    keys, cell = np.unique(key.ravel(), return_inverse=True)
    corners = np.column_stack([keys % width + column.min(), keys // width + row.min()]) * CELL_M
    return cell, corners


def _summed(values: Floats, cell: NDArray[np.intp], count: int) -> Floats:
    """Return the sums over coarse cells (count, M) of values (n, M)."""
    return np.column_stack([np.bincount(cell, weights=column, minlength=count) for column in values.T])


def _ledger(released: Floats, stayed: Floats, delivered: Floats) -> pd.DataFrame:
    row = {
        "origin": "south, slides",
        "item_class": "all",
        "units": "index/yr",
        "mobilised": released.mean(),
        "deposited": stayed.mean(),
        "trapped": 0.0,
        "estuary": 0.0,
        "sea": 0.0,
        "exported": delivered.mean(),
        "residual": (released - stayed - delivered).mean(),
    }
    return pd.DataFrame([row])


def _layer(here: Scene, result: Result, corners: Floats, stayed: Floats, delivered: Floats) -> Layer:
    arrived = stayed + delivered
    held = arrived.mean(axis=1) > 0
    x, y = corners[held].T
    frame = gpd.GeoDataFrame(geometry=shapely.box(x, y, x + CELL_M, y + CELL_M), crs=here.area.crs)
    area_m2 = areas_m2(frame)
    density = arrived[held] / (area_m2 / 1e6)[:, None]
    told = summarise(density)
    peak = told.mean.max()
    number = (corners[held] / CELL_M).astype(int)
    whose = FIELDS[len(here.kinds)]
    full = frame.assign(
        id=[f"slide-{column:04d}-{row:04d}" for column, row in number],
        name_en=f"Slides from {whose[0]} fields, 1 km cell",
        name_ko=f"{whose[1]}의 산사태 이동, 1 km 격자",
        index=told.mean / peak,
        delivered=delivered[held].mean(axis=1) / arrived[held].mean(axis=1),
        area_m2=area_m2,
        **{name: value / peak for name, value in zip(BAND, told[1:], strict=True)},
        **{"class": agreed_classes(density, area_m2 / 1e6, result.params)},
    )
    fields = [here.layers[name] for name in ("planned_minefields", "unconfirmed_minefields")]
    return make_layer(
        "hillslope_displacement",
        full,
        area=here.area,
        land_class="screening",
        basis="modelled",
        sources=tuple(dict.fromkeys(key for layer in fields for key in layer.sources)),
        as_of=here.as_of,
    )
