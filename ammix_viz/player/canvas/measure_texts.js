import { numberSize, paintNumber } from "./strokes.js";

/** The numbers of the parts of a picture, where they hide neither centres nor lines nor each other. */

/** Of more parts than these no numbers are painted. */
const MOST_TEXTS = 7;
/** Pixels between the middle of a marker and its number, and around a marker. */
const BESIDE = 10;
const MARKER = 16;
/** Pixels beside the scale bar that its number takes, and its height. */
const BAR = { text: 44, height: 28 };
/** Where on a line its number may be, and on which side beside it. */
const ALONG = [0.5, 0.36, 0.64, 0.22, 0.78];
const ASIDE = [1, -1];
/** Degrees from straight beyond a centre at which its number may be. */
const TURNS = [0, 35, -35, 70, -70, 105, -105, 140, -140];
/** Pixels between the places of a line that a number may hide in need only. */
const STRIDE = 5;

/**
 * Paint the numbers of few parts; one that finds no place is left out.
 *
 * @param {object[]} parts those whose numbers are wanted, in pixels
 * @param {object[]} all every part that is painted
 */
export function paintTexts(scene, parts, all, view) {
  const lines = onePerPlace(parts.filter(({ text }) => text));
  if (lines.length > MOST_TEXTS) return;
  const taken = obstaclesOf(scene, all, view);
  const strokes = all.filter(({ to, shape }) => to && shape !== "bead" && shape !== "ray");
  scene.context.globalAlpha = 1;
  for (const part of lines.sort((a, b) => Number(b.shape === "span") - Number(a.shape === "span"))) {
    const size = plateOf(scene, part.text, view);
    const boxes = placesOf(part, size, view).map((place) => insideOf(scene, place, size));
    const free = boxes.filter((box) => !taken.some((other) => overlaps(box, other)));
    const others = strokes.filter((stroke) => stroke !== part);
    const best = free.find((box) => !others.some((stroke) => crosses(box, stroke, view))) ?? free[0];
    if (!best) continue;
    taken.push(best);
    paintNumber(scene, part.text, [best.x, best.y], 0, view);
  }
}

/** Of two parts between the same places, the last. */
function onePerPlace(parts) {
  const middle = ({ from, to }) => [from[0] + to[0], from[1] + to[1]].map(Math.round).join();
  return [...new Map(parts.map((part) => [isAtCentre(part) ? part : middle(part), part])).values()];
}

/** Whether the number stands at the centre where a part begins: that of a margin, or of a marker. */
function isAtCentre({ shape }) {
  return ["foot", "gap", "dot"].includes(shape);
}

/** The size of a number on its plate, with some space around it. */
function plateOf(scene, text, view) {
  const size = numberSize(scene, view);
  return { width: (0.6 + 0.53 * text.length) * size, height: 1.24 * size };
}

/** Markers, class centres and the scale bar, as boxes. */
function obstaclesOf(scene, all, view) {
  const { moment, split, side, projection: { unit } } = scene;
  const markers = all.filter(({ shape }) => shape === "dot" || shape === "bead").map(({ from }) => from);
  const centres = moment.centres(split).map(([, ...place]) => scene.toPixels(...place));
  const extent = MARKER * view.scale;
  const boxes = [...markers, ...centres].map(([x, y]) => ({ x, y, width: extent, height: extent }));
  if (!view.barLength) return boxes;
  const [width, height] = [view.barLength * unit + BAR.text * view.scale, BAR.height * view.scale];
  return [...boxes, { x: width / 2, y: side - height / 2, width, height }];
}

function placesOf(part, size, view) {
  const { from, to, away } = part;
  if (part.shape === "dot") return placesAround(from, away, size, view);
  if (isAtCentre(part)) return placesAround(from, to, size, view);
  const along = placesAlong(from, to, size, view);
  if (part.shape === "line") return along;
  return [...along, ...placesAround(from, to, size, view), ...placesAround(to, from, size, view)];
}

/** On a line that stays visible at both ends of its number, else beside it. */
function placesAlong([x0, y0], [x1, y1], { width, height }, { scale }) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const hidden = Math.min(width / Math.abs(dx), height / Math.abs(dy));
  const beside = (width * Math.abs(dy) + height * Math.abs(dx)) / 2 + 4 * scale;
  const asides = [...(length > 1.8 * hidden ? [0] : []), ...ASIDE];
  return asides.flatMap((aside) => ALONG.map((share) => {
    return [x0 + share * (x1 - x0) - aside * beside * dy, y0 + share * (y1 - y0) + aside * beside * dx];
  }));
}

/** Around a centre, first on the side that is turned away from a place. */
function placesAround([x, y], [u, v], { width, height }, { scale }) {
  const begin = Math.atan2(y - v, x - u);
  return TURNS.map((degrees) => {
    const angle = begin + (degrees * Math.PI) / 180;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const reach = Math.min(width / 2 / Math.abs(dx), height / 2 / Math.abs(dy)) + BESIDE * scale;
    return [x + reach * dx, y + reach * dy];
  });
}

/** The box of a number around a place, moved into the picture. */
function insideOf({ side }, [x, y], { width, height }) {
  const inside = (value, reach) => Math.min(Math.max(value, reach), side - reach);
  return { x: inside(x, width / 2), y: inside(y, height / 2), width, height };
}

function overlaps(a, b) {
  return 2 * Math.abs(a.x - b.x) < a.width + b.width && 2 * Math.abs(a.y - b.y) < a.height + b.height;
}

function crosses({ x, y, width, height }, { from, to }, { scale }) {
  const count = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (STRIDE * scale)) || 1;
  return Array.from({ length: count + 1 }, (_, i) => i / count).some((share) => {
    const [u, v] = [0, 1].map((axis) => from[axis] + share * (to[axis] - from[axis]));
    return 2 * Math.abs(u - x) < width && 2 * Math.abs(v - y) < height;
  });
}
