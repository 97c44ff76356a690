"""What a file for the field says of a build, of a layer and of each feature, in English and Korean: KMZ and GPX share it.

Assumption: whoever opens such a file sees a name and perhaps a description, and nothing else. So the name alone tells id, class,
basis and date, and the file's own description holds the tier and the texts no product may go without.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.exchange.texts import column, fixed, joined, joined_filled
from geo.terms import BASES, EVIDENCE, LAND_CLASSES, LAND_STATUSES, SIMULATED_BASES, TEXTS, Term

EXACT_BASES = frozenset({"surveyed", "supplied", "digitised"})  # somebody mapped them: their corners are numbered
POINTS_AT_ONCE = 100_000  # vertices held as text at a time
MOST_THREADS = 4  # each holds a piece as text: more cost memory, and the file is written by one
Piece = TypeVar("Piece")
DOT = " · "
CODED: Mapping[str, Mapping[str, Term]] = {
    "land_class": LAND_CLASSES,
    "land_status": LAND_STATUSES,
    "evidence": EVIDENCE,
    "basis": BASES,
}
TOLD: tuple[tuple[str, str, str], ...] = (  # what a description tells of a feature, in this order
    ("id", "Id", "번호"),
    ("name_en", "Name", "이름(영문)"),
    ("name_ko", "Korean name", "이름"),
    ("land_class", "Class", "분류"),
    ("land_status", "Status", "상태"),
    ("national_term", "National term", "국내 용어"),
    ("evidence", "Evidence", "증거"),
    ("basis", "Basis", "작성 근거"),
    ("area_m2", "Area, m²", "면적, m²"),
    ("precision_m", "Position, ± m", "위치 오차, ± m"),
    ("as_of", "As of", "기준일"),
    ("date", "Date", "날짜"),
    ("sign_text", "Sign", "표지판 문구"),
    ("marking_type", "Marking", "표시"),
    ("fence_condition", "Fence", "철조망"),
    ("sources", "Sources", "출처"),
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a written file says of itself.

    Attributes
    ----------
    title_en, title_ko : str
        Of the build or the survey.
    tier : {"public", "restricted"}
    cell_km : float
        Width of the public tier's cells [km]; 0 where the file holds nobody's exact places and nothing was generalised.
    contacts_en, contacts_ko : str
        Whom to tell of a find; "" leaves that text out.

    Examples
    --------
    >>> Notice("North", "북부", tier="restricted").title
    'RESTRICTED 제한본 – North · 북부'
    """

    title_en: str
    title_ko: str = ""
    tier: str = "public"
    cell_km: float = 1.0
    contacts_en: str = ""
    contacts_ko: str = ""

    @property
    def title(self) -> str:
        """The title in both languages; of a restricted file it begins with that word."""
        words = [getattr(TEXTS["tier_restricted"], language).split(" – ")[0] for language in ("en", "ko")]
        mark = f"{' '.join(words)} – " if self.tier == "restricted" else ""
        return mark + DOT.join(dict.fromkeys(filter(None, (self.title_en, self.title_ko))))

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Tier, standing and warnings, each in English and Korean."""
        keys = ["tier_restricted"] if self.tier == "restricted" else ["tier_public"] if self.cell_km else []
        keys += ["not_official", "no_data", "verify", *(["found_one"] if self.contacts_en else [])]
        blanks = {"km": f"{self.cell_km:g}", "contacts_en": self.contacts_en, "contacts_ko": self.contacts_ko or self.contacts_en}
        return tuple((TEXTS[key].en.format(**blanks), TEXTS[key].ko.format(**blanks)) for key in keys)

    @property
    def text(self) -> str:
        """All `lines`, one language after the other in each row."""
        return "\n".join(f"{en} {ko}" for en, ko in self.lines)


class FieldLayer(NamedTuple):
    """One layer for a file for the field.

    Attributes
    ----------
    name : str
        Identifier.
    frame : GeoDataFrame, n rows
        With a CRS; ``id``, names, ``land_class``, ``basis`` and ``as_of`` are used where it has them.
    title_en, title_ko : str
    keys : array of str, shape (n,), optional
        Symbol of each feature; None gives all of them the plain one.
    """

    name: str
    frame: gpd.GeoDataFrame
    title_en: str
    title_ko: str
    keys: NDArray[np.str_] | None = None

    @property
    def title(self) -> str:
        """The title in both languages."""
        return DOT.join(dict.fromkeys(filter(None, (self.title_en, self.title_ko))))


def chunks(layer: FieldLayer, most: int = POINTS_AT_ONCE) -> Iterator[FieldLayer]:
    """Yield a layer in pieces of about so many vertices, so that memory does not grow with the file."""
    counts = np.cumsum(shapely.get_num_coordinates(np.array(layer.frame.geometry.values, dtype=object)))
    edges = np.flatnonzero(np.diff(counts // most)) + 1
    for start, stop in zip([0, *edges], [*edges, len(layer.frame)], strict=True):
        keys = None if layer.keys is None else layer.keys[start:stop]
        yield layer._replace(frame=layer.frame.iloc[start:stop], keys=keys)


def made_in_order(make: Callable[[FieldLayer], Piece], pieces: Iterable[FieldLayer]) -> Iterator[Piece]:
    """Yield what is made of each piece, in their order, while the next are made on other cores.

    Columns of text and coordinates are made by compiled code that leaves the interpreter to others.
    """
    n_threads = min(MOST_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(n_threads) as pool:
        ahead: deque[Future[Piece]] = deque()
        for piece in pieces:
            ahead.append(pool.submit(make, piece))
            if len(ahead) > n_threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def mapped(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which features somebody mapped, rather than drew by rule, simulated or calculated; shape (n,)."""
    if "basis" not in frame:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(frame["basis"].isin(EXACT_BASES), dtype=bool)


