"""The levels that a speedup is set against: as fast as its baseline, and the tutorial's fifty times as fast."""

EQUAL, FIFTY = 1.0, 50.0
LEVELS = (EQUAL, FIFTY)
