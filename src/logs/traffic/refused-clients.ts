/** Makes refusals the failures of requests, and counts who was refused most in a minute. */
import type { RowColumns } from './rows.ts';

/** By minute: the client that was turned away most (its id among the addresses), and how often. */
export interface Loudest {
  clients: Uint32Array;
  refused: Uint32Array;
}

export class RefusedClients {
  readonly #refused: Uint32Array;
  readonly #clients: number[] = [];

  /** @param clients how many there are. */
  constructor(clients: number) {
    this.#refused = new Uint32Array(clients);
  }

  takeForFailures(rows: RowColumns): void {
    const { length, client, failed, refused } = rows;
    const counts = this.#refused;
    rows.timed = false;
    rows.refusals = false;
    for (let row = 0; row < length; row++) {
      failed[row] = refused[row]!;
      if (refused[row] === 1 && counts[client[row]!]!++ === 0) this.#clients.push(client[row]!);
    }
  }

  /** Tells who was refused most, of equal ones the first known, and begins another minute. */
  tell({ clients, refused }: Loudest, minute: number): void {
    for (const client of this.#clients) {
      const count = this.#refused[client]!;
      if (count > refused[minute]! || (count === refused[minute] && client < clients[minute]!)) {
        refused[minute] = count;
        clients[minute] = client;
      }
      this.#refused[client] = 0;
    }
    this.#clients.length = 0;
  }
}
