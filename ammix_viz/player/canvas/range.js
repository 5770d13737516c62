import { unionBox } from "../data/records.js";

/** The square part of the plane that is displayed. It grows smoothly and never jumps. */

const MARGIN = 1.08;
const HEADROOM = 1.18;
const EASE_SECONDS = 0.22;

function squareAround([left, right, bottom, top], margin) {
  const half = (Math.max(right - left, top - bottom, 1e-6) / 2) * margin;
  return { x: (left + right) / 2, y: (bottom + top) / 2, half };
}

function holds(range, [left, right, bottom, top]) {
  const within = (value, middle) => Math.abs(value - middle) <= range.half * 1.0001;
  return [left, right].every((v) => within(v, range.x)) && [bottom, top].every((v) => within(v, range.y));
}

export class Range {
  /** @param current where to ease from */
  constructor(current = null) {
    this.current = current;
    this.goal = null;
  }

  /** Start afresh: the next box may also be smaller; the display eases there. */
  forget() {
    this.goal = null;
  }

  /** @param {boolean} growing more may come, so add a margin to avoid many small steps */
  include(box, growing) {
    if (!box || (this.goal && holds(this.goal, box))) return;
    this.goal = squareAround(box, MARGIN * (growing && this.goal ? HEADROOM : 1));
    this.current ??= this.goal;
  }

  /** Move towards the goal; say whether anything moved. */
  ease(seconds, still) {
    if (!this.goal || this.current === this.goal) return false;
    const share = still ? 1 : 1 - Math.exp(-seconds / EASE_SECONDS);
    const near = (name) => Math.abs(this.goal[name] - this.current[name]) < 0.002 * this.goal.half;
    if (share === 1 || ["x", "y", "half"].every(near)) {
      this.current = this.goal;
      return true;
    }
    const towards = (name) => this.current[name] + (this.goal[name] - this.current[name]) * share;
    const half = Math.exp(
      Math.log(this.current.half) + Math.log(this.goal.half / this.current.half) * share,
    );
    this.current = { x: towards("x"), y: towards("y"), half };
    return true;
  }
}

/** One box for several runs; failed runs count only where there is nothing else. */
export function sharedBox(stores) {
  const seen = stores.filter((store) => store.extent);
  const sound = seen.filter((store) => store.state !== "failed");
  const used = sound.length ? sound : seen;
  return used.reduce((box, { extent }) => (box ? unionBox(box, extent) : extent), null);
}
