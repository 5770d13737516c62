import { mixedRows } from "../data/mixed.js";
import { chooseRecord, mixedSample, plainSample, rowsFromBothSides, sameRows } from "./pair.js";
import { afterStep, confidencesAt, crossingOf, distanceFrom, logitGap, pushOn, pushParts } from "./step.js";

/** The step of one run on the pair: its samples, the push on each, and the classifier after them. */

const MOST_CROSSED = 0.16;
const MOST_TURNED = Math.PI / 9;
const MAGNIFICATIONS = [10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];

/** Rows of a batch; that of a record's step is the first of an epoch, or one of the first. */
function batchRows({ header }) {
  const samples = header.totals?.train.reduce((sum, count) => sum + count, 0) ?? header.train_points;
  return Math.min(header.recipe.batch_size, samples);
}

/**
 * The step of each run on the pair of two classes, none if no run has one.
 *
 * @param {number?} epoch the epoch whose nearest suitable record is taken, null for half of training
 */
export function stepsOf(lenses, epoch, classes) {
  const stores = lenses.map(({ store }) => store);
  const half = Math.max(...stores.map((store) => store.value(store.count - 1, "epoch"))) / 2;
  const index = chooseRecord(stores, epoch ?? half, classes);
  const shared = sharedPair(lenses, index, classes);
  return shared ? lenses.map((lens) => runStep(lens, index, classes, shared)) : [];
}

/** The run and the rows whose samples the others are compared on: {rows, chosen} of the first run that mixes. */
function sharedPair(lenses, index, classes) {
  for (const lens of lenses) {
    const rows = mixedRows(lens.store, index);
    const chosen = rows ? rowsFromBothSides(rows, classes) : [];
    if (chosen.length) return { rows, chosen };
  }
  return null;
}

/** What a run trains on: {rows, samples, same}, mixed or as they are, and whether they are the shared ones. */
function trainedOn(lens, index, classes, shared) {
  const rows = mixedRows(lens.store, index);
  if (rows) {
    const found = sameRows(rows, shared.rows, shared.chosen);
    const chosen = found ?? rowsFromBothSides(rows, classes);
    return { rows, samples: chosen.map((row) => mixedSample(rows, row, lens)), same: found !== null };
  }
  const [row] = shared.chosen;
  const parents = [...shared.rows.parents.subarray(2 * row, 2 * row + 2)];
  const here = parents.filter((sample) => sample < lens.labels.length);
  return { rows: null, samples: here.map((sample) => plainSample(lens, index, sample)), same: true };
}

/**
 * @param {[number, number]} classes whose samples are mixed
 * @param {{rows, chosen: number[]}} shared as of `sharedPair`
 */
function runStep(lens, index, classes, shared) {
  const { rows, samples, same } = trainedOn(lens, index, classes, shared);
  const before = { weight: lens.view(index, "weight"), bias: lens.view(index, "bias") };
  const onSegment = Boolean(rows?.atFeature && !rows.partners);
  for (const sample of samples) {
    sample.push = pushOn(before, sample);
    sample.confidence = confidencesAt(before, sample.z);
    sample.parts = onSegment ? pushParts(sample.push, sample.lam) : null;
    sample.beside = rows ? distanceFrom(...sample.ends, sample.z) : 0;
  }
  const size = lens.store.header.recipe.lr / batchRows(lens.store);
  return { lens, index, classes, rows, samples, same, before, onSegment, size, ways: waysOf(samples, classes) };
}

/** From samples of the first class to samples of the second: what the line has to cross. */
function waysOf(samples, [first]) {
  const pairs = samples[0].ends.length
    ? samples.map(({ ends }) => ends)
    : [samples.map(({ z, weights: [[label]] }) => [...z, label])];
  return pairs.map(([from, to]) => (from[2] === first ? [from, to] : [to, from]));
}

/** The class whose label weighs most. */
export function sideOf({ weights }) {
  return weights.reduce((most, weight) => (weight[1] > most[1] ? weight : most))[0];
}

/** The classifier after the step, so many times its real size: {times, alone, after}, `alone` with one of the samples each. */
export function afterMoves({ before, samples, size }, times) {
  const by = (some) => afterStep(before, some, times * size);
  return { times, alone: samples.map((sample) => by([sample])), after: by(samples) };
}

/** Where the line crosses each way, as a share of it from the first class's sample to the second's. */
export function crossingsAt({ classes, ways }, classifier) {
  return ways.map(([from, to]) => crossingOf(classifier, classes, from, to));
}

/** Whether a line is still near to what it was before the step. */
function staysNear(step, classifier) {
  const angle = (of) => Math.atan2(...logitGap(of, step.classes).slice(0, 2));
  const turned = Math.abs(angle(classifier) - angle(step.before));
  const [from, to] = [step.before, classifier].map((each) => crossingsAt(step, each));
  return from.every((share, k) => Math.abs(to[k] - share) <= MOST_CROSSED) && Math.min(turned, 2 * Math.PI - turned) <= MOST_TURNED;
}

/** The largest round number of times a step's real size with which its lines stay near to what they were. */
export function magnificationOf(step) {
  return MAGNIFICATIONS.find((times) => {
    const { alone, after } = afterMoves(step, times);
    return [...alone, after].every((classifier) => staysNear(step, classifier));
  }) ?? 1;
}
