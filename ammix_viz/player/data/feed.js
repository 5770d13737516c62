import { FormatError } from "./records.js";
import { Dispatcher, MessageReader } from "./stream.js";

/** Receives a group of runs in one response, and reconnects where it was cut. */

const FIRST_WAIT = 0.5;
const LONGEST_WAIT = 8;

/** The server refused the request; a retry would not help. */
class Refusal extends Error {}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

async function refuse(response) {
  const answer = await response.json().catch(() => null);
  throw new Refusal(answer?.error ?? `The server refused these runs (${response.status}).`);
}

export class Feed {
  /**
   * @param {RunStore[]} stores
   * @param {(keys: string[], from: number, signal: AbortSignal) => Promise<Response>} open
   * @param {() => void} changed called after news of any kind
   */
  constructor(stores, open, changed) {
    this.stores = stores;
    this.open = open;
    this.changed = changed;
    this.lost = false;
    this.connected = false;
    this.wait = FIRST_WAIT;
    this.controller = new AbortController();
    this.run();
  }

  get pending() {
    return this.stores.filter((store) => !store.finished);
  }

  stop() {
    this.controller.abort();
  }

  async run() {
    const { signal } = this.controller;
    while (!signal.aborted && this.pending.length) {
      try {
        await this.once(signal);
      } catch (error) {
        this.giveUp(error, signal);
      }
      if (signal.aborted || !this.pending.length) break;
      this.setLost(true);
      await pause(this.wait, signal);
      this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
    }
  }

  async once(signal) {
    const stores = this.pending;
    const first = Math.min(...stores.map((store) => store.count));
    const response = await this.open(stores.map((store) => store.key), first, signal);
    if (response.status >= 400 && response.status < 500) await refuse(response);
    if (!response.ok || !response.body) throw new Error("The server sent no stream.");
    this.connected = true;
    const dispatcher = new Dispatcher(stores, first);
    const reader = new MessageReader((...message) => dispatcher.deliver(...message));
    const source = response.body.getReader();
    for (let part = await source.read(); !part.done; part = await source.read()) {
      if (signal.aborted) return;
      this.take(reader, part.value, source);
    }
    dispatcher.finish();
    this.changed();
  }

  take(reader, chunk, source) {
    try {
      reader.push(chunk);
    } catch (error) {
      source.cancel().catch(() => {});
      throw error instanceof FormatError ? error : new FormatError("The stream cannot be read.");
    }
    this.wait = FIRST_WAIT;
    this.lost = false;
    this.changed();
  }

  /** Stop on errors that a retry cannot fix; a run that the server has lost can be restarted. */
  giveUp(error, signal) {
    const refused = error instanceof Refusal;
    if (signal.aborted || !(refused || error instanceof FormatError)) return;
    const state = refused && this.connected ? "stopped" : "failed";
    for (const store of this.pending) store.close(state, error.message);
    this.setLost(false);
  }

  setLost(lost) {
    this.lost = lost;
    this.changed();
  }
}
