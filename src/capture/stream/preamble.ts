/** Names what was spoken before TLS began, or instead of it, from the first bytes of both directions. */
import type { TlsSession } from './tls-session.ts';

/** Protocol that switched to TLS (`smtp`, `imap`, `http-connect`, ...), or undefined when TLS began at once. */
export function nameProtocol(session: TlsSession): string | undefined {
  const { client, server } = session;
  const greeting = server.greeting ?? server.preamble;
  const switched =
    (client.preamble !== undefined && client.records.count > 0) || (greeting !== undefined && server.records.count > 0);
  if (!switched) return undefined;
  return byGreeting(greeting) ?? clientOpening(client.preamble) ?? serverGreeting(greeting) ?? 'unknown';
}

const text = (bytes: Buffer | undefined) => (bytes ? bytes.toString('latin1', 0, 128) : '');

function clientOpening(bytes: Buffer | undefined): string | undefined {
  if (!bytes || bytes.length === 0) return undefined;
  const start = text(bytes);
  if (start.startsWith('CONNECT ')) return 'http-connect';
  if (start.startsWith('PROXY ')) return 'proxy-v1';
  if (bytes.length >= 12 && bytes.subarray(0, 12).equals(PROXY_V2)) return 'proxy-v2';
  if (/^(?:EHLO|HELO|LHLO|STARTTLS)\b/i.test(start)) return 'smtp';
  if (/^(?:CAPA|STLS|USER)\b/i.test(start)) return 'pop3';
  if (/^AUTH (?:TLS|SSL)\b/i.test(start)) return 'ftp';
  if (/^[A-Za-z0-9.]{1,16} (?:STARTTLS|CAPABILITY|ID|LOGIN)\b/i.test(start)) return 'imap';
  if (/^(?:NICK|CAP|PASS) /.test(start)) return 'irc';
  if (start.startsWith('<?xml') || start.startsWith('<stream')) return 'xmpp';
  if (bytes[0] === 5 && bytes.length >= 3 && bytes.length >= 2 + bytes[1]!) return 'socks5';
  if (bytes[0] === 4 && (bytes[1] === 1 || bytes[1] === 2)) return 'socks4';
  // LDAP ExtendedRequest with the StartTLS OID (RFC 4511 section 4.14).
  if (bytes[0] === 0x30 && start.includes('1.3.6.1.4.1.1466.20037')) return 'ldap';
  // PostgreSQL SSLRequest.
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === 8 && bytes.readUInt32BE(4) === 80877103) return 'postgresql';
  // MySQL SSLRequest: 32-byte packet with sequence number 1.
  if (bytes.length >= 4 && bytes[0] === 32 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 1) return 'mysql';
  // RDP X.224 connection request.
  if (bytes[0] === 3 && bytes[1] === 0 && bytes.length >= 7 && bytes[5] === 0xe0) return 'rdp';
  return undefined;
}

const PROXY_V2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

function serverGreeting(bytes: Buffer | undefined): string | undefined {
  const start = text(bytes);
  if (start.startsWith('+OK')) return 'pop3';
  if (start.startsWith('* OK')) return 'imap';
  if (/^220[ -].*ftp/i.test(start)) return 'ftp';
  if (/^220[ -]/.test(start)) return 'smtp';
  return undefined;
}

/** A bare STARTTLS is common to several protocols; their servers' answers differ (RFC 7194 and ircv3 for IRC). */
function byGreeting(bytes: Buffer | undefined): string | undefined {
  return /^:[^ ]{1,100} (?:670|CAP|NOTICE) /.test(text(bytes)) ? 'irc' : undefined;
}

/** The client's words before TLS ask for it, or for a way to a server that speaks it; whatever follows them is TLS. */
export function announcesTls(session: TlsSession): boolean {
  const words = session.client.preamble;
  const protocol = clientOpening(words);
  if (!protocol) return false;
  return /^(?:smtp|imap|pop3|irc|xmpp)$/.test(protocol)
    ? /\bSTARTTLS\b|\bSTLS\b|<starttls/i.test(words!.toString('latin1'))
    : protocol !== 'rdp';
}

/** Only a PROXY protocol header, version 1 or 2, and nothing behind it. */
export function isBareProxyHeader(bytes: Buffer | undefined): boolean {
  if (!bytes) return false;
  if (bytes.length >= 16 && bytes.subarray(0, 12).equals(PROXY_V2)) return bytes.length === 16 + bytes.readUInt16BE(14);
  return /^PROXY [^\r\n]{1,101}\r\n$/.test(bytes.toString('latin1', 0, 128)) && bytes.length <= 107;
}

export type PlaintextKind = 'http-request' | 'http-response' | 'html' | 'ssh' | 'text-service' | 'text' | 'binary';

/** What a direction that never spoke TLS began with. */
export function plaintextKind(bytes: Buffer | undefined): PlaintextKind | undefined {
  if (!bytes || bytes.length === 0) return undefined;
  const start = text(bytes);
  if (/^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PRI) [^\r\n]{1,120}/.test(start)) return 'http-request';
  if (start.startsWith('HTTP/1.') || start.startsWith('HTTP/2')) return 'http-response';
  if (/^\s{0,8}<(?:!doctype|html|\?xml)/i.test(start)) return 'html';
  if (start.startsWith('SSH-')) return 'ssh';
  if (/^(?:220[ -]|\+OK|\* OK|[45][0-9][0-9][ -]|-ERR|EHLO |HELO )/.test(start)) return 'text-service';
  let printable = 0;
  for (const byte of bytes.subarray(0, 64))
    if ((byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13) printable++;
  return printable >= Math.min(bytes.length, 64) * 0.95 ? 'text' : 'binary';
}
