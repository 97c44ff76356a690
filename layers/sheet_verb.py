"""The verb ``minemap sheet``: parse, call, print; what is heavy is loaded when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from geo.errors import ConfigError
from layers.options import EXITS, say


def bounds(ctx: Any, param: Any, value: str | None) -> tuple[float, ...] | None:
    """Return west, south, east and north of a text as numbers.

    Raises
    ------
    ConfigError
        If they are not four numbers.

    Examples
    --------
    >>> bounds(None, None, "127.0,38.0,127.2,38.2")
    (127.0, 38.0, 127.2, 38.2)
    """
    if value is None:
        return None
    try:
        found = tuple(float(side) for side in value.split(","))
    except ValueError:
        found = ()
    if len(found) != 4:
        raise ConfigError("no bounds", where="--bbox", expected="west,south,east,north in degrees", found=value)
    return found


@click.command(name="sheet", epilog=EXITS)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; FOLDER.pdf by default.")
@click.option("--overwrite", is_flag=True, help="Replace older files.")
@click.option("--paper", default="A4", show_default=True, help="A4, A3 or A1.")
@click.option("--landscape", is_flag=True, help="Paper on its long side.")
@click.option("--scale", help="Such as 1:50000; what fits by default. Larger ground takes several sheets.")
@click.option("--bbox", callback=bounds, metavar="W,S,E,N", help="Degrees; by default the zones along the front.")
@click.option("--lang", "language", default="en", show_default=True, help="en or ko.")
@click.option("--atlas", "by", help="river or district: an overview, and sheets for each.")
@click.option("--districts", type=click.Path(), help="Your own districts, for --atlas district.")
@click.option("--also", multiple=True, help="A layer that is not drawn by default, such as mined_density; repeat for more.")
@click.option(
    "--declination", "declination_deg", type=float, help="Of your official map, in degrees, east positive; with --year."
)
@click.option(
    "--year",
    type=float,
    help="That the declination is for, 1900 to 2100; by default of a computed one that of the newest information.",
)
@click.option("-f", "--format", "form", type=click.Choice(["pdf", "png"]), help="By default what the file's ending says.")
@click.option("--dpi", type=int, default=200, show_default=True, help="Of a PNG.")
@click.pass_context
def sheet(ctx: click.Context, /, folder: Path, output: Path | None, overwrite: bool, **options: Any) -> None:
    """Draw printable sheets of a build folder, at a true scale: print them at 100 %.

    Example: minemap sheet build/korea --paper A3 --scale 1:50000 --bbox 127.0,38.0,127.2,38.2
    """
    from layers.sheets import sheets_of, usual_target, write_sheets

    form, dpi = options.pop("form"), options.pop("dpi")
    sheets = sheets_of(folder, **options)
    for message in sheets.messages:
        say(ctx, f"note: {message}")
    chosen = output or usual_target(folder, sheets.atlas.tier, form)
    for target in write_sheets(sheets, chosen, form, dpi=dpi, overwrite=overwrite):
        click.echo(f"sheet: {target}")
