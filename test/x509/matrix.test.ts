import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/x509/audit/index.ts';
import { checkCertificateSignature, readCertificates } from '../../src/x509/index.ts';
import { NOW } from './build.ts';
import { corpus } from './shared.ts';

const folder = corpus('certs/matrix');

/** The valid certificates of the matrix: file to the key and signature names that must be printed. */
const names: { [file: string]: [key: string, signature: string] } = {
  'dsa1024.pem': ['DSA 1024', 'dsa-with-SHA1'],
  'dsa2048.pem': ['DSA 2048', 'dsa-with-SHA256'],
  'ec-bp256.pem': ['EC brainpoolP256r1', 'ecdsa-with-SHA256'],
  'ec-bp384.pem': ['EC brainpoolP384r1', 'ecdsa-with-SHA256'],
  'ec-bp512.pem': ['EC brainpoolP512r1', 'ecdsa-with-SHA256'],
  'ec-p192.pem': ['EC P-192', 'ecdsa-with-SHA256'],
  'ec-p224.pem': ['EC P-224', 'ecdsa-with-SHA256'],
  'ec-p256-explicit.pem': ['EC P-256 (explicit parameters)', 'ecdsa-with-SHA256'],
  'ec-p256-sha1.pem': ['EC P-256', 'ecdsa-with-SHA1'],
  'ec-p256-sha3.pem': ['EC P-256', 'ecdsa-with-SHA3-256'],
  'ec-p256-sha512.pem': ['EC P-256', 'ecdsa-with-SHA512'],
  'ec-p256.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'ec-p384.pem': ['EC P-384', 'ecdsa-with-SHA256'],
  'ec-p521.pem': ['EC P-521', 'ecdsa-with-SHA256'],
  'ec-secp112r1.pem': ['EC secp112r1', 'ecdsa-with-SHA256'],
  'ec-secp256k1.pem': ['EC secp256k1', 'ecdsa-with-SHA256'],
  'ec-sect233k1.pem': ['EC sect233k1', 'ecdsa-with-SHA256'],
  'ed25519.pem': ['Ed25519', 'Ed25519'],
  'ed448.pem': ['Ed448', 'Ed448'],
  'empty-subject.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'mldsa44.pem': ['ML-DSA-44', 'ML-DSA-44'],
  'mldsa65.pem': ['ML-DSA-65', 'ML-DSA-65'],
  'mldsa87-webpki.pem': ['ML-DSA-87', 'ML-DSA-87'],
  'mldsa87.pem': ['ML-DSA-87', 'ML-DSA-87'],
  'rsa-md5.pem': ['RSA 2048', 'md5WithRSAEncryption'],
  'rsa-pss-key.pem': ['RSA-PSS 2048', 'RSASSA-PSS (sha256, MGF1 sha256, salt 32)'],
  'rsa-pss-sig.pem': ['RSA 2048', 'RSASSA-PSS (sha256, MGF1 sha256, salt 32)'],
  'rsa-ripemd160.pem': ['RSA 2048', 'ripemd160WithRSA'],
  'rsa-sha1.pem': ['RSA 2048', 'sha1WithRSAEncryption'],
  'rsa-sha224.pem': ['RSA 2048', 'sha224WithRSAEncryption'],
  'rsa-sha3-256.pem': ['RSA 2048', 'id-rsassa-pkcs1-v1_5-with-sha3-256'],
  'rsa-sha384.pem': ['RSA 2048', 'sha384WithRSAEncryption'],
  'rsa-sha512.pem': ['RSA 2048', 'sha512WithRSAEncryption'],
  'rsa1024.pem': ['RSA 1024', 'sha256WithRSAEncryption'],
  'rsa2048.pem': ['RSA 2048', 'sha256WithRSAEncryption'],
  'rsa2048e3.pem': ['RSA 2048', 'sha256WithRSAEncryption'],
  'rsa3072.pem': ['RSA 3072', 'sha256WithRSAEncryption'],
  'rsa4096.pem': ['RSA 4096', 'sha256WithRSAEncryption'],
  'rsa512.pem': ['RSA 512', 'sha256WithRSAEncryption'],
  'sm2.pem': ['SM2', 'SM2-with-SM3'],
  'v1.pem': ['RSA 2048', 'sha256WithRSAEncryption'],
  'x-ct-poison.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-good.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-idn.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-multirdn.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-nameconstraints.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-othername.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-san1000.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-serial20.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-unknown-critical.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-utf8.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-year2100.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x-year9999.pem': ['EC P-256', 'ecdsa-with-SHA256'],
  'x25519.pem': ['X25519', 'sha256WithRSAEncryption'],
  'x448.pem': ['X448', 'sha256WithRSAEncryption'],
};

