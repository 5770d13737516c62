import { stageAt } from "./stages.js";

/** How fast the newest records of a run have come, and so how long its stage goes on. */

const RECENT = 40;
const BEGINNING = 1;
const FEWEST = 4;
const LEAST_SECONDS = 4;

export class Pace {
  constructor() {
    this.connect();
  }

  /** What comes within the first second from now on was there already: it says nothing of speed. */
  connect() {
    this.begun = null;
    this.arrivals = [];
  }

  note(now, epoch, stage) {
    this.begun ??= now;
    if (now - this.begun < BEGINNING) return;
    if (this.arrivals.at(-1)?.stage !== stage) this.arrivals = [];
    this.arrivals.push({ now, epoch, stage });
    const { arrivals } = this;
    while (arrivals.length > FEWEST && arrivals[1].now < now - RECENT) arrivals.shift();
  }

  /** Seconds an epoch of late, NaN where that is not known. */
  get secondsAnEpoch() {
    const [first, last] = [this.arrivals[0], this.arrivals.at(-1)];
    const span = last ? last.now - first.now : 0;
    return span >= LEAST_SECONDS && last.epoch > first.epoch ? span / (last.epoch - first.epoch) : NaN;
  }

  /** Seconds until an epoch at the rate of late, NaN where there is none. */
  until(epoch, now) {
    const pace = this.secondsAnEpoch;
    if (!(pace > 0)) return NaN;
    const [first, last] = [this.arrivals[0], this.arrivals.at(-1)];
    const usual = (last.now - first.now) / (this.arrivals.length - 1);
    const wanted = pace * (epoch - last.epoch);
    return Math.max(wanted - Math.min(now - last.now, usual), 0);
  }
}

/** Seconds that the stage of a run's newest record goes on, NaN where that is not known. */
export function secondsLeft(store, now) {
  if (store.state !== "training" || !store.count) return NaN;
  const { number, before, epochs } = stageAt(store, store.count - 1);
  return store.pace.arrivals.at(-1)?.stage === number ? store.pace.until(before + epochs, now) : NaN;
}
