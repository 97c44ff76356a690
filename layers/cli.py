"""The ``minemap`` command: parse, call one function, print.

Data goes to standard output, everything else to standard error. Exit status: 0 done, 1 a check did not hold, 2 wrong use or
configuration, 3 invalid data, 130 interrupted. Prompts never.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from geo.errors import MinemapError
from geo.source import read_toml

EXITS = "Exit status: 0 done, 1 a check did not hold, 2 wrong use or configuration, 3 invalid data."
TERMINATED = 143  # as shells count a program ended by SIGTERM
INTERRUPTED = 130  # as shells count a program ended by Ctrl-C
GROUPINGS = ("layer", "class", "district")
FORMATS = ("table", "csv", "json", "markdown")
OWN_DATA = [
    click.option("--series", help="Reported series that simulated minefields follow, such as ndc-2010."),
    click.option("--planned", type=click.Path(), help="Your own planned minefields; replaces the simulated ones."),
    click.option("--unconfirmed", type=click.Path(), help="Your own unconfirmed minefields."),
    click.option("--boundary", type=click.Path(), help="Your own front line, DMZ or MCZ (column 'layer': mdl, dmz, mcz)."),
    click.option("--rivers", type=click.Path(), help="Your own river lines."),
    click.option("--districts", type=click.Path(), help="Your own districts, for tables by district."),
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
THE_FLOOD = [
    click.option(
        "--dem", type=click.Path(), multiple=True, help="Terrain heights: a raster or a folder of tiles; repeat for more."
    ),
    click.option("--members", type=int, default=1, show_default=True, help="Of the ensemble; 200 to look, 1000 to report."),
    click.option("--scenario", help="A named flood of the area, such as flood-2020, or annual."),
    click.option("--return-period", type=float, help="Of the flood, in years; 100 by default."),
    click.option("--flood", type=click.Path(), help="A flood instead of a modelled one: polygons, or a raster of depth [m]."),
]


class Verbs(click.Group):
    """A group whose errors are single lines with the exit status of their kind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; turn the project's errors into a line and a status."""
        try:
            return super().invoke(ctx)
        except MinemapError as fault:
            if ctx.params.get("debug"):
                raise
            click.echo(f"minemap: {fault}", err=True)
            ctx.exit(fault.exit_code)
        except KeyboardInterrupt:
            click.echo("minemap: interrupted; nothing was written", err=True)
            ctx.exit(INTERRUPTED)
        except OSError as fault:
            if ctx.params.get("debug") or isinstance(fault, BrokenPipeError):
                raise
            click.echo(f"minemap: {fault.strerror or fault}: {fault.filename or ''}", err=True)
            ctx.exit(2)


@click.group(cls=Verbs, epilog=EXITS, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "MINEMAP"})
@click.version_option(package_name="minemap")
@click.option("--debug", is_flag=True, help="Show the trace of an error.")
@click.option("-q", "--quiet", is_flag=True, help="No messages on standard error.")
def main(debug: bool, quiet: bool) -> None:
    """Honest minefield atlases from published facts and your own survey data.

    Example: minemap build korea -o build/korea
    """
    if sys.stderr.isatty() and not quiet:
        show_progress()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # unwinds, so that a half-written build is removed


def show_progress() -> None:
    """Print what long work is at, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    for room in ("geo", "layers"):
        logging.getLogger(room).addHandler(handler)
        logging.getLogger(room).setLevel(logging.INFO)


def own_data(verb: Any) -> Any:
    """Add the options by which the user's own data and settings replace those of the study area."""
    return with_options(verb, OWN_DATA)


def the_flood(verb: Any) -> Any:
    """Add the options of the flood model."""
    return with_options(verb, THE_FLOOD)


