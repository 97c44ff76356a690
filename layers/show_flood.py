"""The verb ``displace``: run the flood model alone and tell what it leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.build import move_into_place, workplace, write_raster
from geo.errors import ConfigError
from geo.exchange.files import write_csv, write_geojson, write_json, write_parquet
from geo.flood import Result
from geo.flood.ensemble import quantile_error, summarise
from geo.flood.mouths import areas_at_mouths
from geo.layer import Layer
from geo.maps.rasters import raster_style
from geo.terms import TEXTS
from geo.tier import owner_only
from layers.level import Closed, closed
from layers.request import Request, request
from layers.scene import Scene, flooded, notes_of, released_raster, scene
from layers.sensitivity import sensitivity as sensitivity_table
from layers.show import printed
from layers.upstream import Reading, located, reading, share_told

CLASS_WORDS = {
    "high": "higher priority",
    "middle": "middle priority",
    "lower": "lower priority, not assessed as safe",
    "undetermined": "undetermined",
}
INERT = 1e-9
RUN, FORMAT = "run.json", "minemap-flood/1"
ORIGIN_WORDS = {
    "south": "expected southern fields",
    "north": "assumed northern source of box mines",
}


@dataclass(frozen=True, slots=True)
class FloodRun:
    """A run of the flood model with what was asked of it."""

    asked: Request
    scene: Scene
    layer: Layer
    result: Result
    reading: Reading | None
    sensitivity: pd.DataFrame | None
    level: Closed | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""
        return notes_of(self.asked, self.result)


def flood_run(
    area: str | Path, *, place: str | None = None, sensitivity: int | None = None, level: str = "index", **options: Any
) -> FloodRun:
    """Run the flood model of an area; further options are those of `layers.atlas.build`.

    Parameters
    ----------
    area : str or Path
    place : str, optional
        What to read the result for, see `layers.upstream.located`.
    sensitivity : int, optional
        Runs a parameter of the Sobol design.
    level : {"index", "closed"}
        Whether southern items are counted, see `layers.level`.
    """
    kept = {name: value for name, value in options.items() if name not in ("workers", "scheduler")}
    asked = request(area, **kept)
    if place is not None:
        located(asked.area, place)  # a slip of the pen is told before the model runs
    here = scene(asked)
    shut = closed(here, asked.flood) if level == "closed" else None
    layer, result = flooded(here, asked.flood) if shut is None else (shut.layer, shut.result)
    found = None if place is None else reading(here.area, layer, result, place)
    table = None if sensitivity is None else sensitivity_table(here, asked.flood, sensitivity, asked.seed)
    return FloodRun(asked, here, layer, result, found, table, shut)


def told(run: FloodRun, form: str) -> str:
    """Return a run as text, CSV, JSON or Markdown; a place's reading instead of the whole where one was asked for."""
    if form == "json":
        return json.dumps(as_json(run), ensure_ascii=False, indent=1) + "\n"
    if run.reading is not None:
        return place_told(run) if form == "table" else printed(place_rows(run), form)
    table = rivers_table(run)
    if form != "table":
        return printed(table, form)
    parts = [
        f"Flood model, {level(run)}",
        *level_told(run.level),
        "Account of every item; origins are never added",
        printed(short(ledger_by_origin(run.result)), "table"),
        "Where it comes to rest, % of what an origin leaves on each river (5-95 % of the members)",
        printed(short(table), "table"),
    ]
    if run.result.terrain is not None and not (drains := drainage_table(run)).empty:
        parts += ["Drainage areas of the terrain beside published ones, km²; never tuned", printed(drains, "table")]
    if run.sensitivity is not None:
        matters = run.sensitivity[(run.sensitivity["total"] > INERT) | (run.sensitivity["swing"].abs() > INERT)]
        parts += ["What matters most (Sobol indices; swing from the 5 to the 95 % value alone); what is not listed plays no part"]
        parts += [printed(short(matters), "table")]
    return "\n".join([*parts, TEXTS["screening"].en, TEXTS["no_data"].en]) + "\n"


