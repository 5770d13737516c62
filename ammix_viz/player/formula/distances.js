/** The distances that the metrics average, of class centres [label, x, y] and of features. */

/** Centres scaled to length 1, as the AM-mixup paper has them; one at the origin has no direction. */
export function unitCentres(centres) {
  return centres.flatMap(([label, x, y]) => {
    const length = Math.hypot(x, y);
    return length ? [[label, x / length, y / length]] : [];
  });
}

/** The distance between each two centres, {i, j, length}, i < j. */
export function chordsOf(centres) {
  return centres.flatMap((first, at) => centres.slice(at + 1).map((second) => chordOf(first, second)));
}

/** From each centre to its nearest other one, {i, j, length}. */
export function nearestChords(centres) {
  return centres.flatMap((centre) => {
    const others = centres.filter((other) => other !== centre).map((other) => chordOf(centre, other));
    return others.length ? [others.reduce((a, b) => (b.length < a.length ? b : a))] : [];
  });
}

function chordOf([i, x, y], [j, u, v]) {
  return { i, j, length: Math.hypot(u - x, v - y) };
}

export function meanLength(chords) {
  return chords.reduce((sum, { length }) => sum + length, 0) / chords.length;
}

/** The indices of the displayed points of each class in a split. */
export function membersOf({ store, labels, names }, split) {
  const members = names.map(() => []);
  const [from, to] = store.bounds(split);
  for (let i = from; i < to; i++) members[labels[i]].push(i);
  return members;
}

/** Mean distance over all ordered pairs of some points, pairs of a point with itself included. */
export function meanPairDistance(features, members) {
  const count = members.length;
  const x = Float64Array.from(members, (i) => features[2 * i]);
  const y = Float64Array.from(members, (i) => features[2 * i + 1]);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const [dx, dy] = [x[j] - x[i], y[j] - y[i]];
      sum += Math.sqrt(dx * dx + dy * dy);
    }
  }
  return (2 * sum) / (count * count);
}

/** The two points of a range that are furthest apart, {i, j, length}: both are corners of the hull. */
export function furthestPair(features, [from, to]) {
  const corners = hullOf(features, from, to);
  let best = { i: from, j: from, length: 0 };
  for (const [at, i] of corners.entries()) {
    for (const j of corners.slice(at + 1)) {
      const length = Math.hypot(features[2 * i] - features[2 * j], features[2 * i + 1] - features[2 * j + 1]);
      if (length > best.length) best = { i, j, length };
    }
  }
  return best;
}

/** The corners of the convex hull (Andrew's monotone chain). */
function hullOf(features, from, to) {
  const order = Array.from({ length: to - from }, (_, at) => from + at);
  order.sort((a, b) => features[2 * a] - features[2 * b] || features[2 * a + 1] - features[2 * b + 1]);
  const turn = (a, b, c) => {
    const [x, y] = [features[2 * a], features[2 * a + 1]];
    return (features[2 * b] - x) * (features[2 * c + 1] - y) - (features[2 * b + 1] - y) * (features[2 * c] - x);
  };
  const half = (points) => {
    const kept = [];
    for (const point of points) {
      while (kept.length > 1 && turn(kept.at(-2), kept.at(-1), point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept;
  };
  return [...half(order).slice(0, -1), ...half(order.reverse()).slice(0, -1)];
}

/** A fixed sample of `most` pairs of points, the same for every snapshot; all pairs if there are fewer. */
export function samplePairs(members, most) {
  const count = members.length;
  const all = (count * (count - 1)) / 2;
  if (all <= most) return members.flatMap((i, at) => members.slice(at + 1).map((j) => [i, j]));
  let state = 12345;
  const next = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * limit);
  };
  const pairs = new Map();
  while (pairs.size < most) {
    const [a, b] = [next(count), next(count)].sort((first, second) => first - second);
    if (a !== b) pairs.set(a * count + b, [members[a], members[b]]);
  }
  return [...pairs.values()];
}
