import { classColour } from "./shapes.js";

/** Colours of the canvas, taken from the page's theme. */

function rgbOf(colour) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

function blend(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}

export function packColour([r, g, b]) {
  return (0xff000000 | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

const LIGHT = { sure: [255, 255, 255], unsure: [150, 157, 170], tint: 0.13, line: [38, 44, 56],
  ink: "#11151d", muted: "#3f4757", halo: "#ffffff", plate: "#ffffffe0", veil: "#ffffff" };
const DARK = { sure: [58, 66, 81], unsure: [10, 12, 17], tint: 0.16, line: [226, 231, 240],
  ink: "#ffffff", muted: "#c3cad8", halo: "#0b0d12", plate: "#0b0d12e0", veil: "#1a1f2a" };

export function readTheme(root) {
  const style = getComputedStyle(root);
  const background = rgbOf(style.getPropertyValue("--ammix-background").trim() || "#fff");
  const [r, g, b] = background;
  const dark = 0.3 * r + 0.59 * g + 0.11 * b < 110;
  const font = style.fontFamily || "sans-serif";
  return { dark, font, ...(dark ? DARK : LIGHT), id: [...background, dark].join() };
}

/** The map's colours: a class × confidence table, light where the classifier is sure. */
export function shadeTable(theme, marks) {
  const table = new Uint32Array(marks.length * 256);
  for (let k = 0; k < marks.length; k++) {
    const sure = blend(theme.sure, rgbOf(classColour(marks[k])), theme.tint);
    for (let level = 0; level < 256; level++) {
      const share = level / 255;
      const plain = blend(theme.unsure, theme.sure, share);
      table[k * 256 + level] = packColour(blend(plain, sure, share * share));
    }
  }
  return table;
}
