import { balanceOf, marginsOf, marginText } from "../canvas/margins.js";
import { numberText } from "../controls/words.js";
import {
  chordsOf, furthestPair, meanLength, meanPairDistance, membersOf, nearestChords, unitCentres,
} from "./distances.js";
import { labelWorking, mixWorking, shareWorking } from "./mix_workings.js";

/**
 * The formulas with the numbers of a snapshot: {line, value, texts, note?}, or {whole, …} where the line
 * is not a letter, a sum and a result. A line is made of texts and of terms {tag, text, label?, about};
 * `value` is what the formula yields, `texts` are the numbers of the picture's parts by their tag.
 */

/** A line with more numbers than this has its smallest and its largest only. */
const MOST_TERMS = 6;

const WORKINGS = {
  A: alignmentWorking,
  U: uniformityWorking,
  U1: neighbourWorking,
  D_relative: relativeWorking,
  D_centroid: centroidWorking,
  D_max: largestWorking,
  margin: marginWorking,
  lam: shareWorking,
  mix: mixWorking,
  label: labelWorking,
};

/**
 * @param {string} explain the metric
 * @param {{record: Moment, lens, index: number, split: string, mix}} given the snapshot that the numbers are of;
 *   `mix` is {kind, rows, chosen}, its mixed rows, where the run has some
 */
export function workingOf(explain, given) {
  return WORKINGS[explain]?.(given) ?? null;
}

function nameOf({ lens }, label) {
  return lens.names[label];
}

function joined(terms, sign = " + ") {
  return terms.flatMap((each, i) => (i ? [sign, each] : [each]));
}

/** The terms of a sum; of many only the smallest and the largest. */
function summed(terms) {
  if (terms.length <= MOST_TERMS) return joined(terms);
  const sorted = [...terms].sort((a, b) => a.value - b.value);
  return [sorted[0], ` + … ${terms.length - 2} more … + `, sorted.at(-1)];
}

function textsOf(terms) {
  return new Map(terms.map(({ tag, text }) => [tag, text]));
}

function neighbourWorking(given) {
  const chords = nearestChords(unitCentres(given.record.centres(given.split)));
  const terms = chords.map(({ i, j, length }) => {
    const about = `From ${nameOf(given, i)} to its nearest class, ${nameOf(given, j)}`;
    return { tag: `near-${i}`, label: i, value: length, text: numberText(length, 2), about };
  });
  const line = ["(", ...summed(terms), `) / ${terms.length}`];
  return { line, value: meanLength(chords), texts: textsOf(terms) };
}

/** The mean over ordered pairs: each distance counts twice. */
function pairsWorking(given, centres, digits) {
  const chords = chordsOf(centres);
  const terms = chords.map(({ i, j, length }) => {
    const about = `From ${nameOf(given, i)} to ${nameOf(given, j)}`;
    return { tag: `chord-${i}-${j}`, labels: [i, j], value: length, text: numberText(length, digits), about };
  });
  const count = centres.length;
  const line = ["2 · (", ...summed(terms), `) / (${count} · ${count - 1})`];
  return { line, value: meanLength(chords), texts: textsOf(terms) };
}

function uniformityWorking(given) {
  return pairsWorking(given, unitCentres(given.record.centres(given.split)), 2);
}

function centroidWorking(given) {
  return pairsWorking(given, given.record.centres(given.split), 1);
}

function largestWorking({ record, lens, split }) {
  const { i, j, length } = furthestPair(record.features, lens.store.bounds(split));
  const [first, second] = [i, j].map((point) => lens.names[lens.labels[point]]);
  const about = `The two features that are furthest apart, of ${first} and ${second}`;
  const text = numberText(length, 1);
  return { line: [{ tag: "largest", text, value: length, about }], value: length, texts: new Map([["largest", text]]) };
}

function relativeWorking(given) {
  const [centroid, largest] = [centroidWorking(given), largestWorking(given)];
  const mean = { tag: "distance", text: numberText(centroid.value, 1), about: "The mean distance between two class centres" };
  return {
    line: [mean, " / ", ...largest.line],
    value: centroid.value / largest.value,
    texts: new Map([...centroid.texts, ...largest.texts]),
  };
}

function alignmentWorking(given) {
  const { record, lens, split } = given;
  const members = membersOf(lens, split);
  const terms = members.flatMap((points, label) => {
    if (!points.length) return [];
    const value = meanPairDistance(record.features, points);
    const about = `The mean distance between two features of ${nameOf(given, label)}`;
    return [{ tag: `class-${label}`, label, value, text: numberText(value, 2), about }];
  });
  const value = terms.reduce((sum, each) => sum + each.value, 0) / terms.length;
  return { line: ["(", ...summed(terms), `) / ${terms.length}`], value, texts: new Map() };
}

function marginWorking(given) {
  const { record, split } = given;
  if (record.blank) return { whole: [], note: `No margins: ${record.blank}.`, value: NaN, texts: new Map() };
  const margins = marginsOf(record.classifier, record.centres(split));
  const terms = margins.map(({ label, margin }) => {
    const about = `The margin of ${nameOf(given, label)}${margin < 0 ? ": its centre is on the wrong side" : ""}`;
    return { tag: `margin-${label}`, label, value: margin, text: marginText(margin), about };
  });
  const sorted = [...terms].sort((a, b) => a.value - b.value);
  const [smallest, largest] = [{ ...sorted[0], tag: "smallest" }, { ...sorted.at(-1), tag: "largest" }];
  const listed = terms.length > MOST_TERMS ? [sorted[0], " … ", sorted.at(-1)] : joined(terms, ", ");
  const before = { group: [{ name: "m" }, " = ", ...listed] };
  const line = largest.value < 0 ? [smallest, " / |", largest, "|"] : [smallest, " / ", largest];
  return { line, before, value: balanceOf(margins), texts: textsOf(terms) };
}
