// The view of one job: its graph, why it was judged so, its hand-offs and findings.

const NAMED = 6;

function sourceLine(path, line, label) {
  const text = (DATA.lines[path] || {})[line];
  return text === undefined ? null : h("div", { class: "src" }, h("span", { class: "n mono" }, label || String(line)), h("code", {}, text));
}

const whereOf = (job) => (stage) => {
  if (stage.plain) return `from ${placeOf(stage.plain[0])} to ${placeOf(stage.plain[stage.plain.length - 1])}`;
  return stage.path === job.path ? placeOf(stage) : `${stage.path.split("/").pop()}:${stage.line}`;
};

function ruleText(code) {
  const rule = DATA.rules[code];
  if (!rule) return null;
  return h("div", { class: "rule" }, h("p", {}, h("b", {}, `${code} `), rule.summary), h("p", {}, rule.why), h("p", {}, h("b", {}, "Do: "), rule.do),
    rule.differences.length ? h("details", { class: "inline" }, h("summary", {}, plural(rule.differences.length, "known difference")), h("ul", {}, rule.differences.map((one) => h("li", {}, one)))) : null);
}

/** The stages that one box of a folded graph stands for. */
function foldedDetail(row, { plain }) {
  return [
    h("h3", {}, `${plain.length} stages that run no Python`),
    h("p", { class: "soft small" }, "They lie between the same Python-heavy stages."),
    h("ol", { class: "plainlist tight" }, plain.map((stage) => h("li", {}, h("span", { class: "mono" }, shortSymbol(stage.symbol)), " ",
      h("span", { class: "soft small" }, whereOf(row.job)(stage)), row.held.has(stage.id) ? h("span", { class: "sev-error small" }, " blocks") : null, sourceLine(stage.path, stage.line)))),
  ];
}

