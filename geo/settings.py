"""What ``area.toml`` may say: every key with its kind and bounds, checked at once before anything is built.

A key that no pattern knows is a slip of the pen and is told with its nearest neighbour; ``*`` stands for a name of the user's
own.
``[flood]`` is checked by the flood model, which knows its parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from geo.errors import ConfigError, nearest
from geo.terms import BASES, LAND_CLASSES, LAND_STATUSES


class Rule(NamedTuple):
    """What a setting must be: its kind, its bounds or its words, and whether an area can do without it."""

    kind: str
    low: float = -math.inf
    high: float = math.inf
    needed: bool = True
    words: tuple[str, ...] = ()


TEXT, LIST, TABLES = Rule("text"), Rule("list"), Rule("tables")
POSITIVE = Rule("number", math.ulp(0.0))
RULES: Mapping[str, Rule] = {
    "title_en": TEXT,
    "title_ko": TEXT,
    "bounds": LIST,
    "crs": TEXT,
    "shown_crs": Rule("list", needed=False),
    "synthetic": Rule("flag", needed=False),
    "seed": Rule("whole", 0),
    "default_series": TEXT,
    "contacts.en": TEXT,
    "contacts.ko": TEXT,
    "land.mainland": LIST,
    "land.islands": LIST,
    "front.line": TEXT,
    "front.divider": LIST,
    "front.uncertainty_m": POSITIVE,
    "provinces.divider": LIST,
    "provinces.west": TEXT,
    "provinces.east": TEXT,
    "provinces.names.*": LIST,
    "places.as_of": TEXT,
    "rivers.as_of": TEXT,
    "lengths.mdl": LIST,
    "dmz.cut_lon": Rule("number", -180, 180),
    "dmz.sources": LIST,
    "dmz.other": LIST,
    **dict.fromkeys(("dmz.whole", "dmz.south", "dmz.south_west", "dmz.south_east", "dmz.north", "dmz.nominal_half_width"), TEXT),
    "dmz.as_of": TEXT,
    "mcz.figure": TEXT,
    "mcz.limits": LIST,
    "mcz.other": LIST,
    "mcz.sources": LIST,
    "mcz.as_of": Rule("text", needed=False),
    "mcz.uncertainty_m": POSITIVE,
    "mcz.figures.*.whole": TEXT,
    "mcz.figures.*.limit": TEXT,
    "mcz.figures.*.as_of": TEXT,
    **dict.fromkeys(("mcz.figures.*.west", "mcz.figures.*.east", "mcz.figures.*.note"), Rule("text", needed=False)),
    "allocation.beyond_mcz_km": POSITIVE,
    "allocation.rear_south_lat": Rule("number", -90, 90),
    "allocation.zone_shares": TEXT,
    "allocation.aspect": Rule("number", 1),
    "allocation.aspect_ln_sd": Rule("number", 0, 2, needed=False),
    "allocation.bearing_sd_deg": Rule("number", 0, 180, needed=False),
    "allocation.compactness": Rule("list", needed=False),
    "allocation.patch_vertices": Rule("whole", 12, 1000, needed=False),
    "allocation.size_ln_sd": Rule("number", 0, 5),
    "allocation.cell_km": Rule("number", 0.1, 100),
    "allocation.tries": Rule("whole", 1),
    "allocation.preference.front_km": POSITIVE,
    "allocation.preference.front_zones": LIST,
    "zone_shares.*.planned.*": Rule("number", 0, needed=False),
    "zone_shares.*.unconfirmed.*": Rule("number", 0, needed=False),
    "zone_shares.*.source_planned": TEXT,
    "zone_shares.*.source_unconfirmed": TEXT,
    "series.*.as_of": TEXT,
    "series.*.table_only": Rule("flag", needed=False),
    "series.*.lacks": Rule("list", needed=False),
    "series.*.counts": Rule("list", needed=False),
    **{
        f"series.*.{kind}_{part}": Rule("text", needed=False) for kind in ("planned", "unconfirmed") for part in ("area", "count")
    },
    **{
        f"series.*.{kind}_{part}_assumed": POSITIVE._replace(needed=False)
        for kind in ("planned", "unconfirmed")
        for part in ("area", "count")
    },
    "level.mines": Rule("text", needed=False),
    "scenarios.*.gauges.*": Rule("text", needed=False),
    "scenarios.*.below": Rule("text", needed=False),
    "scenarios.*.level": Rule("text", needed=False),
    "scenarios.*.stage_m": Rule("number", 0, needed=False),
    "scenarios.*.title_en": TEXT,
    "scenarios.*.title_ko": TEXT,
    **dict.fromkeys(("tiles.url", "tiles.attribution"), Rule("text", needed=False)),
    "cleared": TABLES,
    "evidence.direct": Rule("items", needed=False),
    "evidence.indirect": Rule("items", needed=False),
    "national_terms.*.en": TEXT,
    "national_terms.*.land_class": Rule("word", words=tuple(LAND_CLASSES), needed=False),
    "national_terms.*.needs_basis": Rule("words", words=tuple(BASES), needed=False),
    "national_terms.*.otherwise": Rule("word", words=tuple(LAND_CLASSES), needed=False),
    "national_terms.*.land_status": Rule("word", words=tuple(LAND_STATUSES), needed=False),
    "national_terms.*.aliases": Rule("list", needed=False),
    "national_terms.*.note_en": TEXT,
    "national_terms.*.note_ko": TEXT,
    "about.*.en": TEXT,
    "about.*.ko": TEXT,
}
FREE = ("flood.*",)


def merged(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with overrides merged in, table by table.

    Examples
    --------
    >>> merged({"mcz": {"figure": "a", "other": []}}, {"mcz": {"figure": "b"}})
    {'mcz': {'figure': 'b', 'other': []}}
    """
    found = dict(settings)
    for key, value in overrides.items():
        inner = found.get(key)
        both = isinstance(inner, Mapping) and isinstance(value, Mapping)
        found[key] = merged(inner, value) if both else value  # type: ignore[arg-type]
    return found


