/** The forms in which one secret is found in configurations, environment files and consoles. */

export interface SecretForm {
  bytes: Buffer;
  says: string;
}

/** Every other reading of a secret. Never names its content. */
export function* secretForms(secret: Buffer): Iterable<SecretForm> {
  const text = secret.toString('latin1');
  const trimmed = text.trim();
  if (trimmed !== text) yield { bytes: Buffer.from(trimmed, 'latin1'), says: 'without the spaces around it' };
  yield { bytes: Buffer.from(`${text}\n`, 'latin1'), says: 'with a line end after it' };
  yield { bytes: Buffer.from(`${text} `, 'latin1'), says: 'with a space after it' };
  const bare = trimmed.replace(/^(["'])(.*)\1$/s, '$2');
  if (bare !== trimmed) yield { bytes: Buffer.from(bare, 'latin1'), says: 'without the quotes around it' };
  else {
    yield { bytes: Buffer.from(`"${text}"`, 'latin1'), says: 'with quotes around it' };
    yield { bytes: Buffer.from(`'${text}'`, 'latin1'), says: 'with quotes around it' };
  }
  const prefix = /^(?:whsec_|whpk_|whsk_|sk_|v1_)/.exec(bare)?.[0];
  const body = prefix ? bare.slice(prefix.length) : bare;
  if (prefix) yield { bytes: Buffer.from(body, 'latin1'), says: `without its prefix ${prefix}` };
  else yield { bytes: Buffer.from(`whsec_${bare}`, 'latin1'), says: 'with the prefix whsec_' };
  if (/^(?:[0-9a-fA-F]{2}){8,}$/.test(body)) yield { bytes: Buffer.from(body, 'hex'), says: 'decoded from hex' };
  if (/^[A-Za-z0-9+/]{12,}={0,2}$/.test(body) && body.replace(/=+$/, '').length % 4 !== 1)
    yield { bytes: Buffer.from(body, 'base64'), says: 'decoded from base64' };
  if (/^[A-Za-z0-9_-]{12,}={0,2}$/.test(body) && /[-_]/.test(body))
    yield { bytes: Buffer.from(body, 'base64url'), says: 'decoded from base64url' };
  yield { bytes: Buffer.from(secret.toString('hex')), says: 'written in hex' };
  yield { bytes: Buffer.from(secret.toString('base64')), says: 'written in base64' };
  if (body.toLowerCase() !== body) yield { bytes: Buffer.from(body.toLowerCase(), 'latin1'), says: 'in lower case' };
  if (body.toUpperCase() !== body) yield { bytes: Buffer.from(body.toUpperCase(), 'latin1'), says: 'in upper case' };
}
