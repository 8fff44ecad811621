/** Shared by the tests of signed messages: fresh keys made once per file, messages from their parts, and mutations of them. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import { fromSpki, keyLabel } from '../../src/messages/keys/read-keys.ts';
import { secretKey } from '../../src/messages/keys/read-secrets.ts';
import type { Scheme } from '../../src/messages/scheme.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import type { Verdict } from '../../src/messages/verdict.ts';
import { schemeById, type VerifyOptions, verifyMessage } from '../../src/messages/verify.ts';

export interface Pair {
  privateKey: KeyObject;
  publicKey: KeyObject;
  material: KeyMaterial;
}

const pair = (made: { privateKey: KeyObject; publicKey: KeyObject }): Pair => ({
  ...made,
  material: {
    ...fromSpki(made.publicKey.export({ format: 'der', type: 'spki' }), 'key.pem')!,
    label: `${keyLabel(made.publicKey)} public key`,
  },
});

export const rsaPair = (bits = 2048): Pair => pair(generateKeyPairSync('rsa', { modulusLength: bits }));
export const ecPair = (namedCurve = 'P-256'): Pair => pair(generateKeyPairSync('ec', { namedCurve }));
export const edPair = (): Pair => pair(generateKeyPairSync('ed25519'));
export const secret = (value: string | Buffer, name?: string): KeyMaterial =>
  secretKey(Buffer.from(value as string), 'secret.txt', name ? [name] : []);

/** A stored message from its parts. */
export function message(parts: {
  method?: string;
  target?: string;
  status?: number;
  headers?: { [name: string]: string } | [string, string][];
  body?: string | Buffer;
  time?: number;
}): StoredMessage {
  const { method, target, status } = parts;
  return {
    file: 'message.http',
    form: 'HTTP message',
    ...(method === undefined ? {} : { method }),
    ...(target === undefined ? {} : { target }),
    ...(status === undefined ? {} : { status }),
    headers: Array.isArray(parts.headers) ? parts.headers : Object.entries(parts.headers ?? {}),
    body: Buffer.from((parts.body ?? '') as string),
    time: parts.time ?? Number.NaN,
  };
}

/** The verdicts of one message; keys count as the ones in use unless said otherwise. */
export async function verdictsOf(
  stored: StoredMessage,
  keys: KeyMaterial[],
  options: Partial<Omit<VerifyOptions, 'scheme'>> & { scheme?: string | Scheme } = {},
): Promise<Verdict[]> {
  const { scheme, ...rest } = options;
  const named = typeof scheme === 'string' ? schemeById(scheme) : scheme;
  if (scheme !== undefined && !named) throw new Error(`no scheme ${scheme}`);
  const result = await verifyMessage(stored, keys, {
    at: Number.NaN,
    keysAreThose: true,
    ...rest,
    ...(named ? { scheme: named } : {}),
  });
  return result.verdicts;
}

/** The one verdict that matters: the first that is not valid, else the first. */
export async function verdictOf(...args: Parameters<typeof verdictsOf>): Promise<Verdict> {
  const all = await verdictsOf(...args);
  const worst = all.find((v) => v.result === 'invalid') ?? all.find((v) => v.result === 'not-checked') ?? all[0];
  if (!worst) throw new Error('the message carries nothing to verify');
  return worst;
}

export interface Mutation {
  name: string;
  /** The message after the mutation, and the keys where those are what is wrong. */
  stored: StoredMessage;
  keys?: KeyMaterial[];
  at?: number;
  /** Cause that is right; several where the message alone cannot tell them apart. */
  cause: string | readonly string[];
  reason?: string;
}

export interface Score {
  right: number;
  total: number;
  /** Mutations that were taken for valid: must be empty. */
  acceptedTampered: string[];
  wrong: string[];
}

