import { addMarker, classColour } from "./shapes.js";
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
 * @returns {object[]} the beads in pixels
 */
export function paintMixing(scene, beads, view) {
  const { context } = scene;
  const placed = beads.map((bead) => placeBead(scene, bead));
  const others = placed.filter(({ row }) => row !== view.row);
  context.save();
  context.lineCap = context.lineJoin = "round";
  for (const group of [others, placed.filter(({ row }) => row === view.row)]) {
    const faint = group === others && group.length < placed.length;
    context.globalAlpha = (faint ? FAINT : 1) * view.strength;
    if (group.length) paintBeads(scene, group, view);
  }
  context.restore();
  return placed;
}

/** All of a kind in one path where possible: each path takes the browser time. */
function paintBeads({ context, side }, beads, view) {
  const radius = beadRadius(side, view.scale);
  paintHairlines(context, beads, view);
  paintParents(context, beads.flatMap(({ ends }) => ends), view);
  context.beginPath();
  for (const { x, y } of beads) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  strokeTwice(context, view, 3, 3);
  for (const bead of beads) paintBead(context, bead, radius, view);
  if (view.pushUnit) paintPushes(context, beads, radius, view);
}

function placeBead(scene, bead) {
  const [x, y] = scene.toPixels(bead.x, bead.y);
  const ends = bead.ends.map(([ex, ey, label]) => [...scene.toPixels(ex, ey), label]);
  return { ...bead, x, y, ends };
}

function paintHairlines(context, beads, view) {
  context.beginPath();
  for (const { x, y, ends } of beads) {
    for (const [ex, ey] of ends) {
      context.moveTo(x, y);
      context.lineTo(ex, ey);
    }
  }
  strokeTwice(context, view, 1.2, 1.6);
}

function paintParents(context, parents, view) {
  const trace = (some) => {
    context.beginPath();
    for (const [x, y, label] of some) addMarker(context, view.marks[label], x, y, 4.2 * view.scale);
  };
  trace(parents);
  strokeTwice(context, view, 1.6, 2);
  for (const [label, mark] of view.marks.entries()) {
    const ofClass = parents.filter((parent) => parent[2] === label);
    if (!ofClass.length) continue;
    trace(ofClass);
    context.fillStyle = classColour(mark);
    context.fill();
  }
}

/** A disc cut across the hairline, each side facing the parent whose label it has. */
export function paintBead(context, { x, y, ends, weights }, radius, view) {
  const towards = Math.atan2(ends[0][1] - y, ends[0][0] - x);
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

/** An arrow from the rim of each bead; pushes too short to see are left out. */
function paintPushes(context, beads, radius, view) {
  const { scale, pushUnit } = view;
  context.beginPath();
  for (const { x, y, push } of beads) {
    const size = push ? Math.hypot(...push) : 0;
    const length = size * pushUnit;
    if (length < LEAST_PUSH * scale) continue;
    const [dx, dy] = [push[0] / size, -push[1] / size];
    const tip = radius + 1.5 * scale + length;
    const head = Math.min(6 * scale, length);
    const at = (along, aside) => [x + along * dx - aside * dy, y + along * dy + aside * dx];
    context.moveTo(...at(tip - length, 0));
    context.lineTo(...at(tip, 0));
    context.moveTo(...at(tip - head, 0.7 * head));
    context.lineTo(...at(tip, 0));
    context.lineTo(...at(tip - head, -0.7 * head));
  }
  strokeTwice(context, view, 2.4, 2.6);
}
