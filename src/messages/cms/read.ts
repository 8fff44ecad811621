/** Reads a CMS message with the place of every part. Never throws; what is cut off or misplaced is a located problem. */
import { counted } from '../../wording.ts';
import { type Der, DerReader, TAG } from '../../x509/der.ts';
import { CONTENT } from './oids.ts';
import { readDigestedData } from './read-digested.ts';
import { readEnvelopedData } from './read-enveloped.ts';
import { readSignedData } from './read-signed.ts';
import type { CmsMessage, CmsProblem } from './types.ts';

/** Larger messages are refused: a payment message is a few kilobytes, a settlement file some megabytes. */
const MAX_CMS_BYTES = 64 * 1024 * 1024;

/**
 * Reads DER or BER.
 * @param bytes a ContentInfo (RFC 5652 3), or a SignedData or EnvelopedData without one, as SET nests them
 */
export function readCms(bytes: Buffer): CmsMessage {
  const reader = new DerReader(bytes);
  const problems: CmsProblem[] = [];
  const fail = (offset: number, says: string): CmsMessage => ({
    contentType: '',
    problems: [...located(reader), { offset, says, fatal: true }],
  });
  if (bytes.length > MAX_CMS_BYTES)
    return fail(0, `the message has ${counted(bytes.length, 'byte')}, ${MAX_CMS_BYTES} are read`);
  const outer = reader.read(0, bytes.length);
  if (outer?.id !== TAG.sequence) return fail(0, 'a CMS message must start with a SEQUENCE');
  const first = reader.read(outer.content, outer.end);
  if (!first) return fail(outer.content, 'the message ends before its content type');
  if (outer.next < bytes.length && bytes.subarray(outer.next).some((b) => b !== 0x0a && b !== 0x0d && b !== 0))
    problems.push({
      offset: outer.next,
      says: `${counted(bytes.length - outer.next, 'byte')} follow the message, and nothing in it covers them`,
      fatal: false,
      uncovered: true,
    });
  const done = (contentType: string, message: CmsMessage['message']): CmsMessage => ({
    contentType,
    ...(message ? { message } : {}),
    problems: [...located(reader), ...problems],
  });
  if (first.id === TAG.integer) {
    const bare = readBare(reader, outer, problems);
    return done(bare?.kind === 'signed' ? CONTENT.signed : bare ? CONTENT.enveloped : '', bare);
  }
  const contentType = reader.oid(first);
  const wrapper = reader.read(first.next, outer.end);
  const body = wrapper?.id === 0xa0 ? reader.read(wrapper.content, wrapper.end) : undefined;
  if (body?.id !== TAG.sequence)
    return fail(wrapper?.start ?? first.next, `content type ${contentType} has no content`);
  switch (contentType) {
    case CONTENT.signed:
      return done(contentType, readSignedData(reader, body, problems));
    case CONTENT.enveloped:
    case CONTENT.authEnveloped:
      return done(contentType, readEnvelopedData(reader, body, problems));
    case CONTENT.digested:
      return done(contentType, readDigestedData(reader, body, problems));
    default:
      problems.push({ offset: first.start, says: `content type ${contentType} is not read here`, fatal: true });
      return done(contentType, undefined);
  }
}

/** SignedData has a SET (or SEQUENCE) of digest algorithms second, EnvelopedData its recipients and then the content. */
function readBare(reader: DerReader, outer: Der, problems: CmsProblem[]): CmsMessage['message'] {
  const fields = reader.children(outer, 8);
  const third = fields[2];
  if (fields[1]?.id === TAG.sequence && third && fields[3]?.id === TAG.octetString)
    return readDigestedData(reader, outer, problems);
  if (fields.length === 3 && third?.id === TAG.sequence) {
    const [, algorithm] = reader.children(third, 3);
    if (algorithm?.id === TAG.sequence) return readEnvelopedData(reader, outer, problems);
  }
  return readSignedData(reader, outer, problems);
}

/** What the DER reader met, as problems; indefinite lengths and other plain BER are no trouble in CMS. */
function located(reader: DerReader): CmsProblem[] {
  return reader.defects
    .filter((d) => d.rule !== 'der/indefinite-length' && d.rule !== 'der/length-not-minimal')
    .map((d) => ({ offset: d.offset, says: d.says, fatal: d.rule === 'der/truncated' || d.rule === 'der/length' }));
}