function stageDetail(row, stage) {
  if (stage.plain) return foldedDetail(row, stage);
  const listed = (stages) => stages.slice(0, NAMED).map((other) => `${other.symbol} (${placeOf(other)})`).join(", ") + (stages.length > NAMED ? ` and ${stages.length - NAMED} more` : "");
  const named = (ids) => listed(ids.map((id) => row.job.stages.find((other) => other.id === id)).filter(Boolean));
  const others = stage.blocked_by.filter((id) => id !== stage.id);
  const facts = [["Where", stage.path === row.job.path ? placeOf(stage) : `${stage.path}, ${placeOf(stage)}`], ["Does", stage.kind], ["Cost", stage.cost],
    ["Python", stage.heavy ? stage.heavy + (stage.role ? `, ${stage.role}` : "") : null], ["Takes", named(stage.inputs)],
    ["Used at", stage.used_at ? `line ${stage.used_at.join(", ")}` : null], ["Blocked by", stage.blocked_by.includes(stage.id) ? ["is not carried to Ray", named(others)].filter(Boolean).join("; ") : named(others)],
    ["Holds back", listed((row.held.get(stage.id) || []).filter((other) => other !== stage))]];
  return [
    h("p", {}, h("span", { class: `pill ${stage.engine}` }, stage.engine === "ray" ? "Ray" : "Spark")),
    h("h3", { class: "mono" }, stage.symbol),
    h("dl", {}, facts.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    sourceLine(stage.path, stage.line, stage.cell === undefined ? null : `${stage.cell}:${stage.cell_line}`), stage.code ? ruleText(stage.code) : null,
  ];
}

function findingItem(part, finding) {
  return h("li", {},
    h("p", {}, h("span", { class: `sev-${finding.severity}` }, finding.severity), ` ${finding.code} `, h("span", { class: "soft" }, `${finding.path === part.path ? "" : finding.path + ", "}${placeOf(finding)}`),
      DATA.new && DATA.new.includes(finding.fingerprint) ? h("span", { class: "pill" }, "new") : null),
    h("p", {}, finding.message), sourceLine(finding.path, finding.line, finding.cell === undefined ? null : `${finding.cell}:${finding.cell_line}`),
    finding.fix ? h("p", { class: "soft" }, finding.fix) : null);
}

/** Errors and warnings; many notes are folded away below them. */
function findingList(part) {
  if (!part.findings.length) return null;
  const items = (findings) => h("ul", { class: "plainlist findings" }, findings.map((finding) => findingItem(part, finding)));
  const notes = part.findings.filter((finding) => finding.severity === "note");
  if (notes.length <= NAMED) return items(part.findings);
  return h("div", {}, items(part.findings.filter((finding) => finding.severity !== "note")), folded(null, plural(notes.length, "note"), () => [items(notes)]));
}

function stageList(part) {
  if (!part.stages.length) return null;
  return h("div", { class: "scroll" }, h("table", { class: "stages" }, h("thead", {}, h("tr", {}, ["Engine", "Stage", "Where", "Does", "Cost", "Python", "Code"].map((label) => h("th", { scope: "col" }, label)))),
    h("tbody", {}, part.stages.map((stage) => h("tr", {},
      h("td", {}, h("span", { class: `pill ${stage.engine}` }, stage.engine === "ray" ? "Ray" : "Spark")), h("td", { class: "mono" }, stage.symbol),
      h("td", {}, stage.path === part.path ? placeOf(stage) : `${stage.path}, ${placeOf(stage)}`), h("td", {}, stage.kind), h("td", {}, stage.cost), h("td", {}, stage.heavy || ""), h("td", {}, stage.code || ""))))));
}

function legend() {
  const box = (name) => svg("svg", { width: 22, height: 14, "aria-hidden": "true" }, svg("g", { class: `node ${name}` }, svg("rect", { class: "box", x: 1, y: 1, width: 20, height: 12, rx: name.startsWith("ray") ? 6 : 1 }), svg("rect", { class: "edge", x: 1, y: 3, width: 4, height: 8 })));
  const line = (kind) => svg("svg", { width: 26, height: 14, "aria-hidden": "true" }, svg("path", { class: `link ${kind}`, d: "M1 7 H25" }));
  const items = [[box("spark"), "stays on Spark"], [box("ray"), "moves to Ray"], [box("ray heavy"), "runs Python"], [box("spark opaque"), "not known"], [line("handoff"), "Parquet hand-off"], [line("uses"), "uses a function"]];
  return h("p", { class: "legend" }, items.map(([picture, text]) => h("span", {}, picture, text)));
}

/** The graph with its buttons, and the chosen stage beside it. A large job opens folded. */
function graphOf(row, fold = row.job.stages.length >= FOLD_FROM) {
  const panel = h("aside", { class: "card panel", "aria-live": "polite", "aria-label": "Chosen stage" });
  const graph = h("div", { class: "graph" });
  const inner = Math.min(MAIN.clientWidth, 1320) - 96;
  const room = window.innerWidth > 900 ? inner * 0.6 - 60 : inner - 40;
  const folded = foldedStages(row.job);
  for (const box of folded.stages) if (box.plain) box.held = box.plain.filter((stage) => row.held.has(stage.id)).length;
  const drawn = fold ? folded : { stages: row.job.stages, edges: edgesOf(row.job) };
  const { picture, choose, fit } = drawGraph(drawn, room, whereOf(row.job), (stage) => panel.replaceChildren(...stageDetail(row, stage).filter(Boolean)));
  graph.append(picture);
  const whole = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => {
    const on = whole.getAttribute("aria-pressed") === "false";
    whole.setAttribute("aria-pressed", String(on));
    fit(on ? { width: graph.clientWidth, height: window.innerHeight * 0.74 } : null);
  } }, "Whole graph");
  const folding = folded.stages.length < row.job.stages.length ? h("button", { type: "button", class: "quiet", id: "fold", title: "Draw what lies between the same Python-heavy stages as one box", "aria-pressed": String(fold), onclick: () => {
    view.replaceWith(graphOf(row, !fold));
    document.getElementById("fold").focus();
  } }, "Fold") : null;
  const title = fold ? `${plural(row.job.stages.length, "stage")} in ${drawn.stages.length} boxes` : "Stages";
  const view = h("div", { class: "two" }, h("section", { class: "card" }, h("div", { class: "graphhead" }, h("h2", {}, title), h("span", {}, folding, " ", whole)), graph, legend()), panel);
  const first = Math.max(0, drawn.stages.findIndex((stage) => stage.heavy));
  choose(first);
  // Once the view is in the page: a large graph opens where its first Python-heavy stage is.
  requestAnimationFrame(() => {
    const box = picture.querySelectorAll(".node")[first].getBoundingClientRect();
    const frame = graph.getBoundingClientRect();
    graph.scrollLeft += Math.max(0, box.right - frame.right) + frame.width / 2 * (box.right > frame.right);
    graph.scrollTop += (box.bottom > frame.bottom) * (box.top - frame.top - frame.height / 2);
  });
  return view;
}

function reasonPlace(job, reason) {
  if (reason.line === null) return "";
  const stage = job.stages.find((one) => one.path === job.path && one.line === reason.line);
  return stage ? placeOf(stage) : `line ${reason.line}`;
}

function reasonList(job) {
  if (!job.reasons.length) return null;
  return h("section", { class: "card block" }, h("h2", {}, "Why"), h("ul", { class: "plainlist" }, job.reasons.map((reason) => h("li", {},
    h("p", {}, h("span", { class: "soft" }, `${reason.code} ${reasonPlace(job, reason)} `), reason.message),
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
      h("span", { class: "soft small" }, `confidence ${job.confidence.toFixed(2)}, ${plural(row.heavy.length, "Python-heavy stage")} of ${job.stages.length}${also ? `, also ${also}` : ""}${job.readiness === null ? "" : `, readiness ${job.readiness} of 100`}`)),
    job.stages.length ? graphOf(row) : h("p", { class: "empty" }, "No stage was found in this job."),
    h("div", { class: "two" }, h("div", {}, reasonList(job), handoffList(row)), h("div", {},
      job.findings.length ? h("section", { class: "card block" }, h("h2", {}, "Findings"), findingList(job)) : null,
      job.unresolved ? h("p", { class: "block soft" }, `${plural(job.unresolved, "use")} of a dataset could not be followed.`) : null)),
    job.stages.length ? h("details", { id: "allstages" }, h("summary", {}, "All stages as a table"), stageList(job)) : null,
  ].filter(Boolean));
  document.getElementById("jobtitle").focus();
  window.scrollTo(0, 0);
}
