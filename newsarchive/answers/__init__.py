"""Answers: what a server's response comes to, the same in a crawl and in a rebuild from a WARC."""

from newsarchive.answers.base import Answer, Site

__all__ = ["Answer", "Site"]
