import { coreSize, decode, decodePart } from "./coding.js";
import { FormatError } from "./records.js";
import { stageAt } from "./stages.js";

/** The multiplexed stream: messages of run index, kind, length and payload, cut out of chunks. */

export const HEAD_BYTES = 12;
const MOST_BYTES = 2 ** 28;
export const KINDS = { header: 0, records: 1, status: 2, restart: 3, piece: 4, heartbeat: 5, part: 6 };

export class MessageReader {
  constructor() {
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

  /** Yield [run, kind, payload] of each message that a chunk completes. */
  *push(chunk) {
    let at = 0;
    while (at < chunk.length) {
      const taken = Math.min(this.part.length - this.filled, chunk.length - at);
      this.part.set(chunk.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled < this.part.length) return;
      if (!this.head) this.readHead(new DataView(this.part.buffer));
      if (this.filled < this.part.length) continue;
      const message = [...this.head, this.part.buffer];
      this.expectHead();
      yield message;
    }
  }

  readHead(head) {
    this.head = [head.getUint32(0, true), head.getUint32(4, true)];
    const length = head.getUint32(8, true);
    if (length > MOST_BYTES || this.head[1] > KINDS.part) {
      throw new FormatError("The server sent an unknown message. Reload the page.");
    }
    this.expect(length);
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

/** Puts messages into the stores they are for. `firsts` are the records that the stream starts at. */
export class Dispatcher {
  constructor(stores, firsts) {
    this.stores = stores;
    this.next = [...firsts];
    this.statusKnown = stores.map(() => false);
    this.fresh = stores.map(() => 0);
    for (const store of stores) store.pace.connect();
  }

  deliver(run, kind, payload) {
    const store = this.stores[run];
    if (kind === KINDS.heartbeat) return;
    if (!store) throw new FormatError("The server sent a run that was not requested.");
    if (kind === KINDS.header) store.accept(parseJson(payload));
    else if (kind === KINDS.records) this.append(run, store, payload);
    else if (kind === KINDS.piece) this.add(run, store, payload);
    else if (kind === KINDS.part) this.addPart(store, payload);
    else if (kind === KINDS.status) this.tell(run, store, parseJson(payload) ?? {});
    else this.restart(run, store);
  }

  restart(run, store) {
    store.clear();
    store.pace.connect();
    store.state = "training";
    this.next[run] = 0;
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

  /** Records as they are in the run file, one after the other. */
  append(run, store, payload) {
    const size = store.header?.record_size;
    if (!size || payload.byteLength % size) {
      throw new FormatError("The server sent records of the wrong size.");
    }
    const from = this.next[run];
    if (from > store.prefix) throw new FormatError("The server left out some records.");
    const indices = Array.from({ length: payload.byteLength / size }, (_, i) => from + i);
    this.next[run] = from + indices.length;
    this.put(run, store, payload, indices, size);
  }

  /** A coded piece. */
  add(run, store, payload) {
    if (!store.header) throw new FormatError("The server sent records of the wrong size.");
    const { buffer, indices } = decode(payload, store.header, (index) => {
      if (!store.places[index]) throw new FormatError("The server left out some records.");
      return store.view(index, "features");
    });
    this.put(run, store, buffer, indices, coreSize(store.header));
  }

  /** An optional part of some records. */
  addPart(store, payload) {
    if (!store.header) throw new FormatError("The server sent records of the wrong size.");
    store.putPart(decodePart(payload, store.header));
  }

  put(run, store, buffer, indices, size) {
    const fresh = store.put(buffer, indices, size);
    this.fresh[run] += fresh;
    if (fresh) notePace(store);
  }
}
