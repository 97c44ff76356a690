"""Write docs/flood.md: what the flood model gives for Korea, as tables made by running it.

    python docs/flood.py [--dem RASTER]

The table of drainage areas needs a terrain model and is left out without one. A test compares the account of one run and the
recovery table with a fresh run; the rest takes minutes and is only written here.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.exchange.raster import Dem, read_dem
from geo.flood.baselines import BASELINES
from geo.flood.courses import river_courses
from geo.flood.mouths import areas_at_mouths
from geo.flood.recovery import compare, leave_one_out, recovery
from geo.flood.terrain import cell_areas_m2, drain
from geo.flood.valley import Valley
from layers.hindcast import Hindcast, hindcast
from layers.hindcast_rules import FAIR, MODEL
from layers.hindcast_told import AREAS
from layers.request import request
from layers.rivers import flood_parameters
from layers.scene import Scene, scene
from layers.show_flood import FloodRun, flood_run, level, level_told, place_told, rivers_table

PAGE = Path(__file__).with_name("flood.md")
MEMBERS, BASE, PLACE = 200, 64, "Igil-ri"
LISTED_TOTAL, LISTED_SWING = 0.02, 0.05  # parameters below both are not listed
HEAD = f"""# What the flood model gives for Korea

Written by `docs/flood.py` from the default Korean data; do not edit. [model.md](model.md) says what the words and the
parameters mean. Without known densities amounts are an *index*: compare them within an origin, never across origins, and
read no more than two digits. Bands hold 5 to 95 % of {MEMBERS} members and are conditional on the assumptions in
`assumed.csv`. Nothing here is a probability of harm.
"""
PLACE_READ = """How to read it: 1 on the index is the zone of its origin that is densest on average over the members, so a
band may reach above 1. A southern index of 1 with a band from a tenth to nearly three says that the model puts most here
and does not know how much. The wide bands of the sources say that the place depends on which fields the layout of a member
puts upstream. The two origins are read one after the other, never added.
"""
LEVEL_READ = """Southern rows are items of one 100-year flood, northern ones an index as ever. The figures are conditional on a
loss rate from press totals, on a stock of a round million, and on rivers being made to explain what slides do. A rate of
losses says nothing on where items lie.
"""
ACCOUNTS = ("mobilised", "deposited", "trapped", "estuary", "sea", "exported")
EVENTS = {
    "1996, Imjin and Hantan": (600, 1200, "JoongAng Ilbo, spring 1997 (year inferred)"),
    "August 1998": (170, 329, "Hankyung, 7 Aug 1999"),
    "2002, typhoon Rusa, Gangneung": (52, 84, "KCBL paper, citing Kim and Ko 2002"),
}
RIVAL_1996 = (680, 3680)  # Seoul Shinmun, 16 May 1998: 680 found, thousands not; 3,000 is assumed for these
REAR_BASES = (250, 1300)  # Hankyung, 16 Sep 2001: ten rear bases to 2001
RECOVERY_NAMES = {"fit": "data or prior", "new_q05": "new event 5 %", "new_q50": "50 %", "new_q95": "95 %"}


def markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown, numbers to three digits."""
    shown = [[told(value) for value in table[name]] for name in table]
    rule = ["---" if any(map(str.isalpha, "".join(column))) else "---:" for column in shown]
    rows = ([str(name) for name in table], rule, *zip(*shown, strict=True))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def told(value: Any) -> str:
    """Return a value as text, three digits and no exponent; 0 where rounding is all there is.

    >>> told(0.0001234), told(346.856), told(35770.2), told(1e-17), told("imjin")
    ('0.000123', '347', '35,770', '0', 'imjin')
    """
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    if abs(value) < 1e-12:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def account(ledger: pd.DataFrame) -> str:
    """Return an account of every item, by origin and class; the same from a build's ledger as from a run's."""
    shown = ledger[~ledger["origin"].str.contains("slides")]
    if not (shown["residual"].abs() <= 1e-9 * shown["mobilised"].clip(lower=1)).all():
        raise ValueError("the account does not balance")
    table = markdown(shown[["origin", "item_class", "units", *ACCOUNTS]])
    return f"{table}\nIn every row what moved is accounted for to 1e-9.\n"


def one_run(ledger: pd.DataFrame) -> str:
    """Return the section on the run that a build makes by default."""
    return "## The default run: one member, central values\n\n" + account(ledger)


def many_runs(run: FloodRun) -> str:
    """Return the sections on the ensemble: account, rivers, one place."""
    table = rivers_table(run)
    band = [f"{low:.1f}–{high:.1f}" for low, high in zip(table.pop("percent_q05"), table.pop("percent_q95"), strict=True)]
    table["percent"] = table["percent"].map("{:.1f}".format)
    table.insert(3, "5–95 %", band)
    return f"""## {MEMBERS} members

{level(run)}.

{account(run.result.ledger_frame())}
### By river

Share of what an origin leaves on each river, with its band, and the km² of zones by class. The estuary is always undetermined.

{markdown(table)}
## A planner's reading of one place

`minemap displace korea --members {MEMBERS} --place "{PLACE}"`

```
{place_told(run)}```

{PLACE_READ}"""


