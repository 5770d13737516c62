import { Lesson } from "./lesson.js";
import { waysAt } from "../ways.js";

/** How a page puts a lesson up: `mount` for any page, the default export for Streamlit. */

/** @returns {Lesson} */
export function mountLesson(element, data, ways = {}, inUrl = false) {
  const lesson = new Lesson(element, { ...waysAt(data.base ?? "/"), ...ways }, inUrl);
  lesson.update(data);
  return lesson;
}

const lessons = new WeakMap();

/** Streamlit calls this with every change of data, and the last call's answer on removal. */
export default function lessonComponent({ data: given, parentElement, setTriggerValue = () => {}, setStateValue = () => {} }) {
  const data = given ?? {};
  const call = {};
  const known = lessons.get(parentElement);
  const restart = (keys) => lessons.get(parentElement)?.trigger("restart", keys);
  const report = (name, value) => lessons.get(parentElement)?.keep(name, value);
  if (known) known.lesson.update(data);
  const kept = { call, trigger: setTriggerValue, keep: setStateValue };
  lessons.set(parentElement, { ...kept, lesson: known?.lesson });
  if (!known) lessons.set(parentElement, { ...kept, lesson: mountLesson(parentElement, data, { restart, report }, true) });
  return () => {
    const last = lessons.get(parentElement);
    if (last?.call !== call) return;
    lessons.delete(parentElement);
    last.lesson.destroy();
  };
}

lessonComponent.mount = mountLesson;
