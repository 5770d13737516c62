import { unlearnt } from "./stages.js";

/** How a panel looks at its run: by the fine classes, or by the coarse ones that they belong to. */

/** Fields that both ways have in common; of the others, those of the coarse way have a prefix. */
const COMMON = ["step", "epoch", "lam", "loss", "scale", "features"];
const PREFIX = "coarse.";

/** What a header says of the classes; coarse ones are marked as no fine one is. */
function classesIn({ class_names: names, labels, coarse }, wanted) {
  if (!wanted || !coarse) return { names, labels, of: [...names.keys()], marks: [...names.keys()] };
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

  /** How many points of a split each class has: those drawn, and all that there are. */
  counts(split) {
    const { header } = this.store;
    const drawn = this.names.map(() => 0);
    const [from, to] = this.store.bounds(split);
    for (let i = from; i < to; i++) drawn[this.labels[i]] += 1;
    if (!header.totals) return { drawn, all: drawn };
    const all = this.names.map(() => 0);
    header.totals[split].forEach((count, k) => (all[this.classes.of[k]] += count));
    return { drawn, all };
  }
}

const made = new WeakMap();

/** The one lens of a run and a way of looking at it. */
export function lensOf(store, coarse) {
  if (!made.has(store)) made.set(store, [new Lens(store, false), new Lens(store, true)]);
  return made.get(store)[coarse ? 1 : 0];
}
