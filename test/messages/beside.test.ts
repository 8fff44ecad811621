import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { joinParts } from '../../src/messages/read/beside.ts';
import { readStoredMessages } from '../../src/messages/read/read-message.ts';
import { findScheme, verifyMessage } from '../../src/messages/verify.ts';
import { isoMessage } from './xml-made.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { file: 'bank.pem', label: 'bank', publicKey: rsa.publicKey, names: [] };
const sha = (text: string): Buffer => createHash('sha1').update(text).digest();
const join = (files: { file: string; content: Buffer }[]) =>
  joinParts(
    files.flatMap((f) => readStoredMessages(f.content, f.file).messages),
    files,
    (m) => findScheme(m)?.meta.id,
  );

describe('messages with their parts in files of their own', () => {
  it('are one message: the parts are not reported as messages of unknown kind', async () => {
    const xml = isoMessage({ key: rsa.privateKey, ski: 'AQID' });
    const files = [
      { file: 'in/header.xml', content: Buffer.from(/<AppHdr[\s\S]*<\/AppHdr>/.exec(xml)![0]) },
      { file: 'in/document.xml', content: Buffer.from(/<Document[\s\S]*<\/Document>/.exec(xml)![0]) },
      { file: 'other/note.txt', content: Buffer.from('not a part') },
    ];
    const messages = join(files);
    expect(messages.map((m) => m.file)).toEqual(['in/header.xml', 'other/note.txt']);
    const { verdicts } = await verifyMessage(messages[0]!, [key], { at: Number.NaN, keysAreThose: true });
    expect(verdicts.map((v) => v.result)).toEqual(['valid']);
  });
  it('order, payment and signature are a two-part message', async () => {
    const [oi, pi] = ['order=7\n', 'pan=411111******1111\n'];
    const file = (name: string, content: string) => ({ file: `preq-1/${name}`, content: Buffer.from(content) });
    const messages = join([
      file('oi.txt', oi),
      file('pi.txt', pi),
      file('oimd.hex', sha(oi).toString('hex')),
      file('pimd.hex', sha(pi).toString('hex')),
      file('ds.b64', sign('sha1', Buffer.concat([sha(pi), sha(oi)]), rsa.privateKey).toString('base64')),
    ]);
    expect(messages).toHaveLength(1);
    const { scheme, verdicts } = await verifyMessage(messages[0]!, [key], { at: Number.NaN, keysAreThose: true });
    expect(scheme?.id).toBe('two-part');
    expect(verdicts[0]?.result).toBe('valid');
  });
});
