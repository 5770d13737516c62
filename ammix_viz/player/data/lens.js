import { unlearnt } from "./stages.js";

/** By which classes a panel displays its run: the fine ones, or the coarse ones that they belong to. */

/** Fields that both have in common; of the others, those of the coarse classes have a prefix. */
const COMMON = ["step", "epoch", "lam", "loss", "scale", "features"];
const PREFIX = "coarse.";

/** What a header says of the classes; coarse ones are marked as no fine one is. */
function classesIn({ class_names: names, labels, coarse, marks: given }, wanted) {
  const all = [...names.keys()];
  if (!wanted || !coarse) return { names, labels, of: all, marks: given ?? all };
  const marks = coarse.class_names.map((_, k) => names.length + k);
  return { names: coarse.class_names, labels: labels.map((k) => coarse.of[k]), of: coarse.of, marks };
}

export class Lens {
  constructor(store, coarse) {
    this.store = store;
    this.wanted = coarse;
  }

  get coarse() {
    return this.wanted && Boolean(this.store.header?.coarse);
  }

  get classes() {
    const { header } = this.store;
    if (this.header !== header) this.known = classesIn(header, this.wanted);
    this.header = header;
    return this.known;
  }

  /** One name a class. */
  get names() {
    return this.classes.names;
  }

  /** The class of each point. */
  get labels() {
    return this.classes.labels;
  }

  /** Which of the palette's marks each class has. */
  get marks() {
    return this.classes.marks;
  }

  field(name) {
    return this.coarse && !COMMON.includes(name) ? PREFIX + name : name;
  }

  view(index, name) {
    return this.store.view(index, this.field(name));
  }

  value(index, name) {
    return this.store.value(index, this.field(name));
  }

  /** What has not been learnt yet at a record, in words, or "". */
  unlearnt(index) {
    return unlearnt(this.store, index, this.coarse);
  }

  /** How many points of a split each class has: those displayed, and all that there are. */
  counts(split) {
    const { header } = this.store;
    const displayed = this.names.map(() => 0);
    const [from, to] = this.store.bounds(split);
    for (let i = from; i < to; i++) displayed[this.labels[i]] += 1;
    if (!header.totals) return { displayed, all: displayed };
    const all = this.names.map(() => 0);
    header.totals[split].forEach((count, k) => (all[this.classes.of[k]] += count));
    return { displayed, all };
  }
}

const made = new WeakMap();

/** The one lens of a run and its fine or coarse classes. */
export function lensOf(store, coarse) {
  if (!made.has(store)) made.set(store, [new Lens(store, false), new Lens(store, true)]);
  return made.get(store)[coarse ? 1 : 0];
}
