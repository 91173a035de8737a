// Raster, trace and curve: what happened at which time; curves may be over something else.
"use strict";

/** The scale of time, in ms or s, to the end of the run. It began at 0, which is shown unless what is shown came much later. */
function timeScale(times, width, until, whole) {
  const [first, latest] = times.length ? d3.extent(times) : [0, 1];
  const last = Math.max(latest, until || 0);
  const from = whole || first <= last / 2 || first === last ? Math.min(0, first) : first;
  const domain = first === last ? [from, last > 0 ? last * 1.2 : 1] : [from, roundEnd(from, last)];
  const seconds = domain[1] >= 5000;
  const unit = seconds ? "s" : "ms", factor = seconds ? 1000 : 1;
  const x = d3.scaleLinear().domain(domain).range([0, width]);
  const shown = d3.scaleLinear().domain(domain.map(t => t / factor)).range([0, width]);
  const ticks = tickTexts(shown, Math.max(2, Math.round(width / 100)), 0)
    .map(t => ({ at: t.at * factor, text: t.text }));
  return { x, ticks, label: `time (${unit})`, read: t => `${readable6(t / factor)}\u2009${unit}` };
}

/** The scale of what a curve is over. */
function acrossScale(figure, width) {
  const [first, last] = figure.times.length ? d3.extent(figure.times) : [0, 1];
  const x = d3.scaleLinear().domain(first === last ? [first - 1, last + 1] : [first, last]).range([0, width]);
  const exponent = sharedExponent(x.domain()), { name, unit } = figure.across;
  return { x, ticks: tickTexts(x, Math.max(2, Math.round(width / 100)), exponent), label: axisLabel(name, unit, exponent),
    read: v => `${name} = ${withUnit(readable6(v), unit)}` };
}

/** What a run of 1000 ms shows ends a little before; the axis goes on to a round number that is near. */
function roundEnd(from, last) {
  const step = d3.tickStep(from, last, 40), round = Math.ceil(last / step - 1e-9) * step;
  return round - last < 0.015 * (last - from) ? round : last;
}

const readable6 = x => minus(String(+x.toPrecision(6)));

/** How much of what came is drawn. */
function keptNote(drawn, seen, what) {
  if (seen <= drawn) return `${whole(drawn)} ${drawn === 1 ? what.slice(0, -1) : what}`;
  return `${whole(drawn)} of ${whole(seen)} ${what}, evenly chosen`;
}

const drawRaster = (node, figure, total) => {
  const { times, cells } = figure, [lowest, highest] = figure.rows || d3.extent(cells);
  const rows = highest - lowest + 1, height = Math.max(110, Math.min(380, rows * 14));
  const y = d3.scaleLinear().domain([lowest - 0.5, highest + 0.5]).range([height, 0]);
  const yTicks = wholeTicks(y, Math.max(2, height / 50));
  const left = roomForTicks(yTicks), width = total - left - 14, time = timeScale(times, width, figure.until, true);
  const svg = newSvg(node, total, height + 62), g = svg.append("g").attr("transform", `translate(${left},10)`);
  drawSpikes(g, times, cells, time.x, y, width, height, height / rows);
  drawAxes(g, { x: time.x, y, width, height, xTicks: time.ticks, yTicks, xLabel: time.label, yLabel: "cell" });
  addReadout(g, width, height, (px, py) => {
    let best = 64, text = null; // within 8 pixels
    for (let k = 0; k < times.length; ++k) {
      const dx = time.x(times[k]) - px, dy = y(cells[k]) - py, distance = dx * dx + dy * dy;
      if (distance < best) best = distance, text = `cell ${cells[k]}, ${time.read(times[k])}`;
    }
    return text;
  });
};

/** A few spikes are ticks that scale with the page; many are a picture, in which crowded places are darker. */
function drawSpikes(g, times, cells, x, y, width, height, rowHeight) {
  const tall = Math.max(1.6, Math.min(10, rowHeight * 0.75));
  if (times.length <= 10000) {
    const marks = times.map((t, k) => `M${x(t).toFixed(2)},${(y(cells[k]) - tall / 2).toFixed(2)}v${tall.toFixed(2)}`);
    g.append("path").attr("d", marks.join("")).attr("stroke", ink).attr("stroke-width", 1.2).attr("fill", "none");
    return;
  }
  const perPixel = times.length * tall * 1.2 / (width * height);
  addCanvas(g, width, height, context => {
    context.fillStyle = ink;
    context.globalAlpha = Math.max(0.25, Math.min(1, 0.6 / perPixel));
    for (let k = 0; k < times.length; ++k) context.fillRect(x(times[k]) - 0.6, y(cells[k]) - tall / 2, 1.2, tall);
  });
}

/** At most four points for each pixel: first, least, greatest and last, between which a line fills the pixel anyway. */
function reduced(times, values, x, width) {
  const points = times.map((t, k) => ({ x: x(t), y: values[k], k }));
  if (points.length <= 4 * width || !ascending(times)) return points;
  const out = [];
  for (let begin = 0, end; begin < points.length; begin = end) {
    const pixel = Math.floor(points[begin].x), broken = !finite(points[begin].y);
    let least = begin, greatest = begin;
    const same = p => Math.floor(p.x) === pixel && finite(p.y) !== broken;
    for (end = begin; end < points.length && same(points[end]); ++end) {
      if (points[end].y < points[least].y) least = end;
      if (points[end].y > points[greatest].y) greatest = end;
    }
    for (const k of [...new Set([begin, least, greatest, end - 1])].sort((a, b) => a - b)) out.push(points[k]);
  }
  return out;
}

