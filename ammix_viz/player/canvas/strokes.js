/** Lines and numbers that are seen on any ground. */

/** Stroke the path with a halo around it; widths in CSS pixels. */
export function strokeTwice(context, { theme, scale }, width, halo) {
  context.strokeStyle = theme.halo;
  context.lineWidth = (width + halo) * scale;
  context.stroke();
  context.strokeStyle = theme.ink;
  context.lineWidth = width * scale;
  context.stroke();
}

/** Pixels of a number's font. */
export function numberSize({ side }, { scale }) {
  return Math.min(Math.max(side / 19, 13 * scale), 18 * scale);
}

/** A number on a plate around (x, y), kept `inset` pixels inside the picture; bold, or muted. */
export function paintNumber({ context, side }, text, [x, y], inset, { theme, scale }, muted = false) {
  const size = numberSize({ side }, { scale });
  context.font = `${muted ? 400 : 650} ${size}px ${theme.font}`;
  const [width, height] = [(0.6 + 0.53 * text.length) * size, 1.24 * size];
  const inside = (value, reach) => Math.min(Math.max(value, inset + reach), side - inset - reach);
  const [cx, cy] = [inside(x, width / 2), inside(y, height / 2)];
  context.fillStyle = theme.plate;
  context.beginPath();
  context.roundRect(cx - width / 2, cy - height / 2, width, height, 0.3 * size);
  context.fill();
  context.fillStyle = muted ? theme.muted : theme.ink;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, cx, cy + 0.06 * size);
}

/** A ring around the point under the pointer. */
export function paintRing({ context }, x, y, view) {
  context.beginPath();
  context.arc(x, y, 9 * view.scale, 0, 2 * Math.PI);
  strokeTwice(context, view, 2.2, 2.3);
}
