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
  return makeChoice(title, buttons);
}

/**
 * Switches side by side, each on or off by itself.
 *
 * @param {[name: string, label: string, about: string][]} choices of the display
 */
export function makeToggles(display, title, choices) {
  const buttons = choices.map(([name, label, about]) => {
    const button = make("button", { type: "button", "data-value": name, title: about }, label);
    button.addEventListener("click", () => display.set(name, !display[name]));
    const press = () => button.setAttribute("aria-pressed", display[name]);
    display.listen(press);
    press();
    return button;
  });
  return makeChoice(title, buttons);
}

function makeChoice(title, buttons) {
  const group = make("div", { class: "ammix-switch", role: "group", "aria-label": title }, ...buttons);
  return make("div", { class: "ammix-choice" }, make("span", { class: "ammix-muted" }, title), group);
}
