import { beadRadius, paintBead } from "./mixing.js";
import { addMarker, classColour } from "./shapes.js";
import { paintTexts } from "./measure_texts.js";
import { strokeTwice } from "./strokes.js";

/** Paints what a formula is about, and finds it under the pointer. */

const UNPOINTED = 0.13;
/** Markers nearer than these pixels would hide each other: the later are painted smaller. */
const CLOSE = 9;
const SHORTEST_ARROW = 24;

/**
 * Paint parts, those that are pointed at on top of the others, which fade.
 *
 * @param {Scene} scene painted already
 * @param {{theme, scale, marks, focus: Focus}} view
 * @returns {object[]} the parts with their places in pixels
 */
export function paintMeasures(scene, parts, view) {
  const { context } = scene;
  const { focus } = view;
  const placed = parts.map((part) => placePart(scene, part));
  const pointed = placed.filter((part) => focus.hasPart(part));
  const ends = new Set(pointed.flatMap((part) => part.ends ?? []));
  const lit = placed.filter((part) => pointed.includes(part) || (part.shape === "dot" && ends.has(part.label)));
  const others = placed.filter((part) => !part.quiet && !lit.includes(part));
  context.save();
  context.lineCap = context.lineJoin = "round";
  context.globalAlpha = lit.length ? UNPOINTED : 1;
  paintParts(scene, others, view, 1);
  context.globalAlpha = 1;
  paintParts(scene, lit, view, 1.35);
  paintTexts(scene, lit.length ? lit : others, [...others, ...lit], view);
  context.restore();
  return placed.filter((part) => part.about);
}

function placePart(scene, part) {
  const place = (name) => (part[name] ? { [name]: scene.toPixels(...part[name]) } : {});
  return { ...part, ...place("from"), ...place("to"), ...place("away") };
}

/** Lines first, then what lies at their ends; all of a kind in one path. */
function paintParts(scene, parts, view, weight) {
  const of = (...shapes) => parts.filter(({ shape }) => shapes.includes(shape));
  for (const part of of("samples")) paintPartSamples(scene, part, view);
  for (const part of of("circle")) paintCircle(scene, part, view);
  strokeParts(scene, of("ray", "dashes"), view, 1.1 * weight, [4, 4]);
  strokeParts(scene, of("band"), view, 4.5 * weight, []);
  paintThreads(scene, of("thread"), view, weight);
  strokeParts(scene, of("span"), view, 2.2 * weight, [9, 6]);
  strokeParts(scene, of("gap"), view, 2.6 * weight, [5, 5]);
  strokeParts(scene, of("line", "arrow", "foot", "tick"), view, 2.6 * weight, []);
  const dots = of("dot");
  for (const [at, part] of dots.entries()) paintDot(scene, part, view, dots.slice(0, at));
  for (const part of of("bead")) paintMixedSample(scene, part, view);
}

function strokeParts({ context }, parts, view, width, dashes) {
  if (!parts.length) return;
  context.setLineDash(dashes.map((length) => length * view.scale));
  context.beginPath();
  for (const part of parts) tracePart(context, part, view);
  strokeTwice(context, view, width, 2.4);
  context.setLineDash([]);
}

function tracePart(context, { shape, from: [x0, y0], to: [x1, y1] }, { scale }) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const at = (along, aside) => [x0 + along * dx - aside * dy, y0 + along * dy + aside * dx];
  const across = (along, reach) => {
    context.moveTo(...at(along, -reach * scale));
    context.lineTo(...at(along, reach * scale));
  };
  if (shape === "tick") return across(0, 6);
  const arrow = shape === "arrow";
  if (arrow && length < SHORTEST_ARROW * scale) return;
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  if (shape === "foot") return across(length, 5);
  if (!arrow) return;
  const [tip, head] = [length - 9 * scale, 7 * scale];
  context.moveTo(...at(tip - head, 0.6 * head));
  context.lineTo(...at(tip, 0));
  context.lineTo(...at(tip - head, -0.6 * head));
}

/** Thin lines in the colour of their class. */
function paintThreads({ context }, parts, view, weight) {
  for (const [label, mark] of view.marks.entries()) {
    const ofClass = parts.filter((part) => part.label === label);
    if (!ofClass.length) continue;
    context.beginPath();
    for (const { from, to } of ofClass) {
      context.moveTo(...from);
      context.lineTo(...to);
    }
    context.strokeStyle = view.theme.halo;
    context.lineWidth = (1.3 * weight + 1.4) * view.scale;
    context.stroke();
    context.strokeStyle = classColour(mark);
    context.lineWidth = 1.3 * weight * view.scale;
    context.stroke();
  }
}

function paintCircle(scene, { from, radius }, view) {
  const { context, projection: { unit } } = scene;
  context.beginPath();
  context.arc(...from, radius * unit, 0, 2 * Math.PI);
  strokeTwice(context, view, 1.6, 2);
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [0, 1]]) {
    context.moveTo(from[0] - 4 * dx * view.scale, from[1] - 4 * dy * view.scale);
    context.lineTo(from[0] + 4 * dx * view.scale, from[1] + 4 * dy * view.scale);
  }
  strokeTwice(context, view, 1.6, 2);
}

function paintDot({ context }, { from, label }, view, before) {
  const [x, y] = from;
  const hides = before.some(({ from: [u, v], label: other }) => other !== label && Math.hypot(u - x, v - y) < CLOSE * view.scale);
  context.beginPath();
  addMarker(context, view.marks[label], x, y, (hides ? 3.4 : 6) * view.scale);
  strokeTwice(context, view, hides ? 1.6 : 2.4, hides ? 0 : 2.4);
  context.fillStyle = classColour(view.marks[label]);
  context.fill();
}

/** A mixed sample: a disc in the colours of its label. */
function paintMixedSample({ context, side }, { from: [x, y], to, weights }, view) {
  const radius = beadRadius(side, view.scale);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  strokeTwice(context, view, 3, 3);
  paintBead(context, { x, y, ends: [to], weights }, radius, view);
}

/** Some features in the colour of their class: all of the split, unless `part.of` chooses. */
function paintPartSamples({ context, x, y, moment, split }, part, view) {
  const { store, labels } = moment.lens;
  const [first, last] = store.bounds(split);
  const includes = part.of ?? ((i) => i >= first && i < last);
  for (const [label, mark] of view.marks.entries()) {
    context.beginPath();
    for (let i = 0; i < labels.length; i++) if (labels[i] === label && includes(i)) addMarker(context, mark, x[i], y[i], 3 * view.scale);
    context.fillStyle = classColour(mark);
    context.fill();
  }
}

/** The part at a pixel: a dot before a line, and the nearest of several. */
export function partAt(parts, px, py, reach) {
  const away = ({ from, to }) => (to ? awayFrom(px, py, from, to) : Math.hypot(px - from[0], py - from[1]) - reach);
  const [best] = parts.map((part) => [away(part), part]).sort(([a], [b]) => a - b);
  return best && best[0] <= reach ? best[1] : undefined;
}

function awayFrom(px, py, [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const share = ((px - x0) * dx + (py - y0) * dy) / (dx * dx + dy * dy || 1);
  const within = Math.min(Math.max(share, 0), 1);
  return Math.hypot(px - x0 - within * dx, py - y0 - within * dy);
}
