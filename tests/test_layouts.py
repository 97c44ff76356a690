"""Layouts of the simulated fields for the ensemble: on average the expectation, each member with its own series' total."""

import numpy as np
import pytest

from geo.reported import buildable
from layers.layouts import drawable, layouts
from layers.minefields import KINDS, field_counts

BOTH = ("planned", "unconfirmed")


@pytest.fixture(scope="module")
def pieces(demo_scene):
    return demo_scene.sources.iloc[: demo_scene.n_pieces]


def mined_km2(pieces, factor):
    return factor * pieces["mined_km2"].to_numpy()[:, None]


def totals(area, kinds=BOTH):
    return sorted(sum(one.area_km2(kind) for kind in kinds) for one in drawable(area))


def test_series_that_lack_figures_are_not_drawn(demo_area):
    assert [one.name for one in drawable(demo_area)] == ["demo-2020", "demo-2010"]


@pytest.mark.parametrize("kinds", [BOTH, ("planned",)])
def test_every_member_has_the_total_of_its_series(demo_area, pieces, kinds):
    part = pieces.assign(mined_km2=sum(pieces[f"{kind}_km2"] for kind in kinds))
    drawn = mined_km2(part, layouts(demo_area, part, kinds, 40, np.random.default_rng(1)))
    whole = drawn.sum(axis=0)
    known = np.array(totals(demo_area, kinds))
    nearest = known[np.abs(whole[:, None] - known).argmin(axis=1)]
    assert whole == pytest.approx(nearest, rel=1e-9)
    assert set(nearest) == set(known), "both series are drawn"
    assert (drawn >= 0).all()


def test_zones_get_their_share_of_the_fields(demo_area, pieces):
    """Sizes are dealt without regard to the zone, so the land follows the numbers on average."""
    drawn = mined_km2(pieces, layouts(demo_area, pieces, BOTH, 400, np.random.default_rng(2)))
    zones = tuple(dict.fromkeys(pieces["zone"]))
    for name in zones:
        expected = np.mean(
            [
                sum(
                    one.area_km2(kind) * field_counts(demo_area, kind, one.count(kind), zones)[name] / one.count(kind)
                    for kind in KINDS
                )
                for one in drawable(demo_area)
            ]
        )
        by_member = drawn[(pieces["zone"] == name).to_numpy()].sum(axis=0)
        assert abs(by_member.mean() - expected) < 4 * by_member.std() / np.sqrt(400)


@pytest.mark.parametrize("kind", BOTH)
def test_the_mean_tends_to_the_expectation(demo_area, pieces, kind):
    """Groups of pieces hold what is expected, times the mean of the series' totals over the default's."""
    part = pieces.assign(mined_km2=pieces[f"{kind}_km2"])
    drawn = mined_km2(part, layouts(demo_area, part, (kind,), 800, np.random.default_rng(3)))
    ratio = np.mean(totals(demo_area, (kind,))) / buildable(demo_area, "demo-2020").area_km2(kind)
    group = np.arange(len(part)) * 12 // len(part)
    for k in range(12):
        held = drawn[group == k].sum(axis=0)
        expected = ratio * part["mined_km2"].to_numpy()[group == k].sum()
        assert abs(held.mean() - expected) <= 4 * held.std() / np.sqrt(800) + 1e-12


def test_a_member_is_the_same_however_many_are_drawn(demo_area, pieces):
    ten, twenty = (layouts(demo_area, pieces, BOTH, members, np.random.default_rng(4)) for members in (10, 20))
    assert (ten == twenty[:, :10]).all()
    assert len({column.tobytes() for column in twenty.T}) == 20
    assert (ten != layouts(demo_area, pieces, BOTH, 10, np.random.default_rng(5))).any()


def test_a_piece_without_expectation_keeps_its_factor(demo_area, pieces):
    dry = pieces.assign(planned_km2=pieces["planned_km2"].where(pieces.index > 0, 0.0))
    dry = dry.assign(unconfirmed_km2=0.0, mined_km2=dry["planned_km2"])
    factor = layouts(demo_area, dry, ("planned",), 5, np.random.default_rng(6))
    assert (factor[0] == 1).all() and np.isfinite(factor).all()


def test_nothing_simulated_nothing_laid(demo_area, pieces):
    assert (layouts(demo_area, pieces, (), 3, np.random.default_rng(7)) == 0).all()
    assert layouts(demo_area, pieces.iloc[:0], (), 3, np.random.default_rng(7)).shape == (0, 3)


def test_no_two_uses_of_the_seed_share_a_stream():
    """Zones draw from spawned streams; the ensemble and the hindcast from branches that spawning never reaches."""
    from layers.hindcast import HINDCAST_STREAM
    from layers.scene import FLOOD_STREAM

    keys = [*(child.spawn_key for child in np.random.SeedSequence(7).spawn(12)), FLOOD_STREAM, HINDCAST_STREAM]
    states = {tuple(np.random.SeedSequence(7, spawn_key=key).generate_state(4)) for key in keys}
    assert len(states) == len(keys)
