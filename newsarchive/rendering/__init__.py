"""Renderers: they load a page as a reader's browser would, script and all, and give its HTML.

One interface, `Renderer`, and two of them: Splash (WebKit of 2017, a server of its own) and
Playwright (the system's Chromium). Both ask the page's own host and no other, heed its robots.txt
for each of the page's own requests, and are bounded by `Limits`. A crawl without a renderer imports
none of them.
"""

from collections.abc import Sequence
from types import ModuleType

from scrapy.settings import BaseSettings

from newsarchive.config import Config
from newsarchive.exceptions import ConfigError
from newsarchive.rendering.base import (
    RENDERS,
    ROBOTS,
    Failed,
    Job,
    Limits,
    Rendered,
    Renderer,
)

__all__ = [
    "RENDERS",
    "ROBOTS",
    "Failed",
    "Job",
    "Limits",
    "Rendered",
    "Renderer",
    "install",
    "open_renderers",
]


def install(settings: BaseSettings, config: Config) -> None:
    """Put into a crawl's `settings` what its renderers need of Scrapy.

    Raises ConfigError where a renderer's extra is not installed.
    """
    for name in config.renderers:
        try:
            needed = _module(name).scrapy_settings(config)
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"NEWSARCHIVE_RENDERER: {name} needs `pip install 'newsarchive[{name}]'`"
            ) from error
        for setting, value in needed.items():
            if isinstance(value, dict):
                value = settings.getdict(setting) | value  # noqa: PLW2901 - beside what is there
            settings.set(setting, value, priority="spider")


def open_renderers(config: Config, hosts: Sequence[str]) -> list[Renderer]:
    """Return the renderers of `config`, in order, for pages of `hosts` (`nos.nl`, `host:port`)."""
    return [_module(name).make_renderer(hosts) for name in config.renderers]


def _module(name: str) -> ModuleType:
    if name == "splash":
        from newsarchive.rendering import splash  # noqa: PLC0415 - only where it is wanted

        return splash
    from newsarchive.rendering import playwright  # noqa: PLC0415 - likewise

    return playwright
