"use strict";
// Draws the stages of one job as a layered graph: data flows down, each engine has its colour, hand-offs are marked.

const NODE = { width: 220, height: 44, gapX: 24, gapY: 42, dummy: 10 };
const SMALLEST_SCALE = 0.8;
const MOST_BENDS = 10000;
const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The edges of a job: data, uses of a UDF, and hand-offs between the engines. */
function edgesOf(job) {
  const known = new Set(job.stages.map((stage) => stage.id));
  const found = new Map();
  const add = (from, to, kind) => {
    if (known.has(from) && known.has(to) && from !== to) found.set(from + "\n" + to, { from, to, kind });
  };
  for (const stage of job.stages) {
    for (const input of stage.inputs) add(input, stage.id, "data");
    for (const line of stage.used_at || []) {
      for (const user of job.stages) if (user.path === stage.path && user.line === line && user.id !== stage.id) add(stage.id, user.id, "uses");
    }
  }
  for (const boundary of job.boundaries) add(boundary.from, boundary.to, "handoff");
  return [...found.values()];
}

/** Groups of stages that no edge connects. */
function components(ids, edges) {
  const root = new Map(ids.map((id) => [id, id]));
  const find = (id) => { while (root.get(id) !== id) id = root.get(id); return id; };
  for (const { from, to } of edges) root.set(find(from), find(to));
  const groups = new Map();
  for (const id of ids) {
    if (!groups.has(find(id))) groups.set(find(id), []);
    groups.get(find(id)).push(id);
  }
  return [...groups.values()];
}

/** The layer of each stage: below all its inputs, near what it feeds. Loops are cut where they close. */
function layersOf(ids, edges) {
  const inputs = new Map(ids.map((id) => [id, []]));
  for (const edge of edges) inputs.get(edge.to).push(edge.from);
  const layer = new Map();
  const open = new Set();
  const forward = [];
  for (const start of ids) {
    const stack = [start];
    while (stack.length) {
      const id = stack[stack.length - 1];
      if (layer.has(id)) { stack.pop(); continue; }
      open.add(id);
      const waiting = inputs.get(id).filter((input) => !layer.has(input) && !open.has(input));
      if (waiting.length) { stack.push(...waiting); continue; }
      const ready = inputs.get(id).filter((input) => layer.has(input));
      for (const input of ready) forward.push(input + "\n" + id);
      layer.set(id, Math.max(-1, ...ready.map((input) => layer.get(input))) + 1);
      open.delete(id);
      stack.pop();
    }
  }
  const isForward = new Set(forward);
  const outputs = new Map(ids.map((id) => [id, []]));
  for (const edge of edges) if (isForward.has(edge.from + "\n" + edge.to)) outputs.get(edge.from).push(edge.to);
  // From the bottom up: what has no more inputs than outputs sinks to right above what it feeds, which shortens edges.
  for (const id of [...ids].sort((a, b) => layer.get(b) - layer.get(a))) {
    const below = outputs.get(id).map((other) => layer.get(other));
    if (below.length && inputs.get(id).length <= below.length) layer.set(id, Math.min(...below) - 1);
  }
  return { layer, isForward };
}

/** Places one connected group; returns boxes by id, the route of each edge, and the size. */
function place(ids, edges) {
  const { layer, isForward } = layersOf(ids, edges);
  const rows = [];
  const up = new Map(), down = new Map(), width = new Map(), routes = [];
  const enter = (id, at, size) => { (rows[at] = rows[at] || []).push(id); up.set(id, []); down.set(id, []); width.set(id, size); };
  for (const id of ids) enter(id, layer.get(id), NODE.width);
  let bendsLeft = MOST_BENDS;
  for (const edge of edges) {
    const turned = !isForward.has(edge.from + "\n" + edge.to);
    const [top, bottom] = turned ? [edge.to, edge.from] : [edge.from, edge.to];
    const path = [top];
    // A route around the boxes between takes a bend for each row. Very many of them are no help to anybody.
    const bends = layer.get(bottom) - layer.get(top) - 1;
    const last = bends > bendsLeft ? 0 : layer.get(bottom);
    if (last) bendsLeft -= Math.max(0, bends);
    for (let at = layer.get(top) + 1; at < last; at++) {
      const dummy = `\u0000${routes.length}:${at}`;
      enter(dummy, at, NODE.dummy);
      path.push(dummy);
    }
    path.push(bottom);
    for (let i = 1; i < path.length; i++) { down.get(path[i - 1]).push(path[i]); up.get(path[i]).push(path[i - 1]); }
    routes.push({ edge, path, turned });
  }
  for (let at = 0; at < rows.length; at++) rows[at] = rows[at] || [];
  order(rows, up, down);
  const x = columnsOf(rows, up, down, width);
  const left = ids.reduce((least, id) => Math.min(least, x.get(id)), Infinity) - NODE.width / 2;
  const boxes = new Map();
  rows.forEach((row, at) => row.forEach((id) => boxes.set(id, { x: x.get(id) - left, y: at * (NODE.height + NODE.gapY) })));
  let right = 0;
  for (const [id, box] of boxes) right = Math.max(right, box.x + width.get(id) / 2);
  return { boxes, routes, width: right, height: rows.length * (NODE.height + NODE.gapY) - NODE.gapY };
}

