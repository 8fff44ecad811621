/** Named attacks whose preconditions follow from what an endpoint offers; nothing is probed here. */
import type { Impact, Priority } from '../finding.ts';
import { parseSuite } from '../tls/registries/index.ts';
import type { EndpointScan } from './live/scan-types.ts';
import { cipherFamily, cipherMode } from './policy/evaluate.ts';

export interface Attack {
  id: string;
  title: string;
  priority: Priority;
  references: string[];
  /** Suites, protocols or sizes that open the door. */
  items: string[];
  because: string;
  remedy: string;
  exposure?: NonNullable<Impact['exposure']>;
}

/** The attacks that an endpoint's offers make possible. Every one names the offers that it needs. */
export function attacksOn(scan: EndpointScan): Attack[] {
  const out: Attack[] = [];
  const suites = scan.suites.map((s) => ({ ...s, parts: parseSuite(s.code) }));
  const offered = (test: (s: (typeof suites)[number]) => boolean): string[] =>
    suites.filter(test).map((s) => `${s.protocol} ${s.name}`);
  const add = (items: string[], attack: Omit<Attack, 'items'>): void => {
    if (items.length > 0) out.push({ ...attack, items });
  };
  const { features } = scan;
  add(features.heartbleed === 'vulnerable' ? ['heartbeat answered with memory of the server'] : [], {
    id: 'heartbleed',
    title: 'Heartbleed: the server hands out its memory',
    priority: 'urgent',
    exposure: 'keys',
    references: ['CVE-2014-0160'],
    because: 'A heartbeat request without payload was answered with more bytes than were sent.',
    remedy: 'Update OpenSSL to 1.0.1g or later, then replace keys and certificates and end all sessions.',
  });
  add(features.ccsInjection === 'vulnerable' ? ['early ChangeCipherSpec accepted'] : [], {
    id: 'ccs-injection',
    title: 'The server accepts an early ChangeCipherSpec',
    priority: 'urgent',
    exposure: 'keys',
    references: ['CVE-2014-0224'],
    because: 'After an early ChangeCipherSpec the server tried to decrypt the next record.',
    remedy: 'Update OpenSSL to 0.9.8za, 1.0.0m, 1.0.1h or later.',
  });
  add(
    offered((s) => s.protocol === 'SSLv2'),
    {
      id: 'drown',
      title: 'SSL 2.0 is offered: sessions of any server with the same RSA key can be decrypted (DROWN)',
      priority: 'urgent',
      exposure: 'keys',
      references: ['CVE-2016-0800', 'RFC 6176'],
      because: 'The server answered an SSL 2.0 hello with cipher kinds.',
      remedy: 'Switch SSL 2.0 off on every server that uses this key.',
    },
  );
  add(
    offered((s) => s.parts?.exportGrade === true && s.parts.keyExchange === 'RSA'),
    {
      id: 'freak',
      title: 'RSA export suites are offered (FREAK)',
      priority: 'urgent',
      references: ['CVE-2015-0204'],
      because: 'An export suite lets an attacker downgrade a client to a 512-bit RSA key.',
      remedy: 'Remove export suites.',
    },
  );
  const weakDh = (features.dh ?? []).filter((d) => d.bits < 1024).map((d) => `DH ${d.bits}`);
  add([...offered((s) => s.parts?.exportGrade === true && s.parts.keyExchange === 'DHE'), ...weakDh], {
    id: 'logjam',
    title: 'Diffie-Hellman that can be broken is offered (LOGJAM)',
    priority: 'urgent',
    references: ['CVE-2015-4000'],
    because: 'Export Diffie-Hellman or a group below 1024 bits is accepted.',
    remedy: 'Remove DHE suites, or use a group of at least 2048 bits.',
  });
  add(
    offered((s) => s.protocol === 'SSLv3' && s.parts !== undefined && cipherMode(s.parts) === 'CBC'),
    {
      id: 'poodle',
      title: 'SSL 3.0 with block ciphers is offered (POODLE)',
      priority: 'important',
      references: ['CVE-2014-3566', 'RFC 7568'],
      because: 'SSL 3.0 does not check padding.',
      remedy: 'Switch SSL 3.0 off.',
    },
  );
  add(
    offered((s) => s.parts !== undefined && cipherFamily(s.parts) === 'RC4'),
    {
      id: 'rc4',
      title: 'RC4 is offered',
      priority: 'important',
      references: ['RFC 7465', 'CVE-2013-2566'],
      because: 'Biases of the RC4 key stream reveal repeated plaintext.',
      remedy: 'Remove RC4 suites.',
    },
  );
  add(
    offered(
      (s) =>
        s.parts !== undefined && /^(?:3DES|DES|IDEA|RC2)/.test(s.parts.encryption) && cipherMode(s.parts) === 'CBC',
    ),
    {
      id: 'sweet32',
      title: 'Ciphers with 64-bit blocks are offered (SWEET32)',
      priority: 'routine',
      references: ['CVE-2016-2183'],
      because: 'After some 2^32 blocks under one key, collisions reveal plaintext.',
      remedy: 'Remove 3DES, DES, IDEA and RC2 suites.',
    },
  );
  add(
    offered((s) => s.protocol === 'TLSv1.0' && s.parts !== undefined && cipherMode(s.parts) === 'CBC'),
    {
      id: 'beast',
      title: 'TLS 1.0 with block ciphers is offered (BEAST)',
      priority: 'routine',
      references: ['CVE-2011-3389'],
      because: 'TLS 1.0 chains initialisation vectors; up-to-date clients split records against it.',
      remedy: 'Switch TLS 1.0 off.',
    },
  );
  add(features.compression ? ['DEFLATE'] : [], {
    id: 'crime',
    title: 'TLS compression is on (CRIME)',
    priority: 'important',
    references: ['CVE-2012-4929'],
    because: 'The length of compressed records reveals secrets that are sent with chosen text.',
    remedy: 'Switch TLS compression off.',
  });
  add(features.keyReuse?.includes('DH') ? ['DH'] : [], {
    id: 'dh-key-reuse',
    title: 'Ephemeral Diffie-Hellman keys are reused',
    priority: 'routine',
    references: ['CVE-2020-1968'],
    because:
      'The same public value came in two handshakes; reuse is the precondition of the Raccoon attack and takes forward secrecy away.',
    remedy: 'Update the TLS library, or remove DHE suites.',
  });
  add(features.clientInitiatedRenegotiation ? ['a second handshake asked for by the client was finished'] : [], {
    id: 'client-renegotiation',
    title: 'Clients may renegotiate as often as they like',
    priority: 'routine',
    references: ['CVE-2011-1473', 'RFC 9325 section 3.5'],
    because:
      'A handshake costs the server more than the client; one connection can be made to ask for many (some servers limit how many, which was not tried).',
    remedy: 'Refuse renegotiation that the client starts, or limit it.',
  });
  const old = scan.protocols
    .filter((p) => p.offered === 'yes' && p.version < 0x0303 && p.version > 2)
    .map((p) => p.protocol);
  add(features.fallbackScsv === false && old.length > 0 ? old : [], {
    id: 'no-fallback-scsv',
    title: 'Clients can be pushed down to an old version (no TLS_FALLBACK_SCSV)',
    priority: 'routine',
    references: ['RFC 7507'],
    because: 'A hello with the fallback signal below the best version was accepted.',
    remedy: 'Update the TLS library, or switch the old versions off.',
  });
  return out;
}
