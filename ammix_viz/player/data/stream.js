import { FormatError } from "./records.js";
import { stageAt } from "./stages.js";

/** The multiplexed stream: messages of run index, kind, length and payload, cut out of chunks. */

const HEAD_BYTES = 12;
const MOST_BYTES = 2 ** 28;
const KINDS = { header: 0, records: 1, status: 2, restart: 3 };

export class MessageReader {
  /** @param {(run: number, kind: number, payload: ArrayBuffer) => void} deliver */
  constructor(deliver) {
    this.deliver = deliver;
    this.expectHead();
  }

  expectHead() {
    this.head = null;
    this.expect(HEAD_BYTES);
  }

  expect(length) {
    this.part = new Uint8Array(length);
    this.filled = 0;
  }

  push(chunk) {
    let at = 0;
    while (at < chunk.length) {
      const taken = Math.min(this.part.length - this.filled, chunk.length - at);
      this.part.set(chunk.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === this.part.length) this.complete();
    }
  }

  complete() {
    const payload = this.part.buffer;
    if (this.head) {
      const [run, kind] = this.head;
      this.expectHead();
      this.deliver(run, kind, payload);
      return;
    }
    const head = new DataView(payload);
    this.head = [head.getUint32(0, true), head.getUint32(4, true)];
    const length = head.getUint32(8, true);
    if (length > MOST_BYTES || this.head[1] > KINDS.restart) {
      throw new FormatError("The server sent an unknown message. Reload the page.");
    }
    if (length) this.expect(length);
    else {
      this.part = new Uint8Array(0);
      this.complete();
    }
  }
}

function parseJson(payload) {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    throw new FormatError("The server sent a message that is not JSON.");
  }
}

function notePace(store) {
  const newest = store.count - 1;
  const { number } = stageAt(store, newest);
  store.pace.note(performance.now() / 1000, store.value(newest, "epoch"), number);
}

/** Puts messages into the stores they are for. `first` is the record that the stream starts at. */
export class Dispatcher {
  constructor(stores, first) {
    this.stores = stores;
    this.next = stores.map(() => first);
    this.statusKnown = stores.map(() => false);
    this.fresh = stores.map(() => 0);
    for (const store of stores) store.pace.connect();
  }

  deliver(run, kind, payload) {
    const store = this.stores[run];
    if (!store) throw new FormatError("The server sent a run that was not requested.");
    if (kind === KINDS.header) store.accept(parseJson(payload));
    else if (kind === KINDS.records) this.append(run, store, payload);
    else if (kind === KINDS.status) this.tell(run, store, parseJson(payload) ?? {});
    else {
      store.clear();
      store.pace.connect();
      store.state = "training";
      this.next[run] = 0;
    }
  }

  /** The first status may precede the records; a later one that ends the run follows the last record. */
  tell(run, store, status) {
    store.setStatus(status);
    store.drained = store.over && this.statusKnown[run];
    this.statusKnown[run] = true;
  }

  /** The response is complete. */
  finish() {
    this.stores.forEach((store, run) => {
      const short = store.state === "ended" && !store.complete && this.fresh[run];
      if (store.over && !short) store.drained = true;
    });
  }

  append(run, store, payload) {
    const size = store.header?.record_size;
    if (!size || payload.byteLength % size) {
      throw new FormatError("The server sent records of the wrong size.");
    }
    const from = this.next[run];
    if (from > store.count) throw new FormatError("The server left out some records.");
    const records = payload.byteLength / size;
    const known = Math.min(records, store.count - from);
    store.append(payload, known);
    this.fresh[run] += records - known;
    this.next[run] = from + records;
    if (records > known) notePace(store);
  }
}
