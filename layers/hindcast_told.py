"""The hindcast told: plain values, a few honest lines, and the plot. Two digits at most: few finds carry no more."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.errors import ConfigError
from geo.flood.baselines import BASELINES
from geo.flood.capture import clopper_pearson, power, rejection_count, told_apart
from layers.hindcast_rules import FAIR, MODEL

if TYPE_CHECKING:
    from layers.hindcast import Hindcast, Trial

LABELS = {MODEL: "model, its ties counted against it", FAIR: "model, ties broken at random as for the rules"}
AREAS = {"all_land": "all land", "effort_matched": "where people go and search"}
TOLD_AT = "10"  # percent of the area
RIVAL = 0.35  # capture of a plain rule from which others are to be told apart
STYLES = {  # no green, and lines apart without colour
    MODEL: ("#000000", "-", 2.4),
    FAIR: ("#000000", "-", 0.8),
    "B0": ("#999999", ":", 1.4),
    "B1": ("#e69f00", "--", 1.4),
    "B2": ("#0072b2", "-.", 1.4),
    "B3": ("#8c6d31", (0, (1, 1)), 1.4),
    "B4": ("#cc79a7", (0, (5, 1)), 1.4),
    "B5": ("#d55e00", (0, (3, 1, 1, 1, 1, 1)), 1.4),
}
ENDINGS = (".svg", ".png")


def as_json(trial: Trial) -> dict[str, Any]:
    """Return one area definition's outcome as plain values; a rule that was not scored is None."""
    by_name = {str(name): rows for name, rows in trial.table.groupby("ranking", sort=False)}
    names = (MODEL, *BASELINES)

    def told(column: str) -> dict[str, Any]:
        return {name: _by_percent(by_name[name], column) if name in by_name else None for name in names}

    ends = {name: list(zip(rows["low"].tolist(), rows["high"].tolist(), strict=True)) for name, rows in by_name.items()}
    percents = {name: rows["top_percent"].tolist() for name, rows in by_name.items()}
    return {
        "n": trial.n,
        "capture": told("capture"),
        "interval": {
            name: {p: list(pair) for p, pair in zip(percents[name], ends[name], strict=True)} if name in ends else None
            for name in names
        },
        "lift": told("lift"),
        "ausrc": {name: trial.ausrc.get(name) for name in names},
        "shift_p": trial.shift_p,
        "skipped": [dict(entry) for entry in trial.skipped],
    }


def summary(found: Hindcast) -> pd.DataFrame:
    """Return one row an area definition and ranking: the share of finds in the top x % of the area, two digits."""
    rows = []
    for name, trial in found.trials.items():
        for ranking, own in trial.table.groupby("ranking", sort=False):
            told = own.set_index("top_percent")
            at = told.loc[TOLD_AT]
            rows.append(
                {
                    "area": AREAS[name],
                    "ranking": ranking,
                    **{f"top {percent} %": f"{told.loc[percent, 'capture']:.2f}" for percent in told.index},
                    f"exact 95 % at {TOLD_AT}": f"{at['low']:.2f}-{at['high']:.2f}",
                    f"lift at {TOLD_AT}": f"{at['lift']:.1f}",
                    "AUSRC": f"{trial.ausrc[str(ranking)]:.2f}",
                }
            )
    return pd.DataFrame(rows)


def _by_percent(rows: pd.DataFrame, column: str) -> dict[str, float]:
    return dict(zip(rows["top_percent"].tolist(), rows[column].tolist(), strict=True))


def power_line(n: int) -> str:
    """Return what n clusters can tell, in words; exact binomial at 5 %.

    Examples
    --------
    >>> power_line(10)
    '10 clusters reject a capture of 0.10 at 4 or more, with power 0.83 if 0.50 is true; from 0.35 they tell only 0.77 or more'
    """
    apart = told_apart(n, RIVAL)
    return (
        f"{n} clusters reject a capture of 0.10 at {rejection_count(n, 0.10)} or more, with power {power(n, 0.10, 0.50):.2f} "
        f"if 0.50 is true; from {RIVAL:.2f} they tell {'nothing' if np.isnan(apart) else f'only {apart:.2f} or more'}"
    )


def verdicts(trial: Trial) -> dict[str, list[str]]:
    """Return the rules that the model beats, loses to, or cannot be told from at the top 10 %.

    Two are told apart only when the bootstrap interval of the gain, events drawn again, leaves out 0 and the gain is no
    smaller than what so few clusters can tell from `RIVAL`.
    """
    at = trial.table[(trial.table["top_percent"] == TOLD_AT) & trial.table["ranking"].isin(list(BASELINES))]
    large = at["gain"].abs() >= told_apart(trial.n, RIVAL) - RIVAL
    side = np.where(
        large & (at["gain_low"] > 0), "beats", np.where(large & (at["gain_high"] < 0), "loses to", "cannot be told from")
    )
    told: dict[str, list[str]] = {"beats": [], "loses to": [], "cannot be told from": []}
    for name, capture, word in zip(at["ranking"], at["capture"], side, strict=True):
        told[str(word)].append(f"{name} ({capture:.2f})")
    return told


