import { epochAt, positionOf } from "../controls/curves.js";
import { epochTextAt } from "../controls/numbers.js";
import { Address, parametersOf, withParameters } from "./address.js";
import { ShareMenu } from "./menu.js";

/** Goes to the moment of a link, keeps the page's URL at what is displayed, and shares it. */

const TITLE = "How does mixing change the margins between classes?";
const NEAR = 1e-3;

export class Sharing {
  /**
   * @param {Player} player
   * @param {{qr(link: string): Promise<string>, replay(link: string): Promise<Blob>, inUrl: boolean}} ways
   *   how to make a QR code and a replay; whether the page's URL follows what is displayed
   */
  constructor(player, { qr, replay, inUrl }) {
    this.player = player;
    this.address = inUrl ? new Address() : null;
    /** The epoch to pause at as soon as it is here, NaN if there is none. */
    this.goal = NaN;
    this.settings = "";
    this.menu = new ShareMenu(player.root, {
      qr, replay, link: () => this.link, words: () => this.words, play: () => this.play(),
    });
  }

  /** Go to a moment: {choices, at, hidden}. */
  go({ choices = {}, at = null, hidden = [] }) {
    this.player.display.adopt({ ...choices, hidden });
    this.goal = at ?? NaN;
  }

  /** A person plays or seeks: stay there. */
  letGo() {
    this.goal = NaN;
  }

  get store() {
    return this.player.longest;
  }

  /** Pause at the epoch of the link as soon as it has come. */
  settle() {
    const { store, goal } = this;
    const { timeline } = this.player;
    if (!store?.count || Number.isNaN(goal)) return;
    if (store.value(store.count - 1, "epoch") < goal - NEAR && !store.finished) return;
    const position = positionOf(store, goal);
    timeline.playing = timeline.following = false;
    timeline.seek(position);
    if (timeline.end >= position && (store.prefix > position || store.finished)) this.goal = NaN;
  }

  /** The epoch displayed. */
  get epoch() {
    const { store } = this;
    return store?.count ? epochAt(store, this.player.timeline.position) : NaN;
  }

  parameters(at) {
    return parametersOf(this.player.display, at);
  }

  /** Write what is displayed into the page's URL; a pause too, unless it is at the end. */
  follow(now) {
    const { timeline } = this.player;
    if (!this.address || timeline.end < 0 || !Number.isNaN(this.goal)) return;
    this.address.write(this.parameters(timeline.rests ? this.epoch : NaN), now);
  }

  get link() {
    const { playing } = this.player.timeline;
    return withParameters(location.href, this.parameters(playing ? NaN : this.epoch));
  }

  get words() {
    const { store, player } = this;
    const epoch = epochTextAt(store, player.timeline.position);
    return { title: TITLE, epoch: epoch[0].toUpperCase() + epoch.slice(1), settings: this.settings };
  }

  /** Play from the start, for a recording. */
  play() {
    const { timeline } = this.player;
    const { position, playing } = timeline;
    this.player.touch(() => {
      timeline.seek(0);
      timeline.playing = true;
    });
    return {
      share: () => timeline.position / Math.max(timeline.end, 1),
      over: () => !timeline.playing,
      restore: () => this.player.touch(() => {
        timeline.seek(position);
        timeline.playing = playing;
      }),
    };
  }

  stop() {
    this.address?.stop();
    this.menu.destroy();
  }
}
