/** Where playback stands: a position in records, shared by all panels. */

const RECORDS_A_SECOND = 12;
const CALM_RATE = 4;
const WINDOW = 4;
const FEWEST_ARRIVALS = 5;
const HISTORY = 0.5;
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
    if (end !== this.end || !this.arrivals.length) this.noteArrival(end, now);
    this.end = end;
    this.open = open;
    if (this.position > Math.max(end, 0)) this.place(Math.max(end, 0));
  }

  /** What comes right after the first was there already: it says nothing of how fast they come. */
  noteArrival(end, now) {
    if (this.end < 0 || end < this.end) this.arrivals = [];
    const { arrivals } = this;
    if (arrivals.length === 1 && now - arrivals[0][0] < HISTORY) arrivals[0][1] = end;
    else arrivals.push([now, end]);
    while (arrivals.length > FEWEST_ARRIVALS && arrivals[1][0] < now - WINDOW) arrivals.shift();
    this.since = 0;
  }

  /** Records a second that have come of late; less and less once they are overdue. */
  arrivalRate(now) {
    if (this.arrivals.length < 2) return 0;
    const [[first, end], [last]] = [this.arrivals[0], this.arrivals.at(-1)];
    const span = Math.max(last - first, 0.25);
    const patience = Math.max(1, (1.5 * span) / (this.arrivals.length - 1));
    return ((this.end - end) / span) * Math.min(1, patience / Math.max(now - last, 1e-6));
  }

  /** Near the live edge the rate eases to the rate of arrival, so that the edge is never hit. */
  rate(now) {
    const nominal = this.still ? CALM_RATE : RECORDS_A_SECOND * this.speed;
    const gap = this.end - this.exact;
    if (!this.open || this.still) return this.following ? Math.max(nominal, CATCH_UP * gap) : nominal;
    const eased = this.easedRate(gap, this.arrivalRate(now));
    return this.following ? eased : Math.min(nominal, eased);
  }

  /**
   * Records that come seconds apart are each spread over the time until the next one: what is in
   * hand beyond the cushion is used up the more slowly, the more slowly they come.
   */
  easedRate(gap, arriving) {
    if (!arriving) return CATCH_UP * gap;
    const spare = gap - Math.min(0.75 + 0.25 * arriving, 8);
    const calm = Math.min(CATCH_UP, 0.5 * arriving);
    const eased = Math.max(0, Math.min(arriving + calm * Math.min(spare, 1), 2 * arriving * gap));
    return eased + CATCH_UP * Math.max(spare - 1, 0);
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

  /** Whether a person has stopped it before the end. */
  get rests() {
    return this.end >= 0 && !this.playing && !this.finished;
  }

  get finished() {
    return !this.open && this.end >= 0 && this.exact >= this.end;
  }

  seek(position) {
    this.following = false;
    this.place(Math.min(Math.max(position, 0), Math.max(this.end, 0)));
  }

  /** Stop and move by full records. */
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
