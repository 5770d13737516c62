import { decisionSegments } from "./classifier.js";
import { marginsOf } from "./margins.js";
import { mixParts, shareParts } from "./mix_measures.js";
import {
  chordsOf, furthestPair, membersOf, nearestChords, samplePairs, unitCentres,
} from "../formula/distances.js";

/**
 * The distances that a metric averages, as parts of a picture. A part is one of them, or what it lies between:
 * {tags, shape, from, to?, ends?, label?, text?, away?, quiet?, about}. `ends` are the classes at its ends; one
 * that is `quiet` is painted only when it is pointed at.
 */

/** How many pairs of a class are painted. */
const SAMPLED_PAIRS = 40;
const SMALLEST_CIRCLE = 0.2;
const LARGEST_CIRCLE = 0.4;

/** The circle on which centres scaled to length 1 lie, as its radius in units of the plane. */
export function circleIn({ x, y, half }) {
  const away = half - Math.max(Math.abs(x), Math.abs(y));
  return Math.min(Math.max(0.86 * away, 2 * SMALLEST_CIRCLE * half), 2 * LARGEST_CIRCLE * half);
}

/** What has to be in view for the circle to be: a box around the origin. */
export function boxOfCircle([left, right, bottom, top]) {
  const reach = 2.4 * SMALLEST_CIRCLE * (Math.max(right - left, top - bottom) / 2);
  return [-reach, reach, -reach, reach];
}

const PARTS_OF = {
  A: pairParts,
  U: (given) => [...circleParts(given), ...unitChords(given)],
  U1: (given) => [...circleParts(given), ...nearestParts(given)],
  D_relative: (given) => [...centreParts(given), ...centreChords(given), ...largestParts(given)],
  D_centroid: (given) => [...centreParts(given), ...centreChords(given)],
  D_max: largestParts,
  margin: marginParts,
  lam: shareParts,
  mix: mixParts,
  label: mixParts,
};

/**
 * The parts of a picture of feature space.
 *
 * @param {string} explain the metric
 * @param {{moment: Moment, split: string, range, texts: Map<string, string>, mix}} given `texts` are the
 *   numbers of parts by their first tag; `mix` as `workingOf` takes it
 */
export function measureParts(explain, given) {
  return PARTS_OF[explain]?.(given) ?? [];
}

function nameIn({ moment }, label) {
  return moment.lens.names[label];
}

/** The circle, the centres on it, and the rays that scale them. */
function circleParts(given) {
  const { moment, split, range } = given;
  const radius = circleIn(range);
  const centres = moment.centres(split);
  const dots = unitCentres(centres).flatMap(([label, x, y]) => {
    const [, cx, cy] = centres.find(([other]) => other === label);
    const tags = [`unit-${label}`, "unit", "classes", `near-${label}`];
    const at = [x * radius, y * radius];
    const about = `${nameIn(given, label)}: its centre, scaled to length 1`;
    return [
      { tags: [...tags, "ray"], shape: "ray", from: [0, 0], to: Math.hypot(cx, cy) > radius ? [cx, cy] : at },
      { tags, shape: "dot", from: at, label, about },
    ];
  });
  return [{ tags: ["circle", "unit"], shape: "circle", from: [0, 0], radius }, ...dots];
}

function unitPlaces({ moment, split, range }) {
  const radius = circleIn(range);
  const centres = unitCentres(moment.centres(split));
  return { centres, at: new Map(centres.map(([label, x, y]) => [label, [x * radius, y * radius]])) };
}

function unitChords(given) {
  const { centres, at } = unitPlaces(given);
  return chordsOf(centres).map((chord) => chordPart(given, chord, at, "unit"));
}

function centreChords(given) {
  const centres = given.moment.centres(given.split);
  const at = new Map(centres.map(([label, ...place]) => [label, place]));
  return chordsOf(centres).map((chord) => chordPart(given, chord, at, "centre"));
}

function chordPart(given, { i, j, length }, at, kind) {
  const id = `chord-${i}-${j}`;
  const tags = [id, "distance", "pairs", `${kind}-${i}`, `${kind}-${j}`];
  const about = `From ${nameIn(given, i)} to ${nameIn(given, j)}: ${given.texts.get(id) ?? length.toFixed(2)}`;
  return { tags, shape: "line", ends: [i, j], from: at.get(i), to: at.get(j), text: given.texts.get(id), about };
}

