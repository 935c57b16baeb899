"""The HTML page in a real browser: what it shows, how it is operated, and that hostile source text stays text."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from migrate.report import render
from migrate.report.html import embedded

HOSTILE = "jobs/<script>alert(1)<.py"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@settings(deadline=None)
@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_embedded_json_says_the_same_and_cannot_leave_its_element(value: object) -> None:
    text = embedded(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_the_page_asks_for_nothing_and_allows_one_script(sample: Any) -> None:
    page = render(sample.report, "html", sample.sources)
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert not re.search(r"<(link|img|iframe|object|embed)\b|@import|url\(|<script[^>]*src=", page)
    assert page.count("</script>") == 2


def test_the_page_is_the_same_bytes_twice(sample: Any) -> None:
    assert render(sample.report, "html", sample.sources) == render(sample.report, "html", sample.sources)


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    options = Options()
    options.binary_location = browser
    for flag in (*FLAGS, "--window-size=1300,1000", f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def page(chrome: Chrome, sample: Any, tmp_path: Path) -> Iterator[Chrome]:
    file = tmp_path / "report.html"
    file.write_text(render(sample.report, "html", sample.sources), encoding="utf-8")
    chrome.get(file.as_uri())
    yield chrome
    complaints = [entry["message"] for entry in chrome.get_log("browser")]  # type: ignore[no-untyped-call]  # selenium has no types here
    assert complaints == []


def all_of(page: Chrome, css: str) -> list[WebElement]:
    return page.find_elements(By.CSS_SELECTOR, css)


def rows(page: Chrome) -> list[str]:
    return [cell.text for cell in all_of(page, "#inventory tbody td.path")]


def open_job(page: Chrome, path: str) -> None:
    page.find_element(By.LINK_TEXT, path).click()
    assert arrived(page, "#jobtitle").text == path


def arrived(page: Chrome, css: str) -> WebElement:
    """The element, once the view that holds it is drawn: the page follows its address a moment later."""
    return WebDriverWait(page, 10).until(lambda _: page.find_element(By.CSS_SELECTOR, css))


@pytest.mark.browser
def test_the_overview_lists_every_job_and_counts_them(page: Chrome) -> None:
    assert rows(page) == sorted([HOSTILE, "jobs/clicks.py", "jobs/train_photos.py", "notebooks/fit.ipynb"])
    cells = {button.get_attribute("data-cell"): button.text for button in all_of(page, ".matrix td button")}
    assert cells["sql_etl keep_on_spark"] == "2" and cells["batch_ml split"] == "1" and cells["streaming split"] == "0"
    assert [cell.text for cell in all_of(page, ".matrix tr:last-child .sum")] == ["3", "0", "1", "4"]


@pytest.mark.browser
def test_charts_say_what_moves_and_what_blocks(page: Chrome) -> None:
    figures = {
        button.get_attribute("data-key"): button.get_attribute("title") for button in all_of(page, ".bars button")
    }
    assert figures["rdd_map"] == "rdd_map: 1 stage, 1 can move to Ray"
    assert figures["mllib_fit"] == "mllib_fit: 1 stage, 0 can move to Ray"
    assert figures["GroupedData.pivot"] == "GroupedData.pivot: blocks 1 job, 1 alone"
    said = page.find_element(By.CSS_SELECTOR, ".charts").text
    assert "2 of 3 stages can move to Ray now" in said and "Carrying all 2 would free 2 of 2 blocked jobs" in said
    page.find_element(By.CSS_SELECTOR, ".bars a").click()
    assert arrived(page, "#jobtitle").text == "jobs/train_photos.py"


@pytest.mark.browser
def test_search_and_choices_narrow_the_inventory(page: Chrome) -> None:
    search = page.find_element(By.ID, "search")
    search.send_keys("RDD photos")
    assert rows(page) == ["jobs/train_photos.py"]
    search.send_keys(" nothing-like-it")
    assert rows(page) == [] and "No job matches" in page.find_element(By.ID, "rows").text
    page.find_element(By.ID, "search").send_keys(Keys.CONTROL, "a", Keys.DELETE)
    Select(page.find_element(By.CSS_SELECTOR, "[data-select=tag]")).select_by_value("batch_ml")
    assert rows(page) == ["jobs/train_photos.py", "notebooks/fit.ipynb"]
    page.find_element(By.CSS_SELECTOR, ".matrix [data-cell='batch_ml split']").click()
    assert rows(page) == ["jobs/train_photos.py"]
    page.find_element(By.XPATH, "//button[text()='Clear filters']").click()
    assert len(rows(page)) == 4


@pytest.mark.browser
def test_a_bar_filters_and_lets_go(page: Chrome) -> None:
    bar = "[data-filter=heavy][data-key=mllib_fit]"
    page.find_element(By.CSS_SELECTOR, bar).click()
    assert rows(page) == ["notebooks/fit.ipynb"]
    assert page.find_element(By.CSS_SELECTOR, bar).get_attribute("aria-pressed") == "true"
    page.find_element(By.CSS_SELECTOR, bar).click()
    assert len(rows(page)) == 4


@pytest.mark.browser
def test_columns_sort_both_ways(page: Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "[data-sort=heavy]").click()
    assert rows(page)[:2] == ["jobs/train_photos.py", "notebooks/fit.ipynb"]
    page.find_element(By.CSS_SELECTOR, "[data-sort=heavy]").click()
    assert rows(page)[-1] == "jobs/train_photos.py"
    assert page.find_element(By.CSS_SELECTOR, "th[aria-sort]").get_attribute("aria-sort") == "ascending"


@pytest.mark.browser
def test_the_keyboard_reaches_everything(page: Chrome) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    assert page.switch_to.active_element.get_attribute("id") == "search"
    page.switch_to.active_element.send_keys("clicks")
    for _ in range(20):
        page.switch_to.active_element.send_keys(Keys.TAB)
        if page.switch_to.active_element.text == "jobs/clicks.py":
            break
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert arrived(page, "#jobtitle").text == "jobs/clicks.py"
    all_of(page, ".node")[0].send_keys(Keys.ENTER)
    assert page.find_element(By.CSS_SELECTOR, ".panel h3").text == "DataFrameReader.json"
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    assert page.find_element(By.CSS_SELECTOR, ".panel h3").text == "DataFrame.filter"
    assert page.switch_to.active_element.get_attribute("aria-pressed") == "true"
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert arrived(page, "#inventory") and page.switch_to.active_element.text == "jobs/clicks.py"


@pytest.mark.browser
def test_the_arrow_keys_walk_the_inventory(page: Chrome) -> None:
    links = all_of(page, "#inventory td.path a")
    for key, at in ((Keys.ARROW_DOWN, 1), (Keys.END, 3), (Keys.ARROW_DOWN, 3), (Keys.ARROW_UP, 2), (Keys.HOME, 0)):
        (page.switch_to.active_element if key != Keys.ARROW_DOWN or at != 1 else links[0]).send_keys(key)
        assert page.switch_to.active_element == links[at]


@pytest.mark.browser
def test_the_skip_link_comes_first_and_leads_to_the_content(page: Chrome) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("id") == "skip"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "content" and all_of(page, "#inventory")


@pytest.mark.browser
def test_the_graph_draws_every_stage_once_and_data_flows_down(page: Chrome) -> None:
    open_job(page, "jobs/train_photos.py")
    boxes = {node.get_attribute("data-id"): node.find_element(By.CSS_SELECTOR, "rect.box").rect
             for node in all_of(page, ".graph .node")}  # fmt: skip
    assert len(boxes) == 10
    assert boxes["s1"]["y"] == boxes["s2"]["y"] < boxes["s3"]["y"] < boxes["s4"]["y"] < boxes["s5"]["y"]
    placed = list(boxes.values())
    for at, one in enumerate(placed):
        for other in placed[at + 1 :]:
            beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    # In CSS pixels of the page, so that a scrolled or scaled graph would show here too.
    assert len(all_of(page, ".graph .link.handoff")) == 2 and len(all_of(page, ".graph .tag")) == 2
    assert len(all_of(page, ".graph .link")) == 9
    heavy = {node.get_attribute("data-id") for node in all_of(page, ".graph .node.heavy")}
    assert heavy == {"s5", "s7"}
    ray = {node.get_attribute("data-id") for node in all_of(page, ".graph .node.ray")}
    assert ray == {"s5", "s6", "s7", "s8"}


FOLDED = """
const { stages, edges } = foldedStages(arguments[0]);
return { boxes: stages.map((one) => (one.plain ? one.plain.map(({ id }) => id) : [one.id])), edges };
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("inputs", "boxes"),
    [
        pytest.param({"a": "", "b": "a", "H": "b", "c": "H", "d": "c"}, ["a b", "H", "c d"], id="a chain"),
        pytest.param({"a": "", "H": "a", "b": "a H"}, ["a", "H", "b"], id="around a heavy stage"),
        pytest.param({"a": "", "b": "", "c": "a b", "H": "c", "J": "c"}, ["a b c", "H", "J"], id="a join"),
        pytest.param({"H": "", "J": "H", "a": "H", "b": "J a"}, ["H", "J", "a", "b"], id="two ways of unlike depth"),
        pytest.param({"a": "", "b": "", "c": "b", "H": ""}, ["a b c", "H"], id="what no Python touches"),
        pytest.param({"a": ["c"], "b": "a", "c": "b", "H": "c"}, ["a b c", "H"], id="a loop"),
    ],
)
def test_a_folded_graph_has_every_stage_and_no_new_loop(page: Chrome, inputs: dict[str, str], boxes: list[str]) -> None:
    stages = [
        {"id": id, "inputs": list("".join(of).replace(" ", "")), "used_at": [], "path": "j.py", "line": 1,
         "engine": "spark", "heavy": "rdd_map" if id in "HJ" else None} for id, of in inputs.items()
    ]  # fmt: skip
    folded = page.execute_script(FOLDED, {"stages": stages, "boundaries": []})
    assert sorted(map(sorted, folded["boxes"])) == sorted(sorted(box.split()) for box in boxes)
    order = dict.fromkeys((edge["from"], edge["to"]) for edge in folded["edges"])
    while ends := {to for _, to in order} - {start for start, _ in order}:
        order = {edge: None for edge in order if edge[1] not in ends}
    assert not order


