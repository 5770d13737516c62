import { classColour } from "./shapes.js";
import { winnerAt } from "./classifier.js";
import { numberText } from "../controls/words.js";
import { paintNumber, strokeTwice } from "./strokes.js";

/** Margins: the distance of each class centre to its nearest decision line; and the classes' sectors. */

const BAND = 6;
const PROBES = 96;
const MOST_NUMBERS = 6;
/** Pixels beside the scale bar that its number takes, and half of a number here. */
const BAR_TEXT = 64;
const SHORTEST_NUMBERED = 0.5;
const NUMBER_AWAY = 26;
/** Where along its part of the rim a sector's number may be, the scale bar being at the lower left. */
const LABEL_PLACES = [0.5, 0.25, 0.75, 0.12, 0.88];

/**
 * The margin of class `label` with its centre at (x, y): {margin, foot}, the foot on the nearest line.
 * It is negative if the centre lies on another class's side.
 */
export function marginAt({ weight, bias }, label, x, y) {
  let nearest = null;
  for (let j = 0; j < bias.length; j++) {
    if (j === label) continue;
    const [u, v] = [weight[2 * label] - weight[2 * j], weight[2 * label + 1] - weight[2 * j + 1]];
    const length = Math.hypot(u, v);
    if (!(length > 1e-12)) continue;
    const margin = (u * x + v * y + bias[label] - bias[j]) / length;
    if (nearest && margin >= nearest.margin) continue;
    nearest = { margin, foot: [x - (margin * u) / length, y - (margin * v) / length] };
  }
  return nearest;
}

/**
 * The angle in degrees of the sector that each class wins far from the origin, as `plane_share` of the
 * metrics: class i wins direction d where (w_i - w_j)·d > 0 for every other j.
 */
export function sectorWidths(weight) {
  const classes = weight.length / 2;
  return Array.from({ length: classes }, (_, i) => {
    const angles = [];
    for (let j = 0; j < classes; j++) {
      if (j !== i) angles.push(Math.atan2(weight[2 * i + 1] - weight[2 * j + 1], weight[2 * i] - weight[2 * j]));
    }
    angles.sort((a, b) => a - b);
    const gaps = angles.map((angle, k) => (angles[k + 1] ?? angles[0] + 2 * Math.PI) - angle);
    return Math.max(0, ((Math.max(...gaps) - Math.PI) * 180) / Math.PI);
  });
}

/** The margins of class centres [label, x, y]: {label, margin, centre, foot}. */
export function marginsOf(classifier, centres) {
  return centres.flatMap(([label, x, y]) => {
    const found = marginAt(classifier, label, x, y);
    return found ? [{ label, centre: [x, y], ...found }] : [];
  });
}

/** The smallest margin divided by the largest, as the metrics have it; 0 if all are 0. */
export function balanceOf(margins) {
  const values = margins.map(({ margin }) => margin);
  const [least, most] = [Math.min(...values), Math.abs(Math.max(...values))];
  return most ? least / most : 0;
}

/** Paint the margins of a picture of feature space as lines, and a band with the classes' sectors. */
export function paintMargins(scene, margins, view) {
  const { context } = scene;
  context.save();
  context.lineCap = "round";
  paintSectors(scene, view);
  paintLines(context, margins.map((margin) => placeMargin(scene, margin)), view);
  context.restore();
}

/** Paint the numbers of the margins, which stand above all else. */
export function paintMarginNumbers(scene, margins, view) {
  for (const line of numbered(margins).map((margin) => placeMargin(scene, margin))) {
    paintNumber(scene, marginText(line.margin), placeOfNumber(line, view), BAND * view.scale, view);
  }
}

function placeMargin(scene, { margin, centre, foot }) {
  return { margin, from: scene.toPixels(...centre), to: scene.toPixels(...foot) };
}

/** Beyond the centre, seen from the line, so that the numbers of neighbours stay apart. */
function placeOfNumber({ margin, from, to }, { scale }) {
  const [dx, dy] = [from[0] - to[0], from[1] - to[1]];
  const length = Math.hypot(dx, dy) || 1;
  const away = ((margin < 0 ? -1 : 1) * NUMBER_AWAY * scale) / length;
  return [from[0] + dx * away, from[1] + dy * away * 0.8];
}

