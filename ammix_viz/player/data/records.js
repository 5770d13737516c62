import { Pace } from "./pace.js";
import { PARTS } from "./parts.js";
import { epochsOf } from "./stages.js";

/** A run as received so far: header, state and records, between which others may be yet to come. */

/** The stream is malformed; the message is displayed. */
export class FormatError extends Error {}

const VIEWS = {
  "<f4": Float32Array, "<u4": Uint32Array, "<i2": Int16Array, "<u2": Uint16Array, "|i1": Int8Array,
};
const NEEDED = ["step", "epoch", "lam", "scale", "weight", "bias", "features"];
const OVERSHOOT = 0.1;
const TERMINAL = ["ended", "failed", "stopped"];

export class RunStore {
  constructor(key) {
    this.key = key;
    this.state = "connecting";
    this.queue = 0;
    this.wait = NaN;
    this.why = "";
    /** Whether the server has said that it has no more records than these. */
    this.drained = false;
    this.pace = new Pace();
    this.clear();
  }

  clear() {
    this.header = null;
    /** Where each record lies, undefined where it has not come yet. The first and the last have. */
    this.places = [];
    this.received = 0;
    /** For each optional part where that of each record lies, undefined where it has not come. */
    this.parts = Object.fromEntries(PARTS.map((part) => [part, []]));
    /** The smallest boxes [left, right, bottom, top] around the features of early and late records. */
    this.boxes = { early: null, late: null };
  }

  /**
   * The box that has to be in view. Features overshoot in the first epochs; once later records
   * are here, the overshoot no longer shrinks all that follows.
   */
  get extent() {
    return this.boxes.late ?? this.boxes.early;
  }

  get settled() {
    return this.boxes.late !== null;
  }

  /** Number of records up to the last that has come. */
  get count() {
    return this.places.length;
  }

  /** Number of records that are yet to come before the last. */
  get missing() {
    return this.count - this.received;
  }

  /** Number of records before the first that is yet to come. */
  get prefix() {
    if (!this.missing) return this.count;
    for (let index = 0; ; index++) if (!this.places[index]) return index;
  }

  /** The last record that has come up to index `index`. */
  before(index) {
    let at = Math.min(Math.max(index, 0), this.count - 1);
    while (at > 0 && !this.places[at]) at -= 1;
    return at;
  }

  /** The first record that has come after index `index`, the last one if there is none. */
  after(index) {
    let at = Math.min(index + 1, this.count - 1);
    while (at < this.count - 1 && !this.places[at]) at += 1;
    return at;
  }

  /** The record that has come and is nearest to a position. */
  nearest(position) {
    const before = this.before(Math.floor(position));
    const after = this.after(before);
    return position - before < after - position ? before : after;
  }

  /** Whether training is over; records may still be on their way. */
  get over() {
    return TERMINAL.includes(this.state);
  }

  get complete() {
    return this.state === "ended" && this.header !== null && this.received >= this.header.records;
  }

  /** Whether training is over and everything is here. */
  get finished() {
    return this.over && (this.drained || this.complete);
  }

  /** Set the header. The same header again, after a reconnection, keeps the records. */
  accept(header) {
    checkHeader(header);
    if (this.header && this.header.record_size !== header.record_size) this.clear();
    this.header = header;
    this.fullEvals = header.full_evals ? new Set(header.full_evals) : null;
    if (this.state === "connecting" || this.state === "queued") this.state = "training";
  }

  /**
   * Take the records of a buffer, one after the other; those already here are left as they are.
   * @param {number} size bytes of each; if they are as in the run file, their optional parts are there
   */
  put(buffer, indices, size) {
    let fresh = 0;
    indices.forEach((index, i) => {
      if (this.places[index]) return;
      const place = (this.places[index] = [buffer, i * size]);
      if (size === this.header.record_size) for (const part of PARTS) this.parts[part][index] ??= place;
      this.widen(index);
      fresh += 1;
    });
    this.received += fresh;
    return fresh;
  }

  /** Take an optional part of consecutive records. */
  putPart({ name, first, count, size, buffer }) {
    const [begin] = this.header.parts[name];
    for (let i = 0; i < count; i++) this.parts[name][first + i] ??= [buffer, i * size - begin];
  }

