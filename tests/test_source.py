"""The data folder, the registry of sources and the checksums."""

import hashlib

import pytest

from geo.errors import ConfigError, DataError
from geo.source import (
    Source,
    area_folder,
    check_tables,
    claimed_titles,
    data_folder,
    file_sha256,
    key_of,
    read_toml,
    registry,
    slug,
)

REGISTERED = """
[sources.paper]
title = "A paper"
published = 2008
titles = ["Paper (2008)", "Paper (2008), citing another"]
"""


def with_sources(folder, text):
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_checkout_is_the_data_folder(monkeypatch):
    monkeypatch.delenv("MINEMAP_DATA", raising=False)
    assert (data_folder() / "demo" / "area.toml").is_file()


def test_another_data_folder(monkeypatch, own_area):
    monkeypatch.setenv("MINEMAP_DATA", str(own_area.parent))
    assert data_folder() == own_area.parent
    assert area_folder("mycountry") == own_area
    with pytest.raises(ConfigError, match=r"unknown study area: korea: known: mycountry"):
        area_folder("korea")


def test_a_data_folder_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("MINEMAP_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError, match=r"no such folder: MINEMAP_DATA"):
        data_folder()


def test_a_shipped_name_wins_over_a_folder_of_that_name(tmp_path, monkeypatch):
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert area_folder("demo") == data_folder() / "demo"
    with pytest.raises(ConfigError, match=r"no area.toml in the folder"):
        area_folder("./demo")


def test_checksum(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"minefield" * 100_000)
    assert file_sha256(path) == hashlib.sha256(b"minefield" * 100_000).hexdigest()


def test_registry_claims_titles_and_adds_the_rest(tmp_path):
    rows = [
        ("Paper (2008)", "", ""),
        ("Gazette 3 May 2001", "https://example.org/g", "quoted"),
        ("", "", ""),
        ("paper", "", ""),
    ]
    found = registry(with_sources(tmp_path, REGISTERED), rows)
    assert set(found) == {"paper", "gazette-3-may-2001"}
    assert found["paper"] == Source("paper", "A paper", published="2008")
    assert found["gazette-3-may-2001"] == Source(
        "gazette-3-may-2001", "Gazette 3 May 2001", url="https://example.org/g", confidence="quoted"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[sources.a]\npublisher = "x"', r"\[sources.a\]: expected a title and known fields, found no title"),
        ('[sources.a]\ntitle = "x"\nauthor = "y"', "found author"),
    ],
)
def test_bad_sources(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        registry(with_sources(tmp_path, text), [])


def test_key_of_a_citation(tmp_path):
    titles = claimed_titles(with_sources(tmp_path, REGISTERED))
    assert titles == {"Paper (2008)": "paper", "Paper (2008), citing another": "paper", "paper": "paper"}
    assert key_of("Paper (2008), citing another", titles) == "paper"
    assert key_of("paper", titles) == "paper"
    assert key_of("Gazette 3 May 2001", titles) == "gazette-3-may-2001"


@pytest.mark.parametrize(
    ("text", "key"),
    [("Dong-A, 12 Oct. 2018", "dong-a-12-oct-2018"), ("동아일보 2018", "동아일보-2018"), ("  (x) ", "x")],
)
def test_slug(text, key):
    assert slug(text) == key


def test_toml_faults(tmp_path):
    with pytest.raises(ConfigError, match=r"missing file"):
        read_toml(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes("a = '서울'".encode("cp949"))
    with pytest.raises(ConfigError, match=r"not readable as TOML"):
        read_toml(tmp_path / "bad.toml")
    (tmp_path / "mark.toml").write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(tmp_path / "mark.toml") == {"a": 1}


def test_checksums_of_tables(own_area):
    assert len(check_tables(own_area)) == 11
    assert all(same for _, same in check_tables(own_area))
    with (own_area / "zones.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    (own_area / "mines.csv").unlink()
    assert [name for name, same in check_tables(own_area) if not same] == ["mines.csv", "zones.csv"]
