"""Evidence and national terms: what counts as direct, and which class a national term means, as the study area's data say.

Assumption: both are national decisions, so they stand in ``area.toml`` (``[evidence]``, ``[national_terms]``) and here only as
defaults. An item on neither list counts for neither; a term nobody mapped says nothing of the class.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.errors import nearest
from geo.survey.persons import plain

BETWEEN_ITEMS = re.compile(r"[;,\n|]")
NONE_STATED = frozenset({"none", "no", "없음"})
SUPPOSED_BASIS = "supplied"  # of a record that does not state its own: somebody handed it in


class Item(NamedTuple):
    """One item of evidence with its names."""

    key: str
    en: str
    ko: str


class Lists(NamedTuple):
    """Which items count as direct evidence and which as indirect."""

    direct: tuple[Item, ...]
    indirect: tuple[Item, ...]


class NationalTerm(NamedTuple):
    """What a national term means: its class on the bases it needs, else another; "" where it says nothing."""

    term: str
    en: str
    land_class: str = ""
    needs_basis: tuple[str, ...] = ()
    otherwise: str = ""
    land_status: str = ""
    aliases: tuple[str, ...] = ()
    note_en: str = ""
    note_ko: str = ""


DEFAULT_LISTS = Lists(
    direct=(
        Item("detonation", "detonation", "폭발"),
        Item("accident_known_place", "accident at a known place", "위치가 확인된 사고"),
        Item("reliable_records", "reliable records", "신뢰할 수 있는 기록"),
        Item("signs_or_fence", "mine signs or fencing", "지뢰 표지판·철조망"),
        Item("sighting", "mine seen", "지뢰 목격"),
    ),
    indirect=(
        Item("old_survey", "old survey", "과거 조사"),
        Item("combat_zone", "former combat zone", "과거 교전 지역"),
        Item("accident_unknown_place", "accident at an unknown place", "위치가 불분명한 사고"),
        Item("unreliable_records", "unreliable records", "신뢰하기 어려운 기록"),
        Item("unused_land", "productive land left unused", "쓸 수 있는데 쓰지 않는 땅"),
        Item("verbal_report", "verbal report", "구두 진술"),
    ),
)


def evidence_lists(area: StudyArea | None = None) -> Lists:
    """Return the area's lists of evidence; the default ones where it has none.

    Examples
    --------
    >>> [item.key for item in evidence_lists().direct][:2]
    ['detonation', 'accident_known_place']
    """
    stated: Mapping[str, Any] = area.settings.get("evidence", {}) if area is not None else {}
    both = ((stated.get(name), getattr(DEFAULT_LISTS, name)) for name in Lists._fields)
    return Lists(*(default if items is None else tuple(Item(**item) for item in items) for items, default in both))


def national_terms(area: StudyArea | None = None) -> tuple[NationalTerm, ...]:
    """Return the national terms that the area maps; none without an area.

    Examples
    --------
    >>> from geo.area import read_area
    >>> [(term.term, term.land_class) for term in national_terms(read_area("korea"))][:2]
    [('계획지뢰지대', 'CHA'), ('미확인지뢰지대', 'SHA')]
    """
    stated: Mapping[str, Mapping[str, Any]] = area.settings.get("national_terms", {}) if area is not None else {}
    return tuple(NationalTerm(term, **{key: _frozen(value) for key, value in entry.items()}) for term, entry in stated.items())


def evidence_of(direct: pd.Series, indirect: pd.Series, lists: Lists = DEFAULT_LISTS) -> NDArray[np.object_]:
    """Return what the items named by each record amount to.

    Parameters
    ----------
    direct, indirect : Series of str, shape (n,)
        Items as keys or names in either language, parted by ``;`` or ``,``. An item counts as its list says, in whichever column
        it stands.
    lists : Lists
        Those of the area.

    Returns
    -------
    array of str, shape (n,)
        ``direct``, ``indirect``, ``none`` where the record says that there is none, else ``not_specified``.

    Examples
    --------
    >>> evidence_of(pd.Series(["sighting", "", "old survey", "없음"]), pd.Series(["", "구두 진술; 폭발", "", ""])).tolist()
    ['direct', 'direct', 'indirect', 'none']
    """
    weight = np.maximum(_weights(direct, lists), _weights(indirect, lists))
    return np.array(["not_specified", "none", "indirect", "direct"], dtype=object)[weight]


def unlisted(texts: pd.Series, lists: Lists = DEFAULT_LISTS) -> NDArray[np.object_]:
    """Return the items that stand on neither list, joined by ``; ``; "" where there are none; shape (n,).

    Examples
    --------
    >>> unlisted(pd.Series(["sighting; rumour", "폭발"])).tolist()
    ['rumour', '']
    """
    known = {*_names(lists.direct), *_names(lists.indirect), *map(plain, NONE_STATED)}
    codes, words = _worded(texts)
    strange = ["; ".join(item for item in items(word) if plain(item) not in known) for word in words]
    return np.array([*strange, ""], dtype=object)[codes]


def hint(item: str, lists: Lists = DEFAULT_LISTS) -> str:
    """Return the nearest item of the lists, in words.

    Examples
    --------
    >>> hint("sightings")
    'did you mean sighting?'
    """
    return nearest(item, (known.key for known in (*lists.direct, *lists.indirect))).split(" known:")[0]


def classed(national_term: pd.Series, basis: pd.Series, area: StudyArea | None) -> pd.DataFrame:
    """Return the class and status that national terms mean on a basis, beside the term itself.

    Parameters
    ----------
    national_term : Series of str, shape (n,)
        As typed; blanks and case do not count.
    basis : Series of str, shape (n,)
        Words of `geo.terms.BASES`; an empty one counts as ``supplied``.
    area : StudyArea or None
        Whose ``[national_terms]`` apply.

    Returns
    -------
    DataFrame, n rows, the index of `national_term`
        ``term`` (the area's spelling, "" where it is not mapped), ``land_class`` and ``land_status`` ("" where it is silent).

    Examples
    --------
    >>> from geo.area import read_area
    >>> terms = pd.Series(["계획 지뢰지대", "계획지뢰지대", "past mine zone", "철책"])
    >>> basis = pd.Series(["supplied", "allocated", "", ""])
    >>> classed(terms, basis, read_area("korea")).values.tolist()[1:]
    [['계획지뢰지대', 'indication', ''], ['과거지뢰지대', '', 'searched_not_released'], ['', '', '']]
    """
    known = national_terms(area)
    places = _places(known)
    codes, words = _worded(national_term)
    which = np.array([*(places.get(plain(word), len(known)) for word in words), len(known)], dtype=int)[codes]
    silent = NationalTerm("", "")
    entries = [*known, silent]
    bases, basis_words = _worded(basis)
    met = np.array(
        [[not e.needs_basis or (word.strip() or SUPPOSED_BASIS) in e.needs_basis for word in (*basis_words, "")] for e in entries]
    )[which, bases]
    column = {name: np.array([getattr(entry, name) for entry in entries], dtype=object)[which] for name in NationalTerm._fields}
    return pd.DataFrame(
        {
            "term": column["term"],
            "land_class": np.where(met, column["land_class"], column["otherwise"]),
            "land_status": column["land_status"],
        },
        index=national_term.index,
    ).astype(str)


def items(text: str) -> list[str]:
    """Return the items of one cell.

    Examples
    --------
    >>> items("sighting; 폭발,")
    ['sighting', '폭발']
    """
    return [item.strip() for item in BETWEEN_ITEMS.split(text) if item.strip()]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _names(listed: Iterable[Item]) -> set[str]:
    return {plain(name) for item in listed for name in item}


def _places(known: tuple[NationalTerm, ...]) -> dict[str, int]:
    """Return which term each spelling means; the term itself before other spellings."""
    spelt = {plain(name): place for place, term in enumerate(known) for name in (term.en, *term.aliases)}
    return spelt | {plain(term.term): place for place, term in enumerate(known)}


def _weights(texts: pd.Series, lists: Lists) -> NDArray[np.int64]:
    """Return 3 for a direct item, 2 for an indirect one, 1 where none is stated, else 0; shape (n,)."""
    direct, indirect = _names(lists.direct), _names(lists.indirect)
    weight = {**dict.fromkeys(map(plain, NONE_STATED), 1), **dict.fromkeys(indirect, 2), **dict.fromkeys(direct, 3)}
    codes, words = _worded(texts)
    heaviest = [max((weight.get(plain(item), 0) for item in items(word)), default=0) for word in words]
    return np.array([*heaviest, 0], dtype=np.int64)[codes]


def _worded(texts: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Return each text's place among the distinct ones, and those; a missing text stands last, at -1."""
    codes, words = pd.factorize(texts)
    return np.asarray(codes), [str(word) for word in words]
