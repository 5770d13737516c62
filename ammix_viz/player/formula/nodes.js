import { make } from "../controls/dom.js";

/** Formulas as nested HTML; a term can be pointed at, and says what it stands for. */

export function fraction(over, under) {
  return make(
    "span", { class: "ammix-fraction" }, make("span", {}, ...[over].flat()), make("span", {}, ...[under].flat()),
  );
}

/** A large operator with what stands under and above it. */
export function operator(sign, below, above = "") {
  const large = /^[a-z]/.test(sign) ? "ammix-operator-word" : "ammix-operator-sign";
  return make(
    "span", { class: "ammix-operator" },
    make("span", {}, ...[above].flat()), make("span", { class: large }, sign), make("span", {}, ...[below].flat()),
  );
}

/** A letter with a subscript or a superscript. */
export function letter(name, below = "", above = "") {
  const parts = [make("i", {}, name)];
  if (below) parts.push(make("sub", {}, below));
  if (above) parts.push(make("sup", {}, above));
  return make("span", { class: "ammix-letter" }, ...parts);
}

/** The length of a vector. */
export function norm(...inner) {
  return make("span", { class: "ammix-norm" }, "‖", ...inner, "‖", make("sub", {}, "2"));
}

/** One of two cases, each with its condition. */
export function cases(...rows) {
  const lines = rows.map((row) => make("span", {}, ...[row].flat()));
  return make("span", { class: "ammix-cases" }, ...lines);
}

/**
 * A part of a formula that can be pointed at.
 *
 * @param {string} tag of what it stands for in the pictures
 * @param {string} about what it stands for, in words
 */
export function term(tag, about, ...children) {
  const attributes = { class: "ammix-term", "data-tag": tag, "data-about": about, tabindex: 0, role: "button" };
  return make("span", { ...attributes, "aria-label": about }, ...children);
}

export function exponent(...inner) {
  return make("sup", { class: "ammix-exponent" }, ...inner);
}
