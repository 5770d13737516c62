import { canDecode } from "../data/coding.js";
import { DAMAGED, waysFrom } from "./archive.js";

/** Puts a component up on the page that carries its data and its runs. */

/** From this width on a lesson's line of tools has a place for what the file says of itself, so that it stays on one screen. */
const WIDE = 900;
const TOO_OLD = "This browser is too old to play this file; one of 2023 or later can.";

/** What the page carries, null if it is not all there. */
function contentOf(script) {
  try {
    return JSON.parse(script.textContent);
  } catch {
    return null;
  }
}

/** @param {(element: HTMLElement, data: object, ways: object) => object} put the component's `mount` */
export function startReplay(put) {
  const element = document.querySelector("#ammix-place");
  const content = contentOf(document.querySelector("#ammix-content"));
  if (canDecode && content) put(element, content.data, waysFrom(content.archive));
  else element.textContent = content ? TOO_OLD : DAMAGED;
  if (innerWidth >= WIDE) element.querySelector(".ammix-lesson-tools")?.append(document.querySelector("#ammix-made"));
}