/** What is wrong with the content of well-formed ones: the rule that must be named, or the finding, and the byte where. */
const breaches: { [file: string]: [rule: string, offset: number] } = {
  'm-badsig.pem': ['altered', 258],
  'm-bmpstring.pem': ['rfc5280/subject-string-type', 101],
  'm-cn-longer-64.pem': ['rfc5280/subject-common-name-length', 105],
  'm-deep-nesting.pem': ['rfc5280/extension-nesting', 233],
  'm-ec-compressed.pem': ['keys/ec-point', 119],
  'm-ec-offcurve.pem': ['keys/ec-point', 119],
  'm-na-before-nb.pem': ['rfc5280/validity-order', 75],
  'm-null-prefix-cn.pem': ['rfc5280/subject-control-characters', 101],
  'm-rsa16384.pem': ['keys/rsa-too-large', 120],
  'm-serial-21.pem': ['rfc5280/serial-length', 14],
  'm-serial-negative.pem': ['rfc5280/serial-positive', 14],
  'm-serial-zero.pem': ['rfc5280/serial-positive', 14],
  'm-sigalg-mismatch.pem': ['rfc5280/signature-algorithms-differ', 243],
  'm-t61string.pem': ['rfc5280/subject-string-type', 101],
  'm-truncated-half.pem': ['rfc5280/der-encoding', 0],
  'm-universalstring.pem': ['rfc5280/subject-string-type', 101],
  'm-unknown-spki.pem': ['keys/algorithm-unknown', 119],
  'm-version-explicit-v1.pem': ['rfc5280/version-extensions', 214],
};

/** Malformed certificates: the defect that must be named and the byte where it stands. */
const defects: { [file: string]: [rule: string, offset: number] } = {
  'm-ber-indefinite.pem': ['der/indefinite-length', 0],
  'm-ber-longlen.pem': ['der/length-not-minimal', 0],
  'm-bool-nonDER.pem': ['der/boolean', 227],
  'm-dup-ext.pem': ['extension/duplicate', 244],
  'm-empty-ext-seq.pem': ['extension/none', 212],
  'm-gentime-before2050.pem': ['time/generalized-before-2050', 60],
  'm-gentime-fraction.pem': ['time/fraction', 60],
  'm-invalid-date.pem': ['time/no-such-date', 75],
  'm-null.pem': ['certificate/structure', 0],
  'm-printable-bad.pem': ['string/printable', 106],
  'm-san-badip.pem': ['general-name/ip-length', 225],
  'm-san-corrupt.pem': ['der/truncated', 223],
  'm-san-empty.pem': ['extension/empty', 223],
  'm-san-nullbyte.pem': ['general-name/null-byte', 239],
  'm-san-utf8.pem': ['general-name/ia5', 227],
  'm-serial-empty.pem': ['der/integer-empty', 12],
  'm-serial-nonminimal.pem': ['der/integer-not-minimal', 14],
  'm-trailing-garbage.pem': ['certificate/trailing', 330],
  'm-truncated.pem': ['der/truncated', 0],
  'm-utc-noseconds.pem': ['time/no-seconds', 60],
  'm-utc-offset.pem': ['time/zone-offset', 60],
  'm-utf8-invalid.pem': ['string/utf8', 101],
  'm-v1-with-ext.pem': ['certificate/version-extensions', 7],
  'm-version4.pem': ['certificate/version', 7],
};

