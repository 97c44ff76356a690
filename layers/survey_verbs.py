"""The verbs ``check`` and ``convert``: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from layers.options import EXITS, day, say, survey_file

KIND = click.option(
    "--kind", default="hazards", show_default=True, help="What the records are: hazards, finds, accidents, signs."
)


@click.command(epilog=EXITS)
@click.argument("file", type=click.Path())
@KIND
@survey_file
@click.option("--area", help="Study area whose bounds, land and lists of evidence apply; without it places are not checked.")
@click.option(
    "--against", multiple=True, type=click.Path(), help="Another hazard file, for overlaps between the two; repeatable."
)
@click.option("--extents", type=click.Path(), help="Floods and slides that happened: polygons with a date.")
@click.option("--tier", default="public", show_default=True, help="In the restricted tier personal data is only told.")
@click.option("--today", help="The day to ask as of (YYYY-MM-DD).")
@click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", help="Another limit, such as step_m=2000; repeatable.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave a check out; repeatable.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--all", "tell_all", is_flag=True, help="Every finding, not the first of each code.")
@click.option("--places", type=click.Path(dir_okay=False, path_type=Path), help="GeoPackage of the offending places.")
@click.option("--repair", type=click.Path(dir_okay=False, path_type=Path), help="GeoPackage with what is safe to mend, mended.")
@click.option("--overwrite", is_flag=True, help="Replace older files.")
@click.pass_context
def check(ctx: click.Context, /, file: str, **options: Any) -> None:
    """Check hazards, finds, accidents or signs: everything that is wrong, told once; exit status 3 on errors.

    Example: minemap check survey.gpkg --area korea --places faults.gpkg
    """
    from layers.checking import asked, told

    answer = asked(file, {**options, "today": day(options["today"])})
    click.echo(told(answer, as_json=options["as_json"], every=options["tell_all"]), nl=False)
    for line in answer.notes:
        say(ctx, line)
    if answer.n_errors:
        sys.exit(3)


@click.command(epilog=EXITS)
@click.argument("source", type=click.Path())
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@KIND
@survey_file
@click.option("--area", default="korea", show_default=True, help="Study area whose grid the public tier follows.")
@click.option("--tier", default="public", show_default=True, help="public: 1 km cells; restricted: as they are.")
@click.option("--dst-crs", help="CRS to write; that of the file by default, where the format can hold it.")
@click.option("--as-is", is_flag=True, help="Write what can be written although records are unusable; the rest is listed.")
@click.option("--overwrite", is_flag=True, help="Replace an older file.")
@click.pass_context
def convert(ctx: click.Context, /, source: str, target: Path, **options: Any) -> None:
    """Write survey data in another format; the ending of TARGET chooses it.

    Example: minemap convert survey.shp survey.kmz --tier restricted
    """
    from layers.converting import converted

    for line in converted(source, target, options):
        say(ctx, line)
    click.echo(f"written: {target}")