/** Judges mutations: the proven cause, or the first of the possible ones where nothing can be proven. */
export async function scoreMutations(
  mutations: readonly Mutation[],
  keys: KeyMaterial[],
  options: Parameters<typeof verdictsOf>[2] = {},
): Promise<Score> {
  const score: Score = { right: 0, total: 0, acceptedTampered: [], wrong: [] };
  for (const m of mutations) {
    const all = await verdictsOf(m.stored, m.keys ?? keys, { ...options, ...(m.at === undefined ? {} : { at: m.at }) });
    score.total++;
    if (all.length > 0 && all.every((v) => v.result === 'valid')) score.acceptedTampered.push(m.name);
    const verdict = all.find((v) => v.result !== 'valid');
    const said = verdict?.cause ?? verdict?.possible[0];
    const wanted = typeof m.cause === 'string' ? [m.cause] : m.cause;
    if (said !== undefined && wanted.includes(said) && (!m.reason || verdict?.reason === m.reason)) score.right++;
    else score.wrong.push(`${m.name}: ${said} (${verdict?.reason}), wanted ${wanted.join(' or ')}: ${verdict?.says}`);
  }
  return score;
}

/** A copy with another body. */
export const withBody = (stored: StoredMessage, body: string | Buffer): StoredMessage => ({
  ...stored,
  body: Buffer.from(body as string),
});

/** A copy with one header changed; undefined removes it. */
export const withHeader = (
  stored: StoredMessage,
  name: string,
  change: string | undefined | ((value: string) => string),
): StoredMessage => ({
  ...stored,
  headers: stored.headers.flatMap(([n, v]): [string, string][] => {
    if (n.toLowerCase() !== name.toLowerCase()) return [[n, v]];
    const next = typeof change === 'function' ? change(v) : change;
    return next === undefined ? [] : [[n, next]];
  }),
});

/** Changes to a JSON body that must each be found, with the fine reason. */
export const BODY_MUTATIONS: readonly { name: string; reason: string; apply(body: Buffer): Buffer }[] = [
  { name: 'line end added', reason: 'trailing-line-end', apply: (b) => Buffer.concat([b, Buffer.from('\n')]) },
  { name: 'CRLF added', reason: 'trailing-line-end', apply: (b) => Buffer.concat([b, Buffer.from('\r\n')]) },
  {
    name: 'byte order mark added',
    reason: 'byte-order-mark',
    apply: (b) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), b]),
  },
  {
    name: 'JSON indented',
    reason: 'json-rewritten',
    apply: (b) => Buffer.from(JSON.stringify(JSON.parse(b.toString()), null, 2)),
  },
  {
    name: 'JSON as Python writes it',
    reason: 'json-rewritten',
    apply: (b) =>
      Buffer.from(
        JSON.stringify(JSON.parse(b.toString()), null, 1)
          .replace(/\n */g, ' ')
          .replace(/([{[]) | ([}\]])/g, '$1$2'),
      ),
  },
  {
    name: 'slashes escaped',
    reason: 'json-rewritten',
    apply: (b) => Buffer.from(b.toString().replaceAll('/', '\\/')),
  },
];

/** One mutation: what was done, the message after it, the right cause, and the fine reason where it must be found. */
export const m = (
  name: string,
  stored: StoredMessage,
  cause: string | readonly string[],
  reason?: string,
  more: { keys?: KeyMaterial[]; at?: number } = {},
): Mutation => ({ name, stored, cause, ...(reason ? { reason } : {}), ...more });

export const IN = 'webhook-body-altered';
export const OUT = 'request-signature-wrong';
export const ROTATED = 'provider-key-rotated';

/** One character in the middle of a value becomes another. */
export const flipped = (value: string): string => {
  const at = Math.floor(value.length / 2);
  return `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`;
};

/** The changes to a JSON body, for the schemes that sign it as it is. */
export const bodies = (stored: StoredMessage, cause: string): Mutation[] =>
  BODY_MUTATIONS.map((b) => m(b.name, withBody(stored, b.apply(stored.body)), cause, b.reason));

/** The message verifies, every mutation is found, at least 95 % with the right cause, and none passes for valid. */
export async function judge(
  valid: StoredMessage,
  mutations: Mutation[],
  own: KeyMaterial[],
  options: Parameters<typeof verdictsOf>[2] = {},
): Promise<void> {
  const verdicts = await verdictsOf(valid, own, options);
  expect(verdicts.map((v) => [v.result, v.says])).toEqual(verdicts.map((v) => ['valid', v.says]));
  expect(verdicts.length).toBeGreaterThan(0);
  const score = await scoreMutations(mutations, own, options);
  expect(score.acceptedTampered).toEqual([]);
  expect(mutations.length).toBeGreaterThanOrEqual(14);
  expect(score.right / score.total, score.wrong.join('\n')).toBeGreaterThanOrEqual(0.95);
}
