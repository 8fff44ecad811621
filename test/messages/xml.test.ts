import { execFileSync } from 'node:child_process';
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyMaterial } from '../../src/messages/keys/material.ts';
import type { StoredMessage } from '../../src/messages/stored-message.ts';
import type { Verdict } from '../../src/messages/verdict.ts';
import { findScheme, verifyMessage } from '../../src/messages/verify.ts';
import { CANONICAL_URIS, canonicalDocument, canonicalElement } from '../../src/messages/xml/canonical.ts';
import { parseXmlText } from '../../src/messages/xml/parse.ts';
import { elementsOf } from '../../src/messages/xml/tree.ts';
import { onPath } from '../programs.ts';
import { EXCLUSIVE, INCLUSIVE, type IsoPlan, isoMessage, RSA_SHA256, signedXml, theirs } from './xml-made.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const material = (key = rsa.publicKey, label = 'bank'): KeyMaterial => ({
  file: `${label}.pem`,
  label,
  publicKey: key,
  names: [label],
  spkiSha256: createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex'),
});
const stored = (xml: string | Buffer, parts?: StoredMessage['parts']): StoredMessage => ({
  file: 'message.xml',
  form: 'XML document',
  headers: [],
  body: Buffer.isBuffer(xml) ? xml : Buffer.from(xml, 'utf8'),
  time: Number.NaN,
  ...(parts ? { parts } : {}),
});
async function verdicts(xml: string | Buffer, keys = [material()], parts?: StoredMessage['parts']): Promise<Verdict[]> {
  const message = stored(xml, parts);
  expect(findScheme(message)?.meta.id).toBe('xml-signature');
  return (await verifyMessage(message, keys, { at: Number.NaN, keysAreThose: true })).verdicts;
}
const result = async (...args: Parameters<typeof verdicts>): Promise<string> =>
  (await verdicts(...args)).map((v) => v.reason ?? v.result).join(' ');

/** Our canonical form of the first element with that local name. */
function ours(xml: string, local: string, uri: string): string {
  const root = parseXmlText(xml).document!.root;
  return canonicalElement([...elementsOf(root)].find((e) => e.local === local)!, CANONICAL_URIS[uri]!);
}