def reading(shown: Hindcast) -> str:
    """Return what the hindcast shows in a few lines."""
    lines = []
    for name, trial in shown.trials.items():
        row = _at(trial, MODEL)
        fair = _at(trial, FAIR)["capture"]
        kept = f"{trial.n_finds} finds, {trial.n} clusters, {trial.n_events} events"
        lines += [
            f"{AREAS[name]} ({trial.km2:,.0f} km²): {kept}; {len(trial.skipped)} records or rules left out",
            f"  the model's top 10 % holds {row['capture']:.2f} of them (exact 95 %: {row['low']:.2f}-{row['high']:.2f}), "
            f"lift {row['lift']:.1f}; {fair:.2f} if its ties too are broken at random",
            *(f"  it {word} {', '.join(rules)}" for word, rules in verdicts(trial).items() if rules),
            f"  shift along the rivers: p = {trial.shift_p:.2f}",
        ]
        lines += [f"  {power_line(trial.n)}"]
    beaten = all(len(verdicts(trial)["beats"]) == len(BASELINES) for trial in shown.trials.values())
    told = "beat every rule on both grounds" if beaten else "did not beat every rule: the zones stay a screening index"
    lines.append(f"The model {told}.")
    lines.append(f"Leave one flood out: {_calibration(shown)}. Conditional on assumptions; finds are where people searched.")
    return "\n".join(lines)


def _calibration(shown: Hindcast) -> str:
    """Return in how many of the floods left out the others could weigh the members."""
    if shown.members == 1:
        return "nothing is calibrated with one member"
    notes = pd.concat([trial.floods["calibration"] for trial in shown.trials.values()])
    refused = int(notes.str.startswith("equal weights").sum())
    return f"in {refused} of {len(notes)} cases too few members fit the other floods, so all kept equal weight"


def _at(trial: Trial, ranking: str) -> pd.Series:
    """Return the row of a ranking at the share that is told in words."""
    return trial.table[(trial.table["ranking"] == ranking) & (trial.table["top_percent"] == TOLD_AT)].iloc[0]


def draw(shown: Hindcast, path: Path) -> None:
    """Draw the capture curves of the model and the rules to an SVG or PNG file, the same bytes every time."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if path.suffix.lower() not in ENDINGS:
        raise ConfigError("unknown kind of picture", where=str(path), expected=" or ".join(ENDINGS), found=path.suffix or "none")
    with rc_context({"svg.hashsalt": "minemap", "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(10.5, 6.4), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(shown.trials), sharey=True, squeeze=False)[0]
        for panel, (name, trial) in zip(panels, shown.trials.items(), strict=True):
            _panel(panel, AREAS[name], trial)
        panels[0].set_ylabel("expected share of finds captured")
        handles, labels = panels[0].get_legend_handles_labels()
        title = f"{shown.title}: documented finds against a screening index"
        figure.legend(
            handles, labels, title=title, title_fontsize=11, loc="outside upper center", ncols=3, frameon=False, fontsize=7.5
        )
        figure.supxlabel(_statement(shown), fontsize=7.5, ha="left", x=0.01)
        stamp = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
        drawn = io.BytesIO()  # the file is written in one piece, or not at all
        figure.savefig(drawn, format=path.suffix[1:].lower(), metadata=stamp, dpi=150)
    path.write_bytes(drawn.getvalue())


def _panel(panel: Any, title: str, trial: Trial) -> None:
    """Draw one area definition."""
    for name, (colour, dash, width) in STYLES.items():
        rows = trial.curves[trial.curves["ranking"] == name]
        if len(rows) == 0:
            continue
        x, y = rows["top_percent"].to_numpy(), rows["capture"].to_numpy()
        label = f"{name}: {BASELINES[name]}" if name in BASELINES else LABELS[name]
        if name == MODEL:
            low, high = np.array([clopper_pearson(v * trial.n, trial.n) for v in y]).T
            panel.fill_between(x, low, high, color="#000000", alpha=0.12, linewidth=0, label="model, exact 95 % interval")
        panel.plot(x, y, color=colour, linestyle=dash, linewidth=width, label=label)
    panel.set(title=f"{title}: {trial.n} clusters of {trial.n_finds} finds", xlabel="top share of the area [%]", ylim=(0, 1))
    panel.set_xlim(0, trial.curves["top_percent"].max())


def _statement(shown: Hindcast) -> str:
    """Return what the plot shows, and what it does not."""
    lines = [f"{AREAS[name]}: {_verdict(trial)}; shift test p = {trial.shift_p:.2f}." for name, trial in shown.trials.items()]
    lines.append("Finds are place-level and lie where people searched. No curve says that a place is free of mines.")
    return "\n".join(lines)


def _verdict(trial: Trial) -> str:
    told = [f"{word} {', '.join(rules)}" for word, rules in verdicts(trial).items() if rules]
    return f"at 10 % of the area the model {'; '.join(told)}"
