"""``minemap sheet``: from a build folder to a file, and one clear line where that cannot be."""

import errno
import io
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib import rc_context
from matplotlib.image import imsave
from matplotlib.text import Text

import layers
from geo.build import read_manifest, write_build
from geo.generalise import as_shown
from geo.raster import Picture
from geo.sheets import pdf
from geo.sheets.about import dataset_sha256
from geo.sheets.pdf import _figure
from layers.built import read_built
from layers.cli import main
from layers.sheets import atlas_of, sheets_of, usual_target, write_sheets, written_sha256


@pytest.fixture(scope="module")
def folder(demo, tmp_path_factory):
    target = tmp_path_factory.mktemp("builds") / "demo"
    write_build(demo, target)
    return target


def run(*arguments):
    return CliRunner().invoke(main, ["sheet", *map(str, arguments)])


def test_a_build_becomes_a_sheet_beside_it(folder):
    done = run(folder, "--declination", "-9", "--year", "2026.5")
    assert done.exit_code == 0, done.output
    target = folder.parent / "demo.pdf"
    assert done.stdout == f"sheet: {target}\n"
    assert target.read_bytes().startswith(b"%PDF-1.4")
    again = run(folder, "--declination", "-9", "--year", "2026.5")
    assert again.exit_code == 2 and "target exists" in again.stderr
    first = target.read_bytes()
    assert run(folder, "--declination", "-9", "--year", "2026.5", "--overwrite").exit_code == 0
    assert target.read_bytes() == first


def test_the_build_itself_is_not_touched(folder):
    manifest = read_manifest(folder)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - {"manifest.json"} == set(manifest.outputs)


def test_a_picture_of_a_landscape_sheet_in_korean(folder, tmp_path):
    target = tmp_path / "sheet.png"
    done = run(folder, "-o", target, "--landscape", "--lang", "ko", "--dpi", "72", "--paper", "A3")
    assert done.exit_code == 0, done.output
    png = target.read_bytes()
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (int(420 / 25.4 * 72), int(297 / 25.4 * 72))


def test_the_sheet_bears_the_hash_of_the_written_features(folder, demo):
    assert sheets_of(folder).dataset_hash == written_sha256(read_manifest(folder)) == dataset_sha256(demo)


def test_an_atlas_by_district_takes_the_provinces(folder):
    sheets = sheets_of(folder, by="district")
    assert len(sheets.pages) == 3 and sheets.pages[0].name["en"] == "Overview"


def test_a_public_build_of_supplied_fields_has_sheets_of_their_cells(demo, tmp_path):
    frame = demo["unconfirmed_minefields"].frame
    frame[["id", "land_class", "geometry"]].iloc[:20].to_file(tmp_path / "own.geojson")
    write_build(layers.build("demo", unconfirmed=tmp_path / "own.geojson"), tmp_path / "public")
    again = as_shown(atlas_of(read_built(tmp_path / "public")))
    assert dataset_sha256(again) == written_sha256(read_manifest(tmp_path / "public")), "cells are not put into cells again"
    sheets = sheets_of(tmp_path / "public", by="district")
    with rc_context(sheets.lettering.settings):
        text = " ".join(one.get_text() for one in _figure(sheets, 1).findobj(Text))
    assert "cells of 1 km" in text and "Outline of the district that is counted" in text and "Supplied by the user" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--paper", "A9"], "unknown paper: --paper: expected A4, A3, A1, found A9"),
        (["--scale", "big"], "no scale for a sheet: --scale"),
        (["--scale", "1:5000"], "scale larger than the data are exact"),
        (["--bbox", "1,2,3"], "no bounds: --bbox: expected west,south,east,north in degrees, found 1,2,3"),
        (["--bbox", "0,0,1,x"], "no bounds: --bbox"),
        (
            ["--bbox", "nan,38,127,39"],
            "no bounds: --bbox: expected four numbers, found nan,38,127,39: write west,south,east,north in degrees",
        ),
        (["--bbox", "127,38,126,39"], "no bounds: --bbox: expected west < east, found 127,38,126,39"),
        (["--bbox", "-170,-70,-169,-69"], "bounds outside the study area: --bbox"),
        (["--lang", "fr"], "no such language: --lang: expected en or ko, found fr"),
        (["--atlas", "county"], "unknown kind of atlas: --atlas: expected river or district, found county"),
        (["--also", "mined_densty"], "no such layer in this atlas: --also: found mined_densty: did you mean mined_density?"),
        (["--also", "past_hazards"], "no such layer in this atlas: --also: found past_hazards: known: mined_density"),
        (["--dpi", "5", "-f", "png"], "dots per inch: --dpi: expected 72 to 1200, found 5: with fewer"),
        (["--declination", "400", "--year", "2020"], "declination"),
        (["--declination", "-9.5"], "a declination without its year: --declination: found -9.5: add --year"),
        (["--declination", "-9.5", "--year", "9999"], "no year: --year: expected 1900 to 2100, found 9999"),
        (["--year", "1899"], "no year: --year: expected 1900 to 2100, found 1899"),
        (["--year", "nan"], "no year: --year: expected 1900 to 2100, found nan"),
        (["-o", "/no/such/folder/sheet.pdf"], "no such folder: /no/such/folder"),
    ],
)
def test_wrong_use_is_told_in_one_line(folder, arguments, told, tmp_path):
    where = [] if "-o" in arguments else ["-o", tmp_path / "sheet"]
    done = run(folder, *where, *arguments)
    assert done.exit_code == 2, done.output
    assert told in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_the_usual_file_ends_as_its_format(folder):
    done = run(folder, "-f", "png", "--dpi", "72")
    assert done.exit_code == 0, done.output
    target = folder.parent / "demo.png"
    assert done.stdout == f"sheet: {target}\n" and target.read_bytes().startswith(b"\x89PNG")


