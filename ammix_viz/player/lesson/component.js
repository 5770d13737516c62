import { Lesson } from "./lesson.js";
import { componentOf } from "../streamlit.js";
import { waysAt } from "../ways.js";

/** How a page puts a lesson up: `mount` for any page, the default export for Streamlit. */

/** @returns {Lesson} */
export function mountLesson(element, data, ways = {}, inUrl = false) {
  const lesson = new Lesson(element, { ...waysAt(data.base ?? "/"), ...ways }, inUrl);
  lesson.update(data);
  return lesson;
}

const lessonComponent = componentOf((element, data, { trigger, keep }) => {
  return mountLesson(element, data, { restart: (keys) => trigger("restart", keys), report: keep }, true);
});
lessonComponent.mount = mountLesson;

export default lessonComponent;
