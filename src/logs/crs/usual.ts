/**
 * What a site's own pages send and rules take for attacks (`$select` of an OData client, an address inside an address):
 * the same rule on the same parameter of the same path, from many visitors who otherwise ask for ordinary things.
 */

/** Ordinary visitors from whom the same match is the site's own doing. Ten people do not send the same attack by chance. */
const VISITORS = 10;
/** Requests that make a client somebody one knows, and the share of them that may match rules. */
const LEAST_REQUESTS = 5;
const ODD_SHARE = 0.5;
const MAX_PLACES = 100_000;

export class UsualMatches {
  readonly #requests = new Map<number, number>();
  readonly #odd = new Map<number, number>();
  /** The one client of which a place is known, or all of them: most places of a scanner have one only. */
  readonly #places = new Map<string, number | Set<number>>();

  /** Counts one request. @param places where rules matched, as `place` names them. */
  note(client: number, places: readonly string[]): void {
    this.#requests.set(client, (this.#requests.get(client) ?? 0) + 1);
    if (places.length > 0) this.#odd.set(client, (this.#odd.get(client) ?? 0) + 1);
    for (const place of places) {
      const known = this.#places.get(place);
      if (known === undefined) {
        if (this.#places.size < MAX_PLACES) this.#places.set(place, client);
      } else if (typeof known !== 'number') known.add(client);
      else if (known !== client) this.#places.set(place, new Set([known, client]));
    }
  }

  /** Places at which matches are the site's own, after all requests were counted. */
  usual(): Set<string> {
    const ordinary = (client: number): boolean => {
      const all = this.#requests.get(client) ?? 0;
      return all >= LEAST_REQUESTS && (this.#odd.get(client) ?? 0) <= all * ODD_SHARE;
    };
    const found = new Set<string>();
    for (const [place, clients] of this.#places) {
      if (typeof clients === 'number' || clients.size < VISITORS) continue;
      let visitors = 0;
      for (const client of clients) if (ordinary(client)) visitors++;
      // Among many scanners a few ordinary visitors prove nothing.
      if (visitors >= VISITORS && visitors * 2 > clients.size) found.add(place);
    }
    return found;
  }
}
