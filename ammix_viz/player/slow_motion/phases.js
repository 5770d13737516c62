/** The phases of a step, and where playback stands among them. */

export const PHASES = ["Pair", "Mix", "Label", "Push", "Line moves"];
const SECONDS = 4.4;
const BACK_SECONDS = 0.11;
/** The share of each phase in which things move, and where a person who steps comes to rest. */
const MOVING = [0.45, 0.4, 0.45, 0.6, 0.9];
const REST = 0.75;

/** A share from 0 to 1 that begins and ends gently. */
export function eased(share) {
  const t = Math.min(Math.max(share, 0), 1);
  return t * t * (3 - 2 * t);
}

/** How far each phase has come at a position, 0 to 1. */
export function progressAt(position) {
  return PHASES.map((_, phase) => Math.min(Math.max((position - phase) / MOVING[phase], 0), 1));
}

/** Playback of the phases: phase k is from k to k + 1. */
export class PhaseClock {
  /** @param {boolean} still phases switch, nothing moves in between */
  constructor(still) {
    this.still = still;
    this.position = this.restOf(0);
    this.playing = false;
    /** Where a step of a person leads, null if none is under way. */
    this.goal = null;
  }

  restOf(phase) {
    return phase < PHASES.length - 1 ? Math.max(phase, 0) + REST : PHASES.length;
  }

  get phase() {
    return Math.min(Math.floor(this.position), PHASES.length - 1);
  }

  get finished() {
    return this.position >= PHASES.length - 2e-3;
  }

  /** Whether anything is to move. */
  get moving() {
    return this.playing || this.goal !== null;
  }

  /** From the start. */
  begin(playing) {
    this.goal = null;
    this.playing = playing;
    this.position = this.still ? this.restOf(0) : 0;
    this.since = 0;
  }

  toggle() {
    if (!this.playing && this.finished) return this.begin(true);
    this.goal = null;
    this.since = 0;
    this.playing = !this.playing;
  }

  /** Go so many phases on or back, and stay there. */
  step(phases) {
    const from = this.goal === null ? this.phase : Math.min(Math.floor(this.goal), PHASES.length - 1);
    this.go(from + phases);
  }

  /** Go to the end of a phase's motion and stay there. */
  go(phase) {
    const wanted = Math.min(Math.max(phase, 0), PHASES.length - 1);
    this.playing = false;
    this.goal = this.restOf(wanted);
    if (this.still) [this.position, this.goal] = [this.goal, null];
    else if (this.goal > this.position) this.position = Math.max(this.position, wanted);
  }

  /** Go to a position and stay there. */
  seek(position) {
    this.playing = false;
    this.goal = null;
    const within = Math.min(Math.max(position, 0), PHASES.length);
    this.position = this.still ? this.restOf(Math.floor(within)) : within;
  }

  /** Let time pass. */
  advance(seconds) {
    if (this.goal !== null) return this.approach(seconds);
    if (!this.playing) return;
    if (this.still) return this.switchPhase(seconds);
    this.position = Math.min(this.position + seconds / SECONDS, PHASES.length);
    if (this.finished) this.playing = false;
  }

  approach(seconds) {
    const ahead = this.goal > this.position;
    const far = Math.abs(this.goal - this.position);
    const by = ahead ? (1.6 * seconds) / SECONDS : far * (1 - Math.exp(-seconds / BACK_SECONDS));
    this.position += ahead ? Math.min(by, far) : -by;
    if (Math.abs(this.goal - this.position) < 2e-3) [this.position, this.goal] = [this.goal, null];
  }

  /** Without motion: from one phase to the next every few seconds. */
  switchPhase(seconds) {
    this.since += seconds;
    if (this.since < SECONDS) return;
    this.since = 0;
    this.position = this.restOf(this.phase + 1);
    if (this.finished) this.playing = false;
  }
}
