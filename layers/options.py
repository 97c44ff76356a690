"""What the verbs of the command share: groups of options, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from geo.errors import ConfigError
from geo.maps.online import tile_settings
from geo.source import read_toml

EXITS = "Exit status: 0 done, 1 a check did not hold, 2 wrong use or configuration, 3 invalid data."
FORMATS = ("table", "csv", "json", "markdown")
SURVEY_FILE = [
    click.option("--layer", help="Of a file with several."),
    click.option("--columns", help="A column map: imsma-ng, imsma-core, mdr, korean, or a TOML file."),
    click.option("--crs", help="CRS or datum of a file that states none, such as EPSG:5186 or KGD2002."),
    click.option("--encoding", help="Of a table's text; found out by default (UTF-8 or CP949)."),
    click.option("--reports", type=click.Path(), help="Table of reports: what surveys, clearance and inspections changed."),
]
OWN_DATA = [
    click.option("--series", help="Reported series that simulated minefields follow, such as ndc-2010."),
    click.option("--planned", help="Your own planned minefields; replaces the simulated ones. FILE::LAYER names a layer."),
    click.option("--unconfirmed", help="Your own unconfirmed minefields."),
    click.option("--finds", help="Your own finds of mines, as points."),
    click.option("--accidents", help="Your own accidents, as points."),
    click.option("--signs", help="Your own mine signs, as points."),
    click.option("--reports", type=click.Path(), help="Table of reports that change what is known of your hazards."),
    click.option("--extents", type=click.Path(), help="Floods and slides that happened: polygons with a date; they reopen land."),
    click.option("--columns", help="A column map for your hazards and points: korean, imsma-ng, ..., or a TOML file."),
    click.option("--crs", help="CRS or datum of your hazard and point files where they state none."),
    click.option("--as-of", help="The day to show your hazards as of; by default the latest that they speak of."),
    click.option("--boundary", type=click.Path(), help="Your own front line, DMZ or MCZ (column 'layer': mdl, dmz, mcz)."),
    click.option("--rivers", type=click.Path(), help="Your own river lines."),
    click.option("--districts", type=click.Path(), help="Your own districts, for tables by district."),
    click.option("--population", type=click.Path(), help="People: points, polygons or a raster; adds who lives near hazards."),
    click.option("--seed", type=int, help="Of the simulated layout."),
    click.option(
        "--tier", default="public", show_default=True, help="public: supplied hazards as 1 km cells; restricted: as supplied."
    ),
    click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        help="TOML with settings that replace those of area.toml.",
    ),
    click.option("--workers", type=int, default=1, show_default=True, help="Processes; the result is the same."),
    click.option("--scheduler", help="Address of a Dask scheduler instead of processes."),
]
PICTURES = [
    click.option(
        "--tiles",
        metavar="URL",
        help="Let readers switch on map pictures from a server, https://.../{z}/{x}/{y}...; it then learns where they look.",
    ),
    click.option("--tiles-attribution", metavar="TEXT", help="Whom to credit for these pictures."),
]
THE_FLOOD = [
    click.option(
        "--dem", type=click.Path(), multiple=True, help="Terrain heights: a raster or a folder of tiles; repeat for more."
    ),
    click.option("--members", type=int, default=1, show_default=True, help="Of the ensemble; 200 to look, 1000 to report."),
    click.option("--scenario", help="A named flood of the area, such as flood-2020, or annual."),
    click.option("--return-period", type=float, help="Of the flood, in years; 100 by default."),
    click.option("--flood", type=click.Path(), help="A flood instead of a modelled one: polygons, or a raster of depth [m]."),
]


def own_data(verb: Any) -> Any:
    """Add the options by which the user's own data and settings replace those of the study area."""
    return with_options(verb, OWN_DATA)


def pictures(verb: Any) -> Any:
    """Add the options that name a server of map pictures."""
    return with_options(verb, PICTURES)


def the_flood(verb: Any) -> Any:
    """Add the options of the flood model."""
    return with_options(verb, THE_FLOOD)


def survey_file(verb: Any) -> Any:
    """Add the options that tell how one survey file is to be read."""
    return with_options(verb, SURVEY_FILE)


def with_options(verb: Any, options: Sequence[Any]) -> Any:
    """Add options in their order."""
    for option in reversed(options):
        verb = option(verb)
    return verb


def recipe_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe's keyword arguments, the configuration file read."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    if "config" in given:
        given["config"] = read_toml(given["config"])
    if named := tile_settings(given.pop("tiles", None), given.pop("tiles_attribution", None)):
        given["config"] = {**given.get("config", {}), **named}
    return given


def day(text: str | None) -> date:
    """Return a day of the user's, today by default.

    Raises
    ------
    ConfigError
        If it is no date.

    Examples
    --------
    >>> day("2020-08-12")
    datetime.date(2020, 8, 12)
    """
    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise ConfigError("no date", where="--today", found=str(text), expected="YYYY-MM-DD") from None


def say(ctx: click.Context, text: str) -> None:
    """Print a message on standard error, unless quiet."""
    if not ctx.find_root().params.get("quiet"):
        click.echo(text, err=True)
