/** What Streamlit calls to put something into a page, and to take it away. */

/**
 * @param {(element: HTMLElement, data: object, send: {trigger, keep}) => {update(data): void, destroy(): void}} mount
 *   puts it up; `trigger(name, value)` tells Python once, `keep(name, value)` until the next value
 * @returns a function that Streamlit calls with every change of data, and whose last answer it calls on removal
 */
export function componentOf(mount) {
  const mounted = new WeakMap();
  return ({ data, parentElement, setTriggerValue = () => {}, setStateValue = () => {} }) => {
    const call = {};
    const { shown } = mounted.get(parentElement) ?? {};
    const entry = { call, shown, trigger: setTriggerValue, keep: setStateValue };
    mounted.set(parentElement, entry);
    const send = {
      trigger: (name, value) => mounted.get(parentElement)?.trigger(name, value),
      keep: (name, value) => mounted.get(parentElement)?.keep(name, value),
    };
    if (shown) shown.update(data ?? {});
    else entry.shown = mount(parentElement, data ?? {}, send);
    return () => {
      if (mounted.get(parentElement)?.call !== call) return;
      mounted.delete(parentElement);
      entry.shown.destroy();
    };
  };
}