def mapped_shapes(frame: pd.DataFrame, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the shapes that somebody mapped, None in the place of the others; shape (n,)."""
    return np.asarray(np.where(mapped(frame), shapes, np.array(None, dtype=object)), dtype=object)


def feature_names(frame: pd.DataFrame) -> Any:
    """Return the name of every feature: id, class, basis and date, and whether it is simulated; an arrow array of n texts.

    A zone, line or place, which has no class, goes by its names instead of its id.

    Examples
    --------
    >>> words = {"land_class": ["CHA", "zone"], "basis": ["supplied", "declared"], "as_of": ["2024-05", ""]}
    >>> rows = pd.DataFrame({"id": ["YC-014", "d"], "name_en": ["", "DMZ"], "name_ko": ["", "비무장지대"], **words})
    >>> feature_names(rows).to_pylist()
    ['YC-014 · CHA · supplied 제공 자료 · 2024-05', 'DMZ · 비무장지대 · declared 개략 설정']
    """
    zone = _texts(frame, "land_class").isin(["zone"])
    en, ko = _texts(frame, "name_en"), _texts(frame, "name_ko")
    who = _texts(frame, "id").mask(zone & (en != ""), en)
    second = ko.where(zone & (ko != who), "")
    basis = _texts(frame, "basis").map({key: f"{key} {term.ko}" for key, term in BASES.items()}).fillna("")
    mark = f"{TEXTS['simulated'].en} {TEXTS['simulated'].ko}"
    simulated = _texts(frame, "basis").isin(SIMULATED_BASES).map({True: mark, False: ""})
    date = _texts(frame, "as_of" if "as_of" in frame else "date")
    parts = (who, second, _texts(frame, "land_class").mask(zone, ""), basis, date, simulated)
    filled = [pa.array(part.where(part != "", None), pa.string(), from_pandas=True) for part in parts]
    return joined_filled(*filled, between=DOT)


def feature_ids(frame: pd.DataFrame) -> Any:
    """Return every feature's id as text, its row from 1 where it has none; an arrow array."""
    if "id" not in frame:
        return pa.array((np.arange(len(frame)) + 1).astype(str), pa.string())
    return column(frame["id"].astype(str))


def told(frame: pd.DataFrame) -> Iterator[tuple[str, str, Any]]:
    """Yield what a description tells: labels in English and Korean and a column of texts, missing where there is nothing."""
    for name, en, ko in TOLD:
        if name not in frame:
            continue
        if name in CODED:
            words = {key: f"{term.en} · {term.ko}" for key, term in CODED[name].items()}
            cells = frame[name].astype(str)
            texts = column(cells.map(words).fillna(cells).where(frame[name].notna(), None))
        elif name.endswith("_m2") or name.endswith("_m"):
            numbers = pd.to_numeric(frame[name], errors="coerce").astype(float)
            texts = pc.if_else(pa.array(numbers.notna()), fixed(numbers.fillna(0.0), 0), None)
        else:
            texts = column(frame[name])
        yield en, ko, pc.if_else(pc.equal(texts, ""), None, texts)


def way_texts(table: pd.DataFrame) -> Any:
    """Return the description of every corner of `geo.exchange.turning.turning_points`; an arrow array."""
    bearing, distance = fixed(table["bearing_deg"], 1), fixed(table["distance_m"], 1)
    way = joined(" → ", column(table["next"]), ": ", bearing, "° (true 진북) ", distance, " m")
    return joined("MGRS ", column(table["mgrs"]), way)


def _texts(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].astype("str").where(frame[name].notna(), "")