  /** The first record without one of these optional parts, which it should have. */
  partPrefix(wanted) {
    const lacking = (name) => {
      if (!this.header?.parts?.[name]) return this.header ? Infinity : 0;
      const index = this.parts[name].findIndex((place) => !place);
      return index < 0 ? this.parts[name].length : index;
    };
    return Math.min(...wanted.map(lacking));
  }

  /** Whether nothing is lacking: all records are here, with these optional parts. */
  has(wanted) {
    return this.finished && (!wanted.length || this.partPrefix(wanted) >= this.count);
  }

  setStatus({ state, position = 0, wait = NaN, why = "" }) {
    if (!["queued", "training", ...TERMINAL].includes(state)) {
      throw new FormatError("The server sent an unknown run state. Reload the page.");
    }
    this.state = state;
    this.queue = position;
    this.wait = wait;
    this.why = String(why);
    this.drained = false;
  }

  /** Nothing more will come, for this reason. */
  close(state, why) {
    this.setStatus({ state, why });
    this.drained = true;
  }

  /** A typed view of one field of record `index`, made without a copy. */
  view(index, name) {
    const field = this.header.fields[name];
    const place = this.placeOf(index, name);
    if (!field || !place) return null;
    const [buffer, at] = place;
    const length = field.shape.reduce((product, side) => product * side, 1);
    return new VIEWS[field.dtype](buffer, at + field.offset, length);
  }

  /** The buffer that holds a field of record `index`, and where in it the record would begin. */
  placeOf(index, name) {
    const part = name.split(".")[0].replace("_scale", "");
    const places = this.parts[part] ?? this.places;
    return places[index];
  }

  /** A number of record `index`, NaN where the record has none. */
  value(index, name) {
    const view = this.view(index, name);
    return view ? view[0] : NaN;
  }

  widen(index) {
    const points = this.view(index, "features");
    const scale = this.value(index, "scale");
    if (!points.length || !Number.isFinite(scale)) return;
    const low = [32767, 32767];
    const high = [-32768, -32768];
    for (let i = 0; i < points.length; i++) {
      const value = points[i];
      if (value < low[i & 1]) low[i & 1] = value;
      if (value > high[i & 1]) high[i & 1] = value;
    }
    const box = [low[0] * scale, high[0] * scale, low[1] * scale, high[1] * scale];
    const share = this.value(index, "epoch") / (epochsOf(this) ?? 0);
    const time = share < OVERSHOOT ? "early" : "late";
    this.boxes[time] = this.boxes[time] ? unionBox(this.boxes[time], box) : box;
  }

  /** Where the points of a split begin and end. */
  bounds(split) {
    const { train_points: train, labels } = this.header;
    return split === "train" ? [0, train] : [train, labels.length];
  }

  /** How many points of a split are displayed. */
  displayed(split) {
    const [from, to] = this.bounds(split);
    return to - from;
  }

  /** How many points a split has, undefined where that is not known. */
  total(split) {
    return this.header.totals?.[split].reduce((sum, count) => sum + count, 0);
  }

  /** Whether a record's numbers of a split are those of the points displayed, which are not all. */
  estimated(index, split) {
    if (this.fullEvals === null || this.fullEvals.has(index)) return false;
    return this.displayed(split) !== this.total(split);
  }
}

export function unionBox(a, b) {
  const [left, right, bottom, top] = a;
  return [Math.min(left, b[0]), Math.max(right, b[1]), Math.min(bottom, b[2]), Math.max(top, b[3])];
}

function checkHeader(header) {
  const { fields, record_size: size, labels, class_names: names, stages, coarse } = header ?? {};
  const lists = [stages, labels, names, ...(coarse ? [coarse.class_names, coarse.of] : [])];
  const listed = lists.every(Array.isArray) && stages.length && fields && Number.isInteger(size);
  const fits = (name) => {
    const { dtype, offset, shape } = fields[name] ?? {};
    const view = VIEWS[dtype];
    if (!view || !Array.isArray(shape) || !Number.isInteger(offset)) return false;
    const bytes = shape.reduce((product, side) => product * side, view.BYTES_PER_ELEMENT);
    return offset >= 0 && offset % view.BYTES_PER_ELEMENT === 0 && offset + bytes <= size;
  };
  const needed = [...NEEDED, ...(coarse ? ["coarse.weight", "coarse.bias"] : [])];
  if (!listed || size <= 0 || size % 4 || !needed.every(fits)) {
    throw new FormatError("The server sent an incomplete run header. Reload the page.");
  }
}
