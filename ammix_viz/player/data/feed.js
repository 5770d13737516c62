import { bodyOf } from "./coding.js";
import { FormatError } from "./records.js";
import { Dispatcher, MessageReader } from "./stream.js";

/**
 * Receives a group of runs in one response, and reconnects where it was cut or fell silent. While the
 * page is hidden it only asks for the states of the runs now and then, so that they count as read.
 */

const FIRST_WAIT = 0.5;
const LONGEST_WAIT = 8;
const AWAY_SECONDS = 30;
const TOUCH_SECONDS = 1;
/** A stream in the compact coding is never silent for longer than a third of this. */
const SILENCE_SECONDS = 10;
const LOST = "Connection lost, trying again…";
const SILENT = "The server is silent, connecting again…";

/** The server refused the request; a retry would not help. */
class Refusal extends Error {}

/** The server has too many readers; after `seconds` it may have room. */
class Busy extends Error {
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}

function pause(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

async function check(response) {
  if (response.ok && response.body) return;
  const why = (await response.json().catch(() => null))?.error;
  if (response.status === 503) {
    throw new Busy(why ?? "The server is busy.", Number(response.headers.get("retry-after")) || 5);
  }
  if (response.status < 400 || response.status >= 500) throw new Error("The server sent no stream.");
  throw new Refusal(why ?? `The server refused these runs (${response.status}).`);
}

export class Feed {
  /**
   * @param {RunStore[]} stores
   * @param {{open, states}} ways how to open a stream, and how to ask for states, as `component.js` has them
   * @param {() => void} changed called after news of any kind
   * @param {boolean} away whether the page is hidden
   * @param {string[]} parts the optional parts of records to receive too
   */
  constructor(stores, ways, changed, away, parts = []) {
    this.stores = stores;
    this.ways = ways;
    this.changed = changed;
    this.away = away;
    this.parts = parts;
    /** Why there is no connection, in words, "" while there is one. */
    this.lost = "";
    this.connected = false;
    this.wait = FIRST_WAIT;
    this.leaving = new AbortController();
    this.connection = new AbortController();
    this.run();
  }

  get pending() {
    return this.stores.filter((store) => !store.has(this.parts));
  }

  get stopped() {
    return this.leaving.signal.aborted || !this.pending.length;
  }

  stop() {
    this.leaving.abort();
    this.connection.abort();
  }

  /**
   * The page was hidden, or is visible again. What has come is kept. The runs should count as read
   * before the stream ends, but other tabs may hold every connection until they end theirs.
   */
  async setAway(away) {
    this.away = away;
    if (away) await Promise.race([this.touch(), pause(TOUCH_SECONDS, this.leaving.signal)]);
    if (away === this.away) this.connection.abort();
  }

  async run() {
    while (!this.stopped) {
      this.connection = new AbortController();
      const { signal } = this.connection;
      if (this.away) await this.stayAway(signal);
      else await this.receive(signal);
      if (!this.stopped && !this.away && this.lost) await this.retry();
    }
  }

  async retry() {
    this.connection = new AbortController();
    await pause(this.wait, this.connection.signal);
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  async receive(signal) {
    try {
      await this.once(signal);
      this.setLost(this.stopped || this.away ? "" : LOST);
    } catch (error) {
      if (!this.stopped && !this.away) this.fail(error, signal);
    }
  }

  async once(signal) {
    const stores = this.pending;
    const firsts = stores.map((store) => store.prefix);
    const parts = { names: this.parts, first: Math.min(...stores.map((store) => store.partPrefix(this.parts))) };
    const response = await this.ways.open(stores.map((store) => store.key), firsts, signal, parts);
    await check(response);
    this.connected = true;
    const dispatcher = new Dispatcher(stores, firsts);
    const reader = new MessageReader();
    const body = bodyOf(response);
    const source = body.getReader();
    const beating = body !== response.body;
    try {
      if (beating) this.expectMore();
      for (let part = await source.read(); !part.done; part = await source.read()) {
        if (signal.aborted) return;
        this.take(reader, dispatcher, part.value);
        if (beating) this.expectMore();
      }
    } finally {
      clearTimeout(this.timer);
    }
    dispatcher.finish();
    this.changed();
  }

  take(reader, dispatcher, chunk) {
    try {
      for (const message of reader.push(chunk)) dispatcher.deliver(...message);
    } catch (error) {
      throw error instanceof FormatError ? error : new FormatError("The stream cannot be read.");
    }
    this.wait = FIRST_WAIT;
    this.setLost("");
  }

  /** Cut a connection that has fallen silent. */
  expectMore() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connection.abort(SILENT), SILENCE_SECONDS * 1000);
  }

  /** Stop on errors that a retry cannot fix; a run that the server has lost can be restarted. */
  fail(error, signal) {
    if (error instanceof Refusal || error instanceof FormatError) {
      const state = error instanceof Refusal && this.connected ? "stopped" : "failed";
      this.parts = [];
      for (const store of this.pending) store.close(state, error.message);
      this.connection.abort();
      return this.setLost("");
    }
    if (error instanceof Busy) this.wait = error.seconds * (0.75 + Math.random() / 2);
    const why = signal.reason === SILENT ? SILENT : LOST;
    this.setLost(error instanceof Busy ? error.message : why);
  }

  setLost(lost) {
    this.lost = lost;
    this.changed();
  }

  /** Ask for states until the page is visible or everything has ended. */
  async stayAway(signal) {
    while (!signal.aborted) {
      await pause((await this.touch()) ? AWAY_SECONDS : AWAY_SECONDS * 100, signal);
    }
    this.lost = "";
  }

  /** Have the runs count as read; say whether any goes on. */
  async touch() {
    try {
      const states = await this.ways.states(this.pending.map((store) => store.key));
      return Object.values(states).some(({ state }) => ["queued", "training"].includes(state));
    } catch {
      return true;
    }
  }
}
