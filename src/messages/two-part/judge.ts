/** Judges a two-part signature: which side, which step, or whose key does not fit. Pure. */
import { counted } from '../../wording.ts';
import { digest, HASHES, hashesOfLength, modulusBytes, type Oracle, oraclesOf } from './oracle.ts';
import type { Binding, Hash, Part, SigningKey, TwoPartCode, TwoPartMessage, TwoPartResult } from './types.ts';

/** A digest that one side may have contributed, and where it came from. */
interface Contribution {
  value: Buffer;
  origin: 'content' | 'spelling' | 'variant' | 'stated';
  says: string;
}

/** Whether a part gives the digest that is stated for it; undefined when one of the two is missing. */
function statedFits(part: Part, hashes: readonly Hash[]): boolean | undefined {
  if (!part.stated || part.readings.length === 0) return undefined;
  const { value } = part.stated;
  return part.readings.some((r) => hashes.some((h) => digest(h, r.bytes).equals(value)));
}

function contributions(part: Part, hash: Hash): Contribution[] {
  const out: Contribution[] = part.readings.map((r, i) => ({
    value: digest(hash, r.bytes),
    origin: i === 0 ? 'content' : r.storage ? 'spelling' : 'variant',
    says: r.says,
  }));
  const { stated } = part;
  if (stated && !out.some((c) => c.value.equals(stated.value)))
    out.push({ value: stated.value, origin: 'stated', says: stated.label });
  return out;
}

interface Match {
  order: Contribution;
  payment: Contribution;
  binding: Binding;
  swapped: boolean;
  hash: Hash;
  cost: number;
}

const COST: { readonly [origin in Contribution['origin']]: number } = {
  content: 0,
  spelling: 1,
  variant: 3,
  stated: 6,
};

/** All combinations, cheapest explanation first; bounded by the few readings of a part. */
function* combinations(message: TwoPartMessage, hashes: readonly Hash[]): Iterable<Match> {
  const all: Match[] = [];
  for (const hash of hashes)
    for (const order of contributions(message.order, hash))
      for (const payment of contributions(message.payment, hash))
        for (const binding of message.bindings)
          for (const swapped of [false, true])
            all.push({
              order,
              payment,
              binding,
              swapped,
              hash,
              cost: COST[order.origin] + COST[payment.origin] + (swapped ? 2 : 0) + (binding.standard ? 0 : 4),
            });
  yield* all.sort((a, b) => a.cost - b.cost);
}

function findMatch(message: TwoPartMessage, oracle: Oracle): Match | undefined {
  const stated = [message.order.stated, message.payment.stated].flatMap((s) =>
    s ? hashesOfLength(s.value.length) : [],
  );
  const hashes = [...new Set([...stated, ...(oracle.hash ? [oracle.hash] : HASHES)])];
  for (const match of combinations(message, hashes)) {
    const [first, second] = match.swapped
      ? [match.order.value, match.payment.value]
      : [match.payment.value, match.order.value];
    const by = oracle.covers(match.binding.data(first, second, match.hash));
    if (by) return { ...match, hash: by };
  }
  return undefined;
}

/**
 * Verifies one message.
 * @param message both parts (one may be known by its digest alone, as each party sees it), signature, ways of joining
 * @param keys public keys to try
 */
