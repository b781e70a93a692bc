const COLOURS = {
  record: "#2f6fb0", other: "#6b7b93", evidence: "#0b6e55", cut: "#a83a12",
  link: "#6b7b93", match: "#8659a8", steward: "#b7791f", statement: "#b7791f",
  queue: "#b7791f",
};

const ROW = 44;

export default async function (component) {
  const { data, parentElement } = component;
  const box = parentElement.querySelector(".graph");
  const said = parentElement.querySelector(".said");
  if (!globalThis.cytoscape) {
    await import(new URL("vendor/cytoscape.min.js", document.baseURI).href);
  }
  const ink = getComputedStyle(box).getPropertyValue("--st-text-color").trim();
  const ground = getComputedStyle(box).getPropertyValue("--st-background-color").trim();
  box.style.height = `${data.height}px`;
  // Labels of the columns stand outside, and want room.
  const side = Math.max(70, box.clientWidth / 2 - 170);
  box.graph?.destroy();
  const graph = globalThis.cytoscape({
    container: box,
    elements: data.elements,
    minZoom: 0.3,
    maxZoom: 1.6,
    wheelSensitivity: 0.25,
    layout: { name: "preset", padding: 18, positions: (node) => ({
      x: node.data("column") * side, y: node.data("row") * ROW }) },
    style: [
      { selector: "node", style: {
        label: "data(label)", "font-size": 12, color: ink,
        "text-valign": "bottom", "text-margin-y": 3,
        "text-background-color": ground, "text-background-opacity": 0.85,
        "text-background-padding": 1, width: 18, height: 18,
        "background-color": (e) => COLOURS[e.data("kind")] } },
      { selector: "node[column != 0]", style: {
        shape: "round-rectangle", width: 28, height: 20, "text-valign": "center",
        "text-margin-y": 0 } },
      { selector: "node[column < 0]", style: {
        "text-halign": "left", "text-margin-x": -6 } },
      { selector: "node[column > 0]", style: {
        "text-halign": "right", "text-margin-x": 6 } },
      { selector: "edge", style: {
        width: 1.6, "curve-style": "bezier",
        "line-color": (e) => COLOURS[e.data("kind")] } },
      { selector: "node[loose = 1]", style: { "background-opacity": 0.45 } },
      { selector: "edge[bent = 1]", style: {
        "curve-style": "unbundled-bezier", "control-point-distances": 46 } },
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
