import { winnerAt } from "./classifier.js";
import { featureBeads } from "./beads.js";

/** What the formulas of mixing are about, as parts of a picture of feature space (`measures.js`). */

/** Whether mixed features lie on the lines between the features of their parents. */
export function isOnLine(rows) {
  return rows.atFeature && !rows.partners;
}

/** A mixed row in feature space: as in `featureBeads`, at its place on the line if it has one. */
export function mixedBead(rows, row, moment) {
  const [bead] = featureBeads(rows, row, moment);
  const [x, y] = isOnLine(rows) ? between(...bead.ends, rows.lam[row]) : [bead.x, bead.y];
  return { ...bead, x, y };
}

/** The parts of λ: for some rows where between the parents the mixed sample lies, and where it may. */
export function shareParts({ moment, mix }) {
  if (!mix?.chosen?.length) return [];
  const { rows, chosen, kind } = mix;
  const asymptotic = kind.lam === "asymptotic";
  const least = asymptotic ? Math.exp(-kind.beta) : 0;
  const lines = chosen.flatMap((row) => {
    const { x, y, ends: [first, second], weights } = mixedBead(rows, row, moment);
    const lam = rows.lam[row];
    const [from, to] = [first.slice(0, 2), second.slice(0, 2)];
    const id = `row-${row}`;
    const onLine = [
      { tags: ["beta", id], shape: "band", from, to: between(first, second, least) },
      { tags: ["half", id], shape: "tick", from: between(first, second, 0.5), to: from },
    ];
    return [
      { tags: [id, "line"], shape: "dashes", from, to }, ...(isOnLine(rows) ? onLine : []),
      ...parentParts([first, second], moment, row),
      beadPart([id, "mixed", "lam"], { at: [x, y], weights, ends: [first] }, `Mixed sample: λ = ${lam.toFixed(2)}`),
    ];
  });
  const correct = { tags: ["accuracy"], shape: "samples", quiet: true, of: correctSamples(moment) };
  return asymptotic ? [...lines, correct] : lines;
}

function between(first, second, lam) {
  return [0, 1].map((axis) => lam * first[axis] + (1 - lam) * second[axis]);
}

/** The training samples that are classified correctly. */
function correctSamples(moment) {
  const { store, labels } = moment.lens;
  const [from, to] = store.bounds("train");
  const { classifier, features } = moment;
  return (i) => i >= from && i < to && winnerAt(classifier, features[2 * i], features[2 * i + 1]) === labels[i];
}

function parentParts(ends, { lens }, row) {
  return ends.map(([x, y, label], j) => {
    const words = j ? "second" : "first";
    const tags = [...(row === undefined ? [] : [`row-${row}`]), words, "parents"];
    return { tags, shape: "dot", from: [x, y], label, about: `The ${words} sample, of ${lens.names[label]}` };
  });
}

function beadPart(tags, { at, weights, ends }, about) {
  return { tags, shape: "bead", from: at, to: ends[0].slice(0, 2), weights, about };
}

function sharePart(tags, from, to, about) {
  return { tags, shape: "line", from, to, about };
}

/** The parents with their shares beside them, on the side turned away from the mixed sample. */
function parentsWithShares(ends, moment, texts, away) {
  return parentParts(ends, moment).map((part, j) => {
    const share = j ? "rest" : "lam";
    return { ...part, tags: [...part.tags, share], text: texts.get(share), away };
  });
}

/** The parts of one mixed sample: its parents, and how far it is from each. */
export function mixParts({ moment, mix, texts }) {
  if (!mix?.chosen?.length) return [];
  const { rows, chosen: [row] } = mix;
  const { x, y, ends: [first, second], weights } = mixedBead(rows, row, moment);
  const [zi, zj] = [first.slice(0, 2), second.slice(0, 2)];
  const lam = texts.get("lam");
  const rest = texts.get("rest");
  const shares = isOnLine(rows) ? [
    sharePart(["lam", "mixed"], zj, [x, y], `λ = ${lam} of the way from the second sample to the first`),
    sharePart(["rest"], zi, [x, y], `1 − λ = ${rest} of the way from the first sample to the second`),
  ] : [{ tags: ["line"], shape: "dashes", from: zi, to: zj }];
  const half = { tags: ["half"], shape: "tick", from: between(first, second, 0.5), to: zi };
  const name = weights.map(([label, weight]) => `${Math.round(100 * weight)} % ${moment.lens.names[label]}`).join(", ");
  const bead = beadPart(["mixed"], { at: [x, y], weights, ends: [first] }, `The mixed sample; its label: ${name}`);
  return [...shares, half, ...parentsWithShares([first, second], moment, texts, [x, y]), bead];
}
