"""Pure functions that make what publishers say clean: text to text, no I/O."""