/** From each centre to its nearest; those to the others are what the minimum is of. */
function nearestParts(given) {
  const { centres, at } = unitPlaces(given);
  const nearest = nearestChords(centres);
  const isOf = ({ i, j }) => nearest.some((chord) => (chord.i === i && chord.j === j) || (chord.i === j && chord.j === i));
  const others = chordsOf(centres).filter((chord) => !isOf(chord)).map(({ i, j }) => {
    return { tags: ["nearest", `unit-${i}`, `unit-${j}`], shape: "dashes", from: at.get(i), to: at.get(j), quiet: true };
  });
  const lines = nearest.map(({ i, j, length }) => {
    const id = `near-${i}`;
    const about = `Nearest to ${nameIn(given, i)} is ${nameIn(given, j)}: ${given.texts.get(id) ?? length.toFixed(2)}`;
    const tags = [id, "distance", "nearest", "classes", `unit-${i}`];
    return { tags, shape: "arrow", ends: [i, j], from: at.get(i), to: at.get(j), text: given.texts.get(id), about };
  });
  return [...others, ...lines];
}

function centreParts(given) {
  return given.moment.centres(given.split).map(([label, ...from]) => {
    return { tags: [`centre-${label}`, "centre"], shape: "dot", from, label, about: `${nameIn(given, label)}: its centre` };
  });
}

function placeOf({ features }, point) {
  return [features[2 * point], features[2 * point + 1]];
}

function largestParts(given) {
  const { moment, split, texts } = given;
  const { i, j, length } = furthestPair(moment.features, moment.lens.store.bounds(split));
  const [first, second] = [i, j].map((point) => nameIn(given, moment.lens.labels[point]));
  const text = texts.get("largest") ?? length.toFixed(1);
  const about = `The two features that are furthest apart, of ${first} and ${second}: ${text}`;
  return [{ tags: ["largest"], shape: "span", from: placeOf(moment, i), to: placeOf(moment, j), text, about }];
}

/** Lines between a sample of the pairs of each class, the same pairs all the time. */
function pairParts(given) {
  const { moment, split } = given;
  const members = sampledPairs(moment.lens, split);
  const lines = members.flatMap((pairs, label) => pairs.map(([i, j], n) => {
    const [from, to] = [placeOf(moment, i), placeOf(moment, j)];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const tags = [`pair-${label}-${n}`, `class-${label}`, "distance", "classes"];
    const about = `Two features of ${nameIn(given, label)}: ${length.toFixed(2)} apart`;
    return { tags, shape: "thread", from, to, label, about };
  }));
  return [...lines, { tags: ["samples"], shape: "samples", quiet: true }];
}

const sampled = new WeakMap();

/** The sampled pairs of each class, chosen once for the points of a split. */
function sampledPairs(lens, split) {
  const known = sampled.get(lens.labels) ?? {};
  known[split] ??= membersOf(lens, split).map((members) => samplePairs(members, SAMPLED_PAIRS));
  sampled.set(lens.labels, known);
  return known[split];
}

/** From each centre to its nearest decision line; the lines to the others are what the minimum is of. */
function marginParts(given) {
  const { moment, split, range, texts } = given;
  if (moment.blank) return [];
  const margins = marginsOf(moment.classifier, moment.centres(split));
  const sorted = [...margins].sort((a, b) => a.margin - b.margin);
  const ends = new Map([[sorted[0], "smallest"], [sorted.at(-1), "largest"]]);
  const lines = margins.map((each) => {
    const { label, margin, centre, foot } = each;
    const id = `margin-${label}`;
    const text = texts.get(id);
    const about = `The margin of ${nameIn(given, label)}: ${text ?? margin.toFixed(2)}`;
    const tags = [id, "nearest", `centre-${label}`, ends.get(each)].filter(Boolean);
    return { tags, shape: margin < 0 ? "gap" : "foot", ends: [label], from: centre, to: foot, text, about };
  });
  const borders = decisionSegments(moment.classifier, range).map(([x0, y0, x1, y1]) => {
    return { tags: ["boundary"], shape: "line", from: [x0, y0], to: [x1, y1], quiet: true };
  });
  return [...borders, ...lines, ...centreParts(given)];
}
