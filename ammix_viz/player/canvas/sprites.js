import { classColour, traceMarker } from "./shapes.js";

/** Markers rendered once, each at 4 × 4 shifts below a pixel, so that slow points glide. */

const SHIFTS = 4;

/**
 * Turn one tile of the sheet into steps of painting: `solid` runs of pixels as (offset, length,
 * colour), `edge` pixels as (offset, premultiplied red and blue, green, what stays of 256).
 */
function cutSprite(sheet, tile, size, width) {
  const [solid, edge] = [[], []];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [red, green, blue, alpha] = pixelOf(sheet, tile * size + x, y);
      const [redBlue, offset] = [red | (blue << 16), y * width + x];
      if (alpha > 247) addToRun(solid, offset, 0xff000000 | redBlue | (green << 8));
      else if (alpha > 10) edge.push(offset, redBlue, green << 8, 255 - alpha);
    }
  }
  return { solid: Int32Array.from(solid), edge: Int32Array.from(edge) };
}

/** Premultiplied red, green and blue, and alpha. */
function pixelOf({ data, width }, x, y) {
  const [...channels] = data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4);
  const alpha = channels.pop();
  return [...channels.map((channel) => Math.floor((channel * alpha) / 255)), alpha];
}

function addToRun(runs, offset, colour) {
  const last = runs.length - 3;
  const follows = last >= 0 && runs[last] + runs[last + 1] === offset && runs[last + 2] === colour;
  if (follows) runs[last + 1] += 1;
  else runs.push(offset, 1, colour);
}

/** @param {(context, x, y) => void} draw puts the marker around (x, y) */
function makeSprites(draw, radius, width) {
  const size = 2 * Math.ceil(radius) + 2;
  const sheet = document.createElement("canvas");
  sheet.width = size * SHIFTS * SHIFTS;
  sheet.height = size;
  const context = sheet.getContext("2d", { willReadFrequently: true });
  for (let tile = 0; tile < SHIFTS * SHIFTS; tile++) {
    const shift = (n) => n / SHIFTS + 0.5 / SHIFTS;
    const middle = size / 2 - 0.5;
    context.save();
    context.beginPath();
    context.rect(tile * size, 0, size, size);
    context.clip();
    draw(context, tile * size + middle + shift(tile % SHIFTS), middle + shift((tile / SHIFTS) | 0));
    context.restore();
  }
  const pixels = context.getImageData(0, 0, sheet.width, size);
  const tiles = Array.from({ length: SHIFTS ** 2 }, (_, i) => cutSprite(pixels, i, size, width));
  return { size, tiles };
}

function pointDrawer(label, radius, outline) {
  return (context, x, y) => {
    traceMarker(context, label, x, y, radius);
    context.fillStyle = classColour(label);
    context.fill();
    context.lineWidth = outline.width;
    context.strokeStyle = outline.colour;
    context.stroke();
  };
}

function centreDrawer(label, radius, theme, scale) {
  return (context, x, y) => {
    traceMarker(context, label, x, y, radius);
    context.lineJoin = "round";
    context.lineWidth = 5.5 * scale;
    context.strokeStyle = theme.dark ? "#0b0d12" : "#1d2330";
    context.stroke();
    context.lineWidth = 3 * scale;
    context.strokeStyle = "#ffffff";
    context.stroke();
    context.fillStyle = classColour(label);
    context.fill();
  };
}

/**
 * All markers of a panel: `points`, `rare` and `centres` by class.
 *
 * @param {number[]} marks which of the palette's marks each class has
 * @param {number} width pixels of the canvas, a side
 * @param {number} scale device pixels a CSS pixel
 */
export function makeMarkers(marks, points, width, scale, theme) {
  const crowd = points > 2500 ? 0.85 : 1;
  const radius = Math.min(Math.max(width / scale / 82, 2.4), 4.4) * crowd * scale;
  const centre = Math.min(Math.max(width / scale / 40, 5), 7.5) * scale;
  const thin = { width: Math.min(0.24 * radius, 0.9 * scale), colour: theme.dark ? "#10131a" : "#ffffff" };
  const strong = { width: 1.5 * scale, colour: theme.dark ? "#ffffff" : "#11151d" };
  const each = (draw, reach) => marks.map((mark) => makeSprites(draw(mark), reach, width));
  return {
    radius,
    points: each((k) => pointDrawer(k, radius, thin), 1.7 * radius + scale),
    rare: each((k) => pointDrawer(k, 1.55 * radius, strong), 2.6 * radius + 2 * scale),
    centres: each((k) => centreDrawer(k, 5.5 * scale, theme, scale), 9 * scale + 4 * scale),
  };
}
