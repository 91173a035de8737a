// What all figures are drawn with: axes, numbers with units, colours, the read-out below the mouse.
"use strict";

const ink = "#1a1a1a", faint = "#e4e4e4", blue = "#1f5a92";
const fontFamily = '"Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
const tickSize = 12, labelSize = 13;

const whole = d3.format(",d");
const minus = text => text.replace(/-/g, "\u2212");
const finite = x => x !== null;

/** A number to be read, with four digits. */
function readable(x) {
  if (x === 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e6)) return minus(String(+x.toPrecision(4)));
  const [digits, power] = x.toExponential(3).split("e");
  return `${minus(String(+digits))}\u00d710${raised(+power)}`;
}

function raised(exponent) {
  const signs = { "-": "\u207b", 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3" };
  return String(exponent).replace(/./g, c => signs[c] || String.fromCharCode(0x2070 + +c));
}

const withUnit = (number, unit) => (unit === "1" || unit === "" ? number : number + "\u2009" + unit);

const shortened = text => (text.length > 30 ? text.slice(0, 29) + "\u2026" : text);

/** "V (mV)", "V (10⁻⁶ mV)", "rate". */
function axisLabel(name, unit, exponent) {
  const parts = [];
  if (exponent) parts.push("10" + raised(exponent));
  if (unit !== "1" && unit !== "") parts.push(shortened(unit));
  return parts.length ? `${shortened(name)} (${parts.join(" ")})` : shortened(name);
}

/** The exponent that all ticks of an axis share: 0 for numbers that are read well as they are. */
function sharedExponent([a, b]) {
  const most = Math.max(Math.abs(a), Math.abs(b));
  if (most === 0 || (most >= 1e-2 && most < 1e5)) return 0;
  return Math.floor(Math.log10(most) / 3) * 3;
}

function tickTexts(scale, count, exponent) {
  const ticks = scale.ticks(count), factor = Math.pow(10, exponent);
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) / factor : 1;
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.map(t => ({ at: t, text: minus(d3.format(`,.${digits}f`)(t / factor)) }));
}

/** Ticks at whole numbers: of cells as they are, of counts in groups of three digits. */
function wholeTicks(scale, count, write = String) {
  return scale.ticks(count).filter(Number.isInteger).map(t => ({ at: t, text: write(t) }));
}

/** Pixels that a text takes; near enough to leave room for it. */
const measure = document.createElement("canvas").getContext("2d");
function textWidth(text, size) {
  measure.font = `${size}px ${fontFamily}`;
  return measure.measureText(text).width;
}
const widest = (texts, size) => d3.max(texts, t => textWidth(t, size)) || 0;

/** A range with room at both ends, not empty even if all values are the same. */
function roomy(lo, hi, share) {
  if (lo === hi) {
    const half = lo === 0 ? 1 : Math.abs(lo) * 0.1;
    return [lo - half, hi + half];
  }
  const room = (hi - lo) * share;
  return [lo - room, hi + room];
}

function newSvg(node, width, height) {
  return d3.select(node).append("svg")
    .attr("xmlns", "http://www.w3.org/2000/svg")
    .attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height)
    .attr("font-family", fontFamily).attr("fill", ink);
}

function addText(g, text, x, y, anchor, size) {
  return g.append("text").attr("x", x).attr("y", y).attr("text-anchor", anchor).attr("font-size", size).text(text);
}

/** Axes of a panel of the size width × height at the origin of g. xTicks, yTicks: [{at, text}]. */
function drawAxes(g, { x, y, width, height, xTicks, yTicks, xLabel, yLabel, grid, boxed }) {
  const line = (x1, y1, x2, y2, color) => g.append("line").attr("x1", x1).attr("y1", y1).attr("x2", x2).attr("y2", y2)
    .attr("stroke", color).attr("shape-rendering", "crispEdges");
  if (grid) for (const t of yTicks) line(0, y(t.at), width, y(t.at), faint);
  line(0, height, width, height, ink);
  line(0, 0, 0, height, ink);
  if (boxed) line(0, 0, width, 0, ink), line(width, 0, width, height, ink);
  for (const t of xTicks) {
    line(x(t.at), height, x(t.at), height + 5, ink);
    addText(g, t.text, x(t.at), height + 19, "middle", tickSize);
  }
  for (const t of yTicks) {
    line(-5, y(t.at), 0, y(t.at), ink);
    addText(g, t.text, -9, y(t.at) + 4, "end", tickSize);
  }
  addText(g, xLabel, width / 2, height + 40, "middle", labelSize);
  const away = -(widest(yTicks.map(t => t.text), tickSize) + 22);
  addText(g, yLabel, 0, 0, "middle", labelSize).attr("transform", `translate(${away},${height / 2}) rotate(-90)`);
}

/** Room left of a panel for its ticks and its label. */
const roomForTicks = ticks => Math.ceil(widest(ticks.map(t => t.text), tickSize)) + 42;

/** Draws on a canvas of the screen's resolution and puts it as a picture into g. */
function addCanvas(g, width, height, draw) {
  const ratio = Math.min(4, Math.max(2, window.devicePixelRatio || 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  draw(context);
  return g.append("image").attr("width", width).attr("height", height).attr("href", canvas.toDataURL("image/png"));
}

const tip = d3.select(document.body).append("div").attr("class", "tip");

/** Shows describe(x, y) at the mouse; null shows nothing. */
function addReadout(g, width, height, describe) {
  g.append("rect").attr("width", width).attr("height", height).attr("fill", "none").attr("pointer-events", "all")
    .on("mousemove", function () {
      const [px, py] = d3.mouse(this), text = describe(px, py);
      const left = Math.min(d3.event.pageX + 14, window.innerWidth - 24 - textWidth(text || "", 13));
      tip.style("display", text ? "block" : "none").text(text || "")
        .style("left", `${Math.max(0, left)}px`).style("top", `${d3.event.pageY + 16}px`);
    })
    .on("mouseleave", () => tip.style("display", "none"));
}
