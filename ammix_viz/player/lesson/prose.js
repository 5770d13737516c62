import { make } from "../controls/dom.js";

/** The texts of a lesson: paragraphs separated by empty lines, **words** in bold, nothing else. */

export function prose(text) {
  return text.trim().split(/\n\s*\n/).map((paragraph) => {
    const pieces = paragraph.split("**");
    return make("p", {}, ...pieces.map((piece, i) => (i % 2 ? make("strong", {}, piece) : piece)));
  });
}
