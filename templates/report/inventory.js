// The inventory: every job in a table that filters, sorts and is walked through by the arrow keys.

const ROWS_AT_ONCE = 400;

const COLUMNS = [
  { key: "path", label: "Job", value: (row) => row.job.path },
  { key: "tag", label: "Tag", value: (row) => DATA.tags[row.job.tag] || "" },
  { key: "verdict", label: "Verdict", value: (row) => DATA.verdicts[row.job.verdict] || "" },
  { key: "confidence", label: "Confidence", number: true, minor: true, value: (row) => row.job.confidence },
  { key: "stages", label: "Stages", number: true, minor: true, value: (row) => row.job.stages.length },
  { key: "heavy", label: "Heavy", number: true, value: (row) => row.heavy.length },
  { key: "findings", label: "Findings", number: true, minor: true, value: (row) => row.job.findings.length },
  { key: "blocked", label: "Blocked by", minor: true, value: (row) => row.symbols.join(", ") },
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

const classOf = (column) => [column.number && "num", column.minor && "minor"].filter(Boolean).join(" ") || null;
const firstOf = (symbols) => symbols.slice(0, 2).map(shortSymbol).join(", ") + (symbols.length > 2 ? ` +${symbols.length - 2}` : "");
const verdictPill = (job) => h("span", { class: `pill ${job.verdict}` }, DATA.verdicts[job.verdict] || "undecided");

function pathLink(row) {
  const at = row.job.path.lastIndexOf("/") + 1;
  return h("a", { href: `#/job/${row.index}` }, h("span", { class: "soft" }, row.job.path.slice(0, at)), row.job.path.slice(at));
}

function cellOf(column, row) {
  if (column.key === "path") return pathLink(row);
  if (column.key === "verdict") return verdictPill(row.job);
  if (column.key === "confidence") return row.job.confidence.toFixed(2);
  if (column.key === "blocked") return firstOf(row.symbols);
  return String(column.value(row) || (column.number ? 0 : "unknown"));
}

function headOf(column) {
  const active = state.sort === column.key;
  const sort = () => { state.down = active ? !state.down : Boolean(column.number); state.sort = column.key; fillInventory(`[data-sort="${column.key}"]`); };
  return h("th", { scope: "col", class: classOf(column), "aria-sort": active ? (state.down ? "descending" : "ascending") : null },
    h("button", { type: "button", "data-sort": column.key, onclick: sort }, column.label, active ? (state.down ? " \u2193" : " \u2191") : ""));
}

/** The arrow keys, Home and End step from job to job. */
function step(event) {
  const links = [...event.currentTarget.querySelectorAll("td.path a")];
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || links[to] === undefined) return;
  links[to].focus();
  event.preventDefault();
}

function tableOf(rows) {
  const shown = state.all ? rows : rows.slice(0, ROWS_AT_ONCE);
  const body = shown.map((row) => h("tr", {}, COLUMNS.map((column) =>
    h("td", { class: column.key === "path" ? "path" : classOf(column), title: column.key === "blocked" ? row.symbols.join(", ") : null }, cellOf(column, row)))));
  return h("div", { class: "scroll" }, h("table", { id: "inventory" }, h("thead", {}, h("tr", {}, COLUMNS.map(headOf))), h("tbody", { onkeydown: step }, body)));
}

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
  return h("div", { class: "filters", role: "search" },
    h("input", { id: "search", type: "search", placeholder: "Search path, symbol or kind  ( / )", "aria-label": "Search jobs", value: state.text, oninput: (event) => { state.text = event.target.value; fillInventory(); } }),
    choice("tag", "All tags", DATA.tags), choice("verdict", "All verdicts", DATA.verdicts),
    state.heavy ? chip("heavy", state.heavy) : null, state.blocker ? chip("blocker", `blocked by ${state.blocker}`) : null,
    active ? h("button", { type: "button", class: "quiet", onclick: () => { Object.assign(state, { text: "", tag: "", verdict: "", heavy: "", blocker: "" }); showOverview("#search"); } }, "Clear filters") : null,
    h("span", { id: "matched", class: "soft small" }));
}

function chip(name, text) {
  return h("button", { type: "button", class: "quiet", "aria-label": `Remove filter: ${text}`, onclick: () => { state[name] = ""; showOverview("#search"); } }, `${text} \u00d7`);
}
