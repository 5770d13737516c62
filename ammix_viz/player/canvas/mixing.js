import { classColour, traceMarker } from "./shapes.js";
import { strokeTwice } from "./strokes.js";

/** Paints mixed rows: hairlines to the parents, a bead in the colours of its label, the push on it. */

const VEIL = 0.4;
const FAINT = 0.22;
const LEAST_PUSH = 4;
/** Length of the longest push, as a share of the picture. */
export const LONGEST_PUSH = 0.14;

/** How many mixed rows a picture of this width in CSS pixels takes without crowding. */
export function mostRows(width) {
  return Math.min(Math.max(Math.round(width / 22), 8), 24);
}

export function beadRadius(side, scale) {
  return Math.min(Math.max(side / 36, 5.5 * scale), 9 * scale);
}

/** Make a picture fainter, so that what follows stands out. */
export function paintVeil({ context, side }, theme) {
  context.save();
  context.globalAlpha = VEIL;
  context.fillStyle = theme.veil;
  context.fillRect(0, 0, side, side);
  context.restore();
}

/**
 * @param {Scene} scene painted already
 * @param {object[]} beads as of `beads.js`
 * @param {{theme, scale, marks, strength: number, pushUnit: number, row: number}} view the row that the
 *   pointer is on, -1 if none; `pushUnit` is the length in pixels of a push of 1, or 0 for no arrows
 */
export function paintMixing(scene, beads, view) {
  const { context, side } = scene;
  const radius = beadRadius(side, view.scale);
  const placed = beads.map((bead) => placeBead(scene, bead));
  context.save();
  context.lineCap = context.lineJoin = "round";
  const paint = (of) => {
    for (const bead of placed) {
      const faint = view.row >= 0 && bead.row !== view.row;
      context.globalAlpha = (faint ? FAINT : 1) * view.strength;
      of(bead);
    }
  };
  paint((bead) => paintHairlines(context, bead, view));
  paint((bead) => paintParents(context, bead, view));
  paint((bead) => paintBead(context, bead, radius, view));
  if (view.pushUnit) paint((bead) => paintPush(context, bead, radius, view));
  context.restore();
  return placed;
}

function placeBead(scene, bead) {
  const [x, y] = scene.toPixels(bead.x, bead.y);
  const ends = bead.ends.map(([ex, ey, label]) => [...scene.toPixels(ex, ey), label]);
  return { ...bead, x, y, ends };
}

function paintHairlines(context, { x, y, ends }, view) {
  context.beginPath();
  for (const [ex, ey] of ends) {
    context.moveTo(x, y);
    context.lineTo(ex, ey);
  }
  strokeTwice(context, view, 1.2, 1.6);
}

function paintParents(context, { ends }, view) {
  for (const [x, y, label] of ends) {
    traceMarker(context, view.marks[label], x, y, 4.2 * view.scale);
    strokeTwice(context, view, 1.6, 2);
    context.fillStyle = classColour(view.marks[label]);
    context.fill();
  }
}

/** A disc cut across the hairline, each side facing the parent whose label it has. */
function paintBead(context, { x, y, ends, weights }, radius, view) {
  const towards = ends.length ? Math.atan2(ends[0][1] - y, ends[0][0] - x) : Math.PI;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  strokeTwice(context, view, 3, 3);
  let covered = weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [label, weight] of [...weights].reverse()) {
    const angle = Math.acos(chordAt(covered));
    context.beginPath();
    context.arc(x, y, radius, towards - angle, towards + angle);
    context.fillStyle = classColour(view.marks[label]);
    context.fill();
    covered -= weight;
  }
}

/** Distance of a chord from the middle of the unit disc, with this share of the disc beyond it. */
export function chordAt(share) {
  let [low, high] = [-1, 1];
  for (let i = 0; i < 24; i++) {
    const chord = (low + high) / 2;
    const beyond = (Math.acos(chord) - chord * Math.sqrt(1 - chord * chord)) / Math.PI;
    if (beyond > share) low = chord;
    else high = chord;
  }
  return (low + high) / 2;
}

/** An arrow from the rim of the bead; pushes too short to see are left out. */
function paintPush(context, { x, y, push }, radius, view) {
  if (!push) return;
  const size = Math.hypot(...push);
  const length = size * view.pushUnit;
  if (length < LEAST_PUSH * view.scale) return;
  const [dx, dy] = [push[0] / size, -push[1] / size];
  const [from, to] = [radius + 1.5 * view.scale, radius + 1.5 * view.scale + length];
  const head = Math.min(6 * view.scale, length);
  const at = (along, aside) => [x + along * dx - aside * dy, y + along * dy + aside * dx];
  context.beginPath();
  context.moveTo(...at(from, 0));
  context.lineTo(...at(to, 0));
  context.moveTo(...at(to - head, 0.7 * head));
  context.lineTo(...at(to, 0));
  context.lineTo(...at(to - head, -0.7 * head));
  strokeTwice(context, view, 2.4, 2.6);
}
