// The page of `migrate analyze`: its data, what both views share, and which of them is shown.
// Everything that comes from the analysed code is put into the page as text, never as markup.

const DATA = JSON.parse(document.getElementById("data").textContent);
const REPORT = DATA.report;
const MAIN = document.getElementById("content");
const state = { text: "", tag: "", verdict: "", heavy: "", blocker: "", sort: "path", down: false, all: false };

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const placeOf = (spot) => (spot.cell === undefined ? `line ${spot.line}` : `cell ${spot.cell}, line ${spot.cell_line}`);
/** A symbol without the package in front of it: `functions.udf`, `DataFrame.join`. */
const shortSymbol = (symbol) => symbol.split(".").slice(-2).join(".");
const heavyOf = (job) => job.stages.filter((stage) => stage.heavy);

/** What is worked out once for each job. */
const JOBS = REPORT.jobs.map((job, index) => {
  const heavy = heavyOf(job);
  const held = new Map();
  for (const stage of heavy) for (const id of stage.blocked_by) held.set(id, [...(held.get(id) || []), stage]);
  const blockers = job.stages.filter((stage) => held.has(stage.id));
  return {
    job, index, heavy, held, blockers,
    kinds: new Set(heavy.map((stage) => stage.heavy)),
    symbols: [...new Set(blockers.map((stage) => stage.symbol))],
    haystack: [job.path, job.name, ...job.stages.map((stage) => stage.symbol), ...heavy.map((stage) => stage.heavy)].join("\n").toLowerCase(),
  };
});

/** The items by what `keyOf` says of each, the largest groups first. */
function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    if (!groups.has(keyOf(item))) groups.set(keyOf(item), []);
    groups.get(keyOf(item)).push(item);
  }
  return [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
}

/* ---- the page ---- */

let last = null;

function route() {
  const match = /^#\/job\/(\d+)$/.exec(location.hash);
  const row = match && JOBS[Number(match[1])];
  if (row) showJob(row);
  // Coming back from a job, the inventory is where it was left.
  else showOverview(last && `td.path a[href="#/job/${last.index}"]`);
  last = row;
}


const THEMES = ["system", "light", "dark"];

function setTheme(name) {
  document.documentElement.toggleAttribute("data-theme", false);
  if (name !== "system") document.documentElement.setAttribute("data-theme", name);
  document.getElementById("theme").textContent = `Theme: ${name}`;
}

document.getElementById("theme").addEventListener("click", (event) => {
  const now = document.documentElement.getAttribute("data-theme") || "system";
  setTheme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && document.getElementById("search")) { document.getElementById("search").focus(); event.preventDefault(); }
  if (event.key === "Escape" && !typing && location.hash.startsWith("#/job/")) location.hash = "#/";
});
window.addEventListener("hashchange", route);
route();