/** All margins of few classes, of many only the smallest and the largest. */
function numbered(lines) {
  if (lines.length <= MOST_NUMBERS) return lines;
  const sorted = [...lines].sort((a, b) => a.margin - b.margin);
  return [sorted[0], sorted.at(-1)];
}

export function marginText(margin) {
  return numberText(margin, Math.abs(margin) < 1 ? 2 : 1);
}

/** From each centre to its foot, which a short stroke along the decision line marks; dashed if negative. */
function paintLines(context, lines, view) {
  const stroke = (some, trace) => {
    context.beginPath();
    for (const { from, to } of some) trace(...from, ...to);
    strokeTwice(context, view, 2.6, 2.4);
  };
  const line = (x0, y0, x1, y1) => {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  };
  const foot = (x0, y0, x1, y1) => {
    const unit = (5 * view.scale) / (Math.hypot(x1 - x0, y1 - y0) || 1);
    line(x1 + (y1 - y0) * unit, y1 - (x1 - x0) * unit, x1 - (y1 - y0) * unit, y1 + (x1 - x0) * unit);
  };
  stroke(lines.filter(({ margin }) => margin >= 0), line);
  context.setLineDash([5 * view.scale, 5 * view.scale]);
  stroke(lines.filter(({ margin }) => margin < 0), line);
  context.setLineDash([]);
  stroke(lines, foot);
}

/** The class that wins along the rim, as a band in its colour, and the width of its sector. */
function paintSectors(scene, view) {
  const { context, side, moment: { classifier }, projection } = scene;
  const barEnd = view.barLength ? view.barLength * projection.unit + BAR_TEXT * view.scale : 0;
  const thick = BAND * view.scale;
  const widths = sectorWidths(classifier.weight);
  const runs = runsAlongRim(scene);
  context.lineWidth = thick;
  for (const { label, from, to } of runs) {
    context.beginPath();
    context.lineTo(...rimAt(from, side, thick / 2));
    for (let corner = Math.ceil(from); corner < to; corner++) context.lineTo(...rimAt(corner, side, thick / 2));
    context.lineTo(...rimAt(to, side, thick / 2));
    context.strokeStyle = classColour(view.marks[label]);
    context.stroke();
  }
  for (const { label, from, to } of runs) {
    if (to - from < SHORTEST_NUMBERED) continue;
    const places = LABEL_PLACES.map((share) => rimAt(from + (to - from) * share, side, thick));
    const place = places.find(([x, y]) => x > barEnd || y < 0.8 * side);
    if (place) paintNumber(scene, `${Math.round(widths[label])}°`, place, thick + 2 * view.scale, view, true);
  }
}

/**
 * Stretches of the rim with one winner, {label, from, to} in sides of the picture, clockwise from the
 * upper left. The whole rim is from 0 to 4; one that goes on beyond 4 passes the upper left corner.
 */
function runsAlongRim({ side, moment, projection: { unit, left, top } }) {
  const winner = (along) => {
    const [x, y] = rimAt(along, side, 0);
    return winnerAt(moment.classifier, (x - left) / unit, (top - y) / unit);
  };
  const labels = Array.from({ length: PROBES }, (_, i) => winner((4 * i) / PROBES));
  const changes = labels.flatMap((label, i) => {
    const next = labels[(i + 1) % PROBES];
    return label === next ? [] : [{ label: next, from: changeBetween(winner, label, (4 * i) / PROBES) }];
  });
  if (!changes.length) return [{ label: labels[0], from: 0, to: 4 }];
  return changes.map((run, i) => ({ ...run, to: changes[i + 1]?.from ?? changes[0].from + 4 }));
}

/** Where class `label` stops winning between a probe and the next. */
function changeBetween(winner, label, from) {
  let [low, high] = [from, from + 4 / PROBES];
  for (let i = 0; i < 8; i++) {
    const middle = (low + high) / 2;
    if (winner(middle) === label) low = middle;
    else high = middle;
  }
  return high;
}

/** The place on the rim after so many sides clockwise from the upper left, `inset` pixels inside. */
function rimAt(along, side, inset) {
  const edge = Math.floor(along) % 4;
  const [far, place] = [side - inset, inset + (along - Math.floor(along)) * (side - 2 * inset)];
  if (edge === 0) return [place, inset];
  if (edge === 1) return [far, place];
  return edge === 2 ? [side - place, far] : [inset, side - place];
}
