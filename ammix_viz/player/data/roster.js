import { Feed } from "./feed.js";
import { RunStore } from "./records.js";
import { stagesOf } from "./stages.js";

/** The runs on display, by key, and the streams that feed them. */

const RESTART_SECONDS = 1.5;

export class Roster {
  /**
   * @param {{
   *   open(keys: string[], firsts: number[], signal: AbortSignal, parts: object): Promise<Response>,
   *   states(keys: string[]): Promise<object>,
   * }} ways how to open a stream, and how to ask for states
   * @param {() => void} changed called after news of any kind
   */
  constructor(ways, changed) {
    this.ways = ways;
    this.changed = changed;
    this.away = false;
    this.byKey = new Map();
    this.feeds = [];
    this.restarting = [];
    /** The optional parts of records that are received too. */
    this.parts = [];
  }

  get stores() {
    return [...this.byKey.values()];
  }

  /** Why a run is not received at the moment, in words, or "". */
  get lost() {
    return this.feeds.find((feed) => feed.lost && feed.pending.length)?.lost ?? "";
  }

  /** The page was hidden, or is visible again. */
  setAway(away) {
    if (away === this.away) return;
    this.away = away;
    for (const feed of this.feeds) feed.setAway(away);
  }

  /** Receive these optional parts of all records from now on, also of those already here. */
  setParts(parts) {
    if (parts.every((part) => this.parts.includes(part))) return;
    this.parts = [...new Set([...this.parts, ...parts])];
    for (const feed of this.feeds) feed.stop();
    const waiting = this.feeds.flatMap((feed) => feed.stores);
    this.feeds = [];
    this.feed(this.stores.filter((store) => waiting.includes(store) || !store.has(this.parts)));
  }

  /** Have exactly these runs; those already here are left alone. Say whether any are new or gone. */
  set(keys) {
    const added = keys.filter((key) => !this.byKey.has(key)).map((key) => new RunStore(key));
    const gone = [...this.byKey.keys()].filter((key) => !keys.includes(key));
    for (const key of gone) this.byKey.delete(key);
    for (const store of added) this.byKey.set(store.key, store);
    this.release(gone, (feed) => feed.pending);
    this.feed(added);
    return added.length + gone.length > 0;
  }

  /** Cut the streams in which `involved` names one of these runs; ask again for their others. */
  release(keys, involved) {
    const among = ({ key }) => keys.includes(key);
    const stale = this.feeds.filter((feed) => involved(feed).some(among));
    this.feeds = this.feeds.filter((feed) => !stale.includes(feed) && feed.pending.length);
    for (const feed of stale) {
      feed.stop();
      this.feed(feed.pending.filter((store) => !among(store)));
    }
  }

  feed(stores) {
    if (stores.length) this.feeds.push(new Feed(stores, this.ways, this.changed, this.away, this.parts));
  }

  /** Mark runs as restarting; return their keys. */
  restart(stores) {
    for (const store of stores) store.state = "connecting";
    this.restarting.push(...stores);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reopen(), RESTART_SECONDS * 1000);
    return stores.map((store) => store.key);
  }

  /** Stream the restarted runs from their start. */
  reopen() {
    clearTimeout(this.timer);
    const stores = this.restarting.filter((store) => this.byKey.get(store.key) === store);
    this.restarting = [];
    this.release(stores.map((store) => store.key), (feed) => feed.stores);
    for (const store of stores) store.clear();
    this.feed(stores);
    this.changed();
  }

  /**
   * The last record that all can show, whether more may come, and how many runs failed. A run of
   * several stages is slower a record: the others do not wait for it, and it is displayed at its newest record.
   */
  reach() {
    const { stores } = this;
    const unfinished = stores.filter((store) => !store.finished);
    const plain = stores.filter((store) => stagesOf(store).length < 2);
    const plainEnd = Math.max(0, ...plain.filter((store) => store.finished).map((s) => s.count));
    const waiting = unfinished.filter((store) => plain.includes(store));
    const end = lastOf(waiting.length ? plain : stores);
    const failed = stores.filter((store) => store.state === "failed").length;
    return { end: waiting.length ? end : Math.max(end, plainEnd - 1), open: unfinished.length > 0, failed };
  }

  /** Records of the longest run, to come or here. */
  get total() {
    return Math.max(0, ...this.stores.map((store) => Math.max(store.header?.records ?? 0, store.count)));
  }

  stop() {
    clearTimeout(this.timer);
    for (const feed of this.feeds) feed.stop();
  }
}

/** The last record that all runs that go on can show; of runs that have all ended, the longest's. */
function lastOf(stores) {
  const unfinished = stores.filter((store) => !store.finished);
  const cutShort = (store) => store.over && store.state !== "ended";
  const started = unfinished.filter((store) => store.count || store.state !== "queued");
  const going = started.filter((store) => !cutShort(store));
  const leading = going.length ? going : started;
  const counts = (leading.length ? leading : stores).map((store) => store.count);
  const pick = leading.length ? Math.min : Math.max;
  return counts.length ? pick(...counts) - 1 : -1;
}
