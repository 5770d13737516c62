import { crossingOf, logitGap } from "./step.js";

/**
 * AMA section 3.3 on the way between two features of two classes: what the sum of two confidences says about where
 * the line should cross, and how large the push on a feature is. Confidences are those of the two classes
 * alone, the softmax over their two logits; places are shares of the way, 0 at the first feature.
 */

const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/**
 * The way from one feature to another: where the line crosses, by how much the difference of the two
 * logits falls along it, and how much it changes over a length of 1.
 */
export function wayOf(classifier, classes, from, to) {
  const [u, v, c] = logitGap(classifier, classes);
  const [first, second] = [from, to].map(([x, y]) => u * x + v * y + c);
  return { crossing: crossingOf(classifier, classes, from, to), fall: first - second, slope: Math.hypot(u, v) };
}

/** Confidence in the class of an end of the way (0 or 1) of a feature at a place, if the line crosses at `crossing`. */
export function confidenceIn({ fall }, end, place, crossing) {
  return sigmoid((end ? place - crossing : crossing - place) * fall);
}

/** Where the mixed features lie that are λ of the one end and 1 − λ of the other: the nearer end's label first. */
export function mixedPlaces(lam) {
  return [1 - lam, lam];
}

/** The sum of the confidences of both mixed features in their labels, if the line crosses at `crossing`. */
export function confidenceSum(way, lam, crossing) {
  const [first, second] = mixedPlaces(lam);
  return confidenceIn(way, 0, first, crossing) + confidenceIn(way, 1, second, crossing);
}

/** Size of the gradient of the cross entropy for a feature with the label of an end. */
export function pushSize(way, end, place, crossing) {
  return (1 - confidenceIn(way, end, place, crossing)) * way.slope;
}

/** A share nearer to ½ than `lam`, at which the mixed features are still well apart for this classifier; null if there is none. */
export function nearerShare(way, lam) {
  const away = Math.max((lam - 0.5) / 4, 2 / Math.abs(way.fall));
  const nearer = Math.round(100 * (0.5 + away)) / 100;
  return way.fall > 0 && nearer < lam && leeway(way, nearer) < leeway(way, lam) ? nearer : null;
}

/** How far from the midpoint the line may cross for the sum to be within 1 % of that at the midpoint; at most 0.5. */
export function leeway(way, lam) {
  const least = 0.99 * confidenceSum(way, lam, 0.5);
  if (confidenceSum(way, lam, 0) >= least) return 0.5;
  let [near, far] = [0, 0.5];
  for (let i = 0; i < 30; i++) {
    const middle = (near + far) / 2;
    if (confidenceSum(way, lam, 0.5 + middle) >= least) near = middle;
    else far = middle;
  }
  return near;
}
