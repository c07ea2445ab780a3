"""A lake with two real publications, the server over it, and a browser that notes every word of complaint.

The publications come from the demo feeds through the real pipeline; ``ECOLAKE_TEST_LAKE`` names a lake whose
publications are copied instead. Chromium is the system's, or the one ``ECOLAKE_CHROMIUM`` names.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog import publication as pub
from catalog.lake import Lake

HERE = Path(__file__).parent
APP = HERE.parent.parent / "streamlit_app" / "app.py"
CHROMIUM_PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# Nothing the browser itself would ask of the network.
CHROMIUM_ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
# A share of stations and days: 11 cities with one or two stations, about seven months.
SCALE = 0.3
PATIENCE_MS = 60_000


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """CI reads this line: skipped browser tests must not pass for done."""
    here = {
        key: sum("tests/browser/" in report.nodeid for report in terminalreporter.stats.get(key, []))
        for key in ("passed", "failed", "skipped")
    }
    if any(here.values()):
        terminalreporter.write_line(f"browser tests ran: {here['passed'] + here['failed']}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's browser."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'")
    candidates = [os.environ.get("ECOLAKE_CHROMIUM", ""), *CHROMIUM_PLACES]
    found = next((path for path in candidates if path and Path(path).is_file()), None) or shutil.which("chromium")
    if not found:
        pytest.skip("no browser: install Debian's chromium and fonts-noto-cjk, or set ECOLAKE_CHROMIUM")
    return found


@dataclass
class Published:
    """A lake and its two publications: as first released, and after a corrected file arrived."""

    lake: Lake
    first: str
    second: str

    def ask(self, query: str, *parameters: object, publication: str | None = None) -> list[tuple[Any, ...]]:
        """Rows of the publication the tests look at, past all code of the pages."""
        with pub.connect(self.lake, publication or self.first) as db:
            return db.execute(query, list(parameters)).fetchall()

    def show(self, publication: str) -> None:
        """Point ``current`` at one of them, as a person would."""
        if pub.current_id(self.lake) != publication:
            pub.rollback(self.lake, publication, by="test", reason="browser test", at=datetime.now(UTC))


@pytest.fixture(scope="session")
def published(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Made once; asks for the browser first, so that without one nothing is computed."""
    lake = Lake(tmp_path_factory.mktemp("browser") / "lake")
    ready = os.environ.get("ECOLAKE_TEST_LAKE")
    if ready:
        shutil.copytree(Path(ready) / "publications", lake.publications, symlinks=True)
    else:
        _publish_twice(lake)
    ids = [each.id for each in pub.publications(lake)]
    return Published(lake, ids[-2], ids[-1])


def _publish_twice(lake: Lake) -> None:
    from ingest.simulate import simulate
    from orchestration.report import Log
    from orchestration.runner import RunOptions, execute

    feeds = lake.root.parent / "feeds"
    simulate(feeds, scale=SCALE)
    for sources in ((feeds / "air", feeds / "weather"), (feeds / "corrections",)):
        execute(lake, RunOptions(sources=sources, tests=False), Log(quiet=True))


@pytest.fixture(scope="session")
def address(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages, served as ``ecolake app`` serves them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"],
            env={**os.environ, "ECOLAKE_LAKE": str(published.lake.root)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8')}")


@dataclass
class Visit:
    """One tab, and what went wrong in it."""

    page: Any
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Open 浙里蓝天 and wait until it stands."""
        self.page.goto(f"{self.address}/{query}")
        self.settle()

    def settle(self) -> None:
        """Wait until a whole page stands: its foot is drawn, no run is going on, every chart has its marks."""
        self.page.wait_for_selector("footer.el", timeout=PATIENCE_MS)
        self.page.wait_for_function(
            """() => {
                const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
                const state = document.querySelector('[data-testid=stApp]').dataset.testScriptState;
                return state === 'notRunning' && charts.every(chart => chart.querySelector('.marks'));
            }""",
            timeout=PATIENCE_MS,
        )

    def choose(self, label: str, option: str) -> None:
        """Choose in a select box; a list that closes while the page still moves is opened again."""
        wanted = self.page.get_by_role("option", name=option, exact=True)
        for _ in range(5):
            self.page.get_by_role("combobox", name=label, exact=True).click()
            if self._appears(wanted) and self._clicked(wanted):
                return
        pytest.fail(f"the select box {label!r} offers no {option!r}")

    def _clicked(self, wanted: Any) -> bool:
        """False when the list closed between being seen and being clicked."""
        from playwright.sync_api import TimeoutError as TookTooLongError

        try:
            wanted.click(timeout=5_000)
        except TookTooLongError:
            return False
        return True

    def _appears(self, wanted: Any) -> bool:
        from playwright.sync_api import TimeoutError as TookTooLongError

        try:
            wanted.wait_for(timeout=4_000)
        except TookTooLongError:
            return False
        return True

    def press(self, option: str) -> None:
        """Press a segment: a kind of period, an indicator of the map."""
        self.page.get_by_role("radio", name=option, exact=True).click()

    def tap(self, target: Any, *, across: float = 0.5, down: float = 0.5) -> None:
        """Click at a place of something drawn, whatever lies on top there, as a finger does."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)

    def figure(self, code: str, region: str) -> Any:
        """A key figure's card."""
        return self.page.locator(f'.figure[data-code="{code}"][data-region="{region}"]')


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any, address: str, published: Published, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh tab on the first publication; afterwards: no console error, no request to another host."""
    published.show(published.first)
    context = browser.new_context(
        viewport=getattr(request, "param", {"width": 1400, "height": 1000}),
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    tab = Visit(page, address)
    _listen(tab)
    yield tab
    context.close()
    assert tab.complaints == []


def _listen(tab: Visit) -> None:
    def asked(route: Any) -> None:
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            tab.complaints.append(f"asked {route.request.url}")
            route.abort()

    def said(message: Any) -> None:
        if message.type == "error":
            tab.complaints.append(f"console: {message.text}")

    tab.page.route("**/*", asked)
    tab.page.on("console", said)

    def connected(socket: Any) -> None:
        if not socket.url.startswith(LOCAL):
            tab.complaints.append(f"connected to {socket.url}")

    tab.page.on("websocket", connected)
    tab.page.on("pageerror", lambda error: tab.complaints.append(f"error: {error}"))
