/** The mixed rows of a snapshot: which samples were mixed, where, with which label, and the push on each. */

const NOT_DISPLAYED = 65535;
const readBefore = new WeakMap();

/**
 * The mixed rows of record `index`; null if nothing was mixed in its step, undefined if they have
 * not come.
 */
export function mixedRows(store, index) {
  const place = store.places[index];
  const last = readBefore.get(store);
  if (last?.place === place && last.rows !== undefined) return last.rows;
  const rows = readRows(store, index);
  readBefore.set(store, { place, rows });
  return rows;
}

function readRows(store, index) {
  const field = (name) => store.view(index, `mixed.${name}`);
  const site = field("site")?.[0];
  if (site === undefined) return store.header.mixed?.rows ? undefined : null;
  const count = field("count")[0];
  if (site < 0 || !count) return null;
  const times = (values, unit) => values && Float32Array.from(values, (value) => value * unit);
  const unit = field("scale")[0];
  const [parents, partners] = [field("rows"), field("partners")];
  return {
    index, site, count, parents, partners,
    labels: labelsIn(store, parents, field("labels"), 0),
    atFeature: site === store.header.mixed.sites - 1,
    lam: repeated(field("lam"), count),
    labelWeight: repeated(field("label_weight"), count),
    features: times(field("features"), unit),
    /** Minus the gradient of the loss for the features. */
    push: times(field("gradient"), -field("gradient_scale")[0]),
    /** Features of the parents, where some parents are not displayed. */
    ends: times(field("parents"), unit),
    /** The share of each parent where it was mixed with its partner at the input first, and their labels. */
    partnerLam: partners && repeated(field("partner_lam"), 2 * count),
    partnerLabels: partners && labelsIn(store, partners, field("labels"), 2),
  };
}

/** One value a step for all, or one each. */
function repeated(values, length) {
  return Float32Array.from({ length }, (_, i) => values[i % values.length]);
}

/** Classes of the samples of rows, two a row; `known` has them from place `first` on, if it is there. */
function labelsIn(store, samples, known, first) {
  const stride = known && (2 * known.length) / samples.length;
  return Array.from(samples, (sample, i) => {
    return known ? known[stride * (i >> 1) + first + (i & 1)] : store.header.labels[sample];
  });
}

/** Whether a point of `parents` or `partners` is displayed. */
export function isDisplayed(point) {
  return point !== NOT_DISPLAYED;
}

/**
 * The weight of each class in the label of row `i`, as [label, weight], the first parent's first; the
 * classes by which the lens displays the run.
 */
export function labelWeights(rows, i, lens) {
  const weights = new Map();
  const add = (label, weight) => {
    const shown = displayedLabel(label, lens);
    weights.set(shown, (weights.get(shown) ?? 0) + weight);
  };
  for (const j of [0, 1]) {
    const weight = j ? 1 - rows.labelWeight[i] : rows.labelWeight[i];
    const share = rows.partnerLam?.[2 * i + j] ?? 1;
    add(rows.labels[2 * i + j], weight * share);
    if (share < 1) add(rows.partnerLabels[2 * i + j], weight * (1 - share));
  }
  return [...weights].filter(([, weight]) => weight > 0);
}

/** What row `i` is made of, as [label, share]: two samples, or four where inputs were mixed first. */
export function parentsOf(rows, i, lens) {
  return [0, 1].flatMap((j) => {
    const at = 2 * i + j;
    const share = j ? 1 - rows.lam[i] : rows.lam[i];
    const within = rows.partnerLam?.[at] ?? 1;
    const parent = [displayedLabel(rows.labels[at], lens), share * within];
    if (within === 1) return [parent];
    return [parent, [displayedLabel(rows.partnerLabels[at], lens), share * (1 - within)]];
  });
}

/** The class by which the lens displays a label. */
export function displayedLabel(label, lens) {
  return lens.classes.of[label];
}

/** Cross entropy of the label of row `i` under the classifier of its record. */
export function lossOf(rows, i, lens) {
  const [weight, bias] = [lens.view(rows.index, "weight"), lens.view(rows.index, "bias")];
  const [x, y] = [rows.features[2 * i], rows.features[2 * i + 1]];
  const logits = Array.from(bias, (b, k) => b + weight[2 * k] * x + weight[2 * k + 1] * y);
  const highest = Math.max(...logits);
  const total = highest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  return labelWeights(rows, i, lens).reduce((sum, [k, share]) => sum + share * (total - logits[k]), 0);
}
