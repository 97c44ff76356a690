"""Printable sheets of an atlas: true to scale, with grid, norths, legend and the texts that must be read.

Assumption: what the web map shows a sheet shows too, in the same symbols and under the same words. Limit: a sheet is as exact as
the least exact thing on it, and says how far off that may be.
"""
