"""The rooms of the house: imports run one way, heavy libraries stay out, and folders of data are not packages."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# a room may import from rooms before it, and from modules of its own room
ROOMS = (
    ("geo.errors", "geo.terms"),
    ("geo.source", "geo.settings"),
    ("geo.area",),
    ("geo.raster",),
    ("geo.solve", "geo.layer"),
    ("geo.measure",),
    ("geo.land", "geo.tiles"),
    (
        "geo.history",
        "geo.reported",
        "geo.statistics",
        "geo.districts",
        "geo.changes",
        "geo.article7",
        "geo.exposure",
        "geo.population",
        "geo.grid",
        "geo.steps",
        "geo.points",
        "geo.lengths",
        "geo.allocate",
        "geo.tier",
        "geo.generalise",
        "geo.flood",
        "geo.survey",
        "geo.check",
        "geo.exchange",
    ),
    ("geo.styles", "geo.maps"),
    ("geo.sheets",),
    ("geo.difference", "geo.likeness", "geo.secrets", "geo.leaks", "geo.proof", "geo.build", "geo.reproduce"),
    ("layers",),
    ("layers.show",),
    (
        *("layers.show_flood", "layers.show_reports", "layers.checking", "layers.converting", "layers.survey_verbs"),
        *("layers.sheets", "layers.sheet_verb", "layers.cli"),
    ),
)
ORDER = {module: place for place, room in enumerate(ROOMS) for module in room}
HEAVY = ("rasterio", "folium", "matplotlib", "numba", "scipy")
COMPILED = ("geo.flood.sweeps", "geo.flood.kernels")  # numba's own rooms, entered only inside functions
MODULES = sorted([*ROOT.glob("geo/**/*.py"), *ROOT.glob("layers/**/*.py")])
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room(module):
    """Return the place of a module's room, that of the longest known name it begins with."""
    parts = module.split(".")
    known = [".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in ORDER]
    assert known, f"{module} stands in no room: add it where the flow passes"
    return ORDER[known[0]]


@functools.cache
def imported(path):
    """Return (module, whether at the top of the file) of each import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top, found = set(tree.body), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                inner = ROOT / Path(*node.module.split("."), alias.name)
                is_module = inner.with_suffix(".py").is_file() or inner.is_dir()
                found.append((f"{node.module}.{alias.name}" if is_module else node.module, node in top))
    return found


@pytest.mark.parametrize("path", [path for path in MODULES if dotted(path) not in ("geo", "layers")], ids=dotted)
def test_imports_run_one_way(path):
    here = dotted(path)
    for module, _ in imported(path):
        if module.split(".")[0] in ("geo", "layers") and module not in ("geo", "layers"):
            assert room(module) <= room(here), f"{here} imports {module}, which stands in a later room"


@pytest.mark.parametrize("path", [path for path in MODULES if dotted(path).startswith("geo")], ids=dotted)
def test_geo_never_imports_layers(path):
    assert not [module for module, _ in imported(path) if module.split(".")[0] == "layers"]


def test_no_circle_inside_a_room():
    names = {dotted(path) for path in MODULES}
    edges = {
        dotted(path): {module for module, top in imported(path) if top and module in names} - {"geo", "layers", dotted(path)}
        for path in MODULES
    }
    # a package stands for what its __init__ gives out, so its modules may not import the package itself
    while leaves := {name for name, needs in edges.items() if not needs & edges.keys()}:
        edges = {name: needs for name, needs in edges.items() if name not in leaves}
    assert edges == {}


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_heavy_libraries_are_imported_where_they_are_used(path):
    if dotted(path) not in COMPILED:
        heavy = [module for module, top in imported(path) if top and (module.split(".")[0] in HEAVY or module in COMPILED)]
        assert heavy == []


@pytest.mark.parametrize("folder", ["data", "tests", "docs", "benchmarks"])
def test_folders_of_data_and_tests_are_not_packages(folder):
    assert not list((ROOT / folder).glob("**/__init__.py"))


@pytest.mark.parametrize("names", ["geo, layers", "geo.area, geo.measure, geo.flood, layers.atlas"])
def test_imports_take_nothing_heavy(names):
    code = f"import sys, {names}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


def test_another_package_named_geo_is_noticed(tmp_path):
    (tmp_path / "geo.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import geo; sys.path.append({str(ROOT)!r}); import layers"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert "another package named 'geo' was found" in done.stderr
