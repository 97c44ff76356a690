"""Catalogue entries: valid by pystac where it is installed, closed-form facts, nothing of the clock."""

import hashlib
import json

import pandas as pd
import pytest

from geo.errors import DataError
from geo.exchange.catalog import FileFacts, csv_fields, data_package, file_facts, stac_item
from geo.exchange.field import Notice
from geo.exchange.files import write_csv, write_json
from geo.source import Source

BOUNDS = (126.0, 37.0, 129.0, 39.0)
NOTICE = Notice("North", "북부", tier="restricted")
FACTS = {"layers.gpkg": FileFacts(10, "ab" * 32), "areas.csv": FileFacts(3, "cd" * 32, (("layer", "string"),))}


def item(dates=("2006", "2024-02"), **changes):
    return stac_item("north", NOTICE, **{"bounds": BOUNDS, "dates": dates, "files": FACTS, "crs": 5186} | changes)


@pytest.mark.parametrize(
    ("dates", "span"),
    [
        (["2006"], ("2006-01-01", "2006-12-31")),
        (["2024-02"], ("2024-02-01", "2024-02-29")),
        (["2024-02-03"], ("2024-02-03", "2024-02-03")),
        (["2024-02", "2006", "", "2006-05"], ("2006-01-01", "2024-02-29")),
    ],
)
def test_item_spans_the_dates_of_the_information(dates, span):
    told = item(dates)["properties"]
    assert (told["start_datetime"][:10], told["end_datetime"][:10], told["datetime"]) == (*span, None)


@pytest.mark.parametrize("dates", [[], [""], ["May 2006"], ["2006-5"]])
def test_item_without_a_date_is_refused(dates):
    with pytest.raises(DataError, match="date"):
        item(dates)


def test_assets_have_role_type_size_and_multihash():
    asset = item()["assets"]["layers.gpkg"]
    assert asset["file:checksum"] == "1220" + "ab" * 32 and asset["file:size"] == 10 and asset["href"] == "./layers.gpkg"
    assert asset["type"] == "application/geopackage+sqlite3" and asset["roles"] == ["data"]
    assert list(item()["assets"]) == ["areas.csv", "layers.gpkg"]


def test_item_is_valid(tmp_path):
    pystac = pytest.importorskip("pystac")
    pytest.importorskip("jsonschema")
    write_json(item(), tmp_path / "item.json")
    told = json.loads((tmp_path / "item.json").read_text(encoding="utf-8"))
    told["stac_extensions"] = []  # their schemas are on the network, the core's are not
    read = pystac.Item.from_dict(told)
    assert read.validate() and read.geometry["type"] == "Polygon"


def test_item_states_tier_and_standing():
    told = item()["properties"]
    assert told["title"].startswith("RESTRICTED") and "Not an official product" in told["description"]
    assert told["proj:epsg"] == 5186


def test_facts_of_a_folder(tmp_path):
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "a.geojson").write_text("{}")
    for name in ("manifest.json", "item.json", "datapackage.json"):
        (tmp_path / name).write_text("{}")
    facts = file_facts(tmp_path)
    assert facts == {"layers/a.geojson": FileFacts(2, hashlib.sha256(b"{}").hexdigest())}


def test_columns_have_types(tmp_path):
    table = pd.DataFrame(
        {"code": ["042", "113"], "n_features": [1.0, None], "km2": [0.5, 2.0], "simulated": [True, False], "none": ["", ""],
         "text": ["1", "a"]}
    )  # fmt: skip
    write_csv(table, tmp_path / "t.csv")
    assert dict(csv_fields(tmp_path / "t.csv")) == {
        "code": "string", "n_features": "integer", "km2": "number", "simulated": "boolean", "none": "string", "text": "string",
    }  # fmt: skip


def test_data_package():
    source = Source("icbl", "Landmine Monitor", url="https://example.org", licence="CC BY 3.0")
    told = data_package("North Area", NOTICE, files=FACTS, sources=[source], licence="see the sources")
    assert told["name"] == "north-area" and told["licenses"] == [{"name": "other", "title": "see the sources"}]
    assert told["sources"] == [{"title": "Landmine Monitor", "path": "https://example.org", "licence": "CC BY 3.0"}]
    csv, gpkg = told["resources"]
    assert (csv["profile"], gpkg["profile"]) == ("tabular-data-resource", "data-resource") and "schema" not in gpkg
    assert csv["hash"] == "sha256:" + "cd" * 32 and csv["schema"] == {
        "fields": [{"name": "layer", "type": "string"}], "missingValues": [""],
    }  # fmt: skip
    assert "sources" not in data_package("n", NOTICE, files={}, sources=[])
