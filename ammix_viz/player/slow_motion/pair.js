import { isDisplayed, labelWeights, mixedRows } from "../data/mixed.js";
import { lensOf } from "../data/lens.js";

/** Which samples the slow motion is of: a record, and its mixed rows of two classes, from both sides. */

const MOST_UNEVEN = 0.35;

/** The most frequent and the rarest class of the training samples. */
export function headAndTail(store) {
  const { all } = lensOf(store, false).counts("train");
  const present = [...all.keys()].filter((k) => all[k]);
  const byCount = present.sort((a, b) => all[b] - all[a]);
  return [byCount[0], byCount.at(-1)];
}

/** Indices of the rows whose first parent is of class `a` and whose second is of class `b`. */
function rowsOf({ count, labels }, a, b) {
  const all = Array.from({ length: count }, (_, row) => row);
  return all.filter((row) => labels[2 * row] === a && labels[2 * row + 1] === b);
}

/**
 * A row from class `a` to class `b` and one from `b` to `a`, of the same samples as far as possible; one
 * row if there is but one side, none if there is neither.
 */
export function rowsFromBothSides(rows, [a, b]) {
  const [forth, back] = [rowsOf(rows, a, b), rowsOf(rows, b, a)];
  const same = (i, j) => i === j && isDisplayed(i);
  const shared = (x, y) => {
    const { parents } = rows;
    return same(parents[2 * x], parents[2 * y + 1]) + same(parents[2 * x + 1], parents[2 * y]);
  };
  let [best, most] = [[...forth.slice(0, 1), ...back.slice(0, 1)], -1];
  for (const x of forth) {
    for (const y of back) {
      if (shared(x, y) > most) [best, most] = [[x, y], shared(x, y)];
    }
  }
  return best;
}

/** The rows with the same two parents, in the same order, as some rows of another run; null if they are not all here. */
export function sameRows(rows, others, chosen) {
  const found = chosen.map((other) => {
    const all = Array.from({ length: rows.count }, (_, row) => row);
    return all.find((row) => [0, 1].every((j) => {
      const parent = others.parents[2 * other + j];
      return isDisplayed(parent) && rows.parents[2 * row + j] === parent;
    }));
  });
  return found.includes(undefined) ? null : found;
}

/** The features and labels of the parents of a row, as [x, y, label, sample]. */
export function endsOf(rows, row, lens) {
  const features = lens.view(rows.index, "features");
  const unit = lens.value(rows.index, "scale");
  return [2 * row, 2 * row + 1].map((at) => {
    const [sample, label] = [rows.parents[at], rows.labels[at]];
    if (!isDisplayed(sample)) return [rows.ends[2 * at], rows.ends[2 * at + 1], label, sample];
    return [features[2 * sample] * unit, features[2 * sample + 1] * unit, label, sample];
  });
}

/** A mixed row as a sample of the step: {z, target, ends, weights, lam}. */
export function mixedSample(rows, row, lens) {
  const weights = labelWeights(rows, row, lens);
  const target = lens.names.map((_, k) => weights.find(([label]) => label === k)?.[1] ?? 0);
  const z = [rows.features[2 * row], rows.features[2 * row + 1]];
  return { z, target, weights, ends: endsOf(rows, row, lens), lam: rows.lam[row] };
}

/** A sample that is trained on as it is. */
export function plainSample(lens, index, sample) {
  const features = lens.view(index, "features");
  const unit = lens.value(index, "scale");
  const label = lens.labels[sample];
  const z = [features[2 * sample] * unit, features[2 * sample + 1] * unit];
  return { z, target: lens.names.map((_, k) => Number(k === label)), weights: [[label, 1]], ends: [] };
}

/** How well a record shows the pair in a run that mixes: how many sides are there, and if λ is not near 0 or 1. */
function clarity(store, index, classes) {
  const rows = mixedRows(store, index);
  const chosen = rows ? rowsFromBothSides(rows, classes) : [];
  const seen = chosen.every((row) => Math.abs(rows.lam[row] - 0.5) <= MOST_UNEVEN);
  return 2 * chosen.length + Number(seen);
}

/** Whether a run's last step led to a record, instead of beginning there. */
const endsAt = (index) => ({ header }) => header.stages.at(-1).last === index;

/**
 * The record nearest to an epoch in which every run that mixes has a mixed sample from both sides of a pair
 * of classes, and mixes enough to be seen; or else the nearest of those that come closest to that.
 */
export function chooseRecord(stores, epoch, classes) {
  const [first] = stores;
  const mixing = stores.filter((store) => store.header.mixed?.rows);
  const length = Math.min(...stores.map((store) => store.count));
  const away = (index) => Math.abs(first.value(index, "epoch") - epoch);
  const steps = Array.from({ length }, (_, index) => index).filter((index) => !stores.some(endsAt(index)));
  const all = (steps.length ? steps : [0]).sort((i, j) => away(i) - away(j));
  const trained = all.filter((index) => stores.every((store) => !lensOf(store, false).unlearnt(index)));
  const indices = trained.length ? trained : all;
  let [best, clearest] = [indices[0], -1];
  for (const index of indices) {
    const clear = Math.min(5, ...mixing.map((store) => clarity(store, index, classes)));
    if (clear > clearest) [best, clearest] = [index, clear];
    if (clearest === 5) break;
  }
  return best;
}
