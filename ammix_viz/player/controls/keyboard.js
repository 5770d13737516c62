/** Keys that drive playback, while nobody is typing and no other control wants them. */

const OTHERS = [
  "input", "textarea", "select", "button", "a[href]", "summary", "video", "audio", "iframe",
  "[contenteditable]:not([contenteditable=false])",
  ..."slider spinbutton textbox combobox listbox option menu menuitem tab radio switch tree grid"
    .split(" ").map((role) => `[role=${role}]`),
].join(",");

/** These scroll the page, except on the timeline. */
const OF_TIMELINE = {
  ArrowUp: (playback) => playback.step(1),
  ArrowDown: (playback) => playback.step(-1),
  PageUp: (playback) => playback.step(10),
  PageDown: (playback) => playback.step(-10),
};

const ACTIONS = {
  " ": (playback) => playback.toggle(),
  ArrowLeft: (playback, many) => playback.step(many ? -10 : -1),
  ArrowRight: (playback, many) => playback.step(many ? 10 : 1),
  Home: (playback) => playback.seek(0),
  End: (playback) => playback.seek(Infinity),
  m: (playback) => playback.mixing(),
  M: (playback) => playback.mixing(),
};

/** Whether a key pressed at `target` is meant for the player at `root`. */
function isOurs(event, root) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  if (root.contains(target)) {
    if (target.closest("select, input, dialog")) return false;
    return !(target.closest("button") && event.key === " ");
  }
  if (target.closest(OTHERS)) return false;
  return document.querySelector('[data-testid="player"]') === root;
}

function actionOf({ key, target }) {
  const onTimeline = target instanceof Element && target.closest("[role=slider]");
  return ACTIONS[key] ?? (onTimeline ? OF_TIMELINE[key] : undefined);
}

/** @param playback {toggle, step, seek}; @param {AbortSignal} signal ends the listening */
export function listenToKeys(root, playback, signal) {
  const press = (event) => {
    const action = actionOf(event);
    if (!action || !isOurs(event, root)) return;
    event.preventDefault();
    action(playback, event.shiftKey);
  };
  document.addEventListener("keydown", press, { signal });
}
