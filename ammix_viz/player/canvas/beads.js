import { displayedLabel, isDisplayed, labelWeights } from "../data/mixed.js";

/**
 * Where mixed rows lie in a space. A bead is one mixed sample there: {row, x, y, ends, weights, push},
 * with both of what it was mixed from as [x, y, label], and the weights of its label as [label, weight].
 */

/** The bead of a mixed row in feature space; it moves with its parents between two snapshots. */
export function featureBeads(rows, row, moment) {
  const { store } = moment.lens;
  const [then, unit] = [store.view(rows.index, "features"), store.value(rows.index, "scale")];
  const at = [rows.features[2 * row], rows.features[2 * row + 1]];
  const ends = [0, 1].map((j) => {
    const [index, share] = [2 * row + j, j ? 1 - rows.lam[row] : rows.lam[row]];
    const [point, label] = [rows.parents[index], rows.labels[index]];
    const shown = displayedLabel(label, moment.lens);
    if (!isDisplayed(point)) return [rows.ends[2 * index], rows.ends[2 * index + 1], shown];
    const end = [moment.features[2 * point], moment.features[2 * point + 1]];
    for (const i of [0, 1]) at[i] += share * (end[i] - then[2 * point + i] * unit);
    return [...end, shown];
  });
  const push = [rows.push[2 * row], rows.push[2 * row + 1]];
  const weights = labelWeights(rows, row, moment.lens);
  return [{ row, x: at[0], y: at[1], ends, weights, push }];
}

/** The beads of a mixed row in the space of inputs, none unless inputs were mixed. */
export function inputBeads(rows, row, moment, inputs) {
  const place = (point) => [inputs[2 * point], inputs[2 * point + 1], moment.lens.labels[point]];
  const between = (first, second, lam, weights) => {
    const ends = [place(first), place(second)];
    const [x, y] = [0, 1].map((i) => lam * ends[0][i] + (1 - lam) * ends[1][i]);
    return { row, x, y, ends, weights, push: null };
  };
  const [first, second] = [2 * row, 2 * row + 1];
  if (rows.site === 0) {
    const weights = labelWeights(rows, row, moment.lens);
    return [between(rows.parents[first], rows.parents[second], rows.lam[row], weights)];
  }
  if (!rows.partners) return [];
  return [first, second].map((at) => {
    const [parent, partner, lam] = [rows.parents[at], rows.partners[at], rows.partnerLam[at]];
    const weights = [[place(parent)[2], lam], [place(partner)[2], 1 - lam]];
    return between(parent, partner, lam, weights);
  });
}

/**
 * The rows to display: of two classes if there are any. In a record each pair of classes comes before
 * any comes again, so that the first rows are of as many pairs as possible.
 *
 * @param {number[]} pair classes that the parents must be of: none, one or both
 */
export function chooseRows(rows, lens, pair, most) {
  const labelsOf = (row) => [0, 1].map((j) => displayedLabel(rows.labels[2 * row + j], lens));
  const all = Array.from({ length: rows.count }, (_, row) => row);
  const fitting = all.filter((row) => pair.every((label) => labelsOf(row).includes(label)));
  const apart = fitting.filter((row) => labelsOf(row)[0] !== labelsOf(row)[1]);
  return (apart.length ? apart : fitting).slice(0, most);
}
