import { make } from "../controls/dom.js";
import { MIX_FORMULAS } from "./mix_formulas.js";
import { fraction, letter, norm, operator, term } from "./nodes.js";

/**
 * The formulas as the papers write them. Each is {title, source, about, symbols, words, set}, or has variants
 * as in `mix_formulas.js`; `symbols` says what its letters stand for.
 */

const AMM = "AM-mixup paper";
const AMA = "AMA paper";

const OF_CLASSES = "the mean over the C classes, so that a rare class counts as much as a frequent one";
const UNIT = "v̄ of a class: its centre scaled to length 1, a point on the circle";
const CENTRE = "μ of a class: its centre, the mean of its features";

const overClasses = () => {
  return term("classes", OF_CLASSES, fraction("1", letter("C")), operator("∑", "i = 1", "C"));
};

/** The mean over ordered pairs of classes. */
const overPairs = () => term(
  "pairs", "the mean over the C(C − 1) ordered pairs of classes",
  fraction("1", [letter("C"), "(", letter("C"), " − 1)"]), operator("∑", "i = 1", "C"), operator("∑", "j ≠ i", "C"),
);

/** The distance between two vectors of one name. */
function distance(name, about, tag, aboutVector) {
  const vector = (index) => term(tag, aboutVector, letter(name, index));
  return term("distance", about, norm(vector("i"), " − ", vector("j")));
}

const unitDistance = () => distance("v̄", "the distance between two points on the circle", "unit", UNIT);
const centreDistance = () => distance("μ", "the distance between two class centres", "centre", CENTRE);

function alignmentFormula() {
  return [
    letter("A"), " = ", overClasses(),
    term(
      "samples", "all pairs of the features F of a class, those of a feature with itself included",
      fraction("1", ["|", letter("F", "i"), "|²"]),
      operator("∑", [letter("v", "j"), ", ", letter("v", "k"), " ∈ ", letter("F", "i")]),
    ),
    term("distance", "the distance between two features of the same class", norm(letter("v", "j"), " − ", letter("v", "k"))),
  ];
}

function uniformityFormula() {
  return [letter("U"), " = ", overPairs(), unitDistance()];
}

function neighbourFormula() {
  const nearest = "of the distances to the other classes the smallest: the nearest class";
  return [letter("U", "1"), " = ", overClasses(), term("nearest", nearest, operator("min", "j ≠ i")), unitDistance()];
}

const largestDistance = () => term(
  "largest", "the largest distance between any two features, of whatever class",
  operator("max", "j, k"), norm(letter("v", "j"), " − ", letter("v", "k")),
);

function centroidFormula() {
  return [letter("D", "centroid"), " = ", overPairs(), centreDistance()];
}

function largestFormula() {
  return [letter("D", "max"), " = ", largestDistance()];
}

function relativeFormula() {
  return [
    letter("D", "relative"), " = ",
    fraction(
      term("distance", "the mean distance between two class centres", letter("D", "centroid")),
      term("largest", "the largest distance between any two features", letter("D", "max")),
    ),
    make("span", { class: "ammix-formula-long" }, " = ", fraction([overPairs(), centreDistance()], largestDistance())),
  ];
}

function marginFormula() {
  const weight = "w, b: the classifier. Its decision lines are where two classes are level";
  const nearest = "of the distances to the decision lines the smallest";
  const margin = (name, sign) => term(name, `the ${name} margin of all classes`, sign, letter("m", "i"));
  return [
    letter("m", "i"), " = ", term("nearest", nearest, operator("min", "j ≠ i")),
    fraction(
      [
        term("boundary", weight, "(", letter("w", "i"), " − ", letter("w", "j"), ")"), "·",
        term("centre", CENTRE, letter("μ", "i")),
        term("boundary", weight, " + ", letter("b", "i"), " − ", letter("b", "j")),
      ],
      term("boundary", weight, norm(letter("w", "i"), " − ", letter("w", "j"))),
    ),
    make("span", { class: "ammix-formula-next" }, letter("balance")), " = ", fraction(margin("smallest", "min "), margin("largest", "max ")),
  ];
}

export const FORMULAS = {
  ...MIX_FORMULAS,
  margin: {
    title: "Margins",
    source: "not in the papers",
    words: "The margin of a class is the smallest distance of its centre from a decision line; balance is the smallest divided by the largest",
    about: "How far each class centre is from the nearest decision line; negative (dashed): how far on the wrong side. Balance: 1 if all margins are equal, below 0 if one is negative.",
    symbols: "w, b: weights, biases; μ: class centres.",
    set: marginFormula,
  },
  A: {
    title: "Alignment",
    source: `${AMM}, Eq. 1`,
    words: "A is the mean, over the C classes, of the mean distance between two features of the class",
    about: "How far apart features of the same class lie; painted: 40 pairs of each. Neither high nor low is better: near 0 classes have collapsed, and it grows with the size of everything.",
    symbols: "v: features, Fᵢ: those of class i, C: number of classes.",
    set: alignmentFormula,
  },
  U: {
    title: "Uniformity",
    source: `${AMM}, Eq. 2`,
    words: "U is the mean distance between v-bar i and v-bar j over all ordered pairs of classes",
    about: "How evenly the directions of the classes are spread. Higher is better.",
    symbols: "v̄: class centres, scaled to length 1 (on the circle, which is enlarged); C: number of classes.",
    set: uniformityFormula,
  },
  U1: {
    title: "Neighbour uniformity",
    source: `${AMM}, Eq. 3`,
    words: "U1 is the mean, over the C classes, of the smallest distance between v-bar i and v-bar j of another class",
    about: "How far each class is from its nearest neighbour. Higher is better.",
    symbols: "v̄: class centres, scaled to length 1 (on the circle, which is enlarged); C: number of classes.",
    set: neighbourFormula,
  },
  D_relative: {
    title: "Relative distance",
    source: `${AMA}, Fig. 2b`,
    words: "D relative is the mean distance between class centres, divided by the largest distance between two features",
    about: "Mean distance between class centres (D_centroid, solid), divided by the extent of all features (D_max, dashed). Higher is better.",
    symbols: "μ: class centres, v: features, C: number of classes.",
    set: relativeFormula,
  },
  D_centroid: {
    title: "Distance between centres",
    source: `${AMA}, Fig. 2b`,
    words: "D centroid is the mean distance between mu i and mu j over all ordered pairs of classes",
    about: "How far apart the class centres are.",
    symbols: "μ: class centres, C: number of classes.",
    set: centroidFormula,
  },
  D_max: {
    title: "Largest distance",
    source: `${AMA}, Fig. 2b`,
    words: "D max is the largest distance between any two features",
    about: "The extent of all features: the distance of the two that are furthest apart.",
    symbols: "v: features.",
    set: largestFormula,
  },
};
