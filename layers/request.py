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
from geo.exchange.column_maps import ColumnMap, column_map, shipped_maps
from geo.exchange.extents import read_extents
from geo.exchange.read import read_boundary, read_districts, read_rivers, read_supplied
from geo.exchange.records import read_survey
from geo.population import Population, read_population
from geo.reported import Kind, Series, buildable
from geo.source import Source
from geo.survey.records import Survey
from geo.terms import RECORD_LAYERS
from layers.minefields import KINDS, LAND_CLASS
from layers.standing import Standing, standing
from layers.zones import boundary_parts

TIERS = ("public", "restricted")
LAYER_MARK = "::"  # between a file and the layer in it
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
    hazards : mapping of str to Standing
        By kind, ``planned`` or ``unconfirmed``: as they stood on the day of the build.
    surveys : mapping of str to Survey
        ``finds``, ``accidents`` and ``signs``.
    population : Population or None
        Who lives where.
    boundary : mapping of str to GeoDataFrame
        By layer, ``mdl``, ``dmz`` or ``mcz``.
    rivers, districts : GeoDataFrame or None
    files : mapping of str to Path
        Every file by its name.
    """

    hazards: Mapping[Kind, Standing] = field(default_factory=dict)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    population: Population | None = None
    boundary: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    rivers: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pointed:
    """A file, and the layer in it if one is named: ``FILE::LAYER``."""

    path: Path
    layer: str | None = None

    @classmethod
    def at(cls, text: str | Path) -> Pointed:
        """Return what a text points at.

        Examples
        --------
        >>> Pointed.at("data/survey.gpkg::planned").recorded
        'survey.gpkg::planned'
        """
        path, mark, layer = str(text).partition(LAYER_MARK)
        return cls(Path(path), layer if mark else None)

    @property
    def recorded(self) -> str:
        """The file's name without its folder, as a manifest records it."""
        return self.path.name if self.layer is None else f"{self.path.name}{LAYER_MARK}{self.layer}"


@dataclass(frozen=True, slots=True)
class Manner:
    """How the user's hazards and records are to be read.

    Attributes
    ----------
    columns : str or Path, optional
        A shipped column map or one of the user's own.
    crs : str, optional
        For files that state none.
    as_of : str, optional
        The day to show hazards as of.
    """

    columns: str | Path | None = None
    crs: str | None = None
    as_of: str | None = None

    def map_for(self, kind: str) -> ColumnMap:
        """Return the column map of a kind of record, which also says the CRS of files that state none.

        A map of other records says nothing here: hazards and signs may come in one build, each under headings of its own.
        """
        chosen = column_map(self.columns)
        told = chosen if chosen.kind in ("", kind) else ColumnMap()
        return replace(told, datum=self.crs or told.datum)

    def files(self) -> tuple[Path, ...]:
        """Return the files that are read."""
        return (self.columns,) if isinstance(self.columns, Path) else ()

    def recorded(self) -> dict[str, str]:
        """Return the recipe's arguments, files by name."""
        columns = self.columns.name if isinstance(self.columns, Path) else self.columns
        told = {"columns": columns, "crs": self.crs, "as_of": self.as_of}
        return {name: value for name, value in told.items() if value is not None}


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
    finds: str | Path | None = None,
    accidents: str | Path | None = None,
    signs: str | Path | None = None,
    reports: str | Path | None = None,
    extents: str | Path | None = None,
    population: str | Path | None = None,
    columns: str | Path | None = None,
    crs: str | None = None,
    as_of: str | None = None,
) -> Request:
    """Read and check what a user asks for; the arguments are those of `layers.atlas.build`."""
    if tier not in TIERS:
        raise ConfigError("unknown tier", where=tier, mend=nearest(tier, TIERS))
    terrain = tuple(Path(path) for path in ((dem,) if isinstance(dem, (str, Path)) else dem or ()))
    options = FloodOptions(terrain, members, scenario, return_period, None if flood is None else Path(flood))
    here = read_area(area, config)
    chosen = buildable(here, series or here.settings["default_series"])
    given = {
        "planned": planned,
        "unconfirmed": unconfirmed,
        "finds": finds,
        "accidents": accidents,
        "signs": signs,
        "reports": reports,
        "extents": extents,
        "population": population,
        "boundary": boundary,
        "rivers": rivers,
        "districts": districts,
    }
    files = {role: Pointed.at(path) for role, path in given.items() if path is not None}
    manner = Manner(_own_map(columns), crs, as_of)
    _check_names([*(file.path for file in files.values()), *manner.files(), *flood_files(options)])
    own = supplied(here, files, manner)
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
        parameters=parameters | {role: file.recorded for role, file in files.items()} | manner.recorded() | recorded(options),
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
    names = [path.name for path in set(files)]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigError("two inputs share a name", where=twice[0], mend="rename one: inputs are recorded by name")