@pytest.mark.browser
def test_a_large_job_opens_folded_and_unfolds(chrome: Chrome, sample: Any, tmp_path: Path) -> None:
    job = sample.report.jobs[1]
    many = tuple(replace(job.stages[1], id=f"n{at}", inputs=(f"n{at - 1}",) if at else ("s1",)) for at in range(60))
    report = replace(sample.report, jobs=(replace(job, stages=(*job.stages, *many)),))
    file = tmp_path / "large.html"
    file.write_text(render(report, "html", sample.sources), encoding="utf-8")
    chrome.get(file.as_uri() + "#/job/0")
    (box,) = all_of(chrome, ".graph .node")
    assert "63 stages" in box.text
    assert len(all_of(chrome, ".panel li")) == 63
    chrome.find_element(By.ID, "fold").click()
    assert len(all_of(chrome, ".graph .node")) == 63


@pytest.mark.browser
def test_a_thousand_jobs_open_fast(chrome: Chrome, sample: Any, tmp_path: Path) -> None:
    jobs = tuple(replace(sample.report.jobs[2], path=f"jobs/train_{at}.py") for at in range(1000))
    file = tmp_path / "thousand.html"
    file.write_text(render(replace(sample.report, jobs=jobs), "html", sample.sources), encoding="utf-8")
    chrome.get(file.as_uri())
    assert chrome.find_element(By.ID, "matched").text == "1,000 of 1,000 jobs"
    # Jobs and folded parts are drawn when they are opened; the bound is loose because the machine may be busy.
    assert chrome.execute_script("return document.getElementsByTagName('*').length") < 10_000
    assert chrome.execute_script("return performance.getEntriesByType('navigation')[0].domInteractive") < 5000


