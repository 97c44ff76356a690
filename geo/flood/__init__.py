"""Where floods carry mines: a mass-conserving screening model on the river forest, in the order water flows.

`network` orders reaches, `corridor` says what lies near them, `mobilise` what moves, `route` where it goes. The
result is at most indirect evidence for ordering survey and risk education; it never confirms, clears or releases
land.
"""

from geo.flood.attribution import sources_of, top_sources
from geo.flood.courses import river_courses, supplied_courses
from geo.flood.displace import displace
from geo.flood.items import ITEM_CLASSES, ItemClass, Parameter
from geo.flood.network import RiverNetwork
from geo.flood.parameters import FloodParameters
from geo.flood.reaches import split_reaches
from geo.flood.result import Result
from geo.flood.route import Ledger, attribute, route
from geo.flood.scenario import FloodScenario

__all__ = [
    "ITEM_CLASSES",
    "FloodParameters",
    "FloodScenario",
    "ItemClass",
    "Ledger",
    "Parameter",
    "Result",
    "RiverNetwork",
    "attribute",
    "displace",
    "river_courses",
    "route",
    "sources_of",
    "split_reaches",
    "supplied_courses",
    "top_sources",
]
