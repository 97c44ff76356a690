"""Maps: the offline web map, and the symbols that every product shares."""