def chain(count: int) -> dict[str, list[str]]:
    return {f"s{at}": [f"s{at - 1}"] if at else [] for at in range(count)}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("inputs", "loops"),
    [
        pytest.param({"a": []}, 0, id="one stage"),
        pytest.param({"a": [], "b": [], "c": []}, 0, id="three that nothing connects"),
        pytest.param({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}, 0, id="diamond"),
        pytest.param({"a": ["c"], "b": ["a"], "c": ["b"]}, 1, id="a loop"),
        pytest.param({"a": ["a"], "b": ["a"]}, 0, id="its own input"),
        pytest.param({"a": ["gone"], "b": ["a"]}, 0, id="an input that is not there"),
        pytest.param({"a": [], **{f"b{at}": ["a"] for at in range(30)}}, 0, id="thirty readers of one"),
        pytest.param({**chain(40), "far": ["s0", "s39"]}, 0, id="an edge past forty rows"),
        pytest.param(chain(1500), 0, id="a very long chain"),
    ],
)
def test_any_graph_is_laid_out_without_overlap(page: Chrome, inputs: dict[str, list[str]], loops: int) -> None:
    stages = [{"id": id, "inputs": of, "used_at": [], "path": "j.py", "line": 1} for id, of in inputs.items()]
    layout = page.execute_script(LAYOUT, {"stages": stages, "boundaries": []})
    places = {id: (x, y) for id, x, y in layout["boxes"]}
    assert set(places) == set(inputs)
    rows: dict[float, list[float]] = {}
    for x, y in places.values():
        assert 0 <= x <= layout["width"] and 0 <= y <= layout["height"]
        rows.setdefault(y, []).append(x)
    for row in map(sorted, rows.values()):
        assert all(right - left >= layout["box"] for left, right in itertools.pairwise(row))
    edges = [(other, id) for id, of in inputs.items() for other in of if other in places and other != id]
    upward = [edge for edge in edges if places[edge[0]][1] >= places[edge[1]][1]]
    assert len(upward) == loops