export function judgeTwoParts(message: TwoPartMessage, keys: readonly SigningKey[]): TwoPartResult {
  const { order, payment } = message;
  for (const part of [order, payment])
    if (part.readings.length === 0 && !part.stated)
      return finish('not-checked', 'incomplete', `neither the ${part.side} part nor its digest is held`, [], {
        wouldProve: `the ${part.side} part or its digest as it was sent`,
      });
  if (keys.length === 0)
    return finish('not-checked', 'no-key', 'no certificate or key to verify the two-part signature with', [], {
      wouldProve: 'the certificate of the signer',
    });
  const { proven, others } = oraclesOf(message.signature, keys);
  const named = keys.filter((k) => k.expected === 'named');
  if (proven && named.length > 0 && !named.some((k) => k.key.equals(proven.key.key)))
    return finish(
      'invalid',
      'wrong-key',
      `the message names ${named[0]!.label}, but the signature was made with the key of ${proven.key.label}`,
      [`the RSA block opens with the key of ${proven.key.label} (RFC 8017 section 8.2.2)`],
      { key: proven.key },
    );
  const { attributes } = message;
  if (attributes && proven && !proven.covers(attributes.signed))
    return finish(
      'invalid',
      'other-content',
      'the signed attributes are not those that were signed',
      [`signed by ${proven.key.label}`],
      { key: proven.key, ...(proven.hash ? { hash: proven.hash, weaknesses: weaknesses(proven, proven.hash) } : {}) },
    );
  for (const base of proven ? [proven] : others.filter((o) => named.length === 0 || o.key.expected === 'named')) {
    const oracle = attributes ? throughAttributes(base, attributes) : base;
    const match = oracle && findMatch(message, oracle);
    if (match) return fromMatch(message, oracle, match);
    // Signed attributes that verify prove the key, whatever the algorithm.
    if (oracle && attributes) return withoutMatch(message, oracle);
  }
  return proven ? withoutMatch(message, proven) : withoutKey(message, keys, others);
}

/** The digest inside the signed attributes takes the place of the signature. */
function throughAttributes(base: Oracle, attributes: { signed: Buffer; digest: Buffer }): Oracle | undefined {
  if (!base.covers(attributes.signed)) return undefined;
  const hashes = hashesOfLength(attributes.digest.length);
  return {
    key: base.key,
    hash: hashes[0] ?? 'sha1',
    digest: attributes.digest,
    covers: (data) => hashes.find((h) => digest(h, data).equals(attributes.digest)),
  };
}

function fromMatch(message: TwoPartMessage, oracle: Oracle, match: Match): TwoPartResult {
  const { order, payment } = message;
  const proof = [`signed with ${match.hash} by ${oracle.key.label}`];
  const more = { key: oracle.key, hash: match.hash, weaknesses: weaknesses(oracle, match.hash) };
  const altered = ([order, payment] as const).filter(
    (p) => p.readings.length > 0 && (p === order ? match.order : match.payment).origin === 'stated',
  );
  if (altered.length > 0) {
    const code: TwoPartCode = altered.length === 2 ? 'both-altered' : (`${altered[0]!.side}-altered` as const);
    return finish(
      'invalid',
      code,
      notGiving(altered),
      [
        ...proof,
        `the signature covers the stated digests${match.swapped ? ', joined in the other order' : ''}`,
        ...altered.map((p) => `digest differs: ${p.side} side`),
      ],
      more,
    );
  }
  if (!match.binding.standard)
    return finish('invalid', 'joined-differently', `${match.binding.says} before signing`, proof, more);
  if (match.swapped && !message.unoriented)
    return finish(
      'invalid',
      'digests-swapped',
      'the two digests were joined in the wrong order before signing (order digest first)',
      [...proof, 'H(OIMD || PIMD) equals the signed digest'],
      more,
    );
  const variants = [
    { part: order, c: match.order },
    { part: payment, c: match.payment },
  ].filter((x) => x.c.origin === 'variant');
  if (variants.length > 0)
    return finish(
      'invalid',
      'digested-differently',
      variants.map((x) => `${x.part.label} was digested differently: over ${x.c.says}`).join('; '),
      proof,
      more,
    );
  const wrong = [
    { part: order, c: match.order },
    { part: payment, c: match.payment },
  ].filter((x) => x.part.stated && !x.part.stated.value.equals(x.c.value));
  if (wrong.length > 0)
    return finish(
      'invalid',
      'stated-digest-wrong',
      `the ${wrong.map((x) => x.part.side).join(' and ')} digest that the other party was given (${wrong.map((x) => x.part.stated!.label).join(', ')}) is not that of the part that was signed: the two views disagree`,
      [...proof, 'the signature covers the digests of both parts as held'],
      more,
    );
  const stored = [match.order, match.payment].filter((c) => c.origin === 'spelling');
  return finish(
    'valid',
    'holds',
    'both digests and the signature verify',
    [...proof, `over ${match.binding.says}`, ...stored.map((c) => `digested ${c.says}`)],
    { ...more, ...(stored.length > 0 ? { storageArtefact: true } : {}) },
  );
}

