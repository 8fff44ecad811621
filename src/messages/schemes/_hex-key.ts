/** Adyen shows its HMAC keys in hex, and the bytes are the key; undefined when the secret is no such key. */
export function hexKey(secret: Buffer): Buffer | undefined {
  const text = secret.toString('latin1');
  return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}
