/** Addresses that did something an attacker does, each deed counted once. */
import type { Attacker, Proof } from './types.ts';

const MAX_ATTACKERS = 200;
/** Addresses that are remembered; beyond, those that did least are let go. */
const MAX_KNOWN = 20_000;

type Known = Attacker & { weights: Map<string, number> };

const worstFirst = (a: Known, b: Known): number =>
  b.score - a.score || b.requests + b.loginFailures - a.requests - a.loginFailures;

export class Attackers {
  #known = new Map<string, Known>();
  /** Addresses that were let go: they did little, or little by then. */
  forgotten = 0;

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
      if (this.#known.size >= MAX_KNOWN) this.#forget();
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

  #forget(): void {
    const kept = [...this.#known.values()].sort(worstFirst).slice(0, MAX_KNOWN / 2);
    this.forgotten += this.#known.size - kept.length;
    this.#known = new Map(kept.map((attacker) => [attacker.address, attacker]));
  }

  /** Addresses with a deed of so much weight. */
  atLeast(weight: number): string[] {
    return [...this.#known.values()].flatMap(({ address, weights }) =>
      [...weights.values()].some((one) => one >= weight) ? [address] : [],
    );
  }

  ranked(): Attacker[] {
    return [...this.#known.values()]
      .filter(({ score }) => score > 0)
      .sort(worstFirst)
      .slice(0, MAX_ATTACKERS)
      .map(({ weights, ...attacker }) => ({
        ...attacker,
        deeds: [...weights].sort((a, b) => b[1] - a[1]).map(([deed]) => deed),
      }));
  }
}
