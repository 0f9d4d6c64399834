"""Feeds: what one says (`parser`), and when and how to ask for it again (`polling`). Pure."""
