"""The hindcast: documented finds against the flood-displacement zones and against simple rules.

Assumption: parameters were fixed before any result was seen, no find enters the zones, and whatever comes out is told,
also where the model loses. All land means the land on the southern side of the front inside the area, its islands and
the estuary's bands, for that is where finds are documented. The effort-matched area is the part of it near rivers, the
shore and named places, where people go and search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.errors import DataError
from geo.flood.baselines import BASELINES, HindcastParameters, searched
from geo.flood.capture import clopper_pearson
from geo.flood.finds import NODES, Finds, Grid, Ints, check_incidents, nodes, select_finds, study_grid
from geo.flood.hindcast import (
    SHARES,
    Reweight,
    Standing,
    bootstrap,
    by_cluster,
    capture,
    leave_one_flood_out,
    score,
    shift_test,
    standing,
)
from layers.hindcast_rules import MODEL, Run, densities, ground_shapes, level_paths, nearness, rules, run_model, zone_rows
from layers.request import request

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CURVE = np.round(np.concatenate([np.arange(0.0, 0.10, 0.005), np.arange(0.10, 0.501, 0.02)]), 4)
HINDCAST_STREAM = (2**31, 2)  # the branch of the seed that bootstrap and shift test draw from
NO_TERRAIN = "no terrain was given, so no height above nearest drainage"


@dataclass(frozen=True, slots=True)
class Trial:
    """One area definition's outcome; clusters, not finds, are counted.

    Attributes
    ----------
    n, n_finds, n_events : int
        Clusters, finds and events scored.
    table : DataFrame
        One row a ranking and share: ``ranking, top_percent, capture, low, high, boot_low, boot_high, gain, gain_low,
        gain_high, lift``; ``gain`` is what the model captures more than the ranking, with its bootstrap interval.
    curves : DataFrame
        ``ranking, top_percent, capture`` for the plot.
    ausrc : mapping of str to float
    shift_p : float
    floods : DataFrame
        Flood by flood, each left out of what calibrates the members.
    skipped : list of dict
        ``id`` and ``reason`` of every record and rule left out.
    km2 : float
        Size of the area.
    """

    n: int
    n_finds: int
    n_events: int
    table: pd.DataFrame
    curves: pd.DataFrame
    ausrc: Mapping[str, float]
    shift_p: float
    floods: pd.DataFrame
    skipped: list[dict[str, str]]
    km2: float


@dataclass(frozen=True, slots=True)
class Hindcast:
    """What the hindcast shows.

    Attributes
    ----------
    area, title : str
        Its name and its title.
    trials : mapping of str to Trial
        By area definition, ``all_land`` and ``effort_matched``.
    members : int
    assumed : DataFrame
        What the hindcast takes for granted: ``name, value, unit, tag, source``.
    """

    area: str
    title: str
    trials: Mapping[str, Trial]
    members: int
    assumed: pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """The tables of all area definitions as one, column ``area`` first."""
        return pd.concat([trial.table.assign(area=name) for name, trial in self.trials.items()], ignore_index=True)[
            ["area", *next(iter(self.trials.values())).table.columns]
        ]

    @property
    def summary(self) -> pd.DataFrame:
        """The table for people: ``area, ranking``, shares captured, interval, lift and AUSRC, as text of two digits."""
        from layers.hindcast_told import summary

        return summary(self)

    @property
    def reading(self) -> str:
        """What it shows in a few lines, the unwelcome ones too."""
        from layers.hindcast_told import reading

        return reading(self)

    def to_json(self) -> dict[str, Any]:
        """Return plain values by area definition.

        Each holds ``n``, ``capture``, ``interval`` and ``lift`` by ranking and top percent, ``ausrc`` by ranking,
        ``shift_p`` and ``skipped``; a rule that could not be scored is None and stands in ``skipped`` with the reason.
        """
        from layers.hindcast_told import as_json

        return {name: as_json(trial) for name, trial in self.trials.items()}

    def plot(self, path: str | Path) -> None:
        """Draw the capture curves of the model and the rules; SVG or PNG by the name's ending.

        The same hindcast gives the same bytes.

        Raises
        ------
        ConfigError
            For any other ending.
        """
        from layers.hindcast_told import draw

        draw(self, Path(path))


def hindcast(
    area: str | Path = "korea",
    *,
    incidents: str | Path | None = None,
    members: int = 1,
    seed: int | None = None,
    config: Mapping[str, Any] | None = None,
    dem: str | Path | Sequence[str | Path] | None = None,
    params: HindcastParameters | None = None,
    **recipe: Any,
) -> Hindcast:
    """Score documented finds on the flood-displacement zones of an area.

    Parameters
    ----------
    area : str or Path
        A shipped study area or a folder of one's own.
    incidents : path, optional
        CSV with the columns of the area's ``incidents.csv``, at least ``id, record_kind, flood_id, lon, lat,
        uncertainty_km, origin``; instead of the area's own.
    members : int
        Of the flood model's ensemble; with 1 nothing is calibrated.
    seed : int, optional
        Of ensemble, bootstrap and shift test; the area's by default.
    config : mapping, optional
        Settings that replace those of ``area.toml``.
    dem : path or paths, optional
        Heights; flood depth then stands for corridors where they reach, and rule B3 can be scored.
    params : HindcastParameters, optional
    **recipe
        The user's own data and the other arguments of `layers.atlas.build`.

    Raises
    ------
    DataError
        If the incidents lack columns, places or uncertainties, or fewer than two events can be scored.
    ConfigError
        For unknown areas and settings, or fewer than one member.

    Examples
    --------
    >>> told = hindcast("demo").to_json()
    >>> told["all_land"]["n"], sorted(told["all_land"]["capture"])
    (2, ['B0', 'B1', 'B2', 'B3', 'B4', 'B5', 'model'])
    """
    params, asked = params or HindcastParameters(), request(area, members=members, seed=seed, config=config, dem=dem, **recipe)
    records = check_incidents(*_records(asked.area, incidents))
    run = run_model(asked)
    grid = study_grid(ground_shapes(run), params.cell_m.value)
    finds, skipped = select_finds(records, grid, asked.area.crs, params)
    near, rows = nearness(run, grid, params), zone_rows(run, grid)
    ranked = rules(run, grid, rows, near, params)
    whole = np.ones(len(grid.centres_m), dtype=bool)
    streams = np.random.SeedSequence(asked.seed, spawn_key=HINDCAST_STREAM).spawn(2)
    trials = {
        name: _trial(run, grid, part, finds, ranked, rows, skipped, params, np.random.default_rng(stream))
        for (name, part), stream in zip(
            {"all_land": whole, "effort_matched": searched(*near, params)}.items(), streams, strict=True
        )
    }
    return Hindcast(asked.area.name, asked.area.title_en, trials, members, pd.DataFrame(params.table()))


def _records(area: StudyArea, path: str | Path | None) -> tuple[pd.DataFrame, str]:
    """Return the incidents as they stand and where they come from."""
    if path is None:
        return area.tables["incidents"], str(area.folder / "incidents.csv")
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig"), str(path)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise DataError("not readable as UTF-8 CSV", where=str(path), found=str(fault)) from fault


def _trial(
    run: Run,
    grid: Grid,
    part: Flags,
    finds: Finds,
    ranked: Mapping[str, list[Floats]],
    rows: list[Ints],
    skipped: list[dict[str, str]],
    params: HindcastParameters,
    rng: np.random.Generator,
) -> Trial:
    """Score all rankings on one area definition."""
    cells = grid.cell_at(nodes(finds.xy_m, finds.sigma_m, NODES))
    here = ((cells >= 0) & part[cells]).mean(axis=1) >= params.least_inside.value
    lost = [{"id": str(each), "reason": "outside the effort-matched area"} for each in finds.id[~here]]
    lost += [{"id": rule, "reason": NO_TERRAIN} for rule in BASELINES if rule not in ranked]
    own = finds.only(here)
    if len(set(own.flood)) < 2:
        raise DataError(
            "incidents", expected="finds of at least 2 events near rivers, shores or places", found=f"{len(set(own.flood))}"
        )
    places = {name: standing(hazard, cells[here], part, own.id) for name, hazard in ranked.items()}
    reaches = level_paths(run, grid, part)
    percentile = [np.searchsorted(np.sort(each[part]), each, "left") / part.sum() for each in ranked[MODEL]]
    boot, shift = rng.spawn(2)
    return Trial(
        n=own.n_clusters,
        n_finds=len(own.id),
        n_events=len(set(own.flood)),
        table=_table(places, own, boot),
        curves=_curves(places, own),
        ausrc={name: float(by_cluster(score(place, own.origin, ties=_ties(name)), own).mean()) for name, place in places.items()},
        shift_p=shift_test(reaches, own, percentile, grid, rng=shift)[0],
        floods=leave_one_flood_out(densities(run), rows, own, grid, part, floor=params.floor.value, reweight=_calibration(run)),
        skipped=sorted([*skipped, *lost], key=lambda entry: entry["id"]),
        km2=float(part.sum() * grid.cell_m**2 / 1e6),
    )


def _calibration(run: Run) -> Reweight | None:
    """Return what weighs the members, or nothing where there is but one."""
    from geo.flood.ensemble import reweight

    return reweight if run.result.members > 1 else None


def _ties(ranking: str) -> str:
    return "against" if ranking == MODEL else "random"


def _table(places: Mapping[str, Standing], finds: Finds, rng: np.random.Generator) -> pd.DataFrame:
    """Return capture, exact interval, bootstrap interval, gain and lift of every ranking."""
    flood = np.empty(finds.n_clusters, dtype=object)
    flood[finds.cluster] = finds.flood
    held = {
        name: np.stack([by_cluster(capture(place, finds.origin, x, ties=_ties(name)), finds) for x in SHARES], axis=1)
        for name, place in places.items()
    }
    parts = []
    for name, values in held.items():
        mean, gain = values.mean(axis=0), held[MODEL] - values
        low, high = np.array([clopper_pearson(v * finds.n_clusters, finds.n_clusters) for v in mean]).T
        spans = bootstrap(np.concatenate([values, gain], axis=1), flood, rng)
        boot, span = spans[:, : len(SHARES)], spans[:, len(SHARES) :]
        parts.append(
            pd.DataFrame(
                {
                    "ranking": name,
                    "top_percent": [f"{100 * x:g}" for x in SHARES],
                    "capture": mean,
                    "low": low,
                    "high": high,
                    "boot_low": boot[0],
                    "boot_high": boot[1],
                    "gain": gain.mean(axis=0),
                    "gain_low": span[0],
                    "gain_high": span[1],
                    "lift": mean / np.array(SHARES),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _curves(places: Mapping[str, Standing], finds: Finds) -> pd.DataFrame:
    """Return the capture curve of every ranking."""
    parts = [
        pd.DataFrame(
            {
                "ranking": name,
                "top_percent": 100 * CURVE,
                "capture": [by_cluster(capture(place, finds.origin, x, ties=_ties(name)), finds).mean() for x in CURVE],
            }
        )
        for name, place in places.items()
    ]
    return pd.concat(parts, ignore_index=True)
