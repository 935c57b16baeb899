// The first view: totals, charts that filter, the inventory of jobs, and what is no job.

function tiles() {
  const { summary } = REPORT;
  const heavy = JOBS.reduce((sum, row) => sum + row.heavy.length, 0);
  const numbers = [[summary.jobs, "jobs"], [heavy, "Python-heavy stages"], [summary.files, "files"], [summary.lines, "lines"], [summary.unresolved, "uses not followed"]];
  if (summary.readiness.score !== null) numbers.push([summary.readiness.score, "readiness, of 100"]);
  return h("div", { class: "tiles" }, numbers.map(([count, label]) => h("div", { class: "tile" }, h("b", {}, count.toLocaleString("en")), h("span", {}, label))));
}

/** A part that is folded away, and built when it is first opened. */
function folded(id, title, build) {
  const part = h("details", { id }, h("summary", {}, title));
  part.addEventListener("toggle", () => { if (part.children.length === 1) part.append(...build()); });
  return part;
}

function otherFiles() {
  const skipped = REPORT.files.filter((file) => file.status === "skipped");
  const silent = REPORT.files.filter((file) => file.status === "no_spark");
  const spoken = REPORT.libraries.filter((library) => library.stages.length || library.findings.length);
  const paths = (files) => h("ul", { class: "paths mono" }, files.map((file) => h("li", {}, file.path)));
  return [
    spoken.length ? folded("libraries", `${plural(spoken.length, "module")} that jobs import`, () => spoken.map((library) =>
      h("section", { class: "block" }, h("h3", { class: "mono" }, library.path), stageList(library) || "", findingList(library) || ""))) : null,
    skipped.length ? folded("skipped", `${plural(skipped.length, "file")} listed, not analysed`, () => [...grouped(skipped, (file) => file.reason || "no reason given")].map(([reason, files]) =>
      h("details", { class: "reason", open: files.length <= TOP }, h("summary", {}, `${reason} `, h("span", { class: "soft" }, `(${files.length.toLocaleString("en")})`)), paths(files)))) : null,
    silent.length ? folded("silent", `${plural(silent.length, "file")} without Spark`, () => [paths(silent)]) : null,
  ].filter(Boolean);
}

function showOverview(focus) {
  MAIN.replaceChildren(tiles(), DATA.outlook.length ? h("p", { class: "soft small", id: "outlook" }, DATA.outlook.join(" ")) : "", charts(), h("h2", {}, "Inventory"), filters(), h("div", { id: "rows" }), ...otherFiles(),
    h("p", { class: "soft small block" }, [DATA.headline + ".", ...DATA.remainder, `migrate ${REPORT.tool.version}.`].join(" ")));
  fillInventory(focus);
}
