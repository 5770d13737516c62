import { InputSpace } from "../canvas/inputs.js";

/** Where the network maps the straight way between two inputs: interpolated, as the space of inputs is. */

const PIECES = 40;
const WITHIN = -1e-6;

/** Features at a place in the space of inputs, null outside of all triangles. */
function featuresAt({ corners, triangles, features }, x, y) {
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [2 * triangles[t], 2 * triangles[t + 1], 2 * triangles[t + 2]];
    const [ux, uy] = [corners[b] - corners[a], corners[b + 1] - corners[a + 1]];
    const [vx, vy] = [corners[c] - corners[a], corners[c + 1] - corners[a + 1]];
    const [px, py] = [x - corners[a], y - corners[a + 1]];
    const area = ux * vy - uy * vx;
    const [ofB, ofC] = [(px * vy - py * vx) / area, (ux * py - uy * px) / area];
    if (!(Math.min(ofB, ofC, 1 - ofB - ofC) >= WITHIN)) continue;
    return [0, 1].map((i) => {
      return (1 - ofB - ofC) * features[a + i] + ofB * features[b + i] + ofC * features[c + i];
    });
  }
  return null;
}

/**
 * Give the samples of a step that mixes inputs their bent ways in feature space, from the first parent to the
 * second in equal pieces; each passes through its mixed feature, which is exact.
 *
 * @param {{points, triangles}} inputs of the run; the record of the step has its grid
 */
export function bendWays({ lens, samples }, inputs, moment) {
  const space = new InputSpace(lens.store.header, inputs);
  space.features.set(moment.features);
  moment.read("grid", "grid_scale", space.gridFeatures);
  for (const sample of samples) {
    const [from, to] = sample.ends.map(([, , , point]) => inputs.points.subarray(2 * point, 2 * point + 2));
    const at = (share) => featuresAt(space, ...[0, 1].map((i) => from[i] + (to[i] - from[i]) * share));
    const mixed = 1 - sample.lam;
    const found = at(mixed);
    const way = Array.from({ length: PIECES + 1 }, (_, i) => {
      const share = i / PIECES;
      const near = share < mixed ? share / mixed : (1 - share) / (1 - mixed);
      return at(share)?.map((value, axis) => value + near * (sample.z[axis] - found[axis]));
    });
    sample.way = found && way.every(Boolean) ? way : null;
  }
}

/** Places of a bent way from its start to a share of it, or from its end back to it. */
export function partOfWay(way, share, back = false) {
  const last = way.length - 1;
  const from = Math.min(Math.floor(share * last), last - 1);
  const [a, b] = [way[from], way[from + 1]];
  const tip = [0, 1].map((i) => a[i] + (b[i] - a[i]) * (share * last - from));
  return back ? [...way.slice(from + 1).reverse(), tip] : [...way.slice(0, from + 1), tip];
}
