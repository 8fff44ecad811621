/** The purchase initialisation response (PInitRes): the challenges that the request has to return. */
import { DerReader, TAG } from '../../x509/der.ts';
import { readCms } from '../cms/read.ts';
import { SET_CONTENT } from './oids.ts';

export interface InitResponse {
  xid?: Buffer;
  challengeC?: Buffer;
  challengeM?: Buffer;
}

/** Reads PInitResData { transIDs, rrpid, chall-C, chall-M, ... } from its SignedData; undefined when it is something else. */
export function readInitResponse(der: Buffer): InitResponse | undefined {
  const { message } = readCms(der);
  if (message?.kind !== 'signed' || message.contentType !== SET_CONTENT.pInitResData || !message.content)
    return undefined;
  const reader = new DerReader(message.content);
  const outer = reader.read(0, message.content.length);
  // PKCS#7 1.5 nests the value itself: its contents octets start with the first field.
  const fields = outer && outer.next === message.content.length ? reader.children(outer, 12) : [];
  const [ids, ...rest] = fields;
  const strings = rest.filter((f) => f.id === TAG.octetString).map((f) => reader.contents(f));
  if (ids?.id !== TAG.sequence || strings.length < 3) return undefined;
  const xid = reader.children(ids, 10).filter((f) => f.id === TAG.octetString)[1];
  return {
    ...(xid ? { xid: reader.contents(xid) } : {}),
    challengeC: strings[1]!,
    challengeM: strings[2]!,
  };
}
