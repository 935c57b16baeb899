// A large job in few boxes: the stages that lie between the same Python-heavy ones are drawn as one.

const FOLD_FROM = 40;

/** Whether a stage keeps its own box in a folded graph: it runs Python or hands over to the other engine. */
function tellingOf(job) {
  const ends = new Set(job.boundaries.flatMap(({ from, to }) => [from, to]));
  return (stage) => Boolean(stage.heavy || ends.has(stage.id));
}

/**
 * The stages of a job and the edges between them, with plain stages that are connected and have equally many telling
 * ones above them as one stage `{ id, plain: [stage, ...] }`. An edge out of a telling stage leads a level down, all
 * others lead down or stay, so that folding closes no loop.
 */
function foldedStages(job) {
  const telling = tellingOf(job);
  const edges = edgesOf(job);
  const { layer, isForward } = layersOf(job.stages.map((stage) => stage.id), edges);
  const inputs = new Map(job.stages.map((stage) => [stage.id, []]));
  for (const edge of edges) if (isForward.has(edge.from + "\n" + edge.to)) inputs.get(edge.to).push(edge.from);
  const byId = new Map(job.stages.map((stage) => [stage.id, stage]));
  const level = new Map();
  for (const { id } of [...job.stages].sort((a, b) => layer.get(a.id) - layer.get(b.id))) {
    level.set(id, Math.max(0, ...inputs.get(id).map((input) => level.get(input) + Number(telling(byId.get(input))))));
  }
  const joined = edges.filter(({ from, to }) => !telling(byId.get(from)) && !telling(byId.get(to)) && level.get(from) === level.get(to) && byId.get(from).engine === byId.get(to).engine);
  // What no Python touches is one box for each engine.
  for (const engine of ["spark", "ray"]) {
    const apart = components([...byId.keys()], edges).filter((ids) => ids.every((id) => !telling(byId.get(id)) && byId.get(id).engine === engine)).flat();
    apart.slice(1).forEach((id, at) => joined.push({ from: apart[at], to: id }));
  }
  const nodeOf = new Map();
  const nodes = [];
  for (const ids of components(job.stages.map((stage) => stage.id), joined)) {
    const stages = ids.map((id) => byId.get(id));
    const node = stages.length === 1 ? stages[0] : { ...stages[0], kind: "folded", blocked_by: [], plain: stages };
    nodes.push(node);
    for (const id of ids) nodeOf.set(id, node);
  }
  const found = new Map();
  for (const edge of edges) {
    const [from, to] = [nodeOf.get(edge.from).id, nodeOf.get(edge.to).id];
    if (from !== to) found.set(from + "\n" + to, { ...edge, from, to });
  }
  return { stages: nodes, edges: [...found.values()] };
}