def level(run: FloodRun) -> str:
    """Say in one line what the run rests on."""
    meta = run.result.meta
    flood = meta["scenario"] or f"{meta['return_period_yr']:g}-year flood"
    members = f"{meta['members']} members" if meta["members"] > 1 else "one run at central values, no band"
    error = f"; quantiles to ±{quantile_error(meta['members']):.2f} sd" if meta["members"] > 1 else ""
    return f"{meta['level']}: {flood}, {members}{error}"


def level_told(shut: Closed | None) -> list[str]:
    """Say how the level was closed, with what it does not explain."""
    if shut is None:
        return []
    psi, rest = summarise(shut.level.psi), float(np.mean(shut.level.remainder_per_yr))
    slides = "slides taken off" if shut.slides_known else "slides not known without terrain: the rivers are made to explain all"
    lines = [
        f"Level closed on {shut.mines:,.0f} mines: psi {psi.mean:.2g} ({psi.q05:.2g}-{psi.q95:.2g}),"
        f" unexplained {rest:.3g} mines a year; {slides}; configuration {shut.level.configuration[:12]}"
    ]
    if shut.slides_alone > 0:
        lines.append(f"In {100 * shut.slides_alone:.0f} % of the members slides alone exceed the counted losses.")
    return lines


def drainage_table(run: FloodRun) -> pd.DataFrame:
    """Return the drainage area of each river on the terrain beside the published one."""
    terrain = run.result.terrain
    if terrain is None:
        raise ConfigError("no terrain", mend="give it with --dem")
    rivers = run.scene.layers["rivers"].frame.rename(columns={"id": "line_id", "drainage_area_km2": "area_km2"})
    table = areas_at_mouths(terrain.dem, terrain.drainage, rivers)
    return table[["name_en", "published_km2", "terrain_km2", "difference_percent", "cut"]]


def ledger_by_origin(result: Result) -> pd.DataFrame:
    """Return the account of each origin summed over classes, with the band of what moved."""
    accounts = ("deposited", "trapped", "estuary", "sea", "exported", "residual")
    rows = []
    for ledger in result.ledgers:
        moved = summarise(ledger.mobilised.sum(axis=0))
        told = {"mobilised": float(moved.mean), "q05": float(moved.q05), "q95": float(moved.q95)}
        parts = {name: float(getattr(ledger, name).sum(axis=0).mean()) for name in accounts}
        rows.append({"origin": ledger.origin, "units": ledger.units, **told, **parts})
    return pd.DataFrame(rows)


def rivers_table(run: FloodRun) -> pd.DataFrame:
    """Return by origin and river the share of the deposit with its band, and the km² of zones by class."""
    zones, network = run.result.zones, run.result.network
    lines = pd.concat([network.frame, network.estuary], ignore_index=True)
    river = lines["river"].to_numpy(object)[zones["line"].to_numpy().astype(int)]
    km2 = run.layer.frame.groupby(["origin", "river", "class"])["area_m2"].sum() / 1e6
    rows = []
    for origin, density in run.result.density.items():
        mine = (zones["origin"] == origin).to_numpy()
        items = density * zones["area_m2"].to_numpy(float)[mine, None]
        whole = items.sum(axis=0)
        for name in dict.fromkeys(river[mine]):
            part = items[river[mine] == name].sum(axis=0)
            share = summarise(100 * np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0))
            sizes = {f"{word}_km2": float(km2.get((origin, name, word), 0.0)) for word in CLASS_WORDS}
            percents = {"percent": float(share.mean), "percent_q05": float(share.q05), "percent_q95": float(share.q95)}
            rows.append({"origin": origin, "river": name, **percents, **sizes})
    table = pd.DataFrame(
        rows, columns=["origin", "river", "percent", "percent_q05", "percent_q95", *(f"{w}_km2" for w in CLASS_WORDS)]
    )
    return table.sort_values(["origin", "percent"], ascending=[True, False]).reset_index(drop=True)


