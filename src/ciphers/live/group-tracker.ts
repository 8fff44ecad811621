/**
 * Learns the curves of a server from the hellos that ask for its suites, at no connection of their own: curves already seen stand
 * last in every list, so that a server that follows the client names a new one with each ECDHE suite.
 */
import { OLDER_GROUPS_FIRST } from './hellos.ts';

export interface GroupOffer {
  groups: readonly number[];
  /** Curves at the end of the list, known to be supported. */
  seen: ReadonlySet<number>;
}

export class GroupTracker {
  /** In the order they were found. */
  readonly found: number[] = [];
  /** No further curve is supported. */
  complete = false;
  readonly #onOwnOrder: () => void;
  #followsClient = false;

  /** @param onOwnOrder called when the server picks by its own order, so that the rest must be asked for */
  constructor(onOwnOrder: () => void) {
    this.#onOwnOrder = onOwnOrder;
  }

  offer(): GroupOffer {
    const seen = new Set(this.found);
    return { groups: [...OLDER_GROUPS_FIRST.filter((g) => !seen.has(g)), ...this.found], seen };
  }

  note(group: number, offer: GroupOffer): void {
    if (!offer.seen.has(group)) {
      // Its favourite was in the list too: a server with an order of its own would have taken that one again.
      if (offer.seen.size > 0) this.#followsClient = true;
      if (!this.found.includes(group)) this.found.push(group);
    } else if (this.#followsClient) this.complete = true;
    else this.#onOwnOrder();
  }
}