/** Sorts each row by the mean place of its neighbours, down and up, so that few edges cross. */
function order(rows, up, down) {
  for (let round = 0; round < 6; round++) {
    const downward = round % 2 === 0;
    const sequence = downward ? rows : [...rows].reverse();
    const neighbours = downward ? up : down;
    const at = new Map();
    for (const row of sequence) {
      const key = new Map(row.map((id, index) => {
        const places = neighbours.get(id).filter((other) => at.has(other)).map((other) => at.get(other));
        return [id, places.length ? places.reduce((a, b) => a + b, 0) / places.length : index];
      }));
      row.sort((a, b) => key.get(a) - key.get(b));
      row.forEach((id, index) => at.set(id, index));
    }
  }
}

/** The horizontal middle of each box: near its neighbours' mean, in row order, never overlapping. */
function columnsOf(rows, up, down, width) {
  const x = new Map();
  for (const row of rows) row.forEach((id, index) => x.set(id, index * (NODE.width + NODE.gapX)));
  const apart = (a, b) => (width.get(a) + width.get(b)) / 2 + NODE.gapX;
  // An odd number of rounds ends on the way down, which leaves chains straight.
  for (let round = 0; round < 9; round++) {
    const [sequence, near] = round % 2 === 0 ? [rows, up] : [[...rows].reverse(), down];
    for (const row of sequence) {
      const wish = row.map((id) => {
        const others = near.get(id);
        return others.length ? others.reduce((sum, other) => sum + x.get(other), 0) / others.length : x.get(id);
      });
      const fromLeft = [...wish], fromRight = [...wish];
      for (let i = 1; i < row.length; i++) fromLeft[i] = Math.max(wish[i], fromLeft[i - 1] + apart(row[i - 1], row[i]));
      for (let i = row.length - 2; i >= 0; i--) fromRight[i] = Math.min(wish[i], fromRight[i + 1] - apart(row[i], row[i + 1]));
      row.forEach((id, i) => x.set(id, (fromLeft[i] + fromRight[i]) / 2));
    }
  }
  return x;
}

/** All groups of stages, beside each other while there is room. */
function layoutJob(stages, edges, room) {
  const boxes = new Map();
  const routes = [];
  let x = 0, y = 0, rowHeight = 0, widest = 0;
  for (const ids of components(stages.map((stage) => stage.id), edges)) {
    const inside = new Set(ids);
    const part = place(ids, edges.filter((edge) => inside.has(edge.from)));
    if (x > 0 && x + part.width > room) { x = 0; y += rowHeight + NODE.gapY; rowHeight = 0; }
    for (const [id, box] of part.boxes) boxes.set(`${ids[0]}\n${id}`, { x: box.x + x, y: box.y + y });
    for (const route of part.routes) routes.push({ ...route, points: route.path.map((id) => boxes.get(`${ids[0]}\n${id}`)) });
    for (const id of ids) boxes.set(id, boxes.get(`${ids[0]}\n${id}`));
    x += part.width + 2 * NODE.gapX;
    rowHeight = Math.max(rowHeight, part.height);
    widest = Math.max(widest, x - 2 * NODE.gapX);
  }
  return { boxes, routes, width: widest, height: y + rowHeight };
}

const clipped = (text, length) => (text.length <= length ? text : text.slice(0, length - 1) + "\u2026");

/** A symbol that fits: without its class where that is too long, and clipped where that does not help. */
function fitting(symbol, length) {
  return symbol.length <= length ? symbol : clipped("\u2026" + symbol.slice(symbol.lastIndexOf(".") + 1), length);
}

