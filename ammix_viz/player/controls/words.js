import { secondsLeft } from "../data/pace.js";
import { epochsOf, stageAt } from "../data/stages.js";

/** What is happening, in sentences; and numbers as people read them. */

const MISSING = "–";
const SOON = 15;

export function numberText(value, digits) {
  if (!Number.isFinite(value)) return MISSING;
  if (Math.abs(value) >= 1e5) return value.toExponential(1).replace("-", "−");
  const shorter = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? Math.min(digits, 1) : digits;
  return value.toFixed(shorter).replace(/^-(?=.*[1-9])/, "−").replace(/^-/, "");
}

export function countText(count) {
  return count.toLocaleString("en-GB");
}

/** An epoch: whole where it is, with as many digits as it needs inside the first. */
export function epochText(epoch) {
  if (!Number.isFinite(epoch)) return MISSING;
  const whole = Math.round(epoch);
  if (Math.abs(epoch - whole) < 1e-3) return String(whole);
  return epoch < 1 ? epoch.toFixed(2) : epoch.toFixed(1);
}

/** What is left, roughly; nothing where it is over soon or not known. */
function leftText(seconds) {
  if (!(seconds > SOON)) return "";
  const minutes = Math.round(seconds / 60);
  if (seconds < 55) return `, ${10 * Math.round(seconds / 10)} s left`;
  return minutes < 90 ? `, ${minutes} min left` : `, ${Math.round(minutes / 60)} h left`;
}

/** From how many points a record's numbers are. */
export function estimateText(store, split) {
  const [displayed, all] = [store.displayed(split), store.total(split)];
  const beside = all ? `, of ${countText(all)} in all` : "";
  return `Estimated from the ${countText(displayed)} points displayed${beside}`;
}

function held(store, position) {
  const last = store.count - 1;
  if (last < 0 || position <= last + 1e-6) return "";
  return ` Held at its last record, epoch ${epochText(store.value(last, "epoch"))}.`;
}

/** What has not been learnt yet in the stage of a record, or stands still in it. */
function stillText(lens, index, { name, number, count }) {
  const lacking = lens.unlearnt(index);
  if (lacking || number < count) return lacking;
  return lens.coarse && name === "fine" ? "all here is frozen" : "the encoder is frozen";
}

/** The stage of a run that is on display, the epoch in it, and what is frozen. */
function stageText(lens, position, now) {
  const { store } = lens;
  const index = Math.min(Math.max(Math.round(position), 0), store.count - 1);
  const stage = stageAt(store, index);
  const epoch = epochText(store.value(index, "epoch") - stage.before);
  const newest = stageAt(store, store.count - 1).number === stage.number;
  const left = newest ? leftText(secondsLeft(store, now)) : "";
  const still = stillText(lens, index, stage);
  const place = `Stage ${stage.number} of ${stage.count}, ${stage.name}`;
  return `${place}: epoch ${epoch} of ${stage.epochs}${left}${still && `; ${still}`}`;
}

function trainingText(store, now) {
  if (!store.count) return "Starting…";
  const epoch = epochText(store.value(store.count - 1, "epoch"));
  return `Training: epoch ${epoch} of ${epochsOf(store) ?? "?"}${leftText(secondsLeft(store, now))}`;
}

/** One run's state, as its panel says it. */
export function runText(lens, position, now) {
  const { store } = lens;
  const epoch = store.count ? epochText(store.value(store.count - 1, "epoch")) : "0";
  const why = store.why.trim();
  const staged = store.header?.stages.length > 1 && store.count;
  if (staged && ["training", "ended"].includes(store.state)) return stageText(lens, position, now);
  switch (store.state) {
    case "connecting":
      return "Connecting…";
    case "queued":
      return store.queue > 1 ? `Waiting, number ${store.queue} in the queue` : "Waiting, next to train";
    case "training":
      return trainingText(store, now);
    case "ended":
      return held(store, position) ? `Ended at epoch ${epoch}` : "Ended";
    case "failed":
      return `Failed: ${why || "no reason was given."}${held(store, position)}`;
    default:
      return `Stopped: ${why || "training was interrupted."}${held(store, position)}`;
  }
}

/** How fast training is, where an epoch takes long enough to be waited for. */
function paceText(seconds) {
  if (!(seconds >= 0.5)) return "";
  return ` · ${seconds.toFixed(seconds < 10 ? 1 : 0)} s an epoch`;
}

/** The whole player's state, for the line beside the controls. */
export function playerText({ state, lost, frames, following, pace }) {
  if (lost) return "Connection lost, trying again…";
  const texts = {
    waiting: frames ? "Waiting for training…" : "Waiting for the first record…",
    live: following ? "Following the newest record" : `Playing${paceText(pace)}`,
    paused: "Paused",
    ended: "Ended",
    failed: "Every run failed",
  };
  return texts[state];
}
