// The first view: totals, charts that filter, and the inventory of jobs.

const ROWS_AT_ONCE = 400;
const TOP = 8;

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
    h("td", { class: "symbols", title: row.symbols.join(", ") }, firstOf(row.symbols))));
  return h("div", { class: "scroll" }, h("table", { id: "inventory" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

const firstOf = (symbols) => symbols.slice(0, 2).join(", ") + (symbols.length > 2 ? ` +${symbols.length - 2}` : "");
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
