"""docs/survey.md lists every code as it is told."""

from pathlib import Path

import pytest

from geo.check.codes import CODES, TITLES

DOC = Path(__file__).parents[2] / "docs" / "survey.md"


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_every_code_stands_in_the_docs(code):
    line = f"| `{code.code}` | {code.severity} | {TITLES[code.code][0]} | {code.mend_en} |"
    assert line in DOC.read_text(encoding="utf-8").splitlines()
