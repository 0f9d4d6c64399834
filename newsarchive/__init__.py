"""newsarchive: every article of NOS, every edit, and the bytes they came from."""

from importlib.metadata import version

__version__ = version("newsarchive")
