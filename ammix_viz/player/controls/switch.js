import { make } from "./dom.js";

/** Switches that set a choice of the display and follow it. */

/**
 * Choices side by side, one of them pressed.
 *
 * @param {string} name of the choice in the display
 * @param {[value, label: string, about: string][]} choices
 */
export function makeSwitch(display, name, title, choices) {
  const buttons = choices.map(([value, label, about]) => {
    const button = make("button", { type: "button", "data-value": value, title: about }, label);
    button.addEventListener("click", () => display.set(name, value));
    return button;
  });
  const press = () => {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", button.dataset.value === display[name]);
    }
  };
  display.listen(press);
  press();
  const group = make("div", { class: "ammix-switch", role: "group", "aria-label": title }, ...buttons);
  return make("div", { class: "ammix-choice" }, make("span", { class: "ammix-muted" }, title), group);
}
