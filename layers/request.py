"""What a user asks for: area, series, own files, tier, seed and flood; read and checked before anything is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd

from geo.area import TABLES, StudyArea, read_area
from geo.errors import ConfigError, nearest
from geo.exchange.read import read_boundary, read_districts, read_hazards, read_rivers
from geo.reported import Kind, Series, buildable
from geo.source import Source
from layers.minefields import KINDS, LAND_CLASS
from layers.zones import boundary_parts

TIERS = ("public", "restricted")
OWN_SOURCE = Source(  # the files' names may say too much; they stand in the manifest alone
    key="supplied",
    title="Supplied by the user",
    confidence="unverified",
    note="Taken as it stands; minemap did not check its truth.",
)


@dataclass(frozen=True, slots=True)
class Supplied:
    """The user's own data, read and checked; None or empty where the schematic data stands.

    Attributes
    ----------
    hazards : mapping of str to GeoDataFrame
        By kind, ``planned`` or ``unconfirmed``.
    boundary : mapping of str to GeoDataFrame
        By layer, ``mdl``, ``dmz`` or ``mcz``.
    rivers, districts : GeoDataFrame or None
    files : mapping of str to Path
        Every file by its name.
    """

    hazards: Mapping[Kind, gpd.GeoDataFrame] = field(default_factory=dict)
    boundary: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    rivers: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FloodOptions:
    """What the user asks of the flood model.

    Attributes
    ----------
    dem : tuple of Path
        Terrain: a raster, or tiles of one.
    members : int
        Of the ensemble.
    scenario : str, optional
        A named flood of the area.
    return_period_yr : float, optional
    flood : Path, optional
        Polygons of a flood's extent.
    """

    dem: tuple[Path, ...] = ()
    members: int = 1
    scenario: str | None = None
    return_period_yr: float | None = None
    flood: Path | None = None

    def __post_init__(self) -> None:
        if self.members < 1:
            raise ConfigError("too few members", expected="1 or more", found=str(self.members))


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the recipe.

    Attributes
    ----------
    area : StudyArea
        With the user's files among its sources.
    series : Series
    own : Supplied
    flood : FloodOptions
    seed : int
    tier : {"public", "restricted"}
    parameters : mapping
        The keyword arguments to ask the same again; files by name.
    inputs : mapping of str to Path
        Every file that is read, by its relative name.
    """

    area: StudyArea
    series: Series
    own: Supplied
    flood: FloodOptions
    seed: int
    tier: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Path]


def request(
    area: str | Path = "korea",
    *,
    series: str | None = None,
    planned: str | Path | None = None,
    unconfirmed: str | Path | None = None,
    boundary: str | Path | None = None,
    rivers: str | Path | None = None,
    districts: str | Path | None = None,
    seed: int | None = None,
    tier: str = "public",
    config: Mapping[str, Any] | None = None,
    dem: str | Path | Sequence[str | Path] | None = None,
    members: int = 1,
    scenario: str | None = None,
    return_period: float | None = None,
    flood: str | Path | None = None,
) -> Request:
    """Read and check what a user asks for; the arguments are those of `layers.atlas.build`."""
    if tier not in TIERS:
        raise ConfigError("unknown tier", where=tier, mend=nearest(tier, TIERS))
    terrain = tuple(Path(path) for path in ((dem,) if isinstance(dem, (str, Path)) else dem or ()))
    options = FloodOptions(terrain, members, scenario, return_period, None if flood is None else Path(flood))
    here = read_area(area, config)
    chosen = buildable(here, series or here.settings["default_series"])
    roles = {"planned": planned, "unconfirmed": unconfirmed, "boundary": boundary, "rivers": rivers, "districts": districts}
    files = {role: Path(path) for role, path in roles.items() if path is not None}
    _check_names([*files.values(), *flood_files(options)])
    own = supplied(here, files)
    start = int(here.settings["seed"] if seed is None else seed)
    if start < 0:
        raise ConfigError("bad seed", where="--seed", expected="0 or more", found=str(start))
    parameters = {"series": chosen.name, "seed": start, "tier": tier, "config": plain(config or {})}
    return Request(
        area=with_sources(here, own),
        series=chosen,
        own=own,
        flood=options,
        seed=start,
        tier=tier,
        parameters=parameters | {role: path.name for role, path in files.items()} | recorded(options),
        inputs=table_files(here) | dict(own.files) | {path.name: path for path in flood_files(options)},
    )


def flood_files(options: FloodOptions) -> tuple[Path, ...]:
    """Return the files that the flood model reads."""
    return (*options.dem, *([options.flood] if options.flood else []))


def recorded(options: FloodOptions) -> dict[str, Any]:
    """Return the flood options as the recipe takes them, those at their default left out; files by name."""
    told = {
        "dem": [path.name for path in options.dem],
        "members": options.members if options.members > 1 else None,
        "scenario": options.scenario,
        "return_period": options.return_period_yr,
        "flood": options.flood.name if options.flood else None,
    }
    return {name: value for name, value in told.items() if value}


def _check_names(files: Sequence[Path]) -> None:
    names = [path.name for path in files]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigError("two inputs share a name", where=twice[0], mend="rename one: inputs are recorded by name")


def supplied(area: StudyArea, given: Mapping[str, Path]) -> Supplied:
    """Read the user's files, each by its role."""
    hazards = {
        kind: read_hazards(given[kind], land_class=LAND_CLASS[kind], source=OWN_SOURCE, area=area)
        for kind in KINDS
        if kind in given
    }
    lines = boundary_parts(read_boundary(given["boundary"], area=area), str(given["boundary"])) if "boundary" in given else {}
    return Supplied(
        hazards=hazards,
        boundary=lines,
        rivers=read_rivers(given["rivers"], area=area) if "rivers" in given else None,
        districts=read_districts(given["districts"], area=area) if "districts" in given else None,
        files={path.name: path for path in given.values()},
    )


def with_sources(area: StudyArea, own: Supplied) -> StudyArea:
    """Return the area with the user's files among its sources."""
    if not own.files:
        return area
    return replace(area, sources=MappingProxyType({**area.sources, "supplied": OWN_SOURCE}))


def table_files(area: StudyArea) -> dict[str, Path]:
    """Return the area's own files by relative name."""
    names = ["area.toml", "sources.toml", "lines.csv", *(f"{table}.csv" for table in TABLES)]
    return {f"{area.name}/{name}": area.folder / name for name in names}


def plain(settings: Any) -> Any:
    """Return settings as plain JSON values."""
    if isinstance(settings, Mapping):
        return {str(key): plain(value) for key, value in settings.items()}
    return [plain(value) for value in settings] if isinstance(settings, (list, tuple)) else settings