def what_matters(run: FloodRun) -> str:
    """Return the section on Sobol indices and single swings."""
    table = run.sensitivity
    if table is None:
        raise ValueError("a run with sensitivity is needed")
    kept = table[(table["total"] > LISTED_TOTAL) | (table["swing"].abs() > LISTED_SWING)]
    shown = kept[["quantity", "parameter", "tag"]].copy()
    for name in ("first", "total"):
        shown[name] = [f"{v:.2f} ± {se:.2f}" for v, se in zip(kept[name], kept[f"{name}_se"], strict=True)]
    ends = kept[["at_low", "central", "at_high"]].rename(columns={"at_low": "at 5 %", "at_high": "at 95 %"})
    return f"""## What matters most

`minemap displace korea --sensitivity {BASE}`: Sobol indices from {BASE} runs a parameter with their bootstrap standard
errors, and the quantity with one parameter alone at its 5 % and its 95 % value. Parameters with a total of at most
{LISTED_TOTAL:g} and a swing of at most {100 * LISTED_SWING:.0f} % are not listed; without terrain neither stage nor scour
plays a part. Layouts and series are not among the parameters here; they are in the bands above.

{markdown(pd.concat([shown, ends], axis=1))}"""


def the_level(run: FloodRun) -> str:
    """Return the section on the level that closes the yearly account."""
    return f"""## The level, closed

`minemap displace korea --members {MEMBERS} --level closed`

{" ".join(f"{line}." for line in level_told(run.level))}

{account(run.result.ledger_frame())}
{LEVEL_READ}"""


def hindcast_told(shown: Hindcast) -> str:
    """Return the tables and the reading of one hindcast."""
    parts = []
    for name, trial in shown.trials.items():
        order = [MODEL, FAIR, *(rule for rule in BASELINES if rule in trial.ausrc)]
        by_share = {percent: rows.set_index("ranking").loc[order] for percent, rows in trial.table.groupby("top_percent")}
        ten = by_share["10"]
        table = {f"{percent} %": by_share[percent]["capture"].map("{:.2f}".format) for percent in ("1", "2", "5", "10", "20")}
        table["exact 95 % at 10 %"] = [f"{low:.2f}–{high:.2f}" for low, high in zip(ten["low"], ten["high"], strict=True)]
        gains = ten[["gain", "gain_low", "gain_high"]].to_numpy()
        table["model's gain at 10 %"] = [f"{gain:+.2f} ({low:+.2f} to {high:+.2f})" for gain, low, high in gains]
        table["AUSRC"] = [f"{trial.ausrc[each]:.2f}" for each in order]
        frame = pd.DataFrame(table, index=order).rename(index={FAIR: "model, ties at random"}).reset_index(names="ranking")
        counts = f"{trial.km2:,.0f} km², {trial.n_finds} finds in {trial.n} clusters of {trial.n_events} events"
        parts.append(f"**{AREAS[name].capitalize()}**: {counts}; capture in the top share of the area\n\n{markdown(frame)}")
    return "\n".join([*parts, f"```\n{shown.reading}\n```\n"])


def does_it_find() -> str:
    """Return the section on the hindcast, at one member and at many."""
    rules = "\n".join(f"- {key}: {told_by}" for key, told_by in BASELINES.items())
    return f"""## Hindcast: does it find what was found?

Documented finds against the zones and against plain rules; `minemap hindcast korea`. A find counts by the share of its
positional error inside the top of a ranking; clusters, not finds, are counted; the model's ties count against it, and most
land has no zone and so ties. Intervals at 10 %: exact for the capture, bootstrap over events for what the model captures
more than a rule. AUSRC is the area under the capture curve.

{rules}

### One member

{hindcast_told(hindcast("korea"))}
### {MEMBERS} members

{hindcast_told(hindcast("korea", members=MEMBERS))}
{DISCLOSED_HINDCAST}"""


DISCLOSED_HINDCAST = """### What to know about these tables

- Parameters and thresholds were frozen before any result was seen.
- Two things in the *method* changed after a first run. In the shift test, finds that are moved along the rivers now stay at their
  distance from the river on own land, on the other bank where the first has none, instead of being put on the river's axis. And a
  verdict of "beats" or "loses" now needs both a bootstrap interval over events that leaves out 0 and a gap as large as so few
  clusters can tell.
- What it shows: the model does not beat the plain rules. On all land assumed search effort alone finds far more than the model,
  and B1, B2 and B4 hold more than one run of it too, by less than so few clusters can tell.
  Where people go and search, nothing is told apart from anything. Along the rivers, finds stand no higher in the model's ranking
  than finds shifted at random. So the zones stay an index for ordering questions.
- 19 and 17 clusters tell large differences only; the exact intervals show how little that is.
- In no case do enough members agree with the finds of the other floods to be weighed by them (the effective sample falls below
  50), so all members keep equal weight.
- B3, the height rule, needs terrain (`--dem`) and is left out here.
"""


