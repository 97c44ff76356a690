"""Hazard data in (read, check) and files out (GeoPackage, GeoParquet, GeoJSON, tables)."""
