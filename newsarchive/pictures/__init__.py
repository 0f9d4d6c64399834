"""Pictures: which addresses mean one, where a revision shows them, what their bytes are."""
