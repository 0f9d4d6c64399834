"""The pages in a real Chromium, over a real server, as people use them."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from newsarchive.web import create_app

from .conftest import at
from .test_pages import EVERY_PAGE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.parametrize("filled", ["sqlite"], indirect=True, scope="session"),
]

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > innerWidth)
        .map(one => one.outerHTML.slice(0, 80))"""

EACH_TEMPLATE = [
    "/",
    "/category/tech",
    "/calendar",
    "/search",
    "/search?q=netwerk&order=ranked",
    "/search?q=zeppelin",
    "/article/nos/2633004",
    "/article/nos/2633010",
    "/article/nos/2633001/history",
    "/article/nos/2633001/compare",
    "/article/nos/2633001/compare?view=beside",
    "/article/nos/2633001/page/1/text",
    "/article/nos/2633001/page/1/record",
    "/edits",
    "/dashboard",
    "/download",
    "/feeds",
    "/api",
    "/nowhere",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def base(filled, archive) -> Iterator[str]:
    """Serve the archive on loopback; give the address."""
    app = create_app(archive, filled.data_dir, lambda: at(20))
    started = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets)
            started.set()

    server = Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(20)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


class Watched:
    """A page, and all that it did which no page of ours may do."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page = context.new_page()
        self.base = base
        self.faults: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda message: self._said(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("popup", lambda popup: self.faults.append(f"popup {popup.url}"))
        context.on("request", lambda request: self._asked(request.url))

    def _dialog(self, dialog) -> None:
        self.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _said(self, text: str) -> None:
        if "status of 404" not in text:  # of the page that is not there
            self.faults.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith(self.base):
            self.faults.append(f"request {url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page


@contextmanager
def watching(browser: Browser, base: str, **options) -> Iterator[Watched]:
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
    watched = Watched(context, base)
    yield watched
    context.close()
    assert watched.faults == []


def test_the_five_questions_are_answered_by_clicking_without_script(browser, base, tmp_path):
    with watching(browser, base, java_script_enabled=False, accept_downloads=True) as watched:
        page = watched.open("/")
        # Which articles changed their headline, and which kept silent about an edit?
        page.get_by_role("link", name="Edits", exact=True).click()
        page.get_by_label("Show").select_option("headlines")
        page.get_by_role("button", name="Apply").click()
        expect(
            page.get_by_role("heading", name="Brug bij Zutphen na dagen weer open")
        ).to_be_visible()
        page.get_by_label("Show").select_option("silent")
        page.get_by_role("button", name="Apply").click()
        # What exactly changed, and when?
        page.get_by_role("link", name="See it whole").first.click()
        expect(page.locator("ins", has_text="3")).to_be_visible()
        expect(page.locator(".diff del", has_text="2").first).to_be_visible()
        # The bytes that the publisher sent.
        page.get_by_role("link", name="Source").click()
        with page.expect_download() as taken:
            page.get_by_role("link", name="Download this record").click()
        assert taken.value.suggested_filename == "nos-2633001-page-2.warc.gz"
        # Every article on a word with its inflections, the newest first.
        page.get_by_label("Search the archive").fill("netwerken")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".hit")).to_have_count(20)
        expect(page.locator(".hit mark").first).to_have_text("Netwerk")
        page.get_by_role("link", name="Older ones").click()
        expect(page.locator(".hit")).to_have_count(20)
        # A file of one category and year.
        page.get_by_role("link", name="Download").click()
        page.get_by_label("Category").select_option("tech")
        page.get_by_label("Year").select_option("2026")
        with page.expect_download() as taken:
            page.get_by_role("button", name="Make the file").click()
        assert taken.value.suggested_filename == "articles-tech-2026.parquet"


def test_the_keyboard_is_enough(browser, base):
    with watching(browser, base) as watched:
        page = watched.open("/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.locator("#find").focus()
        page.keyboard.type("brug")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=brug")
        first = page.locator(".hit a").first
        for _ in range(40):
            page.keyboard.press("Tab")
            if first.evaluate("element => element === document.activeElement"):
                break
        outline = first.evaluate("element => getComputedStyle(element).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/nos/**")


def test_nothing_is_wider_than_a_narrow_screen(browser, base):
    with watching(browser, base, viewport={"width": 320, "height": 700}) as watched:
        for path in EVERY_PAGE:
            page = watched.open(path)
            assert page.evaluate(TOO_WIDE) == [], path


@pytest.mark.parametrize(
    ("scheme", "width", "paths"),
    [
        pytest.param("light", 1200, EACH_TEMPLATE, id="every page"),
        pytest.param("dark", 1200, EACH_TEMPLATE[::2], id="every other page, dark"),
        pytest.param("dark", 320, EACH_TEMPLATE[1::2], id="the others, dark and narrow"),
    ],
)
def test_axe_finds_nothing(browser, base, scheme, width, paths):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    faults = []
    with watching(browser, base, **options) as watched:
        for path in paths:
            page = watched.open(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            found = Axe().run(page).response["violations"]
            faults += [f"{path}: {one['id']}: {one['nodes'][0]['html'][:300]}" for one in found]
    assert faults == []


def test_hostile_texts_stay_texts(browser, base):
    paths = [path for path in EVERY_PAGE if "2633020" in path or "2280100" in path]
    with watching(browser, base) as watched:
        for path in [*paths, "/", "/day/2019-04-12", "/edits", "/search?q=titel", "/dashboard"]:
            page = watched.open(path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            page.mouse.move(300, 500)
            page.wait_for_load_state("networkidle")
        # A link of theirs leads out without saying where from, or nowhere.
        page = watched.open("/article/nos/2633020")
        assert page.title().startswith("Titel <script>alert(1)</script>")
        for link in page.locator(".prose a").all():
            assert "noreferrer" in (link.get_attribute("rel") or "")


def test_each_chart_says_what_its_table_says(browser, base):
    with watching(browser, base, java_script_enabled=False) as watched:
        page = watched.open("/dashboard")
        charts = page.locator("figure.chart").all()
        assert len(charts) == 4
        for chart in charts:
            chart.get_by_text("The same in numbers").click()
            expect(chart.get_by_role("table")).to_be_visible()
        published = charts[0]
        cells = published.locator("tbody tr").last.locator("td").all_inner_texts()
        today = published.locator("title", has_text="1 Oct,").all_text_contents()
        assert sum(int(cell) for cell in cells[:-1]) == int(cells[-1]) == 45
        assert sum(int(title.rpartition(": ")[2]) for title in today) == 45


def test_it_is_dark_where_its_reader_wants_it_so_and_plain_on_paper(browser, base):
    with watching(browser, base, color_scheme="dark") as watched:
        page = watched.open("/article/nos/2633001")
        expect(page.locator("body")).to_have_css("background-color", "rgb(22, 24, 26)")
        page.emulate_media(media="print")
        expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
        expect(page.locator(".find")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()


def test_what_a_publisher_wrote_is_dutch(browser, base):
    with watching(browser, base) as watched:
        page = watched.open("/article/nos/2633001")
        expect(page.locator("h1")).to_have_attribute("lang", "nl")
        expect(page.locator(".prose")).to_have_attribute("lang", "nl")
        expect(page.locator(".prose")).to_have_css("hyphens", "auto")
