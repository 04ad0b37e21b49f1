/** The client: one property for each resource, and `api` for every operation that there is. */

import { Connection, broken, told, type Options } from "./connection.js";
import { download } from "./downloading.js";
import { JobFailedError } from "./errors.js";
import { each, type ListOptions, type OrderedListOptions } from "./listing.js";
import { Resource, idOf, keyed, type CreateOptions, type Id, type JsonBody, type Schemas } from "./resource.js";
import type { operations } from "./schema.js";
import { formOf, type Fields } from "./uploads.js";
import { Usage } from "./usage.js";
import { ended, type WaitOptions } from "./waiting.js";
import { Events } from "./watching.js";
import { Webhooks } from "./webhooks.js";

type FormBody<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "multipart/form-data": infer Form } };
}
  ? Fields<Form>
  : never;

export type Video = Schemas["MAVideo"];
export type TextOverlay = Schemas["MetaTextOverlay"];
export type Actor = Schemas["Actor"];
export type Voice = Schemas["Voice"];
export type Font = Schemas["Font"];
export type CaptionTemplate = Schemas["MACaptionTemplate"];
export type Transcript = Schemas["Transcript"];
export type TimestampedSpeech = Schemas["TimestampedSpeech"];
export type CreateVideo = FormBody<"createVideo">;
export type AddCaptions = FormBody<"addCaptions">;
export type CreateTextOverlay = FormBody<"createMetaTextOverlay">;
export type CreateActor = FormBody<"createActor">;
/** `model` is given where it is left out. */
export type Speak = Omit<JsonBody<"generateSpeech">, "model"> & { voice_id?: string };

export type SubtitleFormat = "srt" | "vtt" | "ass";

export interface ShareVideo {
  /** By default as it was, or a name for any video of its kind. */
  title?: string;
}

export interface DownloadOptions {
  /** Called with the share of the file that is there, 0 to 1. */
  onProgress?: (share: number) => void;
}

const FORM = { bodySerializer: (body: unknown) => body as FormData };

/** What can be done with a video, whether it was generated or captioned. */
class Films extends Resource {
  retrieve(video: Id): Promise<Video> {
    return told(this.api.GET("/v1/videos/{video_id}", { params: { path: { video_id: this.id(video) } } }));
  }

  /** The video once it is COMPLETE. Throws JobFailedError, JobCancelledError and TimeoutError. */
  wait(video: Id, options?: WaitOptions<Video>): Promise<Video> {
    return ended(() => this.retrieve(video), options);
  }

  /** Save the MP4, in Node.js. The file appears when it is whole. */
  async download(video: Id, path: string, { onProgress }: DownloadOptions = {}): Promise<string> {
    const url = this.connection.path("videos", this.id(video), "content");
    return download(this.connection, async () => url, path, onProgress);
  }

  /** Save a picture (JPEG) of a COMPLETE video, in Node.js. */
  async thumbnail(video: Id, path: string): Promise<string> {
    const url = this.connection.path("videos", this.id(video), "thumbnail");
    return download(this.connection, async () => url, path);
  }

  /** Stop work on a video. One that has ended stays as it is. */
  cancel(video: Id): Promise<Video> {
    return told(this.api.POST("/v1/videos/{video_id}/cancel", { params: { path: { video_id: this.id(video) } } }));
  }

  /** Delete a video and its files; one that is still PROCESSING is cancelled first. */
  delete(video: Id): Promise<void> {
    const params = { path: { video_id: this.id(video) } };
    return this.gone(() => this.api.DELETE("/v1/videos/{video_id}", { params }));
  }

  /** What is said, and when. */
  transcript(video: Id): Promise<Transcript> {
    return told(this.api.GET("/v1/videos/{video_id}/transcript", { params: { path: { video_id: this.id(video) } } }));
  }

  /** What is said, as a file of subtitles. */
  subtitles(video: Id, format: SubtitleFormat = "srt"): Promise<string> {
    return this.connection.text(this.connection.path("videos", this.id(video), `transcript.${format}`));
  }

  /** Have a video shown to whoever has its `share_link_url`, which it has once it is COMPLETE. */
  share(video: Id, body: ShareVideo = {}): Promise<Video> {
    const params = { path: { video_id: this.id(video) } };
    return told(this.api.POST("/v1/videos/{video_id}/share", { params, body }));
  }

  /** Close a video's public page at once; its link never works again. */
  async unshare(video: Id): Promise<void> {
    await this.api.DELETE("/v1/videos/{video_id}/share", { params: { path: { video_id: this.id(video) } } });
  }

