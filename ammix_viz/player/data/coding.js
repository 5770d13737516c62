import { FormatError } from "./records.js";

/** Decodes the compact coding of records, which `server/coding.py` describes. */

const TERMS = 5;
const LARGEST = 32767;

/** Whether this browser can inflate. */
export const canDecode = typeof DecompressionStream === "function";

/** The messages of a response as bytes, inflated where it is in the compact coding. */
export function bodyOf(response) {
  if (!response.headers.get("content-type")?.includes("coding=predicted")) return response.body;
  return response.body.pipeThrough(new DecompressionStream("deflate-raw"));
}

/** The parts of a piece, none of them copied. */
function partsOf(content, header) {
  const { labels, class_names: names, record_size: size } = header;
  const [count] = new Uint32Array(content, 0, 1);
  const rest = size - 4 * labels.length;
  const maps = 2 * TERMS * names.length;
  const plane = 2 * labels.length * count;
  const begins = [4, 12 * count, 4 * maps * count, rest * count, plane, plane];
  for (let i = 1; i < begins.length; i++) begins[i] += begins[i - 1];
  if (begins.at(-1) !== content.byteLength) {
    throw new FormatError("The server sent records of the wrong size.");
  }
  return {
    count,
    rest: new Uint8Array(content, begins[2], rest * count),
    indices: new Uint32Array(content, 4, 3 * count),
    maps: new Float32Array(content, begins[1], maps * count),
    low: new Uint8Array(content, begins[3], plane),
    high: new Uint8Array(content, begins[4], plane),
  };
}

/**
 * The records of a piece, in one buffer as the header describes them, and the index of each.
 * @param {(index: number) => ArrayLike<number>} featuresOf features of the records before the piece
 */
export function decode(content, header, featuresOf) {
  const parts = partsOf(content, header);
  const { count, indices } = parts;
  const { record_size: size, fields: { features: { offset } }, labels } = header;
  const buffer = new ArrayBuffer(count * size);
  const made = new Map();
  const zeros = new Int16Array(2 * labels.length);
  for (let at = 0; at < count; at++) {
    const index = indices[at];
    const known = (reference) => {
      return reference === index ? zeros : made.get(reference) ?? featuresOf(reference);
    };
    copyRest(new Uint8Array(buffer, at * size, size), parts, at, offset, 4 * labels.length);
    const target = new Int16Array(buffer, at * size + offset, 2 * labels.length);
    const [first, second] = [indices[count + at], indices[2 * count + at]];
    predict(target, known(first), known(second), labels, parts, at);
    made.set(index, target);
  }
  return { buffer, indices: indices.subarray(0, count) };
}

/** All fields but the features. */
function copyRest(record, { rest, count }, at, offset, gap) {
  for (let i = 0, from = at; from < rest.length; i++, from += count) {
    record[i < offset ? i : i + gap] = rest[from];
  }
}

/** Features from those of two records and the residuals; the terms are added in the coder's order. */
function predict(target, a, b, labels, { maps, low, high, count }, at) {
  const begin = at * target.length;
  const ofRecord = (at * maps.length) / count;
  for (let i = 0; i < target.length; i++) {
    const x = i & ~1;
    const m = ofRecord + 2 * TERMS * labels[i >> 1] + (i & 1);
    let guess = maps[m] + maps[m + 2] * a[x];
    guess += maps[m + 4] * a[x + 1];
    guess += maps[m + 6] * b[x];
    guess += maps[m + 8] * b[x + 1];
    guess = Math.min(Math.max(Math.floor(guess + 0.5), -LARGEST), LARGEST);
    const folded = low[begin + i] | (high[begin + i] << 8);
    target[i] = guess + ((folded >> 1) ^ -(folded & 1));
  }
}