describe('canonical XML', () => {
  // W3C xml-c14n section 3.3 and 3.4, without the document type.
  it('writes start and end tags as the recommendation shows', () => {
    const xml = `<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
   <t>&lt;&amp;&#xD;&quot;<![CDATA[value>"0" && value<"10" ?"valid":"error"]]></t>
   <n a='x &#x9; &#xA; "y"'/>
</doc>`;
    expect(ours(xml, 'doc', INCLUSIVE)).toBe(`<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
   <t>&lt;&amp;&#xD;"value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</t>
   <n a="x &#x9; &#xA; &quot;y&quot;"></n>
</doc>`);
  });
  it('puts instructions and comments outside the root on lines of their own (section 3.1)', () => {
    const { document } = parseXmlText('<?xml version="1.0"?>\n\n<?a b?>\n<!--c--><doc/>\n<?d?><!--e-->');
    expect(canonicalDocument(document!, CANONICAL_URIS[INCLUSIVE]!)).toBe('<?a b?>\n<doc></doc>\n<?d?>');
    expect(canonicalDocument(document!, CANONICAL_URIS[`${INCLUSIVE}#WithComments`]!)).toBe(
      '<?a b?>\n<!--c-->\n<doc></doc>\n<?d?>\n<!--e-->',
    );
  });
  it('takes over namespaces and xml: attributes of the ancestors, or only what is used', () => {
    const xml =
      '<n0:pdu xmlns:n0="http://a.example" xmlns:n3="ftp://example.org" xml:lang="en"><n1:elem2 xmlns:n1="http://b.example"><n3:stuff/></n1:elem2></n0:pdu>';
    expect(ours(xml, 'elem2', INCLUSIVE)).toBe(
      '<n1:elem2 xmlns:n0="http://a.example" xmlns:n1="http://b.example" xmlns:n3="ftp://example.org" xml:lang="en"><n3:stuff></n3:stuff></n1:elem2>',
    );
    expect(ours(xml, 'elem2', EXCLUSIVE)).toBe(
      '<n1:elem2 xmlns:n1="http://b.example"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>',
    );
  });
  it('agrees with an independent implementation on generated documents', () => {
    const prefix = fc.constantFrom('', 'a', 'b', 'c');
    const value = fc.constantFrom(
      '',
      'x',
      'é &amp; ü',
      'a&lt;b',
      '1 > 0',
      'tab&#x9;',
      'quote"s'.replace('"', '&quot;'),
    );
    const leaf = fc.tuple(
      prefix,
      fc.constantFrom('m', 'n'),
      value,
      fc.array(fc.tuple(prefix, value), { maxLength: 3 }),
    );
    const element = (children: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc
        .tuple(leaf, fc.array(children, { maxLength: 2 }), fc.subarray(['', 'a', 'b'] as string[]))
        .map(([[p, local, text, attributes], inner, declared]) => {
          const name = p ? `${p}:${local}` : local;
          const list = attributes.map(([ap, v], i) => ` ${ap ? `${ap}:k${i}` : `k${i}`}="${v}"`);
          const spaces = declared.map((d) => (d ? ` xmlns:${d}="urn:${local}:${d}"` : ` xmlns="urn:${local}"`));
          return `<${name}${spaces.join('')}${list.join('')}>${text}${inner.join('')}</${name}>`;
        });
    const tree = element(element(element(fc.constant('<z/>'))));
    fc.assert(
      fc.property(tree, fc.constantFrom(EXCLUSIVE, INCLUSIVE), (inner, method) => {
        const xml = `<root xmlns:a="urn:a" xmlns:b="urn:b" xmlns:c="urn:c" xmlns="urn:d"><target>${inner}</target></root>`;
        expect(ours(xml, 'target', method)).toBe(theirs(xml, 'target', method as never));
      }),
      { numRuns: 120 },
    );
  });
});

describe('signatures made by xml-crypto', () => {
  const invoice = '<Invoice xmlns="urn:x"><!-- note --><Total cur="EUR" Id="i1">10.00</Total></Invoice>';
  it.each([
    ['enveloped, exclusive', {}],
    ['enveloped, inclusive', { canonical: INCLUSIVE }],
    ['by id', { id: 'i1' }],
  ])('%s: verifies, and not after a change', async (_name, options) => {
    const xml = signedXml(invoice, rsa.privateKey, options);
    expect(await result(xml)).toBe('valid');
    expect(await result(xml.replace('10.00', '90.00'))).toBe('digest-mismatch');
    expect(await result(xml, [material(other.publicKey)])).not.toContain('valid');
  });
  it('a signature apart from its files covers those that lie beside it', async () => {
    const info = (digest: string): string =>
      `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${RSA_SHA256}"></ds:SignatureMethod><ds:Reference URI="batch/pay%20run.csv"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
    const content = Buffer.from('1;100.00\n2;200.00\n');
    const signedInfo = info(createHash('sha256').update(content).digest('base64'));
    const value = sign('sha256', Buffer.from(signedInfo), rsa.privateKey).toString('base64');
    const xml = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`;
    const beside = (bytes: Buffer) => [{ file: 'in/pay run.csv', content: bytes }];
    expect(await result(xml, [material()], beside(content))).toBe('valid');
    expect(await result(xml, [material()], beside(Buffer.from('1;100.00\r\n2;200.00\r\n')))).toBe('line-ends');
    expect(await result(xml, [material()], beside(Buffer.from('1;900.00\n2;200.00\n')))).toBe('digest-mismatch');
    expect((await verdicts(xml))[0]).toMatchObject({ result: 'not-checked' });
  });
  it('does not trust the key that the message brings along', async () => {
    expect((await verdicts(signedXml(invoice, rsa.privateKey), []))[0]?.result).toBe('not-checked');
  });
});

const plan: IsoPlan = { key: rsa.privateKey, ski: Buffer.from('0102030405', 'hex').toString('base64') };

describe('ISO 20022 messages', () => {
  it('verify with three references, the one without URI meaning the Document', async () => {
    const [verdict] = await verdicts(isoMessage(plan));
    expect(verdict?.result).toBe('valid');
    expect(verdict?.steps.map((s) => s.says).join()).toContain('reference without URI');
    expect(verdict?.time).toBe(Date.UTC(2026, 8, 12, 10));
  });
  it('verify with header and Document in files of their own', async () => {
    const xml = isoMessage(plan);
    const header = /<AppHdr[\s\S]*<\/AppHdr>/.exec(xml)![0];
    const document = /<Document[\s\S]*<\/Document>/.exec(xml)![0];
    const parts = [{ file: 'document.xml', content: Buffer.from(document) }];
    expect(await result(header, [material()], parts)).toBe('valid');
    expect((await verdicts(header))[0]).toMatchObject({ result: 'not-checked' });
  });
  it('verify with RSA-PSS, ECDSA and other digests of the signature', async () => {
    const pss = (data: Buffer): Buffer =>
      sign('sha256', data, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    const ecdsa = (data: Buffer): Buffer => sign('sha256', data, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(
      await result(
        isoMessage({ ...plan, method: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', sign: pss }),
      ),
    ).toBe('valid');
    expect(
      await result(
        isoMessage({ ...plan, method: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', sign: ecdsa }),
        [material(ec.publicKey)],
      ),
    ).toBe('valid');
    const sha512 = RSA_SHA256.replace('256', '512');
    expect(await result(isoMessage({ ...plan, method: sha512, sign: (d) => sign('sha512', d, rsa.privateKey) }))).toBe(
      'valid',
    );
  });

  const xml = isoMessage(plan);
  const signatureElement = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(xml)![0];
  it.each([
    ['amount changed', xml.replace('100.00', '900.00'), 'digest-mismatch'],
    ['header changed', xml.replace('B-1', 'B-2'), 'digest-mismatch'],
    ['key name changed', xml.replace(plan.ski, Buffer.from('0102030406', 'hex').toString('base64')), 'digest-mismatch'],
    [
      'digest changed with the content',
      xml.replace(/<ds:DigestValue>.{8}/, '<ds:DigestValue>AAAAAAAA'),
      'content-changed',
    ],
    ['formatted anew', xml.replace(/>\s+</g, '><'), 'digest-mismatch'],
    [
      'SignedInfo formatted',
      xml.replace('<ds:SignedInfo>', '<ds:SignedInfo>\n  ').replace('</ds:SignedInfo>', '\n</ds:SignedInfo>'),
      'xml-rewritten',
    ],
    ['signed over the whole file', isoMessage({ ...plan, wrongTarget: true }), 'string-to-sign'],
    ['other key', isoMessage({ ...plan, key: other.privateKey }), 'wrong-key'],
    [
      'other algorithm than declared',
      isoMessage({ ...plan, sign: (d) => sign('sha1', d, rsa.privateKey) }),
      'algorithm-mismatch',
    ],
    [
      'PKCS#1 where PSS is declared',
      isoMessage({ ...plan, method: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1' }),
      'algorithm-mismatch',
    ],
    [
      'ECDSA written in DER',
      isoMessage({
        ...plan,
        method: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
        sign: (d) => sign('sha256', d, ec.privateKey),
      }),
      'signature-encoding',
    ],
    ['charset changed', Buffer.from(xml, 'latin1'), 'charset'],
    ['encoded twice', Buffer.from(Buffer.from(xml, 'utf8').toString('latin1'), 'utf8'), 'charset'],
    [
      'signature dropped',
      xml.replace(signatureElement, '<ds:X xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
      'signature-missing',
    ],
    ['cut off', xml.slice(0, -30), 'message-damaged'],
    [
      'MAC cut short',
      xml
        .replace(RSA_SHA256, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256')
        .replace(
          /(<ds:SignatureMethod[^>]*)\/>/,
          '$1><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>',
        ),
      'algorithm-refused',
    ],
    ['id twice', xml.replace('<BizMsgIdr>', '<BizMsgIdr Id="key-1">'), 'content-uncovered'],
    ['id gone', xml.replace('Id="key-1"', 'Id="key-2"'), 'content-uncovered'],
    [
      'Document replaced by a second one',
      xml
        .replace('</Envelope>', `<Old>${/<Document[\s\S]*<\/Document>/.exec(xml)![0]}</Old></Envelope>`)
        .replace('100.00', '900.00'),
      'digest-mismatch content-uncovered',
    ],
  ] as [string, string | Buffer, string][])('%s', async (_name, message, expected) => {
    const found = await verdicts(message, [material(), material(ec.publicKey, 'bank 2')]);
    expect(found.map((v) => v.reason ?? v.result).join(' '), found[0]?.says).toBe(expected);
    expect(found.some((v) => v.result === 'invalid')).toBe(true);
  });
  it('never verify after a change of content', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(xml.length - 1), fc.integer({ min: 0x41, max: 0x5a }), async (at, to) => {
        const changed = xml.slice(0, at) + String.fromCharCode(to) + xml.slice(at + 1);
        if (changed === xml || sameValues(changed, xml)) return;
        const found = (await verifyMessage(stored(changed), [material()], { at: Number.NaN, keysAreThose: true }))
          .verdicts;
        const clear = found.length > 0 && found.every((v) => v.result === 'valid');
        // Only what stands outside header and Document, and outside the signature, may change.
        const covered =
          at > xml.indexOf('<AppHdr') && at < xml.indexOf('</Document>') && !/^\s*$/.test(between(xml, at));
        if (covered) expect(clear).toBe(false);
      }),
      { numRuns: 120 },
    ));
});

/** Whether only the unused bits of a last Base64 digit differ (RFC 4648, section 3.5): the same bytes, said otherwise. */
function sameValues(changed: string, original: string): boolean {
  const bytes = (xml: string): string =>
    xml.replace(/<((?:\w+:)?SignatureValue)>([^<]*)</, (_all, tag, text) => {
      return `<${tag}>${Buffer.from(text, 'base64').toString('base64')}<`;
    });
  return bytes(changed) === bytes(original);
}

/** The gap between header and Document is covered by no reference. */
function between(xml: string, at: number): string {
  const from = xml.indexOf('</AppHdr>') + 9;
  const to = xml.indexOf('<Document');
  return at >= from && at < to ? '' : 'covered';
}

/** The signature with the public key in its KeyInfo. */
function withKeyValue(xml: string): string {
  const { n, e } = rsa.publicKey.export({ format: 'jwk' });
  const value = (text: string | undefined): string => Buffer.from(text!, 'base64url').toString('base64');
  return xml.replace(
    '</SignatureValue>',
    `</SignatureValue><KeyInfo><KeyValue><RSAKeyValue><Modulus>${value(n)}</Modulus><Exponent>${value(e)}</Exponent></RSAKeyValue></KeyValue></KeyInfo>`,
  );
}

describe('hostile XML', () => {
  const ns = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
  const sign = '<ds:Signature></ds:Signature>';
  it.each([
    [
      'entities that expand',
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x ${ns}>&b;${sign}</x>`,
      /document type/,
    ],
    ['an external entity', `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x ${ns}>${sign}</x>`, /document type/],
    ['deep nesting', `<x ${ns}>${sign}${'<y>'.repeat(100_000)}`, /nest deeper/],
    [
      'many attributes',
      `<x ${ns} ${Array.from({ length: 2000 }, (_, i) => `a${i}=""`).join(' ')}>${sign}</x>`,
      /attributes/,
    ],
  ])('%s is refused', async (_name, xml, says) => {
    const [verdict] = await verdicts(xml);
    expect(verdict).toMatchObject({ result: 'invalid', reason: 'structure-refused' });
    expect(verdict?.cause).toBeUndefined();
    expect(verdict?.says).toMatch(says);
  });
  it('a schema that mentions the namespace is no signed message', () => {
    expect(
      findScheme(stored(`<schema ${ns}><import namespace="http://www.w3.org/2000/09/xmldsig#"/></schema>`)),
    ).toBeUndefined();
  });
  it('content that an unknown signer did not sign is invalid, and accuses nobody', async () => {
    const [verdict] = await verdicts(
      withKeyValue(signedXml('<a><b>1</b></a>', rsa.privateKey)).replace('<b>1', '<b>2'),
      [],
    );
    expect(verdict).toMatchObject({ result: 'invalid', reason: 'digest-mismatch' });
    expect(verdict?.cause).toBeUndefined();
  });
  it('fetches nothing and follows no reference outside', async () => {
    const xml = isoMessage(plan).replace('URI="#key-1"', 'URI="http://example.test/key"');
    expect((await verdicts(xml))[0]).toMatchObject({ result: 'not-checked' });
  });
});

describe.skipIf(!onPath('xmlsec1'))('xmlsec1', () => {
  it('agrees on enveloped signatures', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'paymedic-xml-'));
    try {
      writeFileSync(join(dir, 'key.pem'), rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      for (const canonical of Object.keys(CANONICAL_URIS)) {
        const template = `<?xml version="1.0"?>
<!-- before --><m:pay xmlns:m="urn:m" xmlns="urn:d" xml:lang="de"><m:amount cur="EUR">10 &lt; 11</m:amount><![CDATA[a & b]]><x xmlns=""/><!-- in --><?pi some?><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${canonical}"/><ds:SignatureMethod Algorithm="${RSA_SHA256}"/><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="${canonical}"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature></m:pay>
<!-- after -->`;
        writeFileSync(join(dir, 'in.xml'), template);
        const signed = execFileSync('xmlsec1', ['--sign', '--privkey-pem', 'key.pem', 'in.xml'], { cwd: dir });
        expect(await result(signed), canonical).toBe('valid');
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