  protected id(video: Id): string {
    this.connection.path(idOf(video));
    return idOf(video);
  }
}

/** Talking-head videos. */
class Videos extends Films {
  /** Have a video made of a face and speech; it is PROCESSING until `wait` returns. */
  async create(fields: CreateVideo, options?: CreateOptions): Promise<Video> {
    const form = await formOf(fields, ["image_reference", "audio_reference"]);
    return told(this.api.POST("/v1/videos", { params: keyed(options), body: form as never, ...FORM }));
  }

  /** All videos, captioned ones as well, the newest first. */
  list({ order, ...options }: OrderedListOptions = {}): AsyncGenerator<Video, void, undefined> {
    const sorted = order ? { order } : {};
    return each(
      options,
      (query) => told(this.api.GET("/v1/videos", { params: { query: { ...query, ...sorted } } })),
      (video) => video.id,
    );
  }
}

/** Videos in which the words are written as they are said. */
class Captions extends Films {
  readonly templates: Templates;

  constructor(connection: Connection) {
    super(connection);
    this.templates = new Templates(connection);
  }

  /** Have a captioned copy made of a video; it is PROCESSING until `wait` returns. */
  async create(fields: AddCaptions, options?: CreateOptions): Promise<Video> {
    const form = await formOf(fields, ["video"]); // a transcript may be a text: pass a file of it as a Blob
    return told(this.api.POST("/v1/videos/captions", { params: keyed(options), body: form as never, ...FORM }));
  }
}

/** Caption styles. */
class Templates extends Resource {
  list(options: ListOptions = {}): AsyncGenerator<CaptionTemplate, void, undefined> {
    return each(
      options,
      (query) => told(this.api.GET("/v1/videos/captions/templates", { params: { query } })),
      (template) => template.id,
    );
  }

  retrieve(template_id: string): Promise<CaptionTemplate> {
    return told(this.api.GET("/v1/videos/captions/templates/{template_id}", { params: { path: { template_id } } }));
  }
}

/** One video, and up to four texts, each over a copy of its own. */
class Overlays extends Resource {
  async create(fields: CreateTextOverlay, options?: CreateOptions): Promise<TextOverlay> {
    const form = await formOf(fields, ["video"]);
    return told(this.api.POST("/v1/meta/text_overlays", { params: keyed(options), body: form as never, ...FORM }));
  }

  retrieve(overlay: Id): Promise<TextOverlay> {
    return told(this.api.GET("/v1/meta/text_overlays/{text_overlay_id}", { params: this.params(overlay) }));
  }

  list({ order, ...options }: OrderedListOptions = {}): AsyncGenerator<TextOverlay, void, undefined> {
    const sorted = order ? { order } : {};
    return each(
      options,
      (query) => told(this.api.GET("/v1/meta/text_overlays", { params: { query: { ...query, ...sorted } } })),
      (overlay) => overlay.id,
    );
  }

  /** The text overlay once every text has its result, if only an error of its own. */
  wait(overlay: Id, options?: WaitOptions<TextOverlay>): Promise<TextOverlay> {
    return ended(() => this.retrieve(overlay), options);
  }

  /** Save the MP4 of the text with this index, in Node.js. */
  async download(overlay: Id, path: string, { index = 0, onProgress }: DownloadOptions & { index?: number } = {}) {
    const locate = async (): Promise<string> => {
      const made = await this.retrieve(overlay);
      const result = made.results.find((one) => one.index === index);
      if (result === undefined) {
        throw new RangeError(`${made.id} is ${made.status} and has no result ${index}`);
      }
      if (!result.video_url) {
        throw new JobFailedError(result.error?.code ?? "unknown", result.error?.message ?? "It failed.", made);
      }
      return result.video_url;
    };
    return download(this.connection, locate, path, onProgress);
  }

  cancel(overlay: Id): Promise<TextOverlay> {
    return told(this.api.POST("/v1/meta/text_overlays/{text_overlay_id}/cancel", { params: this.params(overlay) }));
  }

  delete(overlay: Id): Promise<void> {
    const params = this.params(overlay);
    return this.gone(() => this.api.DELETE("/v1/meta/text_overlays/{text_overlay_id}", { params }));
  }

  private params(overlay: Id) {
    this.connection.path(idOf(overlay));
    return { path: { text_overlay_id: idOf(overlay) } };
  }
}