const notGiving = (parts: readonly Part[]): string =>
  `${parts.map((p) => p.label).join(' and ')} ${parts.length > 1 ? 'do not give the digests that were signed' : 'does not give the digest that was signed'}`;

/** The key is right (RSA gave a digest back), and nothing that was tried gives this digest. */
function withoutMatch(message: TwoPartMessage, oracle: Oracle): TwoPartResult {
  const { order, payment, joined } = message;
  const hash = oracle.hash ?? 'sha1';
  const proof = [`signed with ${hash} by ${oracle.key.label}`];
  const more = { key: oracle.key, hash, weaknesses: weaknesses(oracle, hash) };
  const altered = [order, payment].filter(
    (p) => statedFits(p, [hash, ...(p.stated ? hashesOfLength(p.stated.value.length) : [])]) === false,
  );
  const sides = altered.map((p) => `digest differs: ${p.side} side`);
  if ((oracle.digest && joined?.value.equals(oracle.digest)) || (joined && oracle.covers(joined.value)))
    return finish(
      'invalid',
      altered.length === 1 ? (`${altered[0]!.side}-altered` as const) : 'other-content',
      `the signature covers the joint digest of ${joined.label}, but the two parts do not give that joint digest`,
      [...proof, ...sides],
      more,
    );
  if (altered.length > 0)
    return finish(
      'invalid',
      altered.length === 2 ? 'both-altered' : (`${altered[0]!.side}-altered` as const),
      notGiving(altered),
      [...proof, ...sides, 'the signature covers neither the stated nor the recomputed digests'],
      more,
    );
  const complete = order.stated !== undefined && payment.stated !== undefined;
  return finish(
    'invalid',
    'other-content',
    complete
      ? 'both digests are right, but the signature covers another value'
      : 'the key is right, but it signed other content than these parts',
    proof,
    complete
      ? more
      : { ...more, wouldProve: 'the digest of each part as it was sent: it shows which side was changed' },
  );
}

function withoutKey(message: TwoPartMessage, keys: readonly SigningKey[], asked: readonly Oracle[]): TwoPartResult {
  const { signature } = message;
  const proof = [`${counted(keys.length, 'key')} tried`];
  const expected = keys.find((k) => k.expected);
  const size = expected && modulusBytes(expected.key);
  if (size !== undefined && size !== signature.length)
    return finish(
      expected!.expected === 'named' ? 'invalid' : 'not-checked',
      expected!.expected === 'named' ? 'signature-damaged' : 'no-key',
      `the signature has ${counted(signature.length, 'byte')}, the key of ${expected!.label} makes ${size}`,
      proof,
      { key: expected!, wouldProve: 'the certificate of the signer and the signature as it was sent' },
    );
  if (expected && size !== undefined)
    return finish(
      'invalid',
      'wrong-key',
      `the signature was not made with the key of ${expected.label}, or its value was damaged`,
      [...proof, 'the RSA block does not open with it (RFC 8017 section 8.2.2)'],
      { key: expected },
    );
  const wouldProve = 'the certificate of the signer and the digests as they were sent';
  if (expected && asked.some((o) => o.key === expected))
    return finish(
      'invalid',
      'other-content',
      `the signature does not verify with the key of ${expected.label}; this algorithm does not tell whether key or content is wrong`,
      proof,
      { key: expected, wouldProve },
    );
  return finish('not-checked', 'no-key', `no key at hand made this signature of ${signature.length} bytes`, proof, {
    wouldProve,
  });
}

function weaknesses(oracle: Oracle, hash: Hash): string[] {
  const out: string[] = [];
  if (hash === 'sha1') out.push('SHA-1: collisions are practical; only history excuses it in SET');
  const size = modulusBytes(oracle.key.key);
  if (size !== undefined && size < 256) out.push(`RSA-${size * 8}: below the 2048 bits that are asked for today`);
  if (oracle.bare) out.push('the bare digest was signed, without a DigestInfo that names the hash');
  return out;
}

function finish(
  result: TwoPartResult['result'],
  code: TwoPartCode,
  says: string,
  proof: string[],
  more: Partial<TwoPartResult>,
): TwoPartResult {
  return { result, code, says, proof, weaknesses: [], ...more };
}
