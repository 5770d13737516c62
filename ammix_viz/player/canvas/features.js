import { featureBeads } from "./beads.js";
import { classify, decisionSegments, shadeNodes } from "./classifier.js";

/** Feature space: the classifier is linear here, so its map and its lines are exact. */
export const featureSpace = {
  title: "Feature space",
  points: (moment) => moment.features,
  centres: (moment, split) => moment.centres(split),
  shade: (nodes, cells, moment, range, shades) => {
    shadeNodes(nodes, cells, moment.classifier, range, shades);
  },
  borders: (moment, range) => decisionSegments(moment.classifier, range),
  mixes: () => true,
  beads: featureBeads,
  classify: (moment, x, y) => classify(moment.classifier, x, y),
};
