/** Addresses that did something an attacker does, each deed counted once. */
import type { Attacker, Proof } from './types.ts';

const MAX_ATTACKERS = 200;

export class Attackers {
  readonly #known = new Map<string, Attacker & { weights: Map<string, number> }>();

  note(address: string, deed: string, weight: number, time: number, proof?: Proof): Attacker {
    let attacker = this.#known.get(address);
    if (!attacker) {
      attacker = {
        address,
        deeds: [],
        score: 0,
        first: time,
        last: time,
        requests: 0,
        loginFailures: 0,
        loginSuccesses: 0,
        proof: [],
        weights: new Map(),
      };
      this.#known.set(address, attacker);
    }
    if (deed !== '' && !attacker.weights.has(deed)) {
      attacker.weights.set(deed, weight);
      attacker.score += weight;
      if (proof && attacker.proof.length < 10) attacker.proof.push(proof);
    }
    if (!(time >= attacker.first)) attacker.first = time;
    if (!(time <= attacker.last)) attacker.last = time;
    return attacker;
  }

  ranked(): Attacker[] {
    return [...this.#known.values()]
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || b.requests + b.loginFailures - a.requests - a.loginFailures)
      .slice(0, MAX_ATTACKERS)
      .map(({ weights, ...attacker }) => ({
        ...attacker,
        deeds: [...weights].sort((a, b) => b[1] - a[1]).map(([deed]) => deed),
      }));
  }
}
