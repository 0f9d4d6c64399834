"""Spiders: what is fetched or read, and what each document says."""
