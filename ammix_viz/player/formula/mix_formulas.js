import { cases, exponent, letter, term } from "./nodes.js";

/**
 * The formulas of how samples are mixed: λ, the mixed sample and its label. A formula has a variant for
 * each kind of method, {words, symbols, set}; `variantOf(kind, rows)` says which one a run has at its mixed rows.
 */

const AMM_PAPER = "AM-mixup paper";

/** How a run mixes: which λ, and whose label; null if it mixes nothing. */
export function mixKindOf({ header }) {
  if (!header?.mixed?.rows) return null;
  const { lam_mode: mode, one_sided: sided, beta, alpha } = header.recipe;
  return {
    lam: mode === "default" ? "random" : mode,
    label: sided === "on" ? "one_sided" : "both",
    beta,
    alpha,
  };
}

const FIRST_SHARE = "λ: the share of the first sample; at 1 the mixed sample is the first, at ½ the midpoint";
const SHARE_LEFT = "1 − λ: the share of the second sample";

const share = () => term("lam", FIRST_SHARE, letter("λ"));
const rest = () => term("rest", SHARE_LEFT, "(1 − ", letter("λ"), ")");

function sumFormula(name, what) {
  return [
    term("mixed", `the mixed ${what}`, letter(`${name}̃`)), " = ",
    share(), " · ", term("first", `the ${what} of the first sample`, letter(name, "i")), " + ",
    rest(), " · ", term("second", `the ${what} of the second sample`, letter(name, "j")),
  ];
}

function oneSidedFormula() {
  const first = term("first", "the class of the first sample", letter("c", "i"));
  const second = term("second", "the class of the second sample", letter("c", "j"));
  const half = "on the first sample's side of the midpoint, or on it";
  return [
    term("mixed", "the label of the mixed sample, a single class", letter("c̃")), " = ",
    cases(
      [first, "  if ", term("half", half, letter("λ"), " ≥ 0.5")],
      [second, "  if ", term("half", "on the second sample's side of the midpoint", letter("λ"), " < 0.5")],
    ),
  ];
}

function bothLabelsFormula() {
  return [
    term("mixed", "the label of the mixed sample: both classes, with weights", letter("ỹ")), " = ",
    share(), " · ", term("first", "the label of the first sample", letter("y", "i")), " + ",
    rest(), " · ", term("second", "the label of the second sample", letter("y", "j")),
  ];
}

function asymptoticFormula() {
  return [
    term("mixed", FIRST_SHARE, letter("λ")), " = ", letter("e"),
    exponent(
      "−",
      term("beta", "β: at accuracy 1, λ is exp(−β): the end of the thick line", letter("β")), " · ",
      term("accuracy", "v: the share of training samples that are classified correctly: those in full colour", letter("v", "acc")),
    ),
  ];
}

function randomFormula() {
  const alpha = "α: at 1 any share between the two samples is equally likely";
  return [term("mixed", FIRST_SHARE, letter("λ")), " ∼ Beta(", term("beta", alpha, letter("α"), ", ", letter("α")), ")"];
}

export const MIX_FORMULAS = {
  lam: {
    title: "Mixing share λ",
    source: `${AMM_PAPER}, Eq. 4 and 6`,
    about: "Circles: mixed samples, in the colour of their label, each between its two parents (other markers). Stroke across: the midpoint, λ = ½. Thick: where λ can be.",
    variantOf: ({ lam }) => lam,
    variants: {
      asymptotic: { words: "lambda is e to the power of minus beta times the training accuracy", symbols: "v_acc: accuracy on the training samples, 0 to 1.", set: asymptoticFormula },
      random: { words: "lambda is sampled from a beta distribution with both parameters alpha", symbols: "At α = 1 all λ are equally likely.", set: randomFormula },
      fixed: { words: "lambda is 0.51", set: () => [term("mixed", FIRST_SHARE, letter("λ")), " = 0.51"] },
    },
  },
  mix: {
    title: "Mixed sample",
    source: `${AMM_PAPER}, Eq. 4 and 5`,
    about: "One of the mixed samples of this step, with both of its parents and their shares.",
    variantOf: (_, rows) => (!rows ? "" : rows.atFeature ? "feature" : rows.site === 0 ? "input" : "hidden"),
    variants: {
      feature: { words: "z tilde is lambda z i plus one minus lambda times z j", symbols: "z: features, i and j: the parents.", set: () => sumFormula("z", "feature") },
      input: { words: "x tilde is lambda x i plus one minus lambda times x j", symbols: "x: inputs, i and j: the parents.", set: () => sumFormula("x", "input") },
      hidden: { words: "h tilde is lambda h i plus one minus lambda times h j", symbols: "h: outputs of a layer, i and j: the parents.", set: () => sumFormula("h", "output of a layer") },
    },
  },
  label: {
    title: "Label of a mixed sample",
    source: `${AMM_PAPER}, Eq. 4 and 5`,
    about: "Whose label the mixed sample (circle) has: the nearer parent's, or both parents', i and j. Numbers: their shares.",
    variantOf: ({ label }) => label,
    variants: {
      one_sided: { words: "c tilde is c i if lambda is at least 0.5, otherwise c j", symbols: "c: classes.", set: oneSidedFormula },
      both: { words: "y tilde is lambda y i plus one minus lambda times y j", symbols: "y: labels.", set: bothLabelsFormula },
    },
  },
};
