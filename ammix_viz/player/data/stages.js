/** The stages of a run's training: an encoder or coarse classes first, then a classifier on that. */

export function stagesOf(store) {
  return store?.header?.stages ?? [];
}

/** Epochs of all stages. */
export function epochsOf(store) {
  const stages = stagesOf(store);
  return stages.length ? stages.reduce((sum, { epochs }) => sum + epochs, 0) : undefined;
}

/** The stage in which record `index` was taken: its number from 1, name, epochs before it. */
export function stageAt(store, index) {
  const stages = stagesOf(store);
  const at = stages.findIndex(({ last }) => index <= last);
  const place = at < 0 ? stages.length - 1 : at;
  const before = stages.slice(0, place).reduce((sum, { epochs }) => sum + epochs, 0);
  return { ...stages[place], number: place + 1, count: stages.length, before };
}

/**
 * Says that the classifier is not trained yet at a record, "" if it is. A coarse classifier is trained
 * in every stage except that of a contrastive encoder.
 */
export function unlearnt(store, index, coarse) {
  const { name, number, count } = stageAt(store, index);
  if (coarse ? name !== "encoder" : number >= count) return "";
  return name === "coarse" ? "the fine classifier is not trained yet" : "the classifier is not trained yet";
}

/** Parts of a timeline of `total` records for a run of several stages: name, from and to as shares. */
export function stageParts(store, total) {
  const stages = stagesOf(store);
  if (stages.length < 2) return [];
  const last = Math.max(total - 1, 1);
  return stages.map((stage, i) => {
    return { name: stage.name, from: i ? stages[i - 1].last / last : 0, to: stage.last / last };
  });
}