def test_two_formats_are_refused(folder, tmp_path):
    done = run(folder, "-f", "png", "-o", tmp_path / "sheet.pdf")
    assert done.exit_code == 2 and not list(tmp_path.iterdir())
    told = "two formats were asked for: --format: expected pdf, found png: leave --format out, or name sheet.png"
    assert told in done.stderr


def test_layers_that_no_sheet_draws_are_not_read(folder):
    assert "mined_density" not in sheets_of(folder).atlas.layers
    assert "mined_density" in sheets_of(folder, also=("mined_density",)).atlas.layers


def test_the_relief_of_the_page_is_on_the_sheet(demo, tmp_path):
    file = io.BytesIO()
    imsave(file, np.dstack([np.zeros((20, 20, 3)), np.full((20, 20), 0.5)]), format="png")
    relief = Picture(file.getvalue(), (-27.0, 19.9, -26.8, 20.1))
    write_build(replace(demo, relief=relief), tmp_path / "hilly")
    sheets = sheets_of(tmp_path / "hilly", declination_deg=-9.0, year=2026.5)
    assert sheets.atlas.relief == relief
    assert len(sheets.figure().axes[0].images) == 1
    page = tmp_path / "hilly" / "atlas.html"
    page.write_text(page.read_text(encoding="utf-8").replace('id="data-backdrop">', 'id="data-backdrop">x'), encoding="utf-8")
    done = run(tmp_path / "hilly")
    assert done.exit_code == 3 and "the page's relief cannot be read" in done.stderr


def test_a_build_without_a_relief_has_none_on_the_sheet(folder):
    assert sheets_of(folder).atlas.relief is None


def test_a_folder_that_is_no_build_is_told(tmp_path):
    done = run(tmp_path / "nothing")
    assert done.exit_code == 2 and "no minemap build" in done.stderr


def test_a_build_without_a_layer_file_is_told(demo, tmp_path):
    write_build(demo, tmp_path / "demo")
    (tmp_path / "demo" / "layers" / "mdl.parquet").unlink()
    done = run(tmp_path / "demo")
    assert done.exit_code == 3 and "a file of the build is missing" in done.stderr


@pytest.fixture
def two_pages(folder):
    return sheets_of(folder, by="river", bbox=(-27.0, 19.9, -26.9, 20.0), declination_deg=-9.0, year=2020.0)


@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("form", ["pdf", "png"])
def test_an_interrupt_leaves_nothing_new_and_what_stood_there(two_pages, form, fault, tmp_path, monkeypatch):
    """The second page is not finished: neither is the first, and an older file is as it was."""
    drawn = pdf._figure

    def interrupted(sheets, place):
        if place:
            raise fault
        return drawn(sheets, place)

    monkeypatch.setattr(pdf, "_figure", interrupted)
    sheets = replace(two_pages, atlas=replace(two_pages.atlas, tier="restricted"))
    first = sheets.paths(tmp_path / "sheet", form)[0]
    first.write_bytes(b"old")
    with pytest.raises(fault):
        write_sheets(sheets, tmp_path / "sheet", form, dpi=72, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == [first.name] and first.read_bytes() == b"old"


def test_a_full_disk_is_told_with_the_path_and_leaves_the_older_file(folder, tmp_path, monkeypatch):
    target = tmp_path / "sheet.pdf"
    target.write_bytes(b"old")

    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    done = run(folder, "-o", target, "--overwrite")
    assert done.exit_code == 2 and f"cannot write: {target}: found No space left on device: make room" in done.stderr
    assert list(tmp_path.iterdir()) == [target] and target.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_is_followed_and_stays(folder, tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "sheet.pdf", tmp_path / "link.pdf"
    target.write_bytes(b"old")
    link.symlink_to(target)
    assert sheets_of(folder).save(link) == [link]
    assert link.is_symlink() and target.read_bytes().startswith(b"%PDF") and len(list(target.parent.iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_restricted_sheets_are_for_their_owner_alone(folder, tmp_path):
    sheets = sheets_of(folder)
    for tier, mode in (("restricted", 0o600), ("public", 0o666 & ~umask())):
        target = tmp_path / f"{tier}.pdf"
        target.write_bytes(b"old")
        target.chmod(0o644)
        replace(sheets, atlas=replace(sheets.atlas, tier=tier)).save(target)
        assert stat.S_IMODE(target.stat().st_mode) == mode


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_restricted_sheets_are_named_so(tmp_path):
    assert usual_target(tmp_path / "korea", "restricted").name == "korea-restricted.pdf"
    assert usual_target(tmp_path / "korea", "public").name == "korea.pdf"
    assert usual_target(tmp_path / "korea", "public", "png").name == "korea.png"
