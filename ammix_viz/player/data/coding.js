import { PARTS } from "./parts.js";
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

/** Bytes of a record without its optional parts, which lie at its end. */
export function coreSize({ record_size: size, parts = {} }) {
  return Math.min(size, ...Object.values(parts).map(([begin]) => begin));
}

/** The sections of a piece, none of them copied. */
function sectionsOf(content, header) {
  const { labels, class_names: names } = header;
  const [count] = new Uint32Array(content, 0, 1);
  const rest = coreSize(header) - 4 * labels.length;
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
 * The records of a piece without their optional parts, one after the other, and the index of each.
 * @param {(index: number) => ArrayLike<number>} featuresOf features of the records before the piece
 */
export function decode(content, header, featuresOf) {
  const sections = sectionsOf(content, header);
  const { count, indices } = sections;
  const { fields: { features: { offset } }, labels } = header;
  const size = coreSize(header);
  const buffer = new ArrayBuffer(count * size);
  const made = new Map();
  const zeros = new Int16Array(2 * labels.length);
  for (let at = 0; at < count; at++) {
    const index = indices[at];
    const known = (reference) => {
      return reference === index ? zeros : made.get(reference) ?? featuresOf(reference);
    };
    copyRest(new Uint8Array(buffer, at * size, size), sections, at, offset, 4 * labels.length);
    const target = new Int16Array(buffer, at * size + offset, 2 * labels.length);
    const [first, second] = [indices[count + at], indices[2 * count + at]];
    predict(target, known(first), known(second), labels, sections, at);
    made.set(index, target);
  }
  return { buffer, indices: indices.subarray(0, count) };
}

/** An optional part of some records: its name, the first record, and their bytes one after the other. */
export function decodePart(content, header) {
  const [number, first, count] = new Uint32Array(content, 0, 3);
  const name = PARTS[number];
  const [begin, end] = header.parts?.[name] ?? [0, 0];
  const size = end - begin;
  if (!size || content.byteLength !== 12 + count * size) {
    throw new FormatError("The server sent records of the wrong size.");
  }
  const changes = new Uint8Array(content, 12);
  const bytes = new Uint8Array(count * size);
  for (let i = 0, from = 0; i < size; i++) {
    for (let at = 0, value = 0; at < count; at++) {
      value = (value + changes[from++]) & 255;
      bytes[at * size + i] = value;
    }
  }
  return { name, first, count, size, buffer: bytes.buffer };
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
