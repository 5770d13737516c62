/** The linear classifier on the plane: softmax confidence, and the lines where the winner changes. */

/** The winning class at (x, y) and its softmax share. */
export function classify({ weight, bias }, x, y) {
  const logits = Array.from(bias, (b, k) => b + weight[2 * k] * x + weight[2 * k + 1] * y);
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return { label: logits.indexOf(highest), confidence: 1 / total };
}

/** The winning class at (x, y). */
export function winnerAt({ weight, bias }, x, y) {
  let [winner, highest] = [0, -Infinity];
  for (let k = 0; k < bias.length; k++) {
    const logit = bias[k] + weight[2 * k] * x + weight[2 * k + 1] * y;
    if (logit > highest) [winner, highest] = [k, logit];
  }
  return winner;
}

/** The class with the largest logit. */
export function winnerOf(logits) {
  let winner = 0;
  for (let k = 1; k < logits.length; k++) if (logits[k] > logits[winner]) winner = k;
  return winner;
}

/** How sure the classifier is of the winner: 0 if all classes are level, towards 1 if it is certain. */
export function confidenceOf(logits, winner) {
  const classes = logits.length;
  let total = 0;
  for (let k = 0; k < classes; k++) {
    const behind = logits[k] - logits[winner];
    if (behind > -9) total += behind === 0 ? 1 : Math.exp(behind);
  }
  return classes > 1 ? Math.max(0, (classes / total - 1) / (classes - 1)) : 0;
}

/** Fill `nodes`, (cells + 1)² colours row by row from the top, out of `shades` (class × 256). */
export function shadeNodes(nodes, cells, { weight, bias }, range, shades) {
  const classes = bias.length;
  const start = new Float64Array(classes);
  const logits = new Float64Array(classes);
  const stride = (2 * range.half) / cells;
  const left = range.x - range.half;
  for (let row = 0, at = 0; row <= cells; row++) {
    const y = range.y + range.half - row * stride;
    for (let k = 0; k < classes; k++) start[k] = bias[k] + weight[2 * k + 1] * y;
    for (let column = 0; column <= cells; column++, at++) {
      const x = left + column * stride;
      for (let k = 0; k < classes; k++) logits[k] = start[k] + weight[2 * k] * x;
      const winner = winnerOf(logits);
      nodes[at] = shades[winner * 256 + ((confidenceOf(logits, winner) * 255) | 0)];
    }
  }
}

/** The exact borders between winning classes inside the range, as [x0, y0, x1, y1]. */
export function decisionSegments({ weight, bias }, range) {
  const segments = [];
  for (let i = 0; i < bias.length; i++) {
    for (let j = i + 1; j < bias.length; j++) {
      const segment = borderOf(weight, bias, i, j, range);
      if (segment) segments.push(segment);
    }
  }
  return segments;
}

function borderOf(weight, bias, i, j, { x, y, half }) {
  const a = weight[2 * i] - weight[2 * j];
  const b = weight[2 * i + 1] - weight[2 * j + 1];
  const length = Math.hypot(a, b);
  if (!(length > 1e-12)) return null;
  const away = (a * x + b * y + bias[i] - bias[j]) / length;
  const [px, py] = [x - (away * a) / length, y - (away * b) / length];
  const [dx, dy] = [-b / length, a / length];
  const limits = [-Infinity, Infinity];
  keepWhere(limits, px - x + half, dx);
  keepWhere(limits, x + half - px, -dx);
  keepWhere(limits, py - y + half, dy);
  keepWhere(limits, y + half - py, -dy);
  for (let k = 0; k < bias.length; k++) {
    if (k === i || k === j) continue;
    const [u, v] = [weight[2 * i] - weight[2 * k], weight[2 * i + 1] - weight[2 * k + 1]];
    keepWhere(limits, u * px + v * py + bias[i] - bias[k], u * dx + v * dy);
  }
  const [from, to] = limits;
  return from < to ? [px + from * dx, py + from * dy, px + to * dx, py + to * dy] : null;
}

/** Narrow the limits of t to where offset + slope · t ≥ 0. */
function keepWhere(limits, offset, slope) {
  if (Math.abs(slope) < 1e-12) {
    if (offset < 0) limits[1] = -Infinity;
  } else if (slope > 0) limits[0] = Math.max(limits[0], -offset / slope);
  else limits[1] = Math.min(limits[1], -offset / slope);
}
