// Pictures beside each other: receptive fields, where the pre cells have two axes, one of the incoming weights for each post
// cell; and images.
"use strict";

const tiles = figure => figure.heat.columns;

/** How many tiles stand beside each other, so that all of them fill a panel of width × height. */
function fieldColumns(count, rows, columns, width, height) {
  const ideal = Math.sqrt(count * width / height * (rows + 1) / (columns + 1));
  return Math.max(1, Math.min(count, Math.round(ideal)));
}

/** One pixel for each value, one between the tiles; places without a tile stay white. */
function fieldsPicture(figure, across, color) {
  const [rows, columns] = figure.fields, post = tiles(figure), down = Math.ceil(post / across);
  const wide = across * (columns + 1) - 1, high = down * (rows + 1) - 1;
  const values = new Array(wide * high).fill(undefined);
  figure.heat.values.forEach((v, k) => {
    const pre = Math.floor(k / post), cell = k % post;
    const x = (cell % across) * (columns + 1) + pre % columns, y = Math.floor(cell / across) * (rows + 1) + Math.floor(pre / columns);
    values[y * wide + x] = v;
  });
  return { wide, high, url: heatPicture({ rows: high, columns: wide, values }, color) };
}

/** The tiles, of post cells or of images, with their colour bar, row by row. */
function drawFields(svg, figure, left, top, width, height) {
  const [rows, columns] = figure.fields, post = tiles(figure), color = weightColors(figure.least, figure.greatest);
  const across = fieldColumns(post, rows, columns, width, height), { wide, high, url } = fieldsPicture(figure, across, color);
  const scale = Math.min(width / wide, height / high), shownWide = wide * scale, shownHigh = high * scale;
  const g = svg.append("g").attr("transform", `translate(${left},${top})`);
  g.append("image").attr("width", shownWide).attr("height", shownHigh).attr("preserveAspectRatio", "none")
    .attr("style", scale >= 1 ? "image-rendering:pixelated" : null).attr("href", url);
  drawColorBar(g.append("g").attr("transform", `translate(${shownWide + 14},0)`), color, shownHigh,
    exponent => axisLabel(figure.name || "weight", figure.unit, exponent));
  addReadout(g, shownWide, shownHigh, (px, py) => {
    const x = Math.floor(px / scale), y = Math.floor(py / scale), row = y % (rows + 1), column = x % (columns + 1);
    const cell = Math.floor(y / (rows + 1)) * across + Math.floor(x / (columns + 1));
    if (row >= rows || column >= columns || cell >= post) return null;
    const v = figure.heat.values[(row * columns + column) * post + cell];
    return `(${row}, ${column}) \u2192 ${cell}: ${finite(v) ? withUnit(readable(v), figure.unit) : "not finite"}`;
  });
}

/** An array as a picture, its rows from top to bottom; several are tiles. */
function drawImage(node, figure, total) {
  const top = 10, below = 52, barRoom = 100, [rows, columns] = figure.fields || figure.shape;
  const yTicks = wholeTicks(cellScale(rows, 300), 6), left = figure.fields ? 2 : roomForTicks(yTicks);
  const most = total - left - barRoom;
  if (figure.fields) {
    const height = Math.round(Math.max(60, Math.min(420, most * rows / columns / Math.min(4, tiles(figure)) * Math.ceil(tiles(figure) / 4))));
    drawFields(newSvg(node, total, height + 2 * top), figure, left, top, most, height);
    return;
  }
  const height = Math.round(Math.max(60, Math.min(420, most * rows / columns)));
  const width = Math.round(Math.min(most, Math.max(60, height * columns / rows)));
  drawHeat(newSvg(node, total, height + top + below), figure, left, top, width, height, yTicks);
}

function imageNote(figure) {
  return [figure.shape.map(whole).join(" \u00d7 "), ...rangeNotes(figure)].join(", ");
}
