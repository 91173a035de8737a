// Weights: the matrix as a heat map with its colour bar, and how often which weight occurs.
"use strict";

const noWeight = "#bdbdbd"; // of places without a finite value

/** Colours for least … greatest: two hues around zero where signs differ, otherwise from light to dark. */
function weightColors(least, greatest) {
  if (least < 0 && greatest > 0) {
    const most = Math.max(-least, greatest);
    return d3.scaleSequential(t => d3.interpolateRdBu(1 - t)).domain([-most, most]);
  }
  const domain = roomy(least, greatest, 0);
  return greatest <= 0 ? d3.scaleSequential(t => d3.interpolateViridis(1 - t)).domain(domain)
    : d3.scaleSequential(d3.interpolateViridis).domain(domain);
}

/** The picture has one pixel for each entry; the browser makes it as large as the panel. */
function heatPicture(heat, color) {
  const canvas = document.createElement("canvas");
  canvas.width = heat.columns;
  canvas.height = heat.rows;
  const context = canvas.getContext("2d"), image = context.createImageData(heat.columns, heat.rows);
  const [from, to] = color.domain(), none = d3.rgb(noWeight), steps = 511;
  const table = d3.range(steps + 1).map(k => d3.rgb(color(from + (to - from) * k / steps)));
  heat.values.forEach((v, k) => {
    if (v === undefined) return; // outside of every tile: transparent
    const step = Math.round((v - from) / (to - from) * steps); // of rounded numbers: may be just outside
    const c = finite(v) ? table[Math.max(0, Math.min(steps, step))] : none;
    image.data.set([c.r, c.g, c.b, 255], 4 * k);
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL("image/png");
}

function drawColorBar(g, color, height, label) {
  const y = d3.scaleLinear().domain(color.domain()).range([height, 0]), exponent = sharedExponent(color.domain());
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d"), steps = 256;
  canvas.width = 1;
  canvas.height = steps;
  for (let k = 0; k < steps; ++k) {
    context.fillStyle = color(y.invert(height * (k + 0.5) / steps));
    context.fillRect(0, k, 1, 1);
  }
  g.append("image").attr("width", 14).attr("height", height).attr("preserveAspectRatio", "none")
    .attr("href", canvas.toDataURL("image/png"));
  g.append("rect").attr("width", 14).attr("height", height).attr("fill", "none").attr("stroke", ink)
    .attr("shape-rendering", "crispEdges");
  const ticks = tickTexts(y, 6, exponent);
  for (const t of ticks) {
    g.append("line").attr("x1", 14).attr("x2", 19).attr("y1", y(t.at)).attr("y2", y(t.at)).attr("stroke", ink)
      .attr("shape-rendering", "crispEdges");
    addText(g, t.text, 23, y(t.at) + 4, "start", tickSize);
  }
  const away = 23 + widest(ticks.map(t => t.text), tickSize) + 18;
  addText(g, label(exponent), 0, 0, "middle", labelSize)
    .attr("transform", `translate(${away},${height / 2}) rotate(-90)`);
}

/** Ticks of whole numbers on an axis that runs through a matrix; cell 0 is at the middle of the first row. */
const cellScale = (count, size) => d3.scaleLinear().domain([-0.5, count - 0.5]).range([0, size]);

/** The matrix with its colour bar; pre cells go down, post cells to the right. */
function drawHeat(svg, figure, left, top, width, height, yTicks) {
  const { heat } = figure, [pre, post] = figure.shape, color = weightColors(figure.least, figure.greatest);
  const g = svg.append("g").attr("transform", `translate(${left},${top})`);
  const x = cellScale(post, width), y = cellScale(pre, height), xTicks = wholeTicks(x, Math.max(2, width / 70));
  // The last block may be cut: the picture is as long as its blocks, what is beyond the matrix is clipped.
  const wide = heat.columns * heat.wide / post * width, high = heat.rows * heat.high / pre * height;
  const enlarged = wide >= heat.columns && high >= heat.rows;
  const clip = g.append("svg").attr("width", width).attr("height", height);
  clip.append("image").attr("width", wide).attr("height", high).attr("preserveAspectRatio", "none")
    .attr("style", enlarged ? "image-rendering:pixelated" : null).attr("href", heatPicture(heat, color));
  const [xLabel, yLabel] = figure.kind === "image" ? ["column", "row"] : ["post cell", "pre cell"];
  drawAxes(g, { x, y, width, height, xTicks, yTicks, xLabel, yLabel, boxed: true });
  drawColorBar(g.append("g").attr("transform", `translate(${width + 14},0)`), color, height,
    exponent => axisLabel(figure.name || "weight", figure.unit, exponent));
  addReadout(g, width, height, (px, py) => {
    const inside = (at, count) => Math.max(0, Math.min(count - 1, Math.round(at)));
    const row = inside(y.invert(py), pre), column = inside(x.invert(px), post);
    const v = heat.values[Math.floor(row / heat.high) * heat.columns + Math.floor(column / heat.wide)];
    return `${row}${figure.kind === "image" ? "," : " \u2192"} ${column}: ${finite(v) ? withUnit(readable(v), figure.unit) : "not finite"}`;
  });
}

function histogramTicks(figure, height) {
  const y = d3.scaleLinear().domain([0, d3.max(figure.histogram.counts) * 1.05]).range([height, 0]);
  const exponent = sharedExponent(y.domain());
  return { y, exponent, ticks: exponent ? tickTexts(y, 5, exponent) : wholeTicks(y, 5, whole) };
}

function drawHistogram(svg, figure, left, top, width, height) {
  const { lo, step, counts } = figure.histogram, { y, exponent, ticks } = histogramTicks(figure, height);
  const g = svg.append("g").attr("transform", `translate(${left},${top})`);
  const end = lo + step * counts.length, domain = counts.length > 1 ? [lo, end] : roomy(lo, end, 1);
  const x = d3.scaleLinear().domain(domain).range([0, width]), edge = k => x(lo + step * k);
  const shared = sharedExponent(x.domain()), gap = counts.length > 1 && width / counts.length > 5 ? 1 : 0;
  counts.forEach((n, k) => {
    if (n) g.append("rect").attr("x", edge(k)).attr("width", Math.max(0.5, edge(k + 1) - edge(k) - gap))
      .attr("y", y(n)).attr("height", height - y(n)).attr("fill", blue);
  });
  drawAxes(g, { x, y, width, height, xTicks: tickTexts(x, Math.max(2, width / 80), shared), yTicks: ticks,
    xLabel: axisLabel(figure.name || "weight", figure.unit, shared), yLabel: axisLabel("synapses", "", exponent) });
  addReadout(g, width, height, px => {
    const k = Math.floor((x.invert(px) - lo) / step);
    if (k < 0 || k >= counts.length) return null;
    const from = readable(lo + step * k), to = withUnit(readable(lo + step * (k + 1)), figure.unit);
    return `${from} \u2026 ${to}: ${whole(counts[k])}`;
  });
}

const drawWeights = (node, figure, total) => {
  const top = 10, below = 52;
  if (!figure.heat) {
    const left = roomForTicks(histogramTicks(figure, 260).ticks);
    drawHistogram(newSvg(node, total, 260 + top + below), figure, left, top, total - left - 14, 260);
    return;
  }
  const [pre, post] = figure.shape, beside = total >= 640, barRoom = 100;
  const across = beside ? Math.round(total * 0.6) : total;
  const guess = Math.max(150, Math.min(420, (across - 80 - barRoom) * pre / post));
  const yTicks = wholeTicks(cellScale(pre, guess), Math.max(2, guess / 50)), left = figure.fields ? 2 : roomForTicks(yTicks);
  // Square entries where they fit; a very long matrix is stretched to be readable.
  const most = across - left - barRoom, height = Math.round(guess);
  const width = figure.fields ? Math.min(most, height) : Math.round(Math.min(most, Math.max(height * post / pre, most * 0.6)));
  const barHeight = beside ? height : 200;
  const histogramLeft = roomForTicks(histogramTicks(figure, barHeight).ticks);
  const svg = newSvg(node, total, beside ? height + top + below : height + barHeight + 2 * (top + below));
  if (figure.fields) drawFields(svg, figure, left, top, width, height);
  else drawHeat(svg, figure, left, top, width, height, yTicks);
  const start = beside ? left + width + barRoom + histogramLeft : histogramLeft;
  drawHistogram(svg, figure, start, beside ? top : height + 2 * top + below, total - start - 14, barHeight);
};

/** Least, greatest and mean of the values, and how many are not finite. */
function rangeNotes({ least, greatest, mean, count, finite, unit }) {
  const parts = least === greatest ? [`all ${withUnit(readable(mean), unit)}`]
    : [`from ${readable(least)} to ${withUnit(readable(greatest), unit)}`, `mean ${withUnit(readable(mean), unit)}`];
  if (finite < count) parts.push(`${whole(count - finite)} not finite`);
  return parts;
}

function weightsNote(figure) {
  const { heat } = figure, parts = [];
  const size = heat ? figure.shape.map(whole).join(" \u00d7 ") : whole(figure.count);
  parts.push(`${size} ${figure.count === 1 ? "weight" : "weights"}`, ...rangeNotes(figure));
  if (figure.fields) parts.push(`each picture those from ${figure.fields.join(" \u00d7 ")} pre cells to one post cell`);
  if (heat && (heat.high > 1 || heat.wide > 1)) parts.push(`each square the mean of ${heat.high} \u00d7 ${heat.wide}`);
  return parts.join(", ");
}