def found_again() -> str:
    """Return the section on recovery from counts."""
    found, displaced = ([row[k] for row in EVENTS.values()] for k in (0, 1))
    three = recovery(found, displaced)
    table = compare(
        {
            "three events": three,
            "kappa prior centred at 5": recovery(found, displaced, (math.log(5), 1.0)),
            "kappa prior centred at 100": recovery(found, displaced, (math.log(100), 1.0)),
            "1996 as 680 of 3,680": recovery([RIVAL_1996[0], *found[1:]], [RIVAL_1996[1], *displaced[1:]]),
            "ten rear bases 250 of 1,300 added": recovery([*found, REAR_BASES[0]], [*displaced, REAR_BASES[1]]),
        }
    )
    pit, band = leave_one_out(three)
    events = pd.DataFrame(
        [
            (name, f"{k} of {n:,}", f"{low}–{high} ({middle})", f"{rank:.2f}", source)
            for (name, (k, n, source)), (low, middle, high), rank in zip(EVENTS.items(), band.tolist(), pit.tolist(), strict=True)
        ],
        columns=["event", "found of displaced", "5–95 % (50 %) predicted from the other two", "mid-PIT", "source"],
    )
    return f"""## How many displaced mines are found again

From counts alone, so it says nothing on place or distance. Only one product shows in a count: searched for and found, times not
buried, times not carried away.

{markdown(events)}
What disputed counts and the prior of the spread (`kappa`) do to the mean share, and to the share of an event to come. For 1996 a
rival report has 680 found and thousands not (Seoul Shinmun, 16 May 1998), taken as 3,000 (assumed); the ten rear bases are from
Hankyung, 16 Sep 2001.

{markdown(table.rename(columns=RECOVERY_NAMES))}"""


def drained(here: Scene, dem: Dem) -> pd.DataFrame:
    """Return drainage areas on a terrain model, by itself and with the mapped rivers cut into it, beside published ones."""
    params = flood_parameters(here.area.settings).override({"p_model": "constant"})
    courses = river_courses(here.area.lines, here.area.tables["rivers"], here.area.crs, params)
    alone = areas_at_mouths(dem, drain(dem.z_m, dem.cell_m, cell_km2=cell_areas_m2(dem) / 1e6), courses)
    cut_in = areas_at_mouths(dem, Valley.of(dem, here.network, params).drainage, courses).set_index("river")
    beside = cut_in.loc[alone["river"], "difference_percent"].to_numpy()
    return pd.DataFrame(
        {
            "river": alone["name_en"],
            "published km²": alone["published_km2"],
            "terrain km²": alone["terrain_km2"].round(),
            "difference": [f"{value:+.1f} %" for value in alone["difference_percent"]],
            "with mapped rivers cut in": [f"{value:+.1f} %" for value in beside],
            "terrain ends inside the basin": np.where(alone["cut"], "yes", "no"),
        }
    )


def on_terrain(path: Path) -> str:
    """Return the section on drainage areas."""
    here = scene(request("korea"))
    dem = read_dem(path, crs=here.area.crs, bounds_deg=here.area.bounds)
    return f"""## Drainage areas of a terrain model beside published ones

A public SRTM/GMTED render in steps of {dem.step_m:g} m, read at {dem.cell_m:g} m: it serves drainage, height above drainage
and reach ids, not depth.

{markdown(drained(here, dem))}
{DISCLOSED_DRAINAGE}"""


DISCLOSED_DRAINAGE = """What to know about this table:

- The outlet of a river is looked for at the lowest point of its drawn line that lies two snapping distances (2 km) or more from
  where it ends and from the river it joins. There the cell with the largest area within 1 km counts, and from it the water is
  followed down, at most 2 km, to just above the first step that adds 10 % or more.
- This rule was settled with the table in view, so that the larger river below a confluence is not taken for the smaller one.
  The terrain and the directions of flow were never adjusted.
- The gaps of the Hantan (+12 to +16 % under the rules tried) and of the Yeseong (-4 to -5 %) stay, and so do those of the
  Hwagang, the Namgang and Gangneung's Namdae. A published area does not say for which point it is meant, heights in such
  steps leave flats on which directions are arbitrary, and [data.md](data.md) names the river lines that are weak.
- The Han is cut: its basin leaves the terrain model in the south.
"""


def page(dem: Path | None) -> str:
    """Return the page as Markdown."""
    plain = flood_run("korea")
    many = flood_run("korea", members=MEMBERS, place=PLACE)
    parts = [
        HEAD,
        one_run(plain.result.ledger_frame()),
        many_runs(many),
        what_matters(flood_run("korea", sensitivity=BASE)),
        the_level(flood_run("korea", members=MEMBERS, level="closed")),
        does_it_find(),
        found_again(),
        *([] if dem is None else [on_terrain(dem)]),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dem", type=Path, help="terrain model for the table of drainage areas")
    PAGE.write_text(page(parser.parse_args().dem), encoding="utf-8")
