/** What the player displays, the position aside: one place that the switches write and all else reads. */

/** What a formula is set for: metrics of distances, the margins, how samples are mixed; "" for none. */
const EXPLAINED = ["", "A", "U", "U1", "D_relative", "D_max", "D_centroid", "margin", "lam", "mix", "label"];
const OF_MIXING = ["lam", "mix", "label"];

const CHOICES = {
  explain: EXPLAINED,
  view: ["features", "input", "both"],
  mixing: [false, true],
  margins: [false, true],
  errors: [false, true],
  split: ["train", "test"],
  axes: ["shared", "each"],
};

export class Display {
  constructor() {
    this.listeners = new Set();
    /** Features, the input space, or both side by side. */
    this.view = "features";
    /** Whether mixed rows are painted. */
    this.mixing = false;
    /** Whose formula is set, and what it is about painted in place of mixing and margins; "" for none. */
    this.explain = "";
    /** Whether margins and the widths of the classes' sectors are painted. */
    this.margins = false;
    /** Whether only the samples that are classified wrongly are painted. */
    this.errors = false;
    /** The samples on display. */
    this.split = "test";
    /** Whether panels share one axis range, or have one each. */
    this.axes = "each";
    /** Classes whose mixed rows are displayed: all if empty, those of one class, those of a pair. */
    this.pair = [];
    /** Numbers of the panels that are hidden, from 1, in ascending order. */
    this.hidden = [];
  }

  /** Whether the formula that is set is about mixed samples. */
  get explainsMixing() {
    return OF_MIXING.includes(this.explain);
  }

  /** Whether mixed samples are painted, by themselves or for a formula. */
  get mixes() {
    return this.mixing || this.explainsMixing;
  }

  /** Call `listener(name)` after each change; the call returned ends that. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Change one choice; `hidden` takes a list of numbers, `pair` one of up to two classes. */
  set(name, value) {
    if (!allows(name, value)) throw new RangeError(`The display cannot set ${name} to ${value}.`);
    if (isSame(this[name], value)) return;
    this[name] = value;
    for (const listener of this.listeners) listener(name);
  }

  /** Take the choices of a link or a page that are allowed; leave the others as they are. */
  adopt(choices = {}) {
    for (const [name, value] of Object.entries(choices)) if (allows(name, value)) this.set(name, value);
  }
}

function allows(name, value) {
  const lists = (test) => Array.isArray(value) && value.every(test);
  if (name === "hidden") return lists((number) => number > 0 && Number.isInteger(number));
  if (name === "pair") return lists((label) => label >= 0 && Number.isInteger(label)) && value.length < 3;
  return Object.hasOwn(CHOICES, name) && CHOICES[name].includes(value);
}

function isSame(before, after) {
  return before === after || (Array.isArray(after) && String(before) === String(after));
}