def _own_map(columns: str | Path | None) -> str | Path | None:
    """Return a column map as the reader takes it: a shipped name, or the path of a file."""
    return columns if columns is None or str(columns) in shipped_maps() else Path(columns)


def supplied(area: StudyArea, given: Mapping[str, Pointed], manner: Manner) -> Supplied:
    """Read the user's files, each by its role."""
    _check_roles(given, manner)
    path = {role: file.path for role, file in given.items()}
    extents = read_extents(path["extents"]) if "extents" in path else None
    parts = read_boundary(path["boundary"], area=area, layer=given["boundary"].layer) if "boundary" in path else None
    surveys = {
        kind: read_survey(path[kind], kind=kind, layer=given[kind].layer, columns=manner.map_for(kind))
        for kind in RECORD_LAYERS
        if kind in given
    }
    return Supplied(
        hazards={kind: _standing(kind, area, given, extents, manner) for kind in KINDS if kind in given},
        surveys=surveys,
        population=read_population(path["population"], layer=given["population"].layer) if "population" in path else None,
        boundary={} if parts is None else boundary_parts(parts, str(path["boundary"])),
        rivers=read_rivers(path["rivers"], area=area, layer=given["rivers"].layer) if "rivers" in path else None,
        districts=read_districts(path["districts"], area=area, layer=given["districts"].layer) if "districts" in path else None,
        files={file.name: file for file in [*path.values(), *manner.files()]},
    )


def _check_roles(given: Mapping[str, Pointed], manner: Manner) -> None:
    """Refuse options that would change nothing."""
    hazards, records = any(kind in given for kind in KINDS), any(kind in given for kind in RECORD_LAYERS)
    idle = [role for role in ("reports", "extents") if role in given and not hazards]
    idle += ["as_of"] if manner.as_of and not hazards else []
    idle += [name for name in ("columns", "crs") if getattr(manner, name) is not None and not (hazards or records)]
    if idle:
        option = idle[0].replace("_", "-")
        raise ConfigError("nothing to apply it to", where=f"--{option}", mend="it belongs to hazards of your own: --planned FILE")


def _standing(
    kind: Kind, area: StudyArea, given: Mapping[str, Pointed], extents: gpd.GeoDataFrame | None, manner: Manner
) -> Standing:
    """Return the user's hazards of one kind as they stood."""
    file = given[kind]
    own = read_supplied(
        file.path,
        land_class=LAND_CLASS[kind],
        source=OWN_SOURCE,
        area=area,
        layer=file.layer,
        columns=manner.map_for("hazards"),
        reports=given["reports"].path if "reports" in given else None,
    )
    return standing(own, extents, manner.as_of, where=f"--{kind} {file.path}")


def with_sources(area: StudyArea, own: Supplied) -> StudyArea:
    """Return the area with the user's files among its sources."""
    return with_own_source(area) if own.files else area


def with_own_source(area: StudyArea) -> StudyArea:
    """Return the area with the user among its sources."""
    return replace(area, sources=MappingProxyType({**area.sources, OWN_SOURCE.key: OWN_SOURCE}))


def table_files(area: StudyArea) -> dict[str, Path]:
    """Return the area's own files by relative name."""
    names = ["area.toml", "sources.toml", "lines.csv", *(f"{table}.csv" for table in TABLES)]
    return {f"{area.name}/{name}": area.folder / name for name in names}


def plain(settings: Any) -> Any:
    """Return settings as plain JSON values."""
    if isinstance(settings, Mapping):
        return {str(key): plain(value) for key, value in settings.items()}
    return [plain(value) for value in settings] if isinstance(settings, (list, tuple)) else settings
