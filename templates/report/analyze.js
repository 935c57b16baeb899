// The page of `migrate analyze`: totals and an inventory that filters and sorts, and one view for each job.
// Everything that comes from the analysed code is put into the page as text, never as markup.

const DATA = JSON.parse(document.getElementById("data").textContent);
const REPORT = DATA.report;
const MAIN = document.getElementById("content");
const ROWS_AT_ONCE = 400;
const TOP = 8;
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

function tally(pairs) {
  const counts = new Map();
  for (const [key, count] of pairs) counts.set(key, (counts.get(key) || 0) + count);
  return [...counts.entries()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/* ---- totals ---- */

function bars(entries, filter, labelOf, classOf) {
  const most = Math.max(1, ...entries.map(([, count]) => count));
  return h("ul", { class: "bars" }, entries.map(([key, count]) => {
    const fill = h("span", { class: `fill ${classOf ? classOf(key) : ""}` });
    fill.style.width = `${(100 * count) / most}%`;
    if (!count) fill.style.visibility = "hidden";
    return h("li", { class: count ? null : "zero" }, h("button", {
      type: "button", "aria-pressed": String(state[filter] === key), "data-filter": filter, "data-key": key, title: labelOf(key),
      onclick: () => { state[filter] = state[filter] === key ? "" : key; showOverview(`[data-filter="${filter}"][data-key="${CSS.escape(key)}"]`); },
    }, h("span", { class: "label" }, labelOf(key)), h("span", { class: "track", "aria-hidden": "true" }, fill), h("span", { class: "count" }, count.toLocaleString("en"))));
  }));
}

function chart(title, said, list) {
  return h("section", { class: "card" }, h("h2", {}, title), h("p", { class: "soft small" }, said), list);
}

function charts() {
  const kinds = tally(JOBS.flatMap((row) => row.heavy.map((stage) => [stage.heavy, 1])));
  const blockers = tally(JOBS.flatMap((row) => row.blockers.map((stage) => [stage.symbol, row.held.get(stage.id).length])));
  const same = (key) => key;
  return h("div", { class: "charts" },
    chart("Verdicts", "Jobs, by what should happen to them", bars(Object.entries(REPORT.summary.by_verdict), "verdict", (key) => DATA.verdicts[key], same)),
    chart("Tags", "Jobs, by their dominant work", bars(Object.entries(REPORT.summary.by_tag), "tag", (key) => DATA.tags[key])),
    kinds.length ? chart("Python-heavy work", said(kinds, "Stages, by the mechanism that runs Python"), bars(kinds.slice(0, TOP), "heavy", same)) : null,
    blockers.length ? chart("Blockers", said(blockers, "Heavy stages held back, by what holds them"), bars(blockers.slice(0, TOP), "blocker", same)) : null);
}

const said = (entries, text) => (entries.length > TOP ? `${text} (${TOP} of ${entries.length})` : text);

function tiles() {
  const { summary } = REPORT;
  const heavy = JOBS.reduce((sum, row) => sum + row.heavy.length, 0);
  const numbers = [[summary.jobs, "jobs"], [heavy, "Python-heavy stages"], [summary.files, "files"], [summary.lines, "lines"], [summary.unresolved, "uses not followed"]];
  return h("div", { class: "tiles" }, numbers.map(([count, label]) => h("div", { class: "tile" }, h("b", {}, count.toLocaleString("en")), h("span", {}, label))));
}

/* ---- inventory ---- */

const COLUMNS = [
  { key: "path", label: "Job", value: (row) => row.job.path },
  { key: "tag", label: "Tag", value: (row) => DATA.tags[row.job.tag] || "" },
  { key: "verdict", label: "Verdict", value: (row) => DATA.verdicts[row.job.verdict] || "" },
  { key: "confidence", label: "Confidence", number: true, value: (row) => row.job.confidence },
  { key: "heavy", label: "Heavy stages", number: true, value: (row) => row.heavy.length },
  { key: "findings", label: "Findings", number: true, value: (row) => row.job.findings.length },
  { key: "blocked", label: "Blocked by", value: (row) => row.symbols.join(", ") },
];

function matching() {
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = JOBS.filter((row) =>
    words.every((word) => row.haystack.includes(word)) &&
    (!state.tag || row.job.tag === state.tag) && (!state.verdict || row.job.verdict === state.verdict) &&
    (!state.heavy || row.kinds.has(state.heavy)) && (!state.blocker || row.symbols.includes(state.blocker)));
  const column = COLUMNS.find((one) => one.key === state.sort);
  const compare = (a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    const way = left < right ? -1 : left > right ? 1 : 0;
    return (state.down ? -way : way) || a.index - b.index;
  };
  return rows.sort(compare);
}

function tableOf(rows) {
  const head = COLUMNS.map((column) => {
    const active = state.sort === column.key;
    const sort = () => { state.down = active ? !state.down : Boolean(column.number); state.sort = column.key; fillInventory(`[data-sort="${column.key}"]`); };
    return h("th", { scope: "col", class: column.number ? "num" : null, "aria-sort": active ? (state.down ? "descending" : "ascending") : null },
      h("button", { type: "button", "data-sort": column.key, onclick: sort }, column.label, active ? (state.down ? " \u2193" : " \u2191") : ""));
  });
  const shown = state.all ? rows : rows.slice(0, ROWS_AT_ONCE);
  const body = shown.map((row) => h("tr", {},
    h("td", { class: "path" }, h("a", { href: `#/job/${row.index}` }, row.job.path)),
    h("td", {}, DATA.tags[row.job.tag] || "unknown"),
    h("td", {}, verdictPill(row.job)),
    h("td", { class: "num" }, row.job.confidence.toFixed(2)),
    h("td", { class: "num" }, String(row.heavy.length)),
    h("td", { class: "num" }, String(row.job.findings.length)),
    h("td", {}, row.symbols.join(", "))));
  return h("div", { class: "scroll" }, h("table", { id: "inventory" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

const verdictPill = (job) => h("span", { class: `pill ${job.verdict}` }, DATA.verdicts[job.verdict] || "undecided");

function fillInventory(focus) {
  const rows = matching();
  const holder = document.getElementById("rows");
  holder.replaceChildren(rows.length ? tableOf(rows) : h("p", { class: "empty" }, "No job matches these filters."));
  if (rows.length > ROWS_AT_ONCE && !state.all) {
    holder.append(h("p", { class: "empty" }, h("button", { type: "button", class: "quiet", onclick: () => { state.all = true; fillInventory(); } }, `Show all ${plural(rows.length, "job")}`)));
  }
  document.getElementById("matched").textContent = `${rows.length.toLocaleString("en")} of ${plural(JOBS.length, "job")}`;
  document.getElementById("status").textContent = `${plural(rows.length, "job")} shown`;
  if (focus) document.querySelector(focus)?.focus();
}

function filters() {
  const choice = (name, label, labels) => h("select", { "aria-label": label, "data-select": name, onchange: (event) => { state[name] = event.target.value; showOverview(`[data-select="${name}"]`); } },
    h("option", { value: "" }, label), Object.entries(labels).map(([key, text]) => h("option", { value: key, selected: state[name] === key }, text)));
  const active = ["text", "tag", "verdict", "heavy", "blocker"].some((name) => state[name]);
  return h("div", { class: "filters" },
    h("input", { id: "search", type: "search", placeholder: "Search path, symbol or kind  ( / )", "aria-label": "Search jobs", value: state.text, oninput: (event) => { state.text = event.target.value; fillInventory(); } }),
    choice("tag", "All tags", DATA.tags), choice("verdict", "All verdicts", DATA.verdicts),
    state.heavy ? chip("heavy", state.heavy) : null, state.blocker ? chip("blocker", `blocked by ${state.blocker}`) : null,
    active ? h("button", { type: "button", class: "quiet", onclick: () => { Object.assign(state, { text: "", tag: "", verdict: "", heavy: "", blocker: "" }); showOverview("#search"); } }, "Clear filters") : null,
    h("span", { id: "matched", class: "soft small" }));
}

function chip(name, text) {
  return h("button", { type: "button", class: "quiet", "aria-label": `Remove filter: ${text}`, onclick: () => { state[name] = ""; showOverview("#search"); } }, `${text} \u00d7`);
}

function otherFiles() {
  const skipped = REPORT.files.filter((file) => file.status === "skipped");
  const silent = REPORT.files.filter((file) => file.status === "no_spark").length;
  const parts = [];
  const spoken = REPORT.libraries.map((library, index) => ({ library, index })).filter(({ library }) => library.stages.length || library.findings.length);
  if (spoken.length) {
    parts.push(h("details", { id: "libraries" }, h("summary", {}, `${plural(spoken.length, "module")} that jobs import`),
      spoken.map(({ library }) => h("section", { class: "block" }, h("h3", { class: "mono" }, library.path), stageList(library), findingList(library)))));
  }
  if (skipped.length) {
    parts.push(h("details", { id: "skipped" }, h("summary", {}, `${plural(skipped.length, "file")} skipped`),
      h("table", {}, h("tbody", {}, skipped.map((file) => h("tr", {}, h("td", { class: "path" }, file.path), h("td", {}, file.reason || "")))))));
  }
  if (silent) parts.push(h("p", { class: "soft small block" }, `${plural(silent, "file")} without Spark.`));
  return parts;
}

function showOverview(focus) {
  MAIN.replaceChildren(tiles(), charts(), h("h2", {}, "Inventory"), filters(), h("div", { id: "rows" }), ...otherFiles(),
    h("p", { class: "soft small block" }, [DATA.headline + ".", ...DATA.remainder, `migrate ${REPORT.tool.version}.`].join(" ")));
  fillInventory(focus);
}

/* ---- one job ---- */

function sourceLine(path, line, label) {
  const text = (DATA.lines[path] || {})[line];
  return text === undefined ? null : h("div", { class: "src" }, h("span", { class: "n mono" }, label || String(line)), h("code", {}, text));
}

const whereOf = (job) => (stage) => (stage.path === job.path ? placeOf(stage) : `${stage.path.split("/").pop()}:${stage.line}`);

function ruleText(code) {
  const rule = DATA.rules[code];
  if (!rule) return null;
  return h("div", { class: "rule" }, h("p", {}, h("b", {}, `${code} `), rule.summary), h("p", {}, rule.why), h("p", {}, h("b", {}, "Do: "), rule.do),
    rule.differences.length ? h("details", { class: "inline" }, h("summary", {}, plural(rule.differences.length, "known difference")), h("ul", {}, rule.differences.map((one) => h("li", {}, one)))) : null);
}

function stageDetail(row, stage) {
  const named = (ids) => ids.map((id) => row.job.stages.find((other) => other.id === id)).filter(Boolean).map((other) => `${other.symbol} (${placeOf(other)})`).join(", ");
  const facts = [["Where", stage.path === row.job.path ? placeOf(stage) : `${stage.path}, ${placeOf(stage)}`], ["Does", stage.kind], ["Cost", stage.cost],
    ["Python", stage.heavy ? stage.heavy + (stage.role ? `, ${stage.role}` : "") : null], ["Takes", named(stage.inputs)],
    ["Used at", stage.used_at ? `line ${stage.used_at.join(", ")}` : null], ["Blocked by", named(stage.blocked_by)],
    ["Holds back", (row.held.get(stage.id) || []).map((other) => `${other.symbol} (${placeOf(other)})`).join(", ")]];
  return [
    h("p", {}, h("span", { class: `pill ${stage.engine}` }, stage.engine === "ray" ? "Ray" : "Spark")),
    h("h3", { class: "mono" }, stage.symbol),
    h("dl", {}, facts.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    sourceLine(stage.path, stage.line, stage.cell === undefined ? null : `${stage.cell}:${stage.cell_line}`), stage.code ? ruleText(stage.code) : null,
  ];
}

function findingList(part) {
  if (!part.findings.length) return null;
  return h("ul", { class: "plainlist findings" }, part.findings.map((finding) => h("li", {},
    h("p", {}, h("span", { class: `sev-${finding.severity}` }, finding.severity), ` ${finding.code} `, h("span", { class: "soft" }, `${finding.path === part.path ? "" : finding.path + ", "}${placeOf(finding)}`),
      DATA.new && DATA.new.includes(finding.fingerprint) ? h("span", { class: "pill" }, "new") : null),
    h("p", {}, finding.message), sourceLine(finding.path, finding.line, finding.cell === undefined ? null : `${finding.cell}:${finding.cell_line}`),
    finding.fix ? h("p", { class: "soft" }, finding.fix) : null)));
}

function stageList(part) {
  if (!part.stages.length) return null;
  return h("div", { class: "scroll" }, h("table", { class: "stages" }, h("thead", {}, h("tr", {}, ["Engine", "Stage", "Where", "Does", "Cost", "Python", "Code"].map((label) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, part.stages.map((stage) => h("tr", {},
      h("td", {}, h("span", { class: `pill ${stage.engine}` }, stage.engine === "ray" ? "Ray" : "Spark")), h("td", { class: "mono" }, stage.symbol),
      h("td", {}, stage.path === part.path ? placeOf(stage) : `${stage.path}, ${placeOf(stage)}`), h("td", {}, stage.kind), h("td", {}, stage.cost), h("td", {}, stage.heavy || ""), h("td", {}, stage.code || ""))))));
}

function legend() {
  const box = (name) => svg("svg", { width: 22, height: 14, "aria-hidden": "true" }, svg("g", { class: `node ${name}` }, svg("rect", { class: "box", x: 1, y: 1, width: 20, height: 12, rx: 3 }), svg("rect", { class: "edge", x: 1, y: 3, width: 4, height: 8 })));
  const line = (kind) => svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, svg("path", { class: `link ${kind}`, d: "M1 7 H25" }));
  const items = [[box("spark"), "stays on Spark"], [box("ray"), "moves to Ray"], [box("ray heavy"), "runs Python"], [box("spark opaque"), "not known"], [line("handoff"), "Parquet hand-off"], [line("uses"), "uses a function"]];
  return h("p", { class: "legend" }, items.map(([picture, text]) => h("span", {}, picture, text)));
}

function graphOf(row) {
  const panel = h("aside", { class: "card panel", "aria-live": "polite", "aria-label": "Chosen stage" });
  const graph = h("div", { class: "graph" });
  const view = h("div", { class: "two" }, h("section", { class: "card" }, h("h2", {}, "Stages"), graph, legend()), panel);
  const inner = Math.min(MAIN.clientWidth, 1320) - 96;
  const room = window.innerWidth > 900 ? inner * 0.6 - 60 : inner - 40;
  const { picture, choose } = drawGraph(row.job, room, whereOf(row.job), (stage) => panel.replaceChildren(...stageDetail(row, stage).filter(Boolean)));
  graph.append(picture);
  const first = row.job.stages.findIndex((stage) => stage.heavy);
  choose(Math.max(0, first));
  return view;
}

function reasonList(job) {
  if (!job.reasons.length) return null;
  return h("section", { class: "card block" }, h("h2", {}, "Why"), h("ul", { class: "plainlist" }, job.reasons.map((reason) => h("li", {},
    h("p", {}, h("span", { class: "soft" }, reason.line === null ? `${reason.code} ` : `${reason.code} line ${reason.line} `), reason.message),
    reason.line === null ? null : sourceLine(job.path, reason.line)))));
}

function handoffList(row) {
  if (!row.job.boundaries.length) return null;
  const stageOf = (id) => row.job.stages.find((stage) => stage.id === id);
  const nameOf = (id) => (stageOf(id) ? `${stageOf(id).symbol} (${placeOf(stageOf(id))})` : id);
  return h("section", { class: "card block" }, h("h2", {}, "Hand-offs"), h("ul", { class: "plainlist" }, row.job.boundaries.map((boundary) => h("li", {},
    h("p", {}, h("span", { class: "pill split" }, boundary.direction === "spark_to_ray" ? "Spark to Ray" : "Ray to Spark"), ` ${nameOf(boundary.from)} to ${nameOf(boundary.to)}`),
    h("p", { class: "soft small" }, `${boundary.format}: ${boundary.path}, ${boundary.columns ? boundary.columns.join(", ") : "columns not known"}`)))));
}

function showJob(row) {
  const { job } = row;
  const step = (to, label) => (JOBS[to] ? h("a", { href: `#/job/${to}` }, label) : h("span"));
  const also = job.also.map((tag) => DATA.tags[tag]).join(", ");
  MAIN.replaceChildren(...[
    h("nav", { class: "jobnav", "aria-label": "Jobs" }, h("a", { href: "#/" }, "\u2190 All jobs"), h("span", {}, step(row.index - 1, "Previous"), " \u00a0 ", step(row.index + 1, "Next"))),
    h("div", { class: "jobhead" }, h("h2", { tabindex: "-1", id: "jobtitle" }, job.path), verdictPill(job), h("span", { class: "pill" }, DATA.tags[job.tag] || "unknown"),
      h("span", { class: "soft small" }, `confidence ${job.confidence.toFixed(2)}, ${plural(row.heavy.length, "Python-heavy stage")} of ${job.stages.length}${also ? `, also ${also}` : ""}`)),
    job.stages.length ? graphOf(row) : h("p", { class: "empty" }, "No stage was found in this job."),
    h("div", { class: "two" }, h("div", {}, reasonList(job), handoffList(row)), h("div", {},
      job.findings.length ? h("section", { class: "card block" }, h("h2", {}, "Findings"), findingList(job)) : null,
      job.unresolved ? h("p", { class: "block soft" }, `${plural(job.unresolved, "use")} of a dataset could not be followed.`) : null)),
    job.stages.length ? h("details", { id: "allstages" }, h("summary", {}, "All stages as a table"), stageList(job)) : null,
  ].filter(Boolean));
  document.getElementById("jobtitle").focus();
  window.scrollTo(0, 0);
}

/* ---- the page ---- */

function route() {
  const match = /^#\/job\/(\d+)$/.exec(location.hash);
  const row = match && JOBS[Number(match[1])];
  if (row) showJob(row);
  else showOverview();
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
