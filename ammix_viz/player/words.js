import { epochsOf, stageAt, untrained } from "./stages.js";

/** What is happening, in sentences; and numbers as people read them. */

const MISSING = "–";

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

function held(store, position) {
  const last = store.count - 1;
  if (last < 0 || position <= last + 1e-6) return "";
  return ` Held at its last record, epoch ${epochText(store.value(last, "epoch"))}.`;
}

/** Where a run of several stages is shown: the stage, its own epoch, and what stands still. */
export function stageText(store, position) {
  const index = Math.min(Math.max(Math.round(position), 0), store.count - 1);
  const { name, number, count, epochs, before } = stageAt(store, index);
  const epoch = epochText(store.value(index, "epoch") - before);
  const still = untrained(store, index) ? "; no classifier yet" : "; the encoder is frozen";
  return `Stage ${number} of ${count}, ${name}: epoch ${epoch} of ${epochs}${still}`;
}

/** One run's state. */
export function runText(store, position) {
  const epoch = store.count ? epochText(store.value(store.count - 1, "epoch")) : "0";
  const why = store.why.trim();
  const staged = store.header?.stages.length > 1 && store.count;
  if (staged && ["training", "ended"].includes(store.state)) return stageText(store, position);
  switch (store.state) {
    case "connecting":
      return "Connecting…";
    case "queued":
      return `Queued at ${store.queue || 1}`;
    case "training":
      return store.count ? `Training: epoch ${epoch} of ${epochsOf(store) ?? "?"}` : "Starting…";
    case "ended":
      return held(store, position) ? `Ended at epoch ${epoch}` : "Ended";
    case "failed":
      return `Failed: ${why || "no reason was given."}${held(store, position)}`;
    default:
      return `Stopped: ${why || "training was interrupted."}${held(store, position)}`;
  }
}

/** The whole player's state, for the line beside the controls. */
export function playerText({ state, lost, frames, following }) {
  if (lost) return "Connection lost, trying again…";
  const texts = {
    waiting: frames ? "Waiting for training…" : "Waiting for the first record…",
    live: following ? "Following the newest record" : "Playing",
    paused: "Paused",
    ended: "Ended",
    failed: "Every run failed",
  };
  return texts[state];
}
