/** The style of a class: an Okabe-Ito colour and a marker shape, the same everywhere. */

const PALETTE = [
  "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7",
  "#56B4E9", "#F0E442", "#8C8C8C", "#5B4A9E", "#7A4B12",
  "#A3003D", "#C2A36B",
];

/** Corners on the unit circle: [how many, angle of the first in turns, radius of every second]. */
const POLYGONS = [
  null,
  [4, 0.125, 1],
  [3, -0.25, 1],
  [4, 0, 1],
  [3, 0.25, 1],
  [5, -0.25, 1],
  [10, -0.25, 0.45],
  [6, 0, 1],
  [8, 0, 0.4],
  [8, 0.125, 0.4],
  null,
  [4, 0.125, 1],
];

/** Radii that give every shape about the area of the circle. */
const RADII = [1, 1.25, 1.42, 1.25, 1.42, 1.15, 1.5, 1.1, 1.6, 1.6, 1, 1.25];

export function classColour(label) {
  return PALETTE[label % PALETTE.length];
}

function corners(label, radius) {
  const [count, turn, inner] = POLYGONS[label % POLYGONS.length];
  const r = radius * RADII[label % RADII.length];
  return Array.from({ length: count }, (_, i) => {
    const angle = 2 * Math.PI * (turn + i / count);
    const reach = i % 2 ? r * inner : r;
    return [reach * Math.cos(angle), reach * Math.sin(angle)];
  });
}

/** Begin a canvas path with the class's outline around (x, y). */
export function traceMarker(context, label, x, y, radius) {
  context.beginPath();
  addMarker(context, label, x, y, radius);
}

/** Add the class's outline to a canvas path. */
export function addMarker(context, label, x, y, radius) {
  if (!POLYGONS[label % POLYGONS.length]) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const [[dx, dy], ...others] = corners(label, radius);
  context.moveTo(x + dx, y + dy);
  for (const [ex, ey] of others) context.lineTo(x + ex, y + ey);
  context.closePath();
}

/** An SVG of the marker, for text: legend, bars, tooltip. */
export function markerSvg(label, size = 14) {
  const colour = classColour(label);
  const half = size / 2;
  const radius = half * 0.66;
  const polygon = POLYGONS[label % POLYGONS.length];
  const points = polygon && corners(label, radius).map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`);
  const body = polygon ? `<polygon points="${points.join(" ")}"/>` : `<circle r="${radius}"/>`;
  return `<svg class="ammix-marker" width="${size}" height="${size}" aria-hidden="true"
    viewBox="${-half} ${-half} ${size} ${size}" fill="${colour}">${body}</svg>`;
}