/** Texts, spoken. */
class Speech extends Resource {
  /** The sound file; a WAV unless another format is asked for. */
  async create(speak: Speak): Promise<Uint8Array> {
    return this.connection.retried(async () => {
      const response = await this.connection.open(this.#request(speak));
      return new Uint8Array(
        await response.arrayBuffer().catch((error: unknown) => {
          throw broken(error);
        }),
      );
    });
  }

  /** The sound file in pieces, each sentence as soon as it is spoken; throws ConnectionError if it breaks off. */
  async *stream(speak: Speak): AsyncGenerator<Uint8Array, void, undefined> {
    const response = await this.connection.retried(() => this.connection.open(this.#request(speak)));
    try {
      for await (const piece of response.body?.values() ?? []) {
        yield piece;
      }
    } catch (error) {
      throw error instanceof TypeError ? broken(error) : error;
    }
  }

  /** The sound file, and when each word and each of its phonemes is said. */
  async withTimestamps({ voice_id = "heart", ...speak }: Speak): Promise<TimestampedSpeech> {
    const params = { path: { voice_id } };
    const body = { model: "mirage-audio-1" as const, ...speak };
    return told(this.api.POST("/v1/audio/text-to-speech/{voice_id}/with-timestamps", { params, body }));
  }

  #request({ voice_id = "heart", ...speak }: Speak): Request {
    return new Request(this.connection.path("audio", "text-to-speech", voice_id), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "mirage-audio-1", ...speak }),
    });
  }
}

/** Faces that are analysed once and used for many videos. */
class Actors extends Resource {
  async create(fields: CreateActor, options?: CreateOptions): Promise<Actor> {
    const form = await formOf(fields, ["portrait"]);
    return told(this.api.POST("/v1/actors", { params: keyed(options), body: form as never, ...FORM }));
  }

  retrieve(actor: Id): Promise<Actor> {
    return told(this.api.GET("/v1/actors/{actor_id}", { params: this.params(actor) }));
  }

  list({ order, ...options }: OrderedListOptions = {}): AsyncGenerator<Actor, void, undefined> {
    const sorted = order ? { order } : {};
    return each(
      options,
      (query) => told(this.api.GET("/v1/actors", { params: { query: { ...query, ...sorted } } })),
      (actor) => actor.id,
    );
  }

  /** The actor once it is READY. */
  wait(actor: Id, options?: WaitOptions<Actor>): Promise<Actor> {
    return ended(() => this.retrieve(actor), options);
  }

  delete(actor: Id): Promise<void> {
    const params = this.params(actor);
    return this.gone(() => this.api.DELETE("/v1/actors/{actor_id}", { params }));
  }

  private params(actor: Id) {
    this.connection.path(idOf(actor));
    return { path: { actor_id: idOf(actor) } };
  }
}

type VoiceFilters = Omit<NonNullable<operations["listVoices"]["parameters"]["query"]>, "limit" | "after">;

/** Who can speak. */
class Voices extends Resource {
  list({ limit, after, ...filters }: ListOptions & VoiceFilters = {}): AsyncGenerator<Voice, void, undefined> {
    return each(
      { ...(limit && { limit }), ...(after && { after }) },
      (query) => told(this.api.GET("/v1/voices", { params: { query: { ...filters, ...query } } })),
      (voice) => voice.id,
    );
  }

  retrieve(voice_id: string): Promise<Voice> {
    return told(this.api.GET("/v1/voices/{voice_id}", { params: { path: { voice_id } } }));
  }
}

/** What text is written in. */
class Fonts extends Resource {
  list(options: ListOptions = {}): AsyncGenerator<Font, void, undefined> {
    return each(
      options,
      (query) => told(this.api.GET("/v1/fonts", { params: { query } })),
      (font) => font.name,
    );
  }

  retrieve(name: string): Promise<Font> {
    return told(this.api.GET("/v1/fonts/{name}", { params: { path: { name } } }));
  }
}

/** A server of this API: Morgana's, or any other that keeps to the contract. */
export class Morgana {
  readonly api: Connection["api"];
  readonly videos: Videos;
  readonly captions: Captions;
  readonly overlays: Overlays;
  readonly speech: Speech;
  readonly actors: Actors;
  readonly voices: Voices;
  readonly fonts: Fonts;
  readonly events: Events;
  readonly webhooks: Webhooks;
  readonly usage: Usage;

  constructor(options: Options = {}) {
    const connection = new Connection(options);
    this.api = connection.api;
    this.videos = new Videos(connection);
    this.captions = new Captions(connection);
    this.overlays = new Overlays(connection);
    this.speech = new Speech(connection);
    this.actors = new Actors(connection);
    this.voices = new Voices(connection);
    this.fonts = new Fonts(connection);
    this.events = new Events(connection);
    this.webhooks = new Webhooks(connection);
    this.usage = new Usage(connection);
  }
}