def place_told(run: FloodRun) -> str:
    """Say what can reach a place, from where and how sure."""
    found = run.reading
    if found is None:
        raise ConfigError("no place", mend="ask for one with --place")
    lines = [f"What floods could bring to {found.place} (within {found.radius_km:g} km); {level(run)}"]
    if found.zones.empty:
        lines.append(
            "No modelled zone lies here. The place has not been assessed; this does not mean that nothing can come here."
        )
    for row in found.zones.to_dict("records"):
        band = f" ({row['q05']:.2g}-{row['q95']:.2g})" if found.members > 1 else ""
        origin = str(row["origin"])
        lines.append(
            f"\n{origin} ({ORIGIN_WORDS[origin]}): {CLASS_WORDS[row['class']]}; screening index {row['index']:.2g}{band}"
        )
        own = found.sources[found.sources["origin"] == origin]
        lines += [f"  from {share_told(source)}" for source in own.itertuples()]
    return "\n".join([*lines, "", TEXTS["screening"].en, TEXTS["no_data"].en]) + "\n"


def place_rows(run: FloodRun) -> pd.DataFrame:
    """Return the reading of a place as one table."""
    if run.reading is None:
        raise ConfigError("no place", mend="ask for one with --place")
    return run.reading.sources.merge(run.reading.zones, on="origin", suffixes=("", "_of_index"))


def level_json(shut: Closed | None) -> dict[str, Any]:
    """Return the closed level as plain values, with the hash of what it belongs to."""
    if shut is None:
        return {"psi": "1, not calibrated: all amounts are an index"}
    psi, rest = summarise(shut.level.psi), summarise(shut.level.remainder_per_yr)
    return {
        "psi": {"origin": "south", **{name: float(value) for name, value in psi._asdict().items()}},
        "unexplained_per_yr": {name: float(value) for name, value in rest._asdict().items()},
        "mines": shut.mines,
        "slides_taken_off": shut.slides_known,
        "share_of_members_slides_alone": shut.slides_alone,
        "configuration": shut.level.configuration,
    }


def short(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for people: three digits, for few members carry more."""
    numbers = table.select_dtypes("float").columns
    return table.assign(**{name: [float(f"{value:.3g}") for value in table[name]] for name in numbers})


def as_json(run: FloodRun) -> dict[str, Any]:
    """Return everything told of a run as plain JSON values."""
    meta = {name: value for name, value in run.result.meta.items() if name != "parameters"} | level_json(run.level)
    tables = {"ledger": run.result.ledger_frame(), "rivers": rivers_table(run)}
    if run.sensitivity is not None:
        tables["sensitivity"] = run.sensitivity
    plain = {name: json.loads(table.to_json(orient="records", double_precision=15)) for name, table in tables.items()}
    if run.reading is not None:
        plain["place"] = {
            "name": run.reading.place,
            "radius_km": run.reading.radius_km,
            "zones": json.loads(run.reading.zones.to_json(orient="records")),
            "sources": json.loads(run.reading.sources.to_json(orient="records")),
        }
    return {"meta": meta, **plain}


def write_run(run: FloodRun, folder: Path, *, overwrite: bool = False) -> None:
    """Write a run as a folder, whole or not at all.

    It holds ``reaches.csv, rivers.csv, ledger.csv, sensitivity.csv`` (if asked for), ``flood_displacement.parquet`` and
    ``.geojson``, ``displacement.tif`` with its QGIS style where terrain was given, and ``run.json``.

    Raises
    ------
    ConfigError
        If the folder exists, unless it is to be replaced and holds a run.
    """
    target = folder.resolve()
    if target.exists() and not (overwrite and (target / RUN).is_file()):
        mend = "it holds no run: name another folder" if overwrite else "use --overwrite, or name another folder"
        raise ConfigError("target exists", where=str(target), mend=mend)
    with owner_only(run.asked.tier), workplace(target) as work:
        write_json(as_json(run) | {"format": FORMAT, "parameters": run.asked.parameters}, work / RUN)
        tables = {"reaches": run.result.reaches, "rivers": rivers_table(run), "ledger": run.result.ledger_frame()}
        for name, table in tables.items():
            write_csv(table, work / f"{name}.csv")
        if run.sensitivity is not None:
            write_csv(run.sensitivity, work / "sensitivity.csv")
        write_parquet(run.layer.frame, work / "flood_displacement.parquet")
        write_geojson(run.layer.frame, work / "flood_displacement.geojson")
        if (raster := released_raster(run.asked, run.result)) is not None:
            write_raster(raster, work / "displacement.tif")
            if (style := raster_style(raster, run.asked.area)) is not None:
                (work / "displacement.qml").write_text(style, encoding="utf-8", newline="\n")
        move_into_place(work, target)
