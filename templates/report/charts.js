// The charts of the overview. Each bar and each cell is a button that filters the inventory, or a link to a job.

const TOP = 8;

/** Chooses `key` for a filter, or lets go of it; the focus stays on the button that did it. */
function toggle(choice, focus) {
  const on = Object.entries(choice).every(([name, key]) => state[name] === key);
  for (const [name, key] of Object.entries(choice)) state[name] = on ? "" : key;
  showOverview(focus);
}

/** One bar: parts of `of`, each with its class, and a figure in words behind it. */
function bar(label, parts, of, figure) {
  return [h("span", { class: "label" }, label),
    h("span", { class: "track", "aria-hidden": "true" }, parts.filter(([, count]) => count).map(([name, count]) => {
      const fill = h("span", { class: `fill ${name}` });
      fill.style.width = `${(100 * count) / of}%`;
      return fill;
    })),
    h("span", { class: "count" }, figure)];
}

function filterBar(filter, key, title, content) {
  return h("li", {}, h("button", {
    type: "button", "aria-pressed": String(state[filter] === key), "data-filter": filter, "data-key": key, title,
    onclick: () => toggle({ [filter]: key }, `[data-filter="${filter}"][data-key="${CSS.escape(key)}"]`),
  }, content));
}

function chart(title, said, content) {
  return h("section", { class: "card" }, h("h2", {}, title), h("p", { class: "soft small" }, said), content);
}

/** Jobs by tag and verdict: a table whose cells are shaded by their count. */
function matrix() {
  const tags = Object.keys(DATA.tags), verdicts = Object.keys(DATA.verdicts);
  const counts = new Map();
  for (const { job } of JOBS) for (const key of [`${job.tag} ${job.verdict}`, `${job.tag} `, ` ${job.verdict}`]) counts.set(key, (counts.get(key) || 0) + 1);
  const most = Math.max(1, ...tags.flatMap((tag) => verdicts.map((verdict) => counts.get(`${tag} ${verdict}`) || 0)));
  const cell = (tag, verdict, label) => {
    const count = counts.get(`${tag} ${verdict}`) || 0;
    const choice = tag && verdict ? { tag, verdict } : tag ? { tag } : { verdict };
    const on = Object.entries(choice).every(([name, key]) => state[name] === key);
    const said = [DATA.tags[tag], DATA.verdicts[verdict]].filter(Boolean).join(", ");
    const button = h("button", {
      type: "button", "data-cell": `${tag} ${verdict}`, "aria-pressed": String(on), "aria-label": `${said}: ${plural(count, "job")}`, class: count ? null : "zero",
      onclick: () => toggle(choice, `[data-cell="${tag} ${verdict}"]`),
    }, label || count.toLocaleString("en"));
    if (tag && verdict && count) button.style.setProperty("--share", `${8 + (32 * count) / most}%`);
    return button;
  };
  const sum = (text) => h("td", { class: "num sum" }, text.toLocaleString("en"));
  return h("table", { class: "matrix" },
    h("thead", {}, h("tr", {}, h("td", {}), verdicts.map((verdict) => h("th", { scope: "col", class: "num" }, cell("", verdict, DATA.verdicts[verdict]))), h("th", { scope: "col", class: "num" }, "all"))),
    h("tbody", {}, tags.map((tag) => h("tr", {}, h("th", { scope: "row" }, cell(tag, "", DATA.tags[tag])),
      verdicts.map((verdict) => h("td", { class: `num shade ${verdict}` }, cell(tag, verdict))), sum(counts.get(`${tag} `) || 0))),
    h("tr", {}, h("th", { scope: "row" }, "all"), verdicts.map((verdict) => sum(counts.get(` ${verdict}`) || 0)), sum(JOBS.length))));
}

function mechanismChart() {
  const { mechanisms } = DATA.totals;
  if (!mechanisms.length) return null;
  const sum = (key) => mechanisms.reduce((total, one) => total + one[key], 0);
  const most = mechanisms[0].stages;
  return chart("Python-heavy work", `${sum("moving").toLocaleString("en")} of ${plural(sum("stages"), "stage")} can move to Ray now (filled)${ofAll(mechanisms.length)}`, h("ul", { class: "bars" }, mechanisms.slice(0, TOP).map((one) =>
    filterBar("heavy", one.name, `${one.name}: ${plural(one.stages, "stage")}, ${one.moving} can move to Ray`,
      bar(one.name, [["move_to_ray", one.moving], ["hollow", one.stages - one.moving]], most, one.moving ? `${one.moving} / ${one.stages}` : String(one.stages))))));
}

function blockerChart() {
  const { blockers, blocking, blocked, freed } = DATA.totals;
  if (!blockers.length) return null;
  const said = `Jobs in which a call keeps Python from moving (filled: it alone). Carrying ${blocking > blockers.length ? "these" : "all"} ${blockers.length} would free ${freed.toLocaleString("en")} of ${plural(blocked, "blocked job")}${ofAll(blocking)}`;
  return chart("What blocks most", said, h("ul", { class: "bars" }, blockers.map((one) =>
    filterBar("blocker", one.symbol, `${one.symbol}: blocks ${plural(one.jobs, "job")}, ${one.alone} alone`,
      bar(shortSymbol(one.symbol), [["", one.alone], ["hollow", one.jobs - one.alone]], blockers[0].jobs, one.alone ? `${one.jobs}, ${one.alone} alone` : String(one.jobs))))));
}

function largestChart() {
  const rows = JOBS.filter((row) => row.heavy.length).sort((a, b) => b.heavy.length - a.heavy.length || b.job.stages.length - a.job.stages.length || a.index - b.index).slice(0, TOP);
  if (rows.length < 2) return null;
  const most = Math.max(...rows.map((row) => row.job.stages.length));
  return chart("Largest jobs", "By Python-heavy stages (filled), of all their stages", h("ul", { class: "bars" }, rows.map((row) => h("li", {}, h("a", { href: `#/job/${row.index}`, title: row.job.path },
    bar(row.job.path.split("/").pop(), [[row.job.verdict, row.heavy.length], ["hollow", row.job.stages.length - row.heavy.length]], most, `${row.heavy.length} / ${row.job.stages.length}`))))));
}

const ofAll = (count) => (count > TOP ? ` (${TOP} of ${count} shown)` : "");

const charts = () => h("div", { class: "charts" }, [chart("Jobs by tag and verdict", "What each job does, and what should happen to it", matrix()), mechanismChart(), blockerChart(), largestChart()].filter(Boolean));
