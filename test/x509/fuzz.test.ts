import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedForm } from '../../src/x509/certificate.ts';
import {
  parseCertificate,
  parseOcspResponse,
  parseRevocationList,
  parseSigningRequest,
  readCertificates,
  verifySignature,
} from '../../src/x509/index.ts';
import { openPkcs12 } from '../../src/x509/pkcs12.ts';
import { lint } from '../../src/x509/rules/index.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const scopes = new Set(['any', 'web', 'psd2'] as const);

function made(...options: string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-fuzz-'));
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...options,
        '-nodes',
        '-keyout',
        'k',
        '-out',
        'c',
        '-outform',
        'DER',
        '-days',
        '30',
        '-subj',
        '/C=NL/O=Fuzz/CN=pay.example',
        '-addext',
        'subjectAltName=DNS:pay.example,IP:192.0.2.1',
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    return readFileSync(join(folder, 'c'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const readEverything = (bytes: Buffer): void => {
  const certificate = parseCertificate(bytes);
  lint(parsedForm(certificate), scopes);
  parseRevocationList(bytes);
  parseSigningRequest(bytes);
  parseOcspResponse(bytes);
  openPkcs12(bytes, ['']);
  readCertificates(bytes, 'fuzz');
};

describe('hostile bytes', () => {
  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readEverything(Buffer.from(bytes))),
      { numRuns: 500 },
    );
  });

  it('never throw when they begin like DER', () => {
    const start = fc.constantFrom('3080', '30820100', '3003020103', '30840fffffff', '1f8080808001', '30800000');
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, rest) =>
        readEverything(Buffer.concat([Buffer.from(head, 'hex'), rest])),
      ),
      { numRuns: 500 },
    );
  });
});

describe.skipIf(!hasOpenssl)('changed certificates (skipped without openssl)', () => {
  const originals = hasOpenssl
    ? [
        made('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'),
        made('-newkey', 'rsa:2048'),
        made('-newkey', 'ed25519'),
      ]
    : [];

  it('are never accepted in silence: a changed signed part has a bad signature', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: originals.length - 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (which, place, flip) => {
          const original = parseCertificate(originals[which]!);
          const { tbs } = parsedForm(original);
          const bytes = Buffer.from(originals[which]!);
          bytes[tbs.start + (place % (tbs.end - tbs.start))]! ^= flip;
          expect(verifySignature(parseCertificate(bytes), original)).not.toBe('ok');
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('are read without an exception after any mutation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: originals.length - 1 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(20),
        (which, changes, cut) => {
          const bytes = Buffer.from(originals[which]!);
          for (const [place, value] of changes) bytes[place % bytes.length] = value;
          readEverything(bytes.subarray(0, bytes.length - cut));
        },
      ),
      { numRuns: 1500 },
    );
  });
});
