"""The ``minemap`` command: parse, call one function, print.

Data goes to standard output, everything else to standard error. Exit status: 0 done, 1 a check did not hold, 2 wrong use or
configuration, 3 invalid data, 130 interrupted. Prompts never.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import click

from geo.errors import MinemapError
from layers.options import EXITS, FORMATS, own_data, pictures, recipe_options, say, the_flood
from layers.sheet_verb import sheet
from layers.survey_verbs import check, convert

TERMINATED = 143  # as shells count a program ended by SIGTERM
INTERRUPTED = 130  # as shells count a program ended by Ctrl-C
GROUPINGS = ("layer", "class", "district")


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


@main.command(epilog=EXITS)
@click.argument("area", default="korea")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Build folder; build/AREA by default.")
@click.option("--overwrite", is_flag=True, help="Replace an older build.")
@own_data
@the_flood
@pictures
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
@click.option("--since", type=click.Path(file_okay=False), help="An earlier build: what changed since, with a log of features.")
@click.option("--log", is_flag=True, help="With --since and CSV: the log instead of the table.")
@click.option("--article7", is_flag=True, help="Supplied hazards in the columns of Article 7, Form C; not a submission.")
@click.option("--people-column", help="Of the population file.")
@own_data
def areas(area: str, by: str, form: str, **options: Any) -> None:
    """Print the area table of AREA, or of a build folder, beside the reported km².

    With --population: who lives within 100, 200 and 500 m of hazards. With --as-of: your hazards by class and status on that day.

    Example: minemap areas build/korea --by district --format markdown
    """
    from layers.show_reports import areas_told

    own = ("all_series", "since", "log", "article7", "people_column")
    chosen = {name: options.pop(name) for name in own}
    click.echo(areas_told(area, by, form, recipe_options(options), **chosen), nl=False)


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
@pictures
def draw(folder: Path, output: Path | None, overwrite: bool, inputs: Path | None, **named: str | None) -> None:
    """Draw only the offline map of a build folder again, from its recorded inputs.

    Example: minemap map build/korea -o korea.html
    """
    from geo.exchange.archive import beside
    from geo.maps.web import draw_map
    from geo.reproduce import rebuilt
    from layers.pictures import with_pictures
    from layers.show import writable

    target = writable(output or folder / "atlas.html", overwrite)
    atlas = rebuilt(folder, inputs=inputs)
    page = draw_map(with_pictures(atlas, **named))
    with beside(target, private=atlas.tier == "restricted", overwrite=overwrite) as place:
        page.save(place)
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


main.add_command(check)
main.add_command(convert)
main.add_command(sheet)

if __name__ == "__main__":
    main()