def with_options(verb: Any, options: Sequence[Any]) -> Any:
    """Add options in their order."""
    for option in reversed(options):
        verb = option(verb)
    return verb


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Build folder; build/AREA by default.")
@click.option("--overwrite", is_flag=True, help="Replace an older build.")
@own_data
@the_flood
@click.pass_context
def build(ctx: click.Context, /, area: str, output: Path | None, overwrite: bool, **options: Any) -> None:
    """Build the whole atlas of AREA: layers, tables, map and manifest.

    Example: minemap build korea -o build/korea --series ndc-2010
    """
    from geo.build import check_target, write_build
    from layers.atlas import build as build_atlas
    from layers.show import report

    target = output or Path("build") / Path(area).name
    check_target(target, overwrite)
    say(ctx, f"building {area} ...")
    atlas = build_atlas(area, **recipe_options(options))
    write_build(atlas, target, overwrite=overwrite)
    click.echo(report(atlas))
    for note in atlas.notes:
        say(ctx, f"note: {note}")
    click.echo(f"\nmap: {target / 'atlas.html'}")


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("--by", type=click.Choice(GROUPINGS), default="layer", show_default=True, help="How km² are grouped.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--all-series", is_flag=True, help="The reported series side by side instead of the areas.")
@own_data
def areas(area: str, by: str, form: str, all_series: bool, **options: Any) -> None:
    """Print the area table of AREA, or of a build folder, beside the reported km².

    Example: minemap areas build/korea --format markdown
    """
    from layers.show import areas_of, printed, series_of

    table = series_of(area) if all_series else areas_of(area, by, recipe_options(options))
    click.echo(printed(table, form), nl=False)


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("--place", help="What can reach this place: a name, or longitude,latitude.")
@click.option(
    "--level",
    type=click.Choice(["index", "closed"]),
    default="index",
    show_default=True,
    help="closed: southern items counted, so that losses are those the country reports.",
)
@click.option("--sensitivity", type=int, help="Also tell what matters most: Sobol indices from so many runs a parameter.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for reaches, zones, ledger and raster.")
@click.option("--overwrite", is_flag=True, help="Replace older files.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@own_data
@the_flood
@click.pass_context
def displace(
    ctx: click.Context,
    /,
    area: str,
    place: str | None,
    level: str,
    sensitivity: int | None,
    output: Path | None,
    overwrite: bool,
    form: str,
    **options: Any,
) -> None:
    """Run only the flood model of AREA: what rivers carry, hold and let go, and what can reach a place.

    Example: minemap displace korea --members 200 --place "Igil-ri"
    """
    from layers.show_flood import flood_run, told, write_run

    say(ctx, f"running the flood model of {area} ...")
    run = flood_run(area, **recipe_options(options), place=place, sensitivity=sensitivity, level=level)
    if output is not None:
        write_run(run, output, overwrite=overwrite)
    click.echo(told(run, form), nl=False)
    for note in run.notes:
        say(ctx, f"note: {note}")


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("--incidents", type=click.Path(dir_okay=False), help="Your own finds; columns as in incidents.csv.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Capture curves, as SVG or PNG.")
@click.option("--members", type=int, default=1, show_default=True, help="Of the ensemble.")
@click.option("--dem", type=click.Path(), multiple=True, help="Terrain heights, for the model and the height rule.")
@click.option("--seed", type=int, help="Of layouts, ensemble and shifts.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="TOML with settings.")
@click.option("--overwrite", is_flag=True, help="Replace an older plot.")
def hindcast(area: str, as_json: bool, plot: Path | None, overwrite: bool, **options: Any) -> None:
    """Score documented finds against the zones of AREA and against simple rules.

    Example: minemap hindcast korea --plot hindcast.svg
    """
    from layers.hindcast import hindcast as score
    from layers.show import printed, writable

    target = writable(plot, overwrite) if plot else None
    found = score(area, **recipe_options(options))
    if target is not None:
        found.plot(target)
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(printed(found.summary, "table") + "\n" + found.reading)


@main.command(name="map", epilog=EXITS)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The page; FOLDER/atlas.html by default.")
@click.option("--overwrite", is_flag=True)
@click.option("--inputs", type=click.Path(file_okay=False, path_type=Path), help="Where the user's files lie.")
def draw(folder: Path, output: Path | None, overwrite: bool, inputs: Path | None) -> None:
    """Draw only the offline map of a build folder again, from its recorded inputs.

    Example: minemap map build/korea -o korea.html
    """
    from geo.maps.web import draw_map
    from geo.reproduce import rebuilt
    from layers.show import own_eyes_only, writable

    target = writable(output or folder / "atlas.html", overwrite)
    atlas = rebuilt(folder, inputs=inputs)
    page = draw_map(atlas)
    if atlas.tier == "restricted":
        own_eyes_only(target)
    page.save(target)
    click.echo(f"map: {target}")


@main.command(epilog=EXITS)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--inputs", type=click.Path(file_okay=False, path_type=Path), help="Where the user's files lie.")
def verify(folder: Path, inputs: Path | None) -> None:
    """Make a build again from its manifest and compare every file.

    Example: minemap verify build/korea
    """
    from geo.reproduce import verify as verify_build

    result = verify_build(folder, inputs=inputs)
    click.echo("\n".join(result.lines))
    if not result.ok:
        sys.exit(1)


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("--check", is_flag=True, help="Compare the tables with their registered checksums.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
def sources(area: str, check: bool, form: str) -> None:
    """Print where every number of AREA comes from.

    Example: minemap sources korea --format csv
    """
    from layers.show import checksum_lines, figures_and_sources, printed

    if check:
        lines, ok = checksum_lines(area)
        click.echo("\n".join(lines))
        sys.exit(0 if ok else 1)
    click.echo(printed(figures_and_sources(area), form), nl=False)


@main.command(epilog=EXITS)
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to make; NAME by default.")
def new(name: str, output: Path | None) -> None:
    """Start a study area of your own from the demo.

    Example: minemap new mycountry
    """
    from layers.show import copy_demo

    folder = copy_demo(output or Path(name))
    click.echo(f"study area: {folder}\nnext: edit {folder / 'area.toml'}, then minemap build {folder}")


def recipe_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe's keyword arguments, the configuration file read."""
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    if "config" in given:
        given["config"] = read_toml(given["config"])
    return given


def say(ctx: click.Context, text: str) -> None:
    """Print a message on standard error, unless quiet."""
    if not ctx.find_root().params.get("quiet"):
        click.echo(text, err=True)


if __name__ == "__main__":
    main()
