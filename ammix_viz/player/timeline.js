/** Where playback stands: a position in records, shared by all panels. */

const RECORDS_A_SECOND = 12;
const CALM_RATE = 4;
const WINDOW = 4;
const CATCH_UP = 2.5;
const PATIENCE = 0.4;

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

export class Timeline {
  /** @param {boolean} still step from record to record, without motion between */
  constructor(still) {
    this.still = still;
    this.speed = 1;
    this.rewind();
  }

  /** To the start, playing, with nothing known of what there is. */
  rewind() {
    this.position = 0;
    this.exact = 0;
    this.playing = true;
    this.following = false;
    this.end = -1;
    this.open = true;
    this.arrivals = [];
    this.since = 0;
  }

  /** @param {number} end last record that all can show; @param {boolean} open more may come */
  setEnd(end, open, now) {
    if (end !== this.end || !this.arrivals.length) {
      if (this.end < 0 || end < this.end) this.arrivals = [];
      this.arrivals.push([now, end]);
      this.since = 0;
    }
    while (this.arrivals.length > 2 && this.arrivals[1][0] < now - WINDOW) this.arrivals.shift();
    this.end = end;
    this.open = open;
    if (this.position > Math.max(end, 0)) this.place(Math.max(end, 0));
  }

  /** Records a second that have come of late. */
  arrivalRate(now) {
    if (this.arrivals.length < 2) return 0;
    const [time, end] = this.arrivals[0];
    const lull = Math.max(now - this.arrivals.at(-1)[0], 0);
    const mean = (this.end - end) / Math.max(now - time, 0.25);
    return Math.min(mean, lull > 1 ? 1.5 / lull : mean);
  }

  /** Near the live edge the rate eases to the rate of arrival, so that the edge is never hit. */
  rate(now) {
    const nominal = this.still ? CALM_RATE : RECORDS_A_SECOND * this.speed;
    if (!this.open && !this.following) return nominal;
    const gap = this.end - this.exact;
    if (!this.open) return Math.max(nominal, CATCH_UP * gap);
    const arriving = this.arrivalRate(now);
    const cushion = Math.min(1.2 + 0.2 * arriving, 1.2 * arriving, 8);
    const eased = Math.max(0, arriving + CATCH_UP * (gap - cushion));
    return this.following ? eased : Math.min(nominal, eased);
  }

  /** Let time pass; say whether the position moved. */
  advance(seconds, now) {
    this.since += seconds;
    if (!this.playing || this.end < 0) return false;
    const before = this.position;
    this.place(Math.min(this.end, this.exact + this.rate(now) * seconds));
    if (!this.open && this.exact >= this.end) this.playing = false;
    return this.position !== before;
  }

  place(position) {
    this.exact = position;
    this.position = this.still ? Math.floor(position + 1e-6) : position;
  }

  get starved() {
    const out = this.end < 0 || (this.open && this.end - this.exact < 0.05);
    return this.playing && out && (this.end < 0 || this.since > PATIENCE);
  }

  get finished() {
    return !this.open && this.end >= 0 && this.exact >= this.end;
  }

  seek(position) {
    this.following = false;
    this.place(Math.min(Math.max(position, 0), Math.max(this.end, 0)));
  }

  /** Stop and move by whole records. */
  step(records) {
    this.playing = false;
    const from = records > 0 ? Math.floor(this.position + 1e-6) : Math.ceil(this.position - 1e-6);
    this.seek(from + records);
  }

  toggle() {
    if (!this.playing && this.finished) this.place(0);
    this.playing = !this.playing;
    if (!this.playing) this.following = false;
  }

  /** Stick to the newest record, or let go of it. */
  follow(wanted = !this.following) {
    this.following = wanted;
    if (wanted) this.playing = !this.finished;
  }
}
