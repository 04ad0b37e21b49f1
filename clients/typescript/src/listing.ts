/** Lists, page after page, as one iteration. */

export interface ListOptions {
  /** Of one page, of which more follow; 100. */
  limit?: number;
  /** Only what comes strictly after the one with this id. */
  after?: string;
}

export interface OrderedListOptions extends ListOptions {
  order?: "asc" | "desc";
}

/** Each page is asked for when it is come to. */
export async function* each<T>(
  options: ListOptions,
  page: (query: { limit: number; after?: string }) => Promise<T[] | { data: T[]; has_more: boolean }>,
  cursor: (item: T) => string,
): AsyncGenerator<T, void, undefined> {
  const limit = options.limit ?? 100;
  for (let after = options.after; ; ) {
    const answer = await page(after === undefined ? { limit } : { limit, after });
    const [items, more] = Array.isArray(answer) ? [answer, answer.length >= limit] : [answer.data, answer.has_more];
    yield* items;
    const last = items.at(-1);
    if (!more || last === undefined || cursor(last) === after) {
      return;
    }
    after = cursor(last);
  }
}
