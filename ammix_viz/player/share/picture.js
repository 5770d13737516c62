/** A picture of an element as the browser lays it out: canvases, text, markers and filled boxes. */

const images = new Map();

/** The image of an SVG in the page; made once for the same source. */
async function load(svg) {
  const source = sourceOf(svg);
  if (images.has(source)) return;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  images.set(source, image);
}

function sourceOf(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("color", getComputedStyle(svg).color);
  return new XMLSerializer().serializeToString(copy);
}

/** Have the images of all SVGs in an element ready. */
export async function prepare(element) {
  await Promise.all([...element.querySelectorAll("svg")].map(load));
  await document.fonts.ready;
}

function fontOf({ fontStyle, fontWeight, fontSize, fontFamily }) {
  return `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
}

/** The lines of a text node, each with its box. */
function* linesOf(node) {
  const range = document.createRange();
  const text = node.textContent;
  let line = null;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (line && Math.abs(line.box.top - box.top) < 2) line.text += ` ${word}`;
    else {
      if (line) yield line;
      line = { text: word, box };
    }
  }
  if (line) yield line;
}

export class Painter {
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{left: number, top: number}} origin the page's point at the context's (0, 0)
   * @param {string} leftOut a selector of what is left out
   */
  constructor(context, origin, leftOut) {
    Object.assign(this, { context, origin, leftOut });
  }

  /** Paint an element and all in it; the images of its SVGs have to be prepared. */
  paint(element, opacity = 1) {
    if (element.matches(this.leftOut)) return;
    const style = getComputedStyle(element);
    const alpha = opacity * Number(style.opacity);
    if (style.display === "none" || style.visibility === "hidden" || !alpha) return;
    this.context.globalAlpha = alpha;
    this.paintBox(element, style);
    if (element instanceof HTMLCanvasElement) return this.paintImage(element, element);
    if (element instanceof SVGElement) return this.paintImage(images.get(sourceOf(element)), element);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.paintText(child, style, alpha);
      else if (child instanceof Element) this.paint(child, alpha);
    }
  }

  place({ left, top }) {
    return [left - this.origin.left, top - this.origin.top];
  }

  /** Paint the background and the borders of an element, without rounded corners. */
  paintBox(element, style) {
    const box = element.getBoundingClientRect();
    const [x, y] = this.place(box);
    this.fill(style.backgroundColor, x, y, box.width, box.height);
    this.fillGradient(style.backgroundImage, x, y, box.width, box.height);
    const width = (side) => parseFloat(style[`border${side}Width`]);
    const line = (side, ...place) => width(side) && this.fill(style[`border${side}Color`], ...place);
    line("Left", x, y, width("Left"), box.height);
    line("Right", x + box.width - width("Right"), y, width("Right"), box.height);
    line("Top", x, y, box.width, width("Top"));
    line("Bottom", x, y + box.height - width("Bottom"), box.width, width("Bottom"));
  }

  /** Fill a box with a gradient from left to right, whose colours are evenly apart. */
  fillGradient(image, x, y, width, height) {
    const colours = image.startsWith("linear-gradient") ? image.match(/(rgba?|color)\([^)]*\)/g) ?? [] : [];
    if (colours.length < 2) return;
    const gradient = this.context.createLinearGradient(x, y, x + width, y);
    colours.forEach((colour, i) => gradient.addColorStop(i / (colours.length - 1), colour));
    this.context.fillStyle = gradient;
    this.context.fillRect(x, y, width, height);
  }

  fill(colour, ...box) {
    if (/^rgba\(.*, 0\)$|^transparent$/.test(colour)) return;
    this.context.fillStyle = colour;
    this.context.fillRect(...box);
  }

  paintImage(image, element) {
    const box = element.getBoundingClientRect();
    if (image && box.width) this.context.drawImage(image, ...this.place(box), box.width, box.height);
  }

  paintText(node, style, alpha) {
    if (!node.textContent.trim()) return;
    const { context } = this;
    [context.font, context.fillStyle] = [fontOf(style), style.color];
    [context.globalAlpha, context.textBaseline] = [alpha, "middle"];
    for (const { text, box } of linesOf(node)) {
      const [x, y] = this.place(box);
      context.fillText(text, x, y + box.height / 2 + 0.5);
    }
  }
}