const ascending = list => list.every((v, k) => k === 0 || list[k - 1] <= v);

function lineColors(count) {
  if (count === 1) return [blue];
  if (count <= 10) return d3.schemeTableau10.slice(0, count);
  return d3.range(count).map(k => d3.interpolateViridis(0.92 * k / (count - 1)));
}

/** The point of a figure that is nearest to a place on its axis; those of a curve over something need not ascend. */
function nearestIndex(figure, at) {
  if (figure.across) return d3.scan(figure.times, (a, b) => Math.abs(a - at) - Math.abs(b - at));
  const after = d3.bisectLeft(figure.times, at), before = Math.max(0, after - 1);
  return after < figure.times.length && figure.times[after] - at < at - figure.times[before] ? after : before;
}

/** Names of the lines: cells of a trace, places in the value of a curve. */
function lineNames(figure) {
  if (figure.kind === "trace") return figure.cells.map(c => `cell ${c}`);
  return figure.lines.map((unused, k) => {
    const place = [];
    for (const size of [...figure.shape].reverse()) place.unshift(k % size), k = Math.floor(k / size);
    return `[${place.join(", ")}]`;
  });
}

/** Rows of coloured names below the panel; their height. */
function drawLegend(g, names, colors, width, top) {
  const each = widest(names, tickSize) + 40, perRow = Math.max(1, Math.floor(width / each));
  names.forEach((name, k) => {
    const left = (k % perRow) * each, down = top + Math.floor(k / perRow) * 18;
    const at = g.append("g").attr("transform", `translate(${left},${down})`);
    at.append("line").attr("x2", 18).attr("stroke", colors[k]).attr("stroke-width", 2.5);
    addText(at, name, 24, 4, "start", tickSize);
  });
  return Math.ceil(names.length / perRow) * 18;
}

function valueDomain(lines, fromZero) {
  const lo = d3.min(lines, l => d3.min(l, v => (finite(v) ? v : undefined)));
  const hi = d3.max(lines, l => d3.max(l, v => (finite(v) ? v : undefined)));
  const [a, b] = roomy(lo, hi, 0.06);
  return fromZero && lo >= 0 && hi > 0 && lo < hi * 0.4 ? [0, b] : [a, b];
}

const drawLines = (node, figure, total) => {
  const { times, lines, kind } = figure, height = 270, names = lines.length > 1 ? lineNames(figure) : [];
  const y = d3.scaleLinear().domain(valueDomain(lines, kind === "curve")).range([height, 0]);
  const exponent = sharedExponent(y.domain()), yTicks = tickTexts(y, 6, exponent);
  const left = roomForTicks(yTicks), width = total - left - 14;
  const time = figure.across ? acrossScale(figure, width) : timeScale(times, width, figure.until, false);
  const svg = newSvg(node, total, height + 62), g = svg.append("g").attr("transform", `translate(${left},10)`);
  drawAxes(g, { x: time.x, y, width, height, grid: true, xTicks: time.ticks, yTicks, xLabel: time.label,
    yLabel: axisLabel(figure.name || "value", figure.unit, exponent) });
  const colors = lineColors(lines.length);
  lines.forEach((values, k) => drawLine(g, times, values, time.x, y, width, colors[k], kind === "curve"));
  if (names.length) {
    const rows = drawLegend(g, names, colors, width, height + 66), all = height + 74 + rows;
    svg.attr("viewBox", `0 0 ${total} ${all}`).attr("height", all);
  }
  addReadout(g, width, height, (px, py) => nearestValue(figure, names, time, y, px, py));
};

function drawLine(g, times, values, x, y, width, color, marked) {
  const points = reduced(times, values, x, width);
  // Round ends also make a value between two that are missing visible.
  g.append("path").attr("fill", "none").attr("stroke", color).attr("stroke-width", 1.5)
    .attr("stroke-linejoin", "round").attr("stroke-linecap", "round")
    .attr("d", d3.line().defined(p => finite(p.y)).x(p => p.x.toFixed(2)).y(p => y(p.y).toFixed(2))(points));
  const some = points.filter(p => finite(p.y));
  if (marked ? some.length <= width / 6 : some.length === 1)
    for (const p of some)
      g.append("circle").attr("cx", p.x).attr("cy", y(p.y)).attr("r", 3.2).attr("fill", color).attr("stroke", "#fff");
}

function nearestValue(figure, names, time, y, px, py) {
  const k = nearestIndex(figure, time.x.invert(px));
  let best = Infinity, line = -1;
  figure.lines.forEach((values, c) => {
    const distance = finite(values[k]) ? Math.abs(y(values[k]) - py) : Infinity;
    if (distance < best) best = distance, line = c;
  });
  if (line < 0) return null;
  const name = names.length ? `${names[line]}: ` : "";
  return `${name}${withUnit(readable(figure.lines[line][k]), figure.unit)} at ${time.read(figure.times[k])}`;
}

function linesNote(figure) {
  const parts = [keptNote(figure.times.length, figure.seen, figure.kind === "curve" ? "values" : "samples")];
  const all = figure.shape.reduce((a, b) => a * b, 1);
  if (figure.lines.length > 1) parts.push(`${figure.lines.length} lines`);
  if (figure.kind === "curve" && all > figure.lines.length) parts.push(`the first of ${whole(all)}`);
  const missing = d3.sum(figure.lines, l => l.filter(v => !finite(v)).length);
  if (missing) parts.push(`${whole(missing)} not finite`);
  return parts.join(", ");
}
