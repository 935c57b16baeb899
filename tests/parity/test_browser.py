"""The page in a real browser: nothing is fetched, nothing runs, the keyboard reaches everything, light and dark."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from migrate.parity.report import html

pytestmark = pytest.mark.browser
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--window-size=1280,900",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("there is no chromium with its chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


@pytest.fixture(scope="module")
def made() -> Any:
    spec = spec_from_file_location("made_results", Path(__file__).with_name("made_results.py"))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show(browser: Any, result: Any, folder: Path) -> None:
    page = folder / "report.html"
    page.write_text(html.write(result), encoding="utf-8")
    browser.get(page.as_uri())


@pytest.mark.parametrize("which", ["equal", "different", "failed", "inconclusive"])
def test_the_page_stands_alone(browser: Any, made: Any, tmp_path: Path, which: str) -> None:
    browser.get("about:blank")
    for log in ("performance", "browser"):
        browser.get_log(log)  # What Chromium did for its own first page goes out of the way.
    show(browser, getattr(made, which)(), tmp_path)
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {each["params"]["request"]["url"] for each in sent if each["method"] == "Network.requestWillBeSent"}
    assert {url.partition(":")[0] for url in urls} <= {"file", "data"}
    assert browser.get_log("browser") == []
    assert browser.title == f"{which.capitalize()}: train_photos"
    assert browser.execute_script("return document.querySelectorAll('script, img').length") == 0


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_sticks_out(browser: Any, made: Any, tmp_path: Path, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    show(browser, made.different(), tmp_path)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_keyboard_reaches_everything(browser: Any, made: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, made.equal(), tmp_path)
    seen, opened = [], 0
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.tag_name == "body":
            break
        seen.append(focused.get_attribute("aria-label") or focused.text)
        if focused.tag_name == "summary":
            focused.send_keys(Keys.ENTER)
            opened += browser.execute_script("return arguments[0].parentElement.open", focused)
        elif "bar" in focused.get_attribute("class"):
            tip = focused.find_element("class name", "tip")
            assert tip.is_displayed()
    assert "preprocessing, 37.9 s" in seen
    assert opened == browser.execute_script("return document.querySelectorAll('details').length") == 5


def test_light_and_dark(browser: Any, made: Any, tmp_path: Path) -> None:
    paper = {}
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        show(browser, made.equal(), tmp_path)
        paper[scheme] = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(251, 251, 249)", "dark": "rgb(20, 23, 26)"}
