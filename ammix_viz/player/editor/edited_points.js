/** The points that are being edited: [column, row, class] each, and what they were before. */

const MOST_UNDONE = 100;

export class EditedPoints {
  /** @param {{last: number, most: number, heldOut: number}} limits */
  constructor(limits) {
    this.limits = limits;
    this.points = [];
    this.before = [];
  }

  get full() {
    return this.points.length >= this.limits.most;
  }

  /** Remember the points, so that what follows is undone at once. */
  remember() {
    this.before.push(this.points);
    if (this.before.length > MOST_UNDONE) this.before.shift();
  }

  /** Add a point, at the nearest place within the range; not if there are too many. */
  add(column, row, label) {
    if (this.full) return;
    const within = (value) => Math.min(Math.max(Math.round(value), 0), this.limits.last);
    this.points = [...this.points, [within(column), within(row), label]];
  }

  /** Remove the points within a radius. */
  erase(column, row, radius) {
    const kept = this.points.filter(([x, y]) => Math.hypot(x - column, y - row) > radius);
    if (kept.length < this.points.length) this.points = kept;
  }

  replace(points) {
    this.remember();
    this.points = points;
  }

  /** Go back to before the last change; say whether there was one. */
  undo() {
    while (this.before.length) {
      const points = this.before.pop();
      if (points === this.points) continue;
      this.points = points;
      return true;
    }
    return false;
  }

  get canUndo() {
    return this.before.some((points) => points !== this.points);
  }

  /** The points, class by class; within a class they keep their order. */
  get sorted() {
    return [...this.points].sort(([, , a], [, , b]) => a - b);
  }

  /** Points of each class. */
  counts(classes) {
    const counts = Array(classes).fill(0);
    for (const [, , label] of this.points) counts[label] += 1;
    return counts;
  }

  /** Which points are test points: every fourth of a class, and of a smaller one the last. */
  get held() {
    const counts = this.counts(Math.max(0, ...this.points.map(([, , label]) => label + 1)));
    const seen = counts.map(() => 0);
    return this.points.map(([, , label]) => {
      seen[label] += 1;
      const small = counts[label] < this.limits.heldOut;
      return small ? seen[label] === counts[label] : seen[label] % this.limits.heldOut === 0;
    });
  }
}
