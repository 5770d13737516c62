import { addMarker, classColour } from "../canvas/shapes.js";
import { eased } from "./phases.js";
import { logitGap, classifierBetween } from "./step.js";
import { sideOf } from "./run_step.js";
import { partOfWay } from "./input_way.js";
import { paintBead } from "../canvas/mixing.js";
import { paintNumber, strokeTwice } from "../canvas/strokes.js";
import { numberText } from "../controls/words.js";

/** Paints a step over a picture of feature space: samples, mixed samples, labels, pushes, and the line. */

const FADED = 0.5;
const LONGEST_ARROW = 0.24;
const LEAST_ARROW = 3;
const PLATE_AWAY = 25;

/** How far everything that moves has come. */
function named([pair, mix, label, push, move]) {
  return {
    pair: eased(pair), mix: eased(mix), label, push: eased(2 * push), shared: eased(2 * push - 1),
    alone: [eased(3 * move), eased(3 * move - 1)], move: eased(3 * move - 2), left: move,
  };
}

/** Pixels of a push of 1, so that the longest of all has the same length everywhere. */
export function arrowUnit(steps, side) {
  const sizes = steps.flatMap(({ samples }) => samples.map(({ push }) => Math.hypot(...push)));
  const longest = Math.max(0, ...sizes);
  return longest ? (LONGEST_ARROW * side) / longest : 0;
}

/**
 * @param {Scene} scene painted already, with the classifier before the step
 * @param step as of `runStep`, with `after`, the classifier after it
 * @param {number[]} progress how far each phase has come
 * @param {{theme, scale, marks, unit}} view `unit` as of `arrowUnit`
 */
export function paintStep(scene, step, progress, view) {
  const { context } = scene;
  const shares = named(progress);
  const samples = step.samples.map((sample) => placedIn(scene, sample));
  context.save();
  context.lineCap = context.lineJoin = "round";
  veil(scene, FADED * shares.pair, view);
  paintBoundary(scene, step, progress, view);
  context.globalAlpha = shares.pair;
  paintPairs(context, samples, shares, view);
  for (const sample of samples) paintWay(context, sample, step.onSegment, shares, view);
  if (step.rows) paintMidpoints(scene, step, shares, view);
  paintSamples(context, samples, shares, view);
  for (const sample of samples) paintMixed(context, sample, step, shares, view);
  for (const sample of samples) paintArrows(context, sample, shares, view);
  samples.forEach((sample, k) => paintPlate(scene, sample, samples[1] ? `pair ${k + 1}` : "", shares, view));
  context.restore();
}

function veil({ context, side }, alpha, { theme }) {
  context.globalAlpha = alpha;
  context.fillStyle = theme.veil;
  context.fillRect(0, 0, side, side);
  context.globalAlpha = 1;
}

function placedIn(scene, sample) {
  const ends = sample.ends.map(([x, y, label]) => [...scene.toPixels(x, y), label]);
  const way = sample.way?.map((place) => scene.toPixels(...place));
  return { ...sample, at: scene.toPixels(...sample.z), ends, way };
}

/** The line between the two classes; in the end also as it was, and as each sample alone would move it. */
function paintBoundary(scene, step, progress, view) {
  const { context } = scene;
  const { pair, alone, move } = named(progress);
  alone.forEach((share, k) => {
    if (!share || step.alone.length < 2) return;
    context.globalAlpha = Math.min(4 * share, 1);
    traceLine(scene, logitGap(classifierBetween(step.before, step.alone[k], share), step.classes));
    const ink = classColour(view.marks[sideOf(step.samples[k])]);
    strokeTwice(context, { ...view, theme: { ...view.theme, ink } }, 6.4, 1.4);
  });
  if (move) {
    context.globalAlpha = 0.9;
    context.setLineDash([7 * view.scale, 6 * view.scale]);
    traceLine(scene, logitGap(step.before, step.classes));
    strokeTwice(context, view, 1.8, 1);
    context.setLineDash([]);
  }
  context.globalAlpha = pair;
  traceLine(scene, logitGap(lineDuring(step, move), step.classes));
  strokeTwice(context, view, move ? 2.2 : 3.2, move ? 0.8 : 2.4);
  context.globalAlpha = 1;
}

function lineDuring({ before, after }, move) {
  return move ? classifierBetween(before, after, move) : before;
}

function traceLine(scene, [u, v, c]) {
  const { context, side } = scene;
  const [x, y] = scene.toPlane(side / 2, side / 2);
  const length = Math.hypot(u, v) || 1;
  const away = (u * x + v * y + c) / length;
  const foot = scene.toPixels(x - (away * u) / length, y - (away * v) / length);
  const [dx, dy] = [(-v / length) * 2 * side, (-u / length) * 2 * side];
  context.beginPath();
  context.moveTo(foot[0] - dx, foot[1] - dy);
  context.lineTo(foot[0] + dx, foot[1] + dy);
}

/** A faint line between the two samples of each pair. */
function paintPairs(context, samples, { pair, mix }, view) {
  context.globalAlpha = 0.6 * pair * (1 - mix);
  context.beginPath();
  for (const { ends: [from, to] } of samples.filter(({ ends }) => ends.length)) {
    context.moveTo(from[0], from[1]);
    context.lineTo(to[0], to[1]);
  }
  strokeTwice(context, view, 1.2, 1.4);
  context.globalAlpha = pair;
}

