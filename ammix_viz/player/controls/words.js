import { secondsLeft } from "../data/pace.js";
import { epochsOf, stageAt } from "../data/stages.js";

/** Status texts and number formats. */

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

/** An epoch: an integer if whole, otherwise with one digit, or two within the first epoch. */
export function epochText(epoch) {
  if (!Number.isFinite(epoch)) return MISSING;
  const whole = Math.round(epoch);
  if (Math.abs(epoch - whole) < 1e-3) return String(whole);
  return epoch < 1 ? epoch.toFixed(2) : epoch.toFixed(1);
}

/** Approximate time left; empty if short or not known. */
function leftText(seconds) {
  if (!(seconds > SOON)) return "";
  const minutes = Math.round(seconds / 60);
  if (seconds < 55) return `, ${10 * Math.round(seconds / 10)} s left`;
  return minutes < 90 ? `, ${minutes} min left` : `, ${Math.round(minutes / 60)} h left`;
}

/** How many samples a snapshot's numbers are computed from. */
export function estimateText(store, split) {
  const [displayed, all] = [store.displayed(split), store.total(split)];
  const total = all ? ` of ${countText(all)}` : "";
  return `Estimated from the ${countText(displayed)}${total} samples that are displayed`;
}

function lastSnapshotText(store, position) {
  const last = store.count - 1;
  if (last < 0 || position <= last + 1e-6) return "";
  return ` The panel stays at its last snapshot, epoch ${epochText(store.value(last, "epoch"))}.`;
}

/** What is not trained yet in the stage of a record, or is frozen. */
function frozenText(lens, index, { name, number, count }) {
  const untrained = lens.unlearnt(index);
  if (untrained || number < count) return untrained;
  return lens.coarse && name === "fine" ? "encoder and coarse classifier are frozen" : "the encoder is frozen";
}

/** The displayed stage of a run, its epoch, and what is frozen. */
function stageText(lens, position, now) {
  const { store } = lens;
  const index = store.nearest(position);
  const stage = stageAt(store, index);
  const epoch = epochText(store.value(index, "epoch") - stage.before);
  const newest = stageAt(store, store.count - 1).number === stage.number;
  const left = newest ? leftText(secondsLeft(store, now)) : "";
  const frozen = frozenText(lens, index, stage);
  const place = `Stage ${stage.number} of ${stage.count}, ${stage.name}`;
  return `${place}: epoch ${epoch} of ${stage.epochs}${left}${frozen && `; ${frozen}`}`;
}

/** The place of a waiting run, and about how long it waits if that is known. */
function queueText({ queue, wait }) {
  const place = queue > 1 ? `Number ${queue}` : "Next";
  const time = wait < 90 ? `, about ${wait} s` : wait >= 90 ? `, about ${Math.round(wait / 60)} min` : "";
  return `${place} in the queue${time}`;
}

function trainingText(store, now) {
  if (!store.count) return "Starting…";
  const epoch = epochText(store.value(store.count - 1, "epoch"));
  return `Trained to epoch ${epoch} of ${epochsOf(store) ?? "?"}${leftText(secondsLeft(store, now))}`;
}

/** The status of one run, for its panel. */
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
      return queueText(store);
    case "training":
      return trainingText(store, now);
    case "ended":
      return lastSnapshotText(store, position) ? `Finished at epoch ${epoch}` : "Finished";
    case "failed":
      return `Failed: ${why || "no reason is known."}${lastSnapshotText(store, position)}`;
    default:
      return `Stopped: ${why || "training was interrupted."}${lastSnapshotText(store, position)}`;
  }
}

/** Seconds per epoch, where an epoch takes long. */
function paceText(seconds) {
  if (!(seconds >= 0.5)) return "";
  return ` · ${seconds.toFixed(seconds < 10 ? 1 : 0)} s per epoch`;
}

/** The status of the player, next to the controls. */
export function playerText({ state, lost, frames, following, pace }) {
  if (lost) return lost;
  const texts = {
    waiting: frames ? "Waiting for training…" : "Waiting for the first snapshot…",
    live: following ? "Following training live" : `Playing${paceText(pace)}`,
    paused: "Paused",
    ended: "Finished",
    failed: "Every run failed",
  };
  return texts[state];
}
