/** Records a canvas as a video while it is painted. */

/** VP8 first: it is the fastest to encode. */
const TYPES = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm", "video/mp4"];
const FRAMES_A_SECOND = 30;
const BITS_A_SECOND = 8_000_000;

/** The kind of video that this browser can record, undefined if there is none. */
export function videoType() {
  const able = typeof MediaRecorder === "function" && HTMLCanvasElement.prototype.captureStream;
  return able ? TYPES.find((type) => MediaRecorder.isTypeSupported(type)) : undefined;
}

export class Recording {
  /** @param {HTMLCanvasElement} canvas; @param {() => void} paint called for each frame */
  constructor(canvas, paint) {
    this.paint = paint;
    this.stream = canvas.captureStream(FRAMES_A_SECOND);
    this.recorder = new MediaRecorder(this.stream, {
      mimeType: videoType(), videoBitsPerSecond: BITS_A_SECOND,
    });
    this.parts = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => this.parts.push(data));
  }

  start() {
    this.recorder.start(1000);
    const frame = () => {
      this.next = requestAnimationFrame(frame);
      this.paint();
    };
    frame();
  }

  /** End it; resolves to the video as a Blob. */
  stop() {
    cancelAnimationFrame(this.next);
    return new Promise((resolve) => {
      const type = this.recorder.mimeType.split(";")[0];
      this.recorder.addEventListener("stop", () => resolve(new Blob(this.parts, { type })));
      this.recorder.stop();
      for (const track of this.stream.getTracks()) track.stop();
    });
  }
}

/** Hand a Blob to the browser's downloads. */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
