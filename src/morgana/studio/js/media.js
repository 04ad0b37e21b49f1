// @ts-check
/** Pictures and sound in the forms that the server takes, whatever the browser can read. */

const LONGEST_SIDE = 4096;

/** A file that cannot be used; the message says what to do. */
export class Unusable extends Error {}

/**
 * A JPEG or PNG file of any picture that the browser can show.
 * @param {File} file
 * @returns {Promise<File>}
 */
export async function asPicture(file) {
  if (file.type === "image/jpeg" || file.type === "image/png") return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) throw new Unusable("This is not a picture that can be read. Choose a JPEG or PNG photo.");
  return drawn(picture, picture.width, picture.height, "portrait.jpg");
}

/**
 * What a video element shows now, as seen in a mirror or not.
 * @param {HTMLVideoElement} video
 */
export async function snapshot(video) {
  return drawn(video, video.videoWidth, video.videoHeight, "camera.jpg");
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {string} name
 * @returns {Promise<File>}
 */
async function drawn(source, width, height, name) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.94));
  if (!(blob instanceof Blob)) throw new Unusable("This picture cannot be used. Choose another one.");
  return new File([blob], name, { type: "image/jpeg" });
}

/**
 * A WAV or MP3 file of any sound that the browser can play.
 * @param {Blob & {name?: string}} file
 * @returns {Promise<File>}
 */
export async function asSound(file) {
  const name = file.name ?? "recording";
  if (/^audio\/(mpeg|mp3|wav|x-wav|wave|vnd\.wave)$/.test(file.type) && file instanceof File) return file;
  const context = new AudioContext();
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    return new File([wav(sound)], `${name.replace(/\.\w+$/, "")}.wav`, { type: "audio/wav" });
  } catch {
    throw new Unusable("There is no sound in this file that can be read. Choose a recording, such as WAV, MP3 or M4A.");
  } finally {
    void context.close();
  }
}

/**
 * One channel of 16 bits (RIFF WAVE, format 1: PCM).
 * @param {AudioBuffer} sound
 */
export function wav(sound) {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, at) => sound.getChannelData(at));
  const view = new DataView(new ArrayBuffer(44 + 2 * sound.length));
  const text = (/** @type {number} */ at, /** @type {string} */ said) =>
    [...said].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * sound.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sound.sampleRate, true);
  view.setUint32(28, 2 * sound.sampleRate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * sound.length, true);
  for (let at = 0; at < sound.length; at += 1) {
    const mean = channels.reduce((sum, samples) => sum + (samples[at] ?? 0), 0) / channels.length;
    view.setInt16(44 + 2 * at, Math.round(Math.max(-1, Math.min(1, mean)) * 32767), true);
  }
  return view.buffer;
}

/**
 * Use the camera or the microphone.
 * @param {"camera" | "microphone"} what
 * @returns {Promise<MediaStream>}
 */
export async function open(what) {
  if (!navigator.mediaDevices) throw new Unusable(`The browser lends its ${what} only to pages on this machine or behind https. Choose a file instead.`);
  const wanted = what === "camera" ? { video: { width: { ideal: 1280 }, height: { ideal: 1280 }, facingMode: "user" } } : { audio: true };
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    throw new Unusable(refused ? `The browser did not allow the ${what}. Allow it for this page, then try again.` : `No ${what} was found. Plug one in, or choose a file instead.`);
  }
}

/** @param {MediaStream} stream */
export function close(stream) {
  stream.getTracks().forEach((track) => track.stop());
}

/**
 * Record until `stop`, which gives the recording. `level` is told 0 to 1 of how loud it is.
 * @param {(level: number, seconds: number) => void} level
 * @returns {Promise<{stop: () => Promise<File>}>}
 */
export async function record(level) {
  const stream = await open("microphone");
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  const context = new AudioContext();
  const meter = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(meter);
  const samples = new Float32Array(meter.fftSize);
  const begun = performance.now();
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    level(Math.min(1, Math.sqrt(power) * 4), (performance.now() - begun) / 1000);
  }, 100);
  recorder.start();
  return {
    stop: async () => {
      clearInterval(timer);
      const ended = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
      recorder.stop();
      await ended;
      close(stream);
      void context.close();
      return asSound(new Blob(pieces, { type: recorder.mimeType }));
    },
  };
}

/** @param {number} seconds */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
