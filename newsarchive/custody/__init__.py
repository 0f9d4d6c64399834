"""What keeps the archive whole."""