describe.skipIf(!folder)('the certificate matrix (skipped without the shared corpora)', () => {
  const read = (file: string) => readCertificates(readFileSync(join(folder!, file)), file);

  it.each(Object.entries(names))('%s names its key and signature', (file, [key, signature]) => {
    const certificate = read(file).certificates[0]!;
    expect(certificate.key.label).toBe(key);
    expect(certificate.signatureAlgorithm).toBe(signature);
  });

  it('has 55 valid certificates, and each is named above', () => {
    const valid = readdirSync(folder!).filter((f) => !/^[mp]-/.test(f));
    expect(valid.sort()).toEqual(Object.keys(names).sort());
    expect(valid).toHaveLength(55);
  });

  it('reports no valid certificate as forged', () => {
    const valid = readdirSync(folder!).filter((f) => !/^[mp]-/.test(f) && !/^x(?:25519|448)/.test(f));
    const bad = valid.filter((file) => {
      const certificate = read(file).certificates[0]!;
      return checkCertificateSignature(certificate, certificate).result === 'bad';
    });
    expect(bad).toEqual([]);
  });

  it.each(Object.entries(defects))('%s: the defect is named with its offset', (file, [rule, offset]) => {
    expect(read(file).certificates[0]!.defects.map((d) => [d.rule, d.offset])).toContainEqual([rule, offset]);
  });

  it.each(Object.entries(breaches))('%s: the breach is reported with its offset', (file, [rule, offset]) => {
    const sighting = { observation: read(file), place: file, live: false };
    const { findings } = audit([sighting], { clock: NOW, profile: 'auto', role: 'any', warnings: true });
    const found = findings.find((f) => f.id === `certificate/${rule === 'altered' ? rule : `rule/${rule}`}`);
    expect(found?.evidence.map((e) => e.offset)).toEqual([offset]);
  });

  it('names the defect of every malformed certificate', () => {
    const malformed = readdirSync(folder!).filter((f) => f.startsWith('m-'));
    expect(malformed.sort()).toEqual([...Object.keys(defects), ...Object.keys(breaches), 'm-empty.pem'].sort());
    expect(read('m-empty.pem').problems).toEqual(['line 1: CERTIFICATE: the block is empty or not base64']);
  });

  it.each(readdirSync(folder ?? '.').filter((f) => f.startsWith('p-')))('%s is read whatever its wrapping', (file) => {
    expect(read(file).certificates.map((c) => c.subject.text)).toEqual(['CN=shop.example.com']);
  });

  it('reads every file without an exception and says something about the unreadable ones', () => {
    for (const file of readdirSync(folder!)) {
      const seen = read(file);
      expect(seen.certificates.length + seen.problems.length, file).toBeGreaterThan(0);
    }
  });

  it('tells a signature that does not fit from one that cannot be checked', () => {
    const state = (file: string) => {
      const certificate = read(file).certificates[0]!;
      return checkCertificateSignature(certificate, certificate).result;
    };
    expect(state('m-badsig.pem')).toBe('bad');
    expect(state('m-sigalg-mismatch.pem')).toBe('bad');
    expect(state('mldsa44.pem')).toBe('unsupported');
    expect(state('sm2.pem')).toBe('ok');
  });

  it('reads a date without seconds and refuses month 13 instead of rolling over', () => {
    expect(read('m-utc-noseconds.pem').certificates[0]!.notAfter).toBe(Date.UTC(2027, 1, 1));
    expect(read('m-invalid-date.pem').certificates[0]!.notAfter).toBeNaN();
  });
});
