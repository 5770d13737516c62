import { numberText } from "../controls/words.js";
import { spanText } from "../controls/captions.js";
import { isOnLine, mixedBead } from "../canvas/mix_measures.js";
import { displayedLabel, labelWeights } from "../data/mixed.js";

/** The formulas of mixing with the numbers of a snapshot, as `workings.js` has them. */

const NO_TEXTS = new Map();
/** The caption above says why. */
const NOTHING_MIXED = { whole: [], value: NaN, texts: NO_TEXTS };

/** λ as it comes about in this run. */
export function shareWorking(given) {
  const { lens, index, mix } = given;
  if (!mix) return NOTHING_MIXED;
  const value = lens.store.value(index, "lam");
  const { kind, rows } = mix;
  const result = { tag: "mixed", strong: true, text: numberText(value, 3), about: "λ in this step" };
  const begin = [{ name: "λ" }, " = "];
  if (kind.lam === "asymptotic") {
    const gauge = { lam: [value], least: Math.exp(-kind.beta) };
    return { whole: [...begin, ...exponentTerms(value, kind, lens, index), " = ", result], gauge, value, texts: NO_TEXTS };
  }
  if (kind.lam === "fixed" || !rows) {
    return { whole: [...begin, result], gauge: { lam: [value], least: value }, value, texts: NO_TEXTS };
  }
  const spread = { tag: "beta", text: `Beta(${kind.alpha}, ${kind.alpha})`, about: "What λ is sampled from" };
  const sampled = { ...result, text: spanText(rows.lam, 2) };
  const note = `The mean of this epoch is ${numberText(value, 3)}.`;
  const gauge = { lam: [...new Set(rows.lam)], least: 0 };
  return { whole: [...begin, sampled, " from ", spread], gauge, note, value, texts: NO_TEXTS };
}

/** exp(−β · v): the accuracy is what the run's λ was computed from; at β 0 that of the snapshot. */
function exponentTerms(lam, { beta }, lens, index) {
  const accuracy = beta ? Math.max(0, -Math.log(lam) / beta) : lens.value(index, "train.accuracy") / 100;
  return [
    "exp(−", { tag: "beta", text: String(Number(beta.toFixed(3))), about: "β of this run" }, " · ",
    { tag: "accuracy", text: numberText(accuracy, 3), about: "The training accuracy that λ is computed from" }, ")",
  ];
}

function bothShares(rows, row) {
  const lam = rows.lam[row];
  return [
    { tag: "lam", text: numberText(lam, 2), value: lam, about: "λ, the share of the first sample" },
    { tag: "rest", text: numberText(1 - lam, 2), value: 1 - lam, about: "1 − λ, the share of the second sample" },
  ];
}

function textsOfShares(shares) {
  return new Map(shares.map(({ tag, text }) => [tag, text]));
}

/** One mixed sample as the sum of its parents. */
export function mixWorking(given) {
  const { record, lens, mix } = given;
  if (!mix?.chosen?.length) return NOTHING_MIXED;
  const { rows, chosen: [row] } = mix;
  const { x, y, ends } = mixedBead(rows, row, record);
  const [lam, rest] = bothShares(rows, row);
  const onLine = isOnLine(rows);
  const [first, second] = ends.map(([u, v, label], j) => {
    const tag = j ? "second" : "first";
    const text = onLine ? vectorText(u, v) : `${tag} sample`;
    return { tag, label, text, about: `The ${tag} sample, of ${lens.names[label]}` };
  });
  const sum = [lam, " · ", first, " + ", rest, " · ", second];
  const result = { tag: "mixed", strong: true, text: vectorText(x, y), about: "The mixed sample" };
  const texts = textsOfShares([lam, rest]);
  if (onLine) return { whole: [{ name: "z̃" }, " = ", ...sum, " = ", result], value: NaN, texts };
  const name = rows.atFeature ? "z̃" : rows.site === 0 ? "x̃" : "h̃";
  const note = rows.partners
    ? "Both are inputs that were mixed first: it lies beside the line between their features."
    : "Its feature lies beside the line between the features of the two.";
  return { whole: [{ name }, " = ", ...sum, ", feature ", result], note, value: NaN, texts };
}

function vectorText(x, y) {
  return `(${numberText(x, 1)}, ${numberText(y, 1)})`;
}

/** Whose label one mixed sample has. */
export function labelWorking(given) {
  const { lens, mix } = given;
  if (!mix?.chosen?.length) return NOTHING_MIXED;
  const { rows, chosen: [row], kind } = mix;
  const [lam, rest] = bothShares(rows, row);
  const texts = textsOfShares([lam, rest]);
  const chips = labelWeights(rows, row, lens).map(([label, weight]) => {
    const tag = displayedLabel(rows.labels[2 * row], lens) === label ? "first" : "second";
    return { tag, label, weight, text: lens.names[label], about: `The class of the ${tag} sample` };
  });
  if (kind.label === "one_sided") {
    const half = { ...lam, tag: "half", about: "λ in this step" };
    const sign = lam.value < 0.5 ? " < 0.5" : " ≥ 0.5";
    const classes = chips.flatMap((chip, i) => (i ? [" and ", chip] : [chip]));
    return { whole: [{ name: "c̃" }, " = ", ...classes, " since ", { name: "λ" }, " = ", half, sign], value: NaN, texts };
  }
  const sum = chips.flatMap((chip, i) => {
    const of = { ...(chip.tag === "first" ? lam : rest), text: numberText(chip.weight, 2) };
    return [...(i ? [" + "] : []), of, " · ", chip];
  });
  return { whole: [{ name: "ỹ" }, " = ", ...sum], value: NaN, texts };
}
