"""Which results of others are recognised instead of repeated, and what was decided about each."""
