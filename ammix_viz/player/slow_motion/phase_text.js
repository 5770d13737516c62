import { countText, numberText } from "../controls/words.js";
import { isDisplayed } from "../data/mixed.js";
import { crossingsAt, sideOf } from "./run_step.js";

/**
 * What is said in each phase: one sentence or two for all runs, and the lines and the table of each run. A text is
 * a list of parts: a number stands for the class with that label, {aside} is left out where there is little width.
 */

const percentOf = (share) => numberText(100 * share, 0);
const mixing = (steps) => steps.filter(({ rows }) => rows);

/** The class of which both pairs have the same sample, as a list that is empty if there is none. */
function sharedClass([one, two]) {
  if (!two) return [];
  const sample = one.ends.find(([, , , at]) => isDisplayed(at) && two.ends.some((end) => end[3] === at));
  return sample ? [sample[2]] : [];
}

function pairSentence({ classes: [a, b], epoch, steps }) {
  const [{ samples }] = mixing(steps);
  const shared = sharedClass(samples).flatMap((label) => [" with the same ", label, " sample"]);
  const pairs = samples.length > 1 ? "two of the pairs" : "one of the pairs";
  return [
    `Epoch ${epoch}: ${pairs} of `, a, " and ", b, " in one training step", ...(shared.length ? [",", ...shared] : []),
    ". On the black line the classifier is equally sure of these two classes; a third class may still win there.",
  ];
}

function mixSentence({ steps }) {
  const [{ samples }] = mixing(steps);
  const first = samples.flatMap(({ ends: [[, , label]] }, k) => [`${k ? ", in pair 2" : " In pair 1, i is"} of `, label]);
  const named = samples.length > 1 ? [...first, "."] : [];
  return ["A mixed sample is λ · i + (1 − λ) · j, of the first sample i and the second sample j of its pair.", ...named, " Short strokes: midpoints."];
}

const several = (titles) => titles.join(" and ");

/** Which methods give a mixed sample both labels, and which give it one. */
function labelSentence({ steps, titles }) {
  const isSoft = ({ samples }) => samples.some(({ weights }) => weights.length > 1);
  const of = (soft) => titles.filter((_, i) => steps[i].rows && isSoft(steps[i]) === soft);
  const [soft, hard] = [of(true), of(false)];
  const [{ samples: [{ lam }] }] = mixing(steps);
  if (!hard.length) {
    const shares = soft.length > 1 ? "" : `: here ${percentOf(lam)} % of i's label and ${percentOf(1 - lam)} % of j's`;
    return [`The mixed sample gets both labels, λ and 1 − λ${shares}.`];
  }
  const one = "the label of the larger share only";
  if (!soft.length) return [`The mixed sample gets ${one}.`];
  return [`The label of a mixed sample. ${several(soft)}: both labels, λ and 1 − λ. ${several(hard)}: ${one}.`];
}

function pushSentence({ steps }) {
  const parts = " Both its samples are pushed the same way, i by λ of that push and j by 1 − λ; "
    + "so a sample can be pulled towards the other class.";
  const text = "The loss pushes each mixed feature to where the classifier's answer is nearer to its label.";
  return [text + (steps.some(({ onSegment }) => onSegment) ? parts : "")];
}

function moveSentence({ steps: [{ times }] }) {
  const size = times > 1 ? `, enlarged ${countText(times)} times so that it can be seen` : "";
  return [
    `How these samples move the line${size}. Dashed: before. Black: moved by both samples. Coloured: by one of them alone.`,
  ];
}

/** The sentence of each phase, of {classes, epoch, steps, titles}. */
export const SENTENCES = [pairSentence, mixSentence, labelSentence, pushSentence, moveSentence];

function wayText({ classes: [a, b], before, rows, ...step }) {
  const shares = crossingsAt({ classes: [a, b], ...step }, before).map((share) => `${percentOf(share)}\u00a0%`);
  const two = shares.length > 1;
  const where = two ? `in pair 1 at ${shares[0]}, in pair 2 at ${shares[1]}` : `at ${shares[0]}`;
  const none = rows ? [] : ["Takes no pairs. Here are one ", a, " and one ", b, " sample. "];
  return [...none, `The line crosses the way from `, a, " to ", b, ` ${where}. The midpoint is 50\u00a0%.`];
}

function sameText({ same }) {
  return same ? [] : [["This run has other pairs, so these are other samples of the two classes."]];
}

