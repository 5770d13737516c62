import { countText, numberText } from "../controls/words.js";
import { crossedAt } from "./run_step.js";

/**
 * What is said in each phase: one sentence for all runs, and the lines and the table of each run. A text is
 * a list of parts: a number stands for the class with that label, {aside} is left out where there is little width.
 */

const percentText = (share) => `${numberText(100 * share, 0)} %`;

/** The sentence of each phase, of {classes, epoch}. */
export const SENTENCES = [
  ({ classes: [a, b], epoch }) => [`A step at epoch ${epoch} draws pairs of samples of two classes, here `, a, " and ", b, "."],
  () => ["A mixed sample is λ of one sample and 1 − λ of the other. The short stroke marks the midpoint."],
  () => ["A mixed sample gets a label: that of the sample with the larger share alone, or both by their shares."],
  () => ["The loss pushes each mixed feature towards its label; λ and 1 − λ of the push reach the two samples."],
  () => [
    "The gradient of these samples alone moves the line, enlarged. "
    + "Coloured: by one label alone; solid: by both; dashed: before.",
  ],
];

function wayText({ classes: [a, b], before, ways, ...step }) {
  const share = percentText(crossedAt({ classes: [a, b], ways, ...step }, before));
  return ["The line crosses at ", share, " of the way from ", a, " to ", b, "; midpoint 50 %."];
}

function sameText({ same }) {
  return same ? [] : [["Other samples of these classes: this run draws other pairs."]];
}

function lamText({ lens, samples: [{ lam }], rows }) {
  const { recipe } = lens.store.header;
  const value = numberText(lam, 2);
  if (recipe.lam_mode === "fixed") return `λ = ${value}, fixed`;
  if (recipe.lam_mode !== "asymptotic") return `λ = ${value}, random`;
  const accuracy = recipe.beta ? -Math.log(lam) / recipe.beta : 0;
  return rows.partners ? `λ = ${value}` : `λ = exp(−${recipe.beta} · ${numberText(accuracy, 2)}) = ${value}`;
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

function labelRow({ lam, ends: [[, , first], [, , second]], weights }) {
  const label = weights.flatMap(([of, weight], i) => [i ? " + " : "", `${percentText(weight)} `, of]);
  return [[`${percentText(lam)} `, first, ` + ${percentText(1 - lam)} `, second], label];
}

function pushRow({ weights: [[label, weight]], confidence, push, parts }) {
  const sizes = parts?.map((part) => numberText(Math.hypot(...part), 2)).join(" + ");
  const [sure, size] = [percentText(confidence[label]), numberText(Math.hypot(...push), 2)];
  return [[label, ` ${sure}`], [percentText(weight)], [size, ...(sizes ? [{ aside: ` = ${sizes}` }] : [])]];
}

function moveRows({ classes, alone, after, before, ...step }) {
  const at = (classifier) => numberText(100 * crossedAt({ classes, ...step }, classifier), 1);
  const sides = classes.flatMap((label, i) => {
    return alone[i] ? [[[label, " alone"], [`${at(before)} → ${at(alone[i])} %`]]] : [];
  });
  return [...sides, [["both"], [`${at(before)} → ${at(after)} %`]]];
}

const said = (lines) => ({ lines, head: [], rows: [] });
const listed = (head, rows, lines = []) => ({ lines, head, rows });

const MIXED = [
  (step) => said([wayText(step), ...sameText(step)]),
  (step) => said(mixText(step)),
  ({ samples }) => listed(["mixed of", "label"], samples.map(labelRow)),
  ({ samples, rows, onSegment }) => {
    const through = rows && !onSegment ? [["It reaches the samples through the network."]] : [];
    return listed(["confidence", "label", "push"], samples.map(pushRow), through);
  },
  (step) => listed([`step × ${countText(step.times)}`, "crosses at"], moveRows(step)),
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
