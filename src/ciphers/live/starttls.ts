/** The plain-text dialogues that precede TLS on ports where the protocol upgrades (RFC 3207, 2595, 4511, 4217, 6120, ...). */

export const STARTTLS_PROTOCOLS = [
  'smtp',
  'lmtp',
  'imap',
  'pop3',
  'ftp',
  'ldap',
  'postgres',
  'mysql',
  'xmpp',
  'xmpp-server',
] as const;
export type StartTlsProtocol = (typeof STARTTLS_PROTOCOLS)[number];

export interface Prelude {
  /** Takes bytes of the server: `more` to wait, `ready` to start TLS, `failed` when it refuses. */
  feed(chunk: Buffer): 'more' | 'ready' | 'failed';
  complaint?: string;
}

export interface StartTls {
  protocol: StartTlsProtocol;
  begin(send: (bytes: Buffer | string) => void): Prelude;
}

const MAX_DIALOGUE = 64 * 1024;

/** The dialogue of a protocol; `name` is the host for EHLO-like greetings and the XMPP `to` attribute. */
export function startTls(protocol: StartTlsProtocol, name: string): StartTls {
  const safeName = /^[A-Za-z0-9.-]{1,253}$/.test(name) ? name : 'localhost';
  return { protocol, begin: (send) => dialogue(protocol, safeName, send) };
}

function dialogue(protocol: StartTlsProtocol, name: string, send: (bytes: Buffer | string) => void): Prelude {
  switch (protocol) {
    case 'smtp':
      return lines(send, [
        { await: /^220 /m, say: 'EHLO paymedic.invalid\r\n' },
        { await: /^250 /m, say: 'STARTTLS\r\n' },
        { await: /^220 /m },
      ]);
    case 'lmtp':
      return lines(send, [
        { await: /^220 /m, say: 'LHLO paymedic.invalid\r\n' },
        { await: /^250 /m, say: 'STARTTLS\r\n' },
        { await: /^220 /m },
      ]);
    case 'imap':
      return lines(
        send,
        [{ await: /^\* (?:OK|PREAUTH)/m, say: 'a1 STARTTLS\r\n' }, { await: /^a1 OK/m }],
        /^a1 (?:NO|BAD)/m,
      );
    case 'pop3':
      return lines(send, [{ await: /^\+OK/m, say: 'STLS\r\n' }, { await: /^\+OK/m }], /^-ERR/m);
    case 'ftp':
      return lines(send, [{ await: /^220 /m, say: 'AUTH TLS\r\n' }, { await: /^234/m }]);
    case 'xmpp':
    case 'xmpp-server': {
      const space = protocol === 'xmpp' ? 'jabber:client' : 'jabber:server';
      send(
        `<?xml version='1.0'?><stream:stream xmlns='${space}' xmlns:stream='http://etherx.jabber.org/streams' to='${name}' version='1.0'>`,
      );
      return lines(
        send,
        [
          { await: /<\/stream:features>|<starttls/, say: "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
          { await: /<proceed/ },
        ],
        /<failure|<stream:error/,
      );
    }
    case 'postgres':
      // SSLRequest; the answer is one byte, S or N.
      send(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
      return {
        feed: (chunk) => (chunk[0] === 0x53 ? 'ready' : 'failed'),
        complaint: 'the server answered SSLRequest with something other than "S"',
      };
    case 'ldap':
      // ExtendedRequest 1.3.6.1.4.1.1466.20037 with message id 1 (RFC 4511 section 4.14).
      send(Buffer.concat([Buffer.from('301d02010177188016', 'hex'), Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1')]));
      return ldapAnswer();
    case 'mysql':
      return mysqlGreeting(send);
  }
}

interface Step {
  await: RegExp;
  say?: string;
}

function lines(send: (bytes: string) => void, steps: Step[], refusal: RegExp = /^[45]\d\d[ -]/m): Prelude {
  let text = '';
  let at = 0;
  const prelude: Prelude = {
    feed(chunk) {
      text += chunk.toString('latin1');
      if (text.length > MAX_DIALOGUE) {
        prelude.complaint = 'the greeting is longer than any such protocol allows';
        return 'failed';
      }
      const step = steps[at]!;
      if (refusal.test(text)) {
        prelude.complaint = `the server refused: ${text.slice(0, 120).trim()}`;
        return 'failed';
      }
      if (!step.await.test(text)) return 'more';
      text = '';
      at++;
      if (step.say !== undefined) send(step.say);
      return at === steps.length ? 'ready' : 'more';
    },
  };
  return prelude;
}

function ldapAnswer(): Prelude {
  let bytes = Buffer.alloc(0);
  return {
    complaint: 'the LDAP server refused StartTLS',
    feed(chunk) {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, 4096);
      // ExtendedResponse is tag 0x78; its first element is resultCode, an ENUMERATED of one byte.
      const response = bytes.indexOf(0x78);
      if (response < 0 || bytes.length < response + 5) return 'more';
      const result = bytes.indexOf(Buffer.from([0x0a, 0x01]), response);
      if (result < 0 || bytes.length < result + 3) return 'more';
      return bytes[result + 2] === 0 ? 'ready' : 'failed';
    },
  };
}

/** CLIENT_SSL of the MySQL protocol: an SSLRequest packet with that capability, after the greeting. */
function mysqlGreeting(send: (bytes: Buffer) => void): Prelude {
  let bytes = Buffer.alloc(0);
  const prelude: Prelude = {
    feed(chunk) {
      bytes = Buffer.concat([bytes, chunk]).subarray(0, 4096);
      if (bytes.length < 5 || bytes.length < 4 + bytes.readUIntLE(0, 3)) return 'more';
      const versionEnd = bytes.indexOf(0, 5);
      if (bytes[4] !== 10 || versionEnd < 0 || bytes.length < versionEnd + 16) {
        prelude.complaint = 'no MySQL greeting of protocol 10';
        return 'failed';
      }
      // Lower capability flags stand behind thread id (4), salt (8) and a filler byte.
      if ((bytes.readUInt16LE(versionEnd + 14) & 0x0800) === 0) {
        prelude.complaint = 'the MySQL server does not offer TLS';
        return 'failed';
      }
      const request = Buffer.alloc(36);
      request.writeUIntLE(32, 0, 3);
      request[3] = 1;
      request.writeUInt32LE(0x0008_8a01 | 0x0800, 4);
      request.writeUInt32LE(0x0100_0000, 8);
      request[12] = 45;
      send(request);
      return 'ready';
    },
  };
  return prelude;
}
