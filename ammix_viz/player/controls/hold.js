/**
 * Whose mixed rows are displayed. During playback those of a snapshot stay long enough to be seen, and
 * are faded; on a pause they are those of the snapshot displayed.
 */

const HOLD_SECONDS = 1.2;
const FADE_SECONDS = 0.15;

export class Hold {
  constructor() {
    this.position = 0;
    this.since = -Infinity;
    /** From 0, invisible, to 1. */
    this.strength = 1;
  }

  /** @param {boolean} still without fading */
  advance({ position, playing, still }, now) {
    const age = now - this.since;
    const past = position < this.position || age >= HOLD_SECONDS;
    if (!playing) [this.position, this.since] = [position, -Infinity];
    else if (past && Math.floor(position) !== this.position) {
      [this.position, this.since] = [Math.floor(position), now];
    }
    this.strength = playing && !still ? this.fade(position, now) : 1;
  }

  /** Fade in; fade out once other rows are to follow. */
  fade(position, now) {
    const age = now - this.since;
    const left = Math.floor(position) === this.position ? FADE_SECONDS : HOLD_SECONDS - age;
    return Math.min(Math.max(Math.min(age, left) / FADE_SECONDS, 0), 1);
  }
}
