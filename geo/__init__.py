"""The machinery of minemap: facts, layers, measures, models, maps and builds. It knows no country.

Longitude stands before latitude, bounds are west, south, east, north, and every name carries its unit.
"""

MINEMAP = "minemap"  # the mark by which `layers` knows this package from another one named geo
