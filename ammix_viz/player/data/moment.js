import { winnerAt } from "../canvas/classifier.js";

/** A run at a position: what lies between the record before it and the one after. */

/**
 * Where in the records a position lies: the record before, the one after, the share between. During
 * playback a gap between two records stays until it is passed, even if records come in between, so
 * that nothing jumps.
 */
export function placeIn(store, { position, playing }, last) {
  const within = last?.store === store && store.places[last.after] && playing;
  const stays = within && last.before < position && position < last.after;
  const before = stays ? last.before : store.before(Math.floor(position));
  const after = stays ? last.after : store.after(before);
  const share = after > before ? Math.min((position - before) / (after - before), 1) : 0;
  return { store, before, after, share };
}

export class Moment {
  constructor() {
    this.lens = null;
    /** Weight (K, 2) and bias (K) of the linear classifier. */
    this.classifier = null;
    /** Why there is no classifier yet, in words; "" where there is one. */
    this.blank = "";
    /** Features (N, 2) of all points. */
    this.features = new Float32Array(0);
  }

  /** Go to `at`, {position, playing}, of a run. */
  move(lens, at) {
    const { store } = lens;
    this.lens = lens;
    this.place = placeIn(store, at, this.place);
    this.classifier = { weight: this.between("weight"), bias: this.between("bias") };
    this.blank = lens.unlearnt(this.place.before);
    const length = 2 * store.header.labels.length;
    if (this.features.length !== length) this.features = new Float32Array(length);
    this.read("features", "scale", this.features);
  }

  /** A field of the records, interpolated. */
  between(name) {
    const { before, after, share } = this.place;
    const [from, to] = [this.lens.view(before, name), this.lens.view(after, name)];
    return Float64Array.from(from, (value, i) => value + (to[i] - value) * share);
  }

  /**
   * Fill `target` with a field of integers times its scale, interpolated; where only one of the records
   * has come, with its values. Say whether any has.
   */
  read(name, scale, target) {
    const { store } = this.lens;
    const { before, after, share } = this.place;
    const values = [before, after].map((index) => store.view(index, name));
    if (!values[0] && !values[1]) return false;
    const [a, b] = [values[0] ?? values[1], values[1] ?? values[0]];
    const [first, last] = [values[0] ? before : after, values[1] ? after : before];
    const scaleA = store.value(first, scale) * (1 - share);
    const scaleB = store.value(last, scale) * share;
    for (let i = 0; i < a.length; i++) target[i] = a[i] * scaleA + b[i] * scaleB;
    return true;
  }

  /** For each point, 1 if the classifier has it right, else 0. */
  correct() {
    const { features, classifier } = this;
    return Uint8Array.from(this.lens.labels, (label, i) => {
      return Number(winnerAt(classifier, features[2 * i], features[2 * i + 1]) === label);
    });
  }

  /** The mean feature of each class in a split, as [label, x, y]; classes without samples are left out. */
  centres(split) {
    const { store, labels, names } = this.lens;
    const sums = new Float64Array(3 * names.length);
    const [from, to] = store.bounds(split);
    for (let i = from; i < to; i++) {
      const at = 3 * labels[i];
      sums[at] += this.features[2 * i];
      sums[at + 1] += this.features[2 * i + 1];
      sums[at + 2] += 1;
    }
    return names.flatMap((_, k) => {
      const n = sums[3 * k + 2];
      return n ? [[k, sums[3 * k] / n, sums[3 * k + 1] / n]] : [];
    });
  }
}