function lamText({ lens, samples, rows }) {
  const { recipe } = lens.store.header;
  const values = [...new Set(samples.map(({ lam }) => numberText(lam, 2)))].join(" and ");
  if (recipe.lam_mode === "fixed") return `λ = ${values}, fixed.`;
  if (recipe.lam_mode !== "asymptotic") return `λ = ${values}, random.`;
  const accuracy = recipe.beta ? -Math.log(samples[0].lam) / recipe.beta : 0;
  return rows.partners ? `λ = ${values}.` : `λ = exp(−${recipe.beta} · accuracy ${numberText(accuracy, 2)}) = ${values}.`;
}

function mixedWhere({ site, atFeature, partners }) {
  if (partners && atFeature) return "Mixes inputs, then features.";
  if (site === 0) return "Mixes inputs.";
  return atFeature ? "Mixes features." : `Mixes values of hidden layer ${site}.`;
}

function mixText(step) {
  const { samples, onSegment, rows } = step;
  const text = [[mixedWhere(rows)], [lamText(step)]];
  if (onSegment) return text;
  const beside = numberText(Math.max(...samples.map((sample) => sample.beside)), 2);
  return [...text, [`Their features lie off the straight way, by up to ${beside}.`]];
}

/** What a row of a table is of: a mixed sample, by its pair, or a sample as it is. */
function sampleName({ rows, samples }, k) {
  if (!rows) return [sideOf(samples[k]), " sample"];
  return [samples.length > 1 ? `pair ${k + 1}` : "pair"];
}

/** Shares of classes in percent, without the sign. */
function sharesText(shares) {
  return shares.flatMap(([label, share], i) => [i ? ", " : "", label, ` ${percentOf(share)}`]);
}

function labelRow(step, k) {
  const { lam, ends: [[, , first], [, , second]], weights } = step.samples[k];
  return [sampleName(step, k), sharesText([[first, lam], [second, 1 - lam]]), sharesText(weights)];
}

function pushRow(step, k) {
  const { weights, confidence, push } = step.samples[k];
  const answers = step.classes.map((label) => [label, confidence[label]]);
  const others = 1 - answers.reduce((sum, [, share]) => sum + share, 0);
  const rest = others >= 0.005 ? [{ aside: `, others ${percentOf(others)}` }] : [];
  return [sampleName(step, k), [...sharesText(answers), ...rest], sharesText(weights), [numberText(Math.hypot(...push), 2)]];
}

function moveRows(step) {
  const { samples, before, alone, after } = step;
  const from = crossingsAt(step, before);
  const moved = (classifier) => crossingsAt(step, classifier).map((share, k) => {
    return [`${numberText(100 * from[k], 1)} → ${numberText(100 * share, 1)} %`];
  });
  const coloured = (k) => (step.rows ? [sideOf(samples[k]), " ", ...sampleName(step, k)] : sampleName(step, k));
  const each = samples.length > 1 ? alone.map((classifier, k) => [coloured(k), ...moved(classifier)]) : [];
  return [...each, [samples.length > 1 ? ["both"] : sampleName(step, 0), ...moved(after)]];
}

function moveHead({ ways }) {
  return ["moved by", ...(ways.length > 1 ? ["crosses pair 1 at", "pair 2 at"] : ["crosses at"])];
}

const said = (lines) => ({ lines, head: [], rows: [] });
const listed = (head, rows, lines = []) => ({ lines, head, rows });
const eachOf = (row) => (step) => step.samples.map((_, k) => row(step, k));

function pushTable(step) {
  const through = step.rows && !step.onSegment ? [["It reaches the two samples through the network."]] : [];
  return listed(["", "confidence, %", "label, %", "push"], eachOf(pushRow)(step), through);
}

const MIXED = [
  (step) => said([wayText(step), ...sameText(step)]),
  (step) => said(mixText(step)),
  (step) => listed(["", "mixed of, %", "label, %"], eachOf(labelRow)(step)),
  pushTable,
  (step) => listed(moveHead(step), moveRows(step)),
];

const UNMIXED = [
  MIXED[0],
  () => said([["Nothing is mixed: this method trains on the samples as they are."]]),
  () => said([["Each sample keeps its label."]]),
  MIXED[3],
  MIXED[4],
];

/** What is said of a run in a phase: {lines, head, rows}. */
export function phaseLines(step, phase) {
  const untrained = step.lens.unlearnt(step.index);
  if (untrained) return said([[`Nothing to see here: ${untrained}.`]]);
  return (step.rows ? MIXED : UNMIXED)[phase](step);
}
