/** What one training step does to a linear classifier and to the features that it is taken on, exactly. */

/** Softmax confidences of all classes at a feature [x, y]. */
export function confidencesAt({ weight, bias }, [x, y]) {
  const logits = Array.from(bias, (b, k) => b + weight[2 * k] * x + weight[2 * k + 1] * y);
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Confidence minus label for each class: the gradient of the cross entropy for the logits. */
function errorsAt(classifier, { z, target }) {
  return confidencesAt(classifier, z).map((confidence, k) => confidence - target[k]);
}

/** Minus the gradient of the cross entropy for a feature: where the loss pushes it. */
export function pushOn(classifier, sample) {
  const errors = errorsAt(classifier, sample);
  const along = (i) => -errors.reduce((sum, error, k) => sum + error * classifier.weight[2 * k + i], 0);
  return [along(0), along(1)];
}

/** The parts of a push on λ·z₁ + (1 − λ)·z₂ that reach z₁ and z₂, by the chain rule. */
export function pushParts([x, y], lam) {
  return [[lam * x, lam * y], [(1 - lam) * x, (1 - lam) * y]];
}

/**
 * The classifier after a step of this size down the sum of the samples' gradients, momentum and weight
 * decay left out: W − size · Σ (p − y) zᵀ, b − size · Σ (p − y).
 *
 * @param {{z: number[], target: number[]}[]} samples features and labels, a weight a class
 */
export function afterStep(classifier, samples, size) {
  const weight = Float64Array.from(classifier.weight);
  const bias = Float64Array.from(classifier.bias);
  for (const sample of samples) {
    errorsAt(classifier, sample).forEach((error, k) => {
      weight[2 * k] -= size * error * sample.z[0];
      weight[2 * k + 1] -= size * error * sample.z[1];
      bias[k] -= size * error;
    });
  }
  return { weight, bias };
}

/** The classifier at a share of the way between two. */
export function classifierBetween(from, to, share) {
  const between = (a, b) => Float64Array.from(a, (value, i) => value + (b[i] - value) * share);
  return { weight: between(from.weight, to.weight), bias: between(from.bias, to.bias) };
}

/** Logit of class `a` minus logit of class `b`, as [u, v, c] with the value u·x + v·y + c at [x, y]. */
export function logitGap({ weight, bias }, [a, b]) {
  return [weight[2 * a] - weight[2 * b], weight[2 * a + 1] - weight[2 * b + 1], bias[a] - bias[b]];
}

/** Where the line between two classes crosses the way from one feature to another: 0 at the first, 1 at the second. */
export function crossingOf(classifier, classes, from, to) {
  const [u, v, c] = logitGap(classifier, classes);
  const [first, second] = [from, to].map(([x, y]) => u * x + v * y + c);
  return first / (first - second);
}

/** How far a feature lies from the line through two others. */
export function distanceFrom([ax, ay], [bx, by], [x, y]) {
  const [dx, dy] = [bx - ax, by - ay];
  return Math.abs(dx * (y - ay) - dy * (x - ax)) / (Math.hypot(dx, dy) || 1);
}
