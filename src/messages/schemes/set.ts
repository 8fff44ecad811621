import { derOf } from '../cms/locate.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { type Claim, defineScheme, type JudgeOptions } from '../scheme.ts';
import { readInitResponse } from '../set/init-response.ts';
import { judgePurchaseRequest, type SetKeys, type SetResult } from '../set/judge.ts';
import { looksLikePurchaseRequest } from '../set/purchase-request.ts';
import { findUnsigned, judgeUnsigned, readUnsigned, type UnsignedRequest } from '../set/unsigned.ts';
import type { StoredMessage } from '../stored-message.ts';
import { invalid, notChecked, type Verdict, valid } from '../verdict.ts';

const base = { label: 'SET purchase request', direction: 'request' as const };

function judge(der: Buffer, message: StoredMessage, keys: readonly KeyMaterial[], options: JudgeOptions): Verdict {
  const init = message.parts?.map((p) => derOf(p.content)).find((d) => d && readInitResponse(d) !== undefined);
  const given: SetKeys = {
    certificates: keys.flatMap((k) => (k.certificate ? [{ certificate: k.certificate, file: k.file }] : [])),
    publicKeys: keys.flatMap((k) =>
      k.publicKey && !k.certificate ? [{ key: k.publicKey, label: k.label, file: k.file }] : [],
    ),
    privateKeys: keys.flatMap((k) => (k.privateKey ? [k.privateKey] : [])),
    at: options.at,
    ...(init ? { initResponse: init } : {}),
  };
  return verdictOf(judgePurchaseRequest(der, given));
}

function verdictOf(result: SetResult): Verdict {
  const [first, ...others] = result.faults;
  const more: Partial<Verdict> = {
    proof: [...result.proof, ...others.map((f) => f.says), ...result.notes],
    weaknesses: [...new Set(result.weaknesses)],
    steps: result.faults.map((f) => ({ step: f.code, outcome: 'failed' as const, says: f.says })),
    ...(result.signer ? { key: result.signer } : {}),
    ...(Number.isFinite(result.time) ? { time: result.time } : {}),
  };
  if (result.result === 'valid') return valid(base, result.says, more);
  const wouldProve =
    result.wouldProve ?? 'the certificates of cardholder and CAs, and the key-exchange key of the gateway';
  if (!first) return notChecked(base, result.says, wouldProve, more);
  return first.code === 'decrypt-key-wrong'
    ? invalid(base, 'decrypt-key-wrong', first.says, more)
    : invalid(base, 'dual-signature', first.says, {
        ...more,
        ...(result.wouldProve ? { wouldProve: result.wouldProve } : {}),
      });
}

/** Nobody signed it: what agrees is no proof of who sent it, what disagrees is a fault. */
function unsignedVerdict(request: UnsignedRequest, keys: readonly KeyMaterial[]): Verdict {
  const result = judgeUnsigned(
    request,
    keys.flatMap((k) => (k.privateKey ? [k.privateKey] : [])),
  );
  const [first, ...others] = result.faults;
  const more: Partial<Verdict> = {
    proof: [...result.proof, ...others.map((f) => f.says)],
    steps: result.faults.map((f) => ({ step: f.code, outcome: 'failed' as const, says: f.says })),
    ...(Number.isFinite(result.time) ? { time: result.time } : {}),
  };
  if (first) return invalid(base, 'dual-signature', first.says, more);
  return notChecked(
    base,
    result.compared
      ? 'nobody signed the request (PReqUnsigned); its parts agree as merchant and gateway see them, which does not prove who sent it'
      : 'nobody signed the request (PReqUnsigned), and the payment information stays closed: no digest can be compared',
    result.compared
      ? 'a request signed with a certificate of the cardholder (PReqDualSigned)'
      : "the gateway's key-exchange key (--key)",
    more,
  );
}

export default defineScheme({
  meta: {
    id: 'set',
    title: 'SET purchase request',
    description:
      'Dual signature over PI-TBS = {H(PIData), H(OIData)} in PKCS#7 with the private extensions and roles of SET; the payment information is opened with the key-exchange key of the gateway where it is given.',
    references: ['SET Secure Electronic Transaction Specification, Books 2 and 3', 'RFC 2315', 'RFC 3538'],
  },
  detect: (message) => {
    const der = derOf(message.body);
    return der && looksLikePurchaseRequest(der) ? 2 : 0;
  },
  claims: (message): Claim[] => {
    const der = derOf(message.body);
    if (!der) return [];
    const unsigned = findUnsigned(der);
    if (unsigned) {
      const request = readUnsigned(unsigned.reader, unsigned.node);
      return [{ ...base, kind: 'judged', judge: (keys) => unsignedVerdict(request, keys) }];
    }
    return [{ ...base, kind: 'judged', judge: (keys, options) => judge(der, message, keys, options) }];
  },
});
