// Draws the figures of the page's data, and again when the page gets another width.
"use strict";

const kinds = {
  raster: { marks: f => f.times.length, draw: drawRaster, note: rasterNote, nothing: "no spikes" },
  trace: { marks: finiteValues, draw: drawLines, note: linesNote, nothing: "no samples" },
  curve: { marks: finiteValues, draw: drawLines, note: linesNote, nothing: "nothing was recorded" },
  weights: { marks: f => f.finite, draw: drawWeights, note: weightsNote, nothing: "no weights" },
  image: { marks: f => f.finite, draw: drawImage, note: imageNote, nothing: "no finite values" },
};

function rasterNote(figure) {
  return keptNote(figure.times.length, figure.seen, "spikes");
}

function finiteValues(figure) {
  return d3.sum(figure.lines, line => line.filter(finite).length);
}

/** Numbers the figure, says what it shows, and offers it as a file. */
function caption(node, figure, number, kind) {
  const text = d3.select(node).append("figcaption");
  text.append("b").text(`Figure ${number}.`);
  text.append("code").text(figure.title.replace(/^plot\s+/, ""));
  if (kind.marks(figure)) text.append("span").text(`: ${kind.note(figure)}.`);
  text.append("a").attr("href", "#").attr("class", "save").text("save as SVG").on("click", () => {
    d3.event.preventDefault();
    saveSvg(node.querySelector("svg"), `figure-${number}.svg`);
  });
}

function saveSvg(svg, name) {
  const text = '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(svg);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Draws into the first child; data-marks counts what was drawn and is set only then. */
function drawFigure(node, figure) {
  const kind = kinds[figure.kind], marks = kind.marks(figure), place = node.firstChild;
  d3.select(place).selectAll("*").remove();
  if (marks) kind.draw(place, figure, Math.max(320, Math.floor(place.clientWidth)));
  else d3.select(place).append("p").attr("class", "nothing").text(kind.nothing);
  d3.select(node).select(".save").style("display", marks ? null : "none");
  node.dataset.marks = marks;
}

function start() {
  const { figures } = JSON.parse(document.getElementById("data").textContent);
  const main = d3.select("#figures");
  const nodes = figures.map((figure, k) => {
    const node = main.append("figure").attr("id", `figure-${k + 1}`).attr("data-kind", figure.kind).node();
    d3.select(node).append("div");
    caption(node, figure, k + 1, kinds[figure.kind]);
    return node;
  });
  const drawAll = () => nodes.forEach((node, k) => drawFigure(node, figures[k]));
  drawAll();
  let width = document.body.clientWidth, waiting;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (document.body.clientWidth === width) return;
      width = document.body.clientWidth;
      drawAll();
    }, 150);
  });
}

start();
