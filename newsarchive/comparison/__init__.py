"""Pure functions that compare: what is the same, what was edited, what changed in it."""
