/** `client.webhooks`: URLs that are told what becomes of jobs. */

import { broken, told } from "./connection.js";
import { each, type OrderedListOptions } from "./listing.js";
import { Resource, idOf, keyed, type CreateOptions, type Id, type JsonBody, type Schemas } from "./resource.js";

export type Webhook = Schemas["Webhook"];
export type WebhookWithSecret = Schemas["WebhookWithSecret"];
export type WebhookEvent = Schemas["WebhookEvent"];
export type Delivery = Schemas["WebhookDelivery"];
export type DeliveryWithEvent = Schemas["DeliveryWithEvent"];
/** Only `url` is needed; without `events` it is told of all. */
export type CreateWebhook = Pick<JsonBody<"createWebhook">, "url"> & Partial<JsonBody<"createWebhook">>;
export type UpdateWebhook = JsonBody<"updateWebhook">;

export interface RotateOptions {
  /** For how long the old secret is signed with beside the new one; a day. */
  overlapSeconds?: number;
}

export class Webhooks extends Resource {
  /** Have a URL told. Keep the `secret`: it is not shown again. */
  create(fields: CreateWebhook, options?: CreateOptions): Promise<WebhookWithSecret> {
    const body = fields as JsonBody<"createWebhook">;
    return told(this.api.POST("/v1/webhooks", { params: keyed(options), body }));
  }

  /** The webhook, without its secret. */
  retrieve(webhook: Id): Promise<Webhook> {
    return told(this.api.GET("/v1/webhooks/{webhook_id}", { params: this.#params(webhook) }));
  }

  list({ order, ...options }: OrderedListOptions = {}): AsyncGenerator<Webhook, void, undefined> {
    const sorted = order ? { order } : {};
    return each(
      options,
      (query) => told(this.api.GET("/v1/webhooks", { params: { query: { ...query, ...sorted } } })),
      (webhook) => webhook.id,
    );
  }

  /** Change what is given; the rest stays. */
  update(webhook: Id, body: UpdateWebhook): Promise<Webhook> {
    return told(this.api.PATCH("/v1/webhooks/{webhook_id}", { params: this.#params(webhook), body }));
  }

  /** Delete a webhook, what waits to be sent to it, and its log. */
  delete(webhook: Id): Promise<void> {
    const params = this.#params(webhook);
    return this.gone(() => this.api.DELETE("/v1/webhooks/{webhook_id}", { params }));
  }

  /** A new secret. It is asked for once: if the answer is lost, the old secret still holds for the overlap. */
  async rotate(webhook: Id, { overlapSeconds }: RotateOptions = {}): Promise<WebhookWithSecret> {
    const url = new URL(this.connection.path("webhooks", idOf(webhook), "rotate"));
    if (overlapSeconds !== undefined) {
      url.searchParams.set("overlap_seconds", String(overlapSeconds));
    }
    const response = await this.connection.open(new Request(url, { method: "POST" }));
    const data = response.json().catch((error: unknown) => {
      throw error instanceof SyntaxError ? error : broken(error);
    });
    return told(data.then((data: WebhookWithSecret) => ({ data })));
  }

  /** Have a `webhook.test` sent; `delivery` tells what came of it. */
  test(webhook: Id): Promise<Delivery> {
    return told(this.api.POST("/v1/webhooks/{webhook_id}/test", { params: this.#params(webhook) }));
  }

  /** What it was told and is to be told, the newest first. */
  deliveries(webhook: Id, options: OrderedListOptions = {}): AsyncGenerator<Delivery, void, undefined> {
    const { path } = this.#params(webhook);
    const { order, ...rest } = options;
    const sorted = order ? { order } : {};
    return each(
      rest,
      (asked) => {
        const query = { ...asked, ...sorted };
        return told(this.api.GET("/v1/webhooks/{webhook_id}/deliveries", { params: { path, query } }));
      },
      (delivery) => delivery.id,
    );
  }

  /** A delivery as it is now, with its `event`. */
  delivery(webhook: Id, delivery: Id): Promise<DeliveryWithEvent> {
    const params = this.#deliveryParams(webhook, delivery);
    return told(this.api.GET("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", { params }));
  }

  /** Send an event again. */
  replay(webhook: Id, delivery: Id): Promise<Delivery> {
    const params = this.#deliveryParams(webhook, delivery);
    return told(this.api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params }));
  }

  #params(webhook: Id) {
    this.connection.path(idOf(webhook));
    return { path: { webhook_id: idOf(webhook) } };
  }

  #deliveryParams(webhook: Id, delivery: Id) {
    this.connection.path(idOf(delivery));
    return { path: { ...this.#params(webhook).path, delivery_id: idOf(delivery) } };
  }
}