function drawRoute({ edge, points, turned }) {
  const stops = points.map((point) => ({ x: point.x, enter: point.y, leave: point.y + NODE.height }));
  let d = `M${stops[0].x} ${stops[0].leave}`;
  for (let i = 1; i < stops.length; i++) {
    const bend = (stops[i - 1].leave + stops[i].enter) / 2;
    d += ` C${stops[i - 1].x} ${bend} ${stops[i].x} ${bend} ${stops[i].x} ${stops[i].enter}`;
    if (i < stops.length - 1) d += ` L${stops[i].x} ${stops[i].leave}`;
  }
  const end = turned ? { x: stops[0].x, y: stops[0].leave, dy: 7 } : { x: stops[stops.length - 1].x, y: stops[stops.length - 1].enter, dy: -7 };
  const group = svg("g", {}, svg("path", { class: `link ${edge.kind}`, d }));
  group.append(svg("path", { class: `arrow ${edge.kind}`, d: `M${end.x} ${end.y} l-4 ${end.dy} h8 z` }));
  if (edge.kind === "handoff") {
    const middle = { x: (stops[0].x + stops[1].x) / 2, y: (stops[0].leave + stops[1].enter) / 2 };
    group.append(svg("g", { class: "tag" },
      svg("rect", { x: middle.x - 29, y: middle.y - 9, width: 58, height: 18, rx: 9 }),
      svg("text", { x: middle.x, y: middle.y + 4, "text-anchor": "middle" }, "Parquet")));
  }
  return group;
}

/** Engines differ in colour, in shape (Ray's boxes are round) and in the word that they carry. */
function drawNode(stage, box, where) {
  const classes = ["node", stage.engine, stage.heavy ? "heavy" : "", stage.kind === "opaque" ? "opaque" : ""].join(" ");
  const engine = stage.engine === "ray" ? "Ray" : "Spark";
  const name = stage.plain ? `${stage.plain.length} stages` : shortSymbol(stage.symbol);
  const said = [stage.plain ? name : stage.symbol, `on ${engine}`, where, stage.plain ? "folded" : stage.heavy ? `Python-heavy: ${stage.heavy}` : stage.kind];
  const held = stage.plain ? stage.held && `${stage.held} block` : stage.blocked_by.length && "blocked";
  if (held) said.push(held);
  const left = box.x - NODE.width / 2, round = stage.engine === "ray" ? 16 : 4;
  const outline = (className, shift) => svg("rect", { class: className, x: left + shift, y: box.y + shift, width: NODE.width, height: NODE.height, rx: round });
  const node = svg("g", { class: classes, tabindex: "0", role: "button", "aria-pressed": "false", "aria-label": said.join(", "), "data-id": stage.id });
  if (stage.plain) node.append(outline("box", 4));
  node.append(outline("box", 0),
    svg("rect", { class: "edge", x: left, y: box.y + (stage.engine === "ray" ? 14 : 4), width: 5, height: NODE.height - (stage.engine === "ray" ? 28 : 8) }),
    svg("text", { x: left + 13, y: box.y + 18 }, fitting(name, stage.heavy ? 21 : 23)),
    svg("text", { class: "sub", x: left + NODE.width - 10, y: box.y + 17, "text-anchor": "end" }, engine),
    svg("text", { class: "sub", x: left + 13, y: box.y + 34 }, clipped(stage.plain ? where : `${where} \u00b7 ${stage.heavy || stage.kind}`, held ? 25 : 34)));
  if (held) node.append(svg("text", { class: "sub held", x: left + NODE.width - 10, y: box.y + 34, "text-anchor": "end" }, held));
  node.append(svg("title", {}, said.join(", ")));
  return node;
}

/** The graph of `stages`; `select` is called with a stage when one is chosen by pointer or keyboard. */
function drawGraph({ stages, edges }, room, whereOf, select) {
  const { boxes, routes, width, height } = layoutJob(stages, edges, room);
  const pad = 12;
  // A little too wide is made smaller; much too wide scrolls, so that the text can still be read.
  const scale = Math.min(1, Math.max(SMALLEST_SCALE, room / (width + 2 * pad)));
  const sized = (by) => ({ width: by * (width + 2 * pad), height: by * (height + 2 * pad) });
  const picture = svg("svg", {
    ...sized(scale), viewBox: `${-pad} ${-pad} ${width + 2 * pad} ${height + 2 * pad}`,
    role: "group", "aria-label": `Stage graph: ${stages.length} stages`,
  });
  for (const route of routes) picture.append(drawRoute(route));
  const nodes = stages.map((stage) => drawNode(stage, boxes.get(stage.id), whereOf(stage)));
  const choose = (index) => {
    nodes.forEach((node, i) => node.setAttribute("aria-pressed", String(i === index)));
    select(stages[index]);
  };
  nodes.forEach((node, index) => {
    node.addEventListener("click", () => choose(index));
    node.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Enter" || event.key === " ") choose(index);
      else if (step && nodes[index + step]) { nodes[index + step].focus(); choose(index + step); }
      else return;
      event.preventDefault();
    });
    picture.append(node);
  });
  /** Shows all of the graph within `frame`, or, for null, at the size at which it reads well. */
  const fit = (frame) => {
    const by = frame ? Math.min(scale, frame.width / sized(1).width, frame.height / sized(1).height) : scale;
    for (const [name, value] of Object.entries(sized(by))) picture.setAttribute(name, value);
  };
  return { picture, choose, fit };
}
