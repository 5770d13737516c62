import { make, setAttribute } from "./dom.js";

/** The image of the point that the pointer rests on, in a box that stands ready before it comes. */

const REST_SECONDS = 0.06;
const SIDE = 96;

export class PointImage {
  /** @param {(key: string, point: number) => string} locate where the image of a displayed point is */
  constructor(locate) {
    this.locate = locate;
    this.image = make("img", { class: "ammix-image", hidden: "" });
    this.element = make("div", { class: "ammix-image-box", hidden: "" }, this.image);
    this.image.addEventListener("load", () => (this.image.hidden = false));
    this.image.addEventListener("error", () => (this.element.hidden = true));
  }

  /** Show point `index` of a run whose points are images; the same point again changes nothing. */
  show({ key, header }, index, name) {
    if (!header.images || index < 0) return void this.hide();
    setAttribute(this.image, "alt", `Image of ${name}`);
    const url = this.locate(key, index);
    if (url === this.url) return;
    this.hide();
    this.url = url;
    this.reserve(header.images);
    this.timer = setTimeout(() => (this.image.src = url), REST_SECONDS * 1000);
  }

  /** Whole pixels of the page for each pixel of the image, so that all come out alike. */
  reserve([height, width]) {
    const times = Math.max(1, Math.floor(SIDE / Math.max(height, width)));
    this.element.style.width = `${times * width}px`;
    this.element.style.height = `${times * height}px`;
    this.element.hidden = false;
  }

  hide() {
    clearTimeout(this.timer);
    this.url = null;
    this.image.removeAttribute("src");
    this.element.hidden = this.image.hidden = true;
  }
}