/** From both samples to where they are mixed; dashed if that is not on their way in feature space. */
function paintWay(context, { at, ends, way, lam }, onSegment, { mix }, view) {
  if (!ends.length || !mix) return;
  const between = (from, to, share) => [from, [0, 1].map((i) => from[i] + (to[i] - from[i]) * share)];
  const mixed = 1 - lam;
  const bent = way
    ? [partOfWay(way, mix * mixed), partOfWay(way, 1 - mix * lam, true)]
    : ends.map((end) => between(end, at, mix));
  const lines = onSegment ? [between(ends[0], ends[1], mix)] : bent;
  context.beginPath();
  if (!onSegment) context.setLineDash([2 * view.scale, 5 * view.scale]);
  for (const [first, ...others] of lines) {
    context.moveTo(...first.slice(0, 2));
    for (const place of others) context.lineTo(...place);
  }
  strokeTwice(context, view, 1.6, 1.8);
  context.setLineDash([]);
}

/** A short stroke across each way, in its middle. */
function paintMidpoints(scene, { ways }, { mix }, view) {
  const { context } = scene;
  context.globalAlpha = mix;
  context.beginPath();
  for (const [[ax, ay], [bx, by]] of ways) {
    const [[x0, y0], [x1, y1]] = [scene.toPixels(ax, ay), scene.toPixels(bx, by)];
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const [dx, dy] = [((y0 - y1) / length) * 7 * view.scale, ((x1 - x0) / length) * 7 * view.scale];
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    context.moveTo(x - dx, y - dy);
    context.lineTo(x + dx, y + dy);
  }
  strokeTwice(context, view, 1.8, 2);
  context.globalAlpha = 1;
}

/** The samples of the pair, large. */
function paintSamples(context, samples, { push }, view) {
  const all = samples.flatMap(({ at, ends, weights: [[label]] }) => (ends.length ? ends : [[...at, label]]));
  for (const [x, y, label] of all) paintMark(context, x, y, label, (7.5 - 1.5 * push) * view.scale, view);
}

function paintMark(context, x, y, label, radius, view) {
  context.beginPath();
  addMarker(context, view.marks[label], x, y, radius);
  strokeTwice(context, view, 3, 2.5);
  context.fillStyle = classColour(view.marks[label]);
  context.fill();
}

/** A mixed sample: it comes to its place, blank, and takes its label from the samples that give it. */
function paintMixed(context, sample, { onSegment }, { mix, label, push, left }, view) {
  const { at, ends, weights, way, lam } = sample;
  if (!ends.length || !mix) return;
  const from = onSegment ? ends[0] : at;
  const straight = [0, 1].map((i) => from[i] + (at[i] - from[i]) * mix);
  const [x, y] = way ? partOfWay(way, mix * (1 - lam)).at(-1) : straight;
  const radius = (9 - 2 * push - eased(3 * left)) * view.scale * (onSegment || way ? 1 : mix);
  if (label > 0 && label < 1) paintLabelsOnTheirWay(context, sample, label, view);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  strokeTwice(context, view, 3, 3);
  context.fillStyle = view.theme.dark ? "#4a5263" : "#ffffff";
  context.fill();
  const filled = Math.max(0, (label - 0.6) / 0.4);
  if (filled) paintBead(context, { x, y, ends, weights }, radius * filled, view);
}

/** Each label that has a weight goes from its sample to the mixed one. */
function paintLabelsOnTheirWay(context, { at, ends, weights }, label, view) {
  const share = Math.min(label / 0.75, 1);
  for (const [x, y, of] of ends) {
    const weight = weights.find(([k]) => k === of)?.[1] ?? 0;
    if (!weight) continue;
    const radius = view.scale * (3 + 3 * Math.sqrt(weight));
    paintMark(context, x + (at[0] - x) * share, y + (at[1] - y) * share, of, radius, view);
  }
}

/** The push on a sample, and its parts that go back to the samples that it was mixed from. */
function paintArrows(context, { at, ends, push, parts }, { push: grown, shared, left }, view) {
  if (!grown || !view.unit) return;
  context.globalAlpha = 1 - 0.65 * eased(3 * left);
  const start = ends.length ? 9.5 : 9;
  arrow(context, at, push, start, grown, view, 3.4);
  if (parts && shared) {
    ends.forEach((end, i) => arrow(context, end, parts[i], 9, shared, view, 2.4));
  }
  context.globalAlpha = 1;
}

function arrow(context, [x, y], push, start, grown, view, width) {
  const size = Math.hypot(...push);
  const length = size * view.unit * grown;
  if (length < LEAST_ARROW * view.scale) return;
  const [dx, dy] = [push[0] / size, -push[1] / size];
  const tip = start * view.scale + length;
  const head = Math.min((5 + width) * view.scale, length);
  const at = (along, aside) => [x + along * dx - aside * dy, y + along * dy + aside * dx];
  context.beginPath();
  context.moveTo(...at(start * view.scale, 0));
  context.lineTo(...at(tip, 0));
  context.moveTo(...at(tip - head, 0.62 * head));
  context.lineTo(...at(tip, 0));
  context.lineTo(...at(tip - head, -0.62 * head));
  strokeTwice(context, view, width, 2.6);
}

/** The name of a pair, if there are two, and λ while it is mixed: between its samples, then beside the mixed one. */
function paintPlate(scene, { at, ends, lam }, name, { pair, mix, label }, view) {
  const told = [name, ...(mix && label < 1 ? [`λ ${numberText(lam, 2)}`] : [])].filter(Boolean).join(": ");
  if (!ends.length || !told) return;
  const [[ax, ay], [bx, by]] = ends;
  const length = (Math.hypot(bx - ax, by - ay) || 1) / (PLATE_AWAY * view.scale);
  const middle = [(ax + bx) / 2, (ay + by) / 2];
  const [x, y] = [0, 1].map((i) => middle[i] + (at[i] - middle[i]) * mix);
  scene.context.globalAlpha = pair;
  paintNumber(scene, told, [x + (by - ay) / length, y - (bx - ax) / length], 4 * view.scale, view);
  scene.context.globalAlpha = 1;
}
