"""docs/columns.md is what docs/columns.py writes."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_lists_the_columns_of_this_code():
    written = runpy.run_path(str(DOCS / "columns.py"))["page"]()
    assert (DOCS / "columns.md").read_text(encoding="utf-8") == written, "run: python docs/columns.py"