LAYOUT = """
const { boxes, width, height } = layoutJob(arguments[0].stages, edgesOf(arguments[0]), 700);
const known = arguments[0].stages.map(({ id }) => [id, boxes.get(id).x, boxes.get(id).y]);
return { boxes: known, width, height, box: NODE.width };
"""


@pytest.mark.browser
def test_the_whole_graph_fits_and_comes_back(page: Chrome) -> None:
    open_job(page, "jobs/train_photos.py")
    page.execute_script("document.querySelector('.graph').style.width = '200px'")
    before = page.find_element(By.CSS_SELECTOR, ".graph svg").size
    button = page.find_element(By.XPATH, "//button[text()='Whole graph']")
    button.click()
    assert page.find_element(By.CSS_SELECTOR, ".graph svg").size["width"] <= 200
    button.click()
    assert page.find_element(By.CSS_SELECTOR, ".graph svg").size == before


@pytest.mark.browser
def test_a_job_shows_its_lines_reasons_blockers_and_what_was_not_followed(page: Chrome) -> None:
    open_job(page, "jobs/train_photos.py")
    page.find_element(By.CSS_SELECTOR, ".node[data-id=s7]").click()
    panel = page.find_element(By.CSS_SELECTOR, ".panel").text
    assert "features.rdd.barrier().mapPartitions(train).collect()" in panel
    assert "GroupedData.pivot (line 11)" in panel and "SR701" in panel
    text = page.find_element(By.TAG_NAME, "main").text
    for piece in ("photos = joined.rdd.map(decode).toDF()", "Load it once.", "A join feeds it.", "columns not known",
                  "2 uses of a dataset could not be followed."):  # fmt: skip
        assert piece in text


@pytest.mark.browser
def test_a_notebook_is_placed_by_cell(page: Chrome) -> None:
    open_job(page, "notebooks/fit.ipynb")
    text = page.find_element(By.TAG_NAME, "main").text
    assert "cell 3, line 2" in text and "SR935 cell 3, line 1" in text
    assert "is not carried to Ray" in page.find_element(By.CSS_SELECTOR, ".panel").text


@pytest.mark.browser
def test_skipped_files_and_libraries_are_not_hidden(page: Chrome) -> None:
    for summary in all_of(page, "#skipped > summary, #libraries > summary"):
        summary.click()
    WebDriverWait(page, 10).until(lambda _: all_of(page, "#skipped .paths") and all_of(page, "#libraries .findings"))
    assert "Scala source: listed, not analysed" in page.find_element(By.ID, "skipped").text
    assert "tidy is made a UDF and never used." in page.find_element(By.ID, "libraries").text


@pytest.mark.browser
def test_hostile_source_is_shown_and_not_obeyed(page: Chrome) -> None:
    open_job(page, HOSTILE)
    text = page.find_element(By.TAG_NAME, "main").text
    assert "</script><script>window.pwned = 1</script><!-- {{ 7 * 7 }}" in text
    assert "<img src=x onerror=alert(1)> & more" in text
    assert "\u202e" not in text and "\x1b" not in text
    assert page.execute_script("return [window.pwned, document.images.length]") == [None, 0]
    assert len(all_of(page, "script")) == 2


@pytest.mark.browser
def test_nothing_is_fetched(page: Chrome) -> None:
    open_job(page, "jobs/train_photos.py")
    assert page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("route", ["", "#/job/2"])
def test_text_can_be_read_in_both_themes(page: Chrome, theme: str, route: str) -> None:
    page.execute_script("setTheme(arguments[0]); location.hash = arguments[1]", theme, route or "#/")
    arrived(page, "#jobtitle" if route else "#inventory")
    poor = page.execute_script(CONTRAST)
    assert poor == []


# WCAG contrast of each piece of text against the nearest background that is painted behind it.
CONTRAST = """
// A mixed colour is computed to color(srgb 0.9 0.8 0.7), any other to rgb(230, 204, 179).
const channels = (colour) => colour.match(/[\\d.]+/g)
  .map((v, i) => (colour.startsWith("color(") && i < 3 ? 255 * v : Number(v)));
const light = (colour) => channels(colour).slice(0, 3)
  .map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const parts = channels(getComputedStyle(at).backgroundColor);
    if (parts.length < 4 || parts[3] > 0) return getComputedStyle(at).backgroundColor;
  }
};
return [...document.querySelectorAll("main *")]
  .filter((e) => !(e instanceof SVGElement) && !e.closest(".zero"))
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.offsetParent !== null)
  .filter((e) => !e.matches(".src .n"))
  .map((e) => [e, light(getComputedStyle(e).color), light(behind(e))])
  .filter(([, a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5)
  .map(([e, a, b]) => `${e.className || e.tagName}: ${e.textContent.slice(0, 30)}`);
"""