def checked(settings: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Return the settings if every one is known, of its kind and inside its bounds, and none is missing.

    Raises
    ------
    ConfigError
        Naming every fault.
    """
    leaves = dict(flat(settings))
    faults = [fault for path, value in leaves.items() if (fault := fault_of(path, value))]
    faults += [f"{path} is missing" for path in missing(settings, leaves)]
    if faults:
        raise ConfigError(
            "bad settings",
            where=where,
            found="; ".join(faults),
            mend="correct them; docs/another-country.md tells every key",
        )
    return settings


def flat(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, value) of every setting that is no table."""
    for key, value in settings.items():
        here = f"{path}.{key}".lstrip(".")
        if isinstance(value, Mapping):
            yield from flat(value, here)
        else:
            yield here, value


def pattern_of(path: str) -> str | None:
    """Return the rule's pattern that a dotted path falls under; names of one's own hold no dot."""
    depth = path.count(".")
    return next((pattern for pattern in RULES if pattern.count(".") == depth and fnmatchcase(path, pattern)), None)


def fault_of(path: str, value: object) -> str:
    """Return what is wrong with a setting, "" if nothing.

    Examples
    --------
    >>> fault_of("allocation.aspekt", 5.0), fault_of("seed", -1), fault_of("seed", 7)
    ('allocation.aspekt is unknown (did you mean allocation.aspect?)', 'seed = -1, expected a whole number from 0', '')
    """
    if any(fnmatchcase(path, free) for free in FREE):
        return ""
    pattern = pattern_of(path)
    if pattern is None:
        return f"{path} is unknown ({nearest(path, RULES).split('known:')[0].strip() or 'no such setting'})"
    rule = RULES[pattern]
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    fits = {
        "text": isinstance(value, str) and value != "",
        "list": isinstance(value, list),
        "tables": isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value),
        "flag": isinstance(value, bool),
        "number": number,
        "whole": number and isinstance(value, int),
        "word": value in rule.words if isinstance(value, str) else False,
        "words": isinstance(value, list) and value != [] and all(word in rule.words for word in value),
        "items": _are_items(value),
    }[rule.kind]
    inside = rule.low <= value <= rule.high if fits and rule.kind in ("number", "whole") else True  # type: ignore[operator]
    return "" if fits and inside else f"{path} = {value!r}, expected {told(rule)}"


def _are_items(value: object) -> bool:
    """Return whether a setting is a list of items, each with a key of its own and its name in both languages."""
    if not (isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)):
        return False
    texts = all(
        set(entry) == {"key", "en", "ko"} and all(isinstance(text, str) and text for text in entry.values()) for entry in value
    )
    return texts and len({entry["key"] for entry in value}) == len(value)


def told(rule: Rule) -> str:
    """Return in words what a rule asks for."""
    words = {
        "text": "text",
        "list": "a list",
        "tables": "a list of tables",
        "flag": "true or false",
        "whole": "a whole number",
        "number": "a number",
        "word": f"one of {', '.join(rule.words)}",
        "words": f"a list of {', '.join(rule.words)}",
        "items": "a list of tables, each with its own key, and en and ko",
    }
    low = "" if rule.low == -math.inf else " above 0" if rule.low == math.ulp(0.0) else f" from {rule.low:g}"
    return words[rule.kind] + low + ("" if rule.high == math.inf else f" to {rule.high:g}")


def missing(settings: Mapping[str, Any], leaves: Mapping[str, Any]) -> Iterator[str]:
    """Yield every needed path that is absent; under ``*`` in every entry that exists."""
    for pattern, rule in RULES.items():
        if not rule.needed or pattern.endswith("*"):
            continue
        head, star, tail = pattern.partition(".*.")
        if not star:
            if pattern not in leaves:
                yield pattern
            continue
        table: Any = settings
        for key in head.split("."):
            table = table.get(key, {}) if isinstance(table, Mapping) else {}
        yield from (f"{head}.{name}.{tail}" for name in table if f"{head}.{name}.{tail}" not in leaves)
