"""Everything that can be wrong with survey records, found in one pass and told once."""
