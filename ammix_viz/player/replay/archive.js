import { HEAD_BYTES, KINDS } from "../data/stream.js";
import { PARTS } from "../data/parts.js";
import { inputsOf } from "../data/inputs.js";

/** Answers from the runs that a page carries, so that the player needs no server. */

export const DAMAGED = "This file is damaged. Save it again.";

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

/** The messages of a stream, each with its head, as views. */
function messagesIn(content) {
  const messages = [];
  const heads = new DataView(content);
  for (let at = 0; at < content.byteLength; ) {
    const size = HEAD_BYTES + heads.getUint32(at + 8, true);
    messages.push(new DataView(content, at, size));
    at += size;
  }
  return messages;
}

/** Whether a reader that has the records, or not, and wants these parts needs a message. */
function isWanted(message, complete, parts) {
  const kind = message.getUint32(4, true);
  if (kind === KINDS.piece) return !complete;
  return kind !== KINDS.part || parts.includes(PARTS[message.getUint32(HEAD_BYTES, true)]);
}

/** A message about run 0 as one about run `index`. */
function addressed(message, index) {
  const head = new ArrayBuffer(HEAD_BYTES);
  new Uint8Array(head).set(new Uint8Array(message.buffer, message.byteOffset, HEAD_BYTES));
  new DataView(head).setUint32(0, index, true);
  return [head, new Uint8Array(message.buffer, message.byteOffset + HEAD_BYTES, message.byteLength - HEAD_BYTES)];
}

/** The first of each list, then the second of each, and so on. */
function* inTurns(lists) {
  const longest = Math.max(...lists.map((list) => list.length));
  for (let i = 0; i < longest; i++) yield* lists.flatMap((list) => list.slice(i, i + 1));
}

/** An image cut out of a sheet that holds one for each point, row by row. */
class Sheet {
  constructor({ content, size: [height, width] }, columns) {
    this.columns = columns;
    this.picture = new Image();
    this.picture.src = `data:image/webp;base64,${content}`;
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [width, height];
  }

  /** The image of a point as a URL. */
  url(point) {
    const { canvas, picture, columns } = this;
    const { width, height } = canvas;
    const [x, y] = [width * (point % columns), height * Math.floor(point / columns)];
    canvas.getContext("2d").drawImage(picture, x, y, width, height, 0, 0, width, height);
    return canvas.toDataURL();
  }
}

/**
 * What a player or a lesson asks of a server, answered from an archive as `archive.py` makes it. There
 * are no links to share and no rooms, and nothing can be trained.
 */
export function waysFrom({ runs, data, columns }) {
  const opened = new Map();
  const sheets = data.map((each) => each.size.length ? new Sheet(each, columns) : null);
  const open = async (key) => messagesIn(await inflated(bytesOf(runs[key].messages)));
  const messagesOf = (key) => opened.get(key) ?? opened.set(key, open(key)).get(key);
  return {
    async open(keys, firsts, signal, parts) {
      const chosen = async (key, i) => {
        const complete = firsts[i] >= runs[key].records;
        const wanted = (await messagesOf(key)).filter((each) => isWanted(each, complete, parts.names));
        return wanted.map((message) => addressed(message, i));
      };
      try {
        const messages = await Promise.all(keys.map(chosen));
        return new Response(new Blob([...inTurns(messages)].flat()));
      } catch {
        return new Response(JSON.stringify({ error: DAMAGED }), { status: 404 });
      }
    },
    async states() {
      return {};
    },
    image(key, point) {
      return sheets[runs[key].data]?.url(point) ?? "";
    },
    async inputs(key) {
      return inputsOf(bytesOf(data[runs[key].data].content).buffer);
    },
    restart() {},
    report() {},
    qr: null,
    replay: null,
    rooms: null,
  };
}
