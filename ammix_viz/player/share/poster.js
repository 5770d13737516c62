import { Painter, prepare } from "./picture.js";

/** The panels with their legend, under a title and above the settings and the epoch, on one canvas. */

const BORDER = 24;
const LINE_HEIGHT = 24;
const LEFT_OUT = "button, select, input, dialog, .ammix-tools, .ammix-switches, .ammix-transport, .ammix-tooltip";

export class Poster {
  /**
   * @param {HTMLElement} root of the player
   * @param {() => {title: string, epoch: string, settings: string}} words what is written on it now
   * @param {number} scale pixels of the canvas to one of the page
   */
  constructor(root, words, scale) {
    Object.assign(this, { root, words, scale });
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  /** Fix the size, an even number of pixels as videos need it; and have every marker ready. */
  async prepare() {
    await prepare(this.root);
    const { width, height } = this.body;
    this.lines = this.wrapped(this.words().settings, width);
    const full = height + (4 + this.lines.length) * LINE_HEIGHT;
    this.canvas.width = 2 * Math.round(((width + 2 * BORDER) * this.scale) / 2);
    this.canvas.height = 2 * Math.round(((full + BORDER) * this.scale) / 2);
  }

  /** The part of the page that is painted: from the legend to the key below the panels. */
  get body() {
    const { left, top, width } = this.root.getBoundingClientRect();
    const { bottom } = this.root.querySelector(".ammix-key-row").getBoundingClientRect();
    return { left, top, width, height: bottom - top };
  }

  font(weight, size) {
    return `${weight} ${size}px ${getComputedStyle(this.root).fontFamily}`;
  }

  wrapped(text, width) {
    const lines = [""];
    this.context.font = this.font(400, 15);
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (this.context.measureText(longer).width > width && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  paint() {
    const { context, canvas, body, scale } = this;
    const { title, epoch } = this.words();
    const style = getComputedStyle(this.root);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = style.getPropertyValue("--ammix-background").trim() || "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = style.color;
    context.textBaseline = "alphabetic";
    context.font = this.font(650, 20);
    context.fillText(title, BORDER, BORDER + 12);
    context.font = this.font(650, 16);
    context.textAlign = "right";
    context.fillText(epoch, BORDER + body.width, BORDER + 12);
    context.textAlign = "left";
    const below = BORDER + 1.5 * LINE_HEIGHT;
    const origin = { left: body.left - BORDER, top: body.top - below };
    new Painter(context, origin, LEFT_OUT).paint(this.root);
    context.globalAlpha = 0.75;
    context.fillStyle = style.color;
    context.font = this.font(400, 15);
    context.textBaseline = "alphabetic";
    this.lines.forEach((line, i) => {
      context.fillText(line, BORDER, below + body.height + (1.2 + i) * LINE_HEIGHT);
    });
  }
}
