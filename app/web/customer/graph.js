const COLOURS = {
  record: "#1f5c99", other: "#6b7b93", evidence: "#0b6e55", cut: "#a83a12",
  link: "#6b7b93", match: "#8659a8", steward: "#b7791f", statement: "#b7791f",
  queue: "#b7791f",
};

// What is stated stands in the middle, the records that state it around it.
const RINGS = { evidence: 3, cut: 3, record: 2, other: 1 };

export default async function (component) {
  const { data, parentElement } = component;
  const box = parentElement.querySelector(".graph");
  const said = parentElement.querySelector(".said");
  if (!globalThis.cytoscape) {
    await import(new URL("vendor/cytoscape.min.js", document.baseURI).href);
  }
  const ink = getComputedStyle(box).getPropertyValue("--st-text-color").trim();
  const ground = getComputedStyle(box).getPropertyValue("--st-background-color").trim();
  const wide = Math.max(1, box.clientWidth / box.clientHeight);
  box.graph?.destroy();
  const graph = globalThis.cytoscape({
    container: box,
    elements: data.elements,
    minZoom: 0.3,
    maxZoom: 2.5,
    wheelSensitivity: 0.25,
    layout: { name: "concentric", animate: false, padding: 24, minNodeSpacing: 50,
      concentric: (node) => RINGS[node.data("kind")], levelWidth: () => 1,
      // As wide as the frame: labels are, and would lie over each other in a circle.
      transform: (node, { x, y }) => ({ x: x * wide, y }) },
    style: [
      { selector: "node", style: {
        label: "data(label)", "text-wrap": "wrap", "font-size": 11, color: ink,
        "text-valign": "bottom", "text-margin-y": 4,
        "text-background-color": ground, "text-background-opacity": 0.85,
        "text-background-padding": 1, width: 22, height: 22,
        "background-color": (e) => COLOURS[e.data("kind")] } },
      { selector: 'node[kind = "record"], node[kind = "other"]', style: {
        shape: "round-rectangle", width: 34, height: 24 } },
      { selector: "edge", style: {
        width: 2, "curve-style": "bezier",
        "line-color": (e) => COLOURS[e.data("kind")] } },
      { selector: 'edge[kind = "cut"]', style: { "line-style": "dashed" } },
      { selector: 'edge[kind = "queue"]', style: { "line-style": "dotted" } },
      { selector: ":selected", style: {
        "border-width": 3, "border-color": ink, "line-color": ink } },
    ],
  });
  graph.on("tap", "node, edge", (event) => {
    said.textContent = event.target.data("said");
  });
  box.graph = graph;
  return () => graph.destroy();
}
