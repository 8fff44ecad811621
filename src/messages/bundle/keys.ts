/** Keys and secrets that lie in a bundle: certificates, key files, and what configurations hold. */
import { append } from '../../lists.ts';
import type { CertificateObservation } from '../../x509/types.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { certificateKey, fromSpki, readKeys } from '../keys/read-keys.ts';
import { secretKey } from '../keys/read-secrets.ts';

/** A value of a configuration, as the evidence room reads it. */
export interface Setting {
  file: string;
  line: number;
  key: string;
  value: string;
}

export interface BundleKeys {
  keys: KeyMaterial[];
  /** Parameters that messages do not carry (webhook id), by name. */
  parameters: { [name: string]: string };
  /** Whether the bundle names a key as the one that messages of this scheme are verified with here. */
  assigned(scheme: string): boolean;
}

const MAXIMUM_KEYS = 300;

/** Words by which configurations and file names say whose key it is. */
const SCHEME_WORDS: { readonly [scheme: string]: RegExp } = {
  stripe: /stripe/i,
  'standard-webhooks': /svix|standard.?webhook|webhook/i,
  adyen: /adyen/i,
  'adyen-hpp': /adyen/i,
  paypal: /paypal/i,
  wechatpay: /we.?chat|wx|weixin|tenpay|微信/i,
  alipay: /ali.?pay|支付宝/i,
  'alipay-v3': /ali.?pay|支付宝/i,
  unionpay: /union.?pay|acp|银联/i,
};

/** Names of settings whose value is a secret that messages are signed or sealed with. */
const SECRET_NAME =
  /(?:webhook|signing|sign|endpoint|notify|callback|hmac|mac|stripe|adyen|svix|wechat|wx|api_?v?3|unionpay|secure)[\w.-]{0,40}(?:secret|key)\w{0,10}$|(?:^|\.)(?:secret|hmac|api_?v3_?key|mch_?key|signing_?secret|secret_?key)$/i;
/** What stands where a secret was taken out, or is found elsewhere. */
const NO_SECRET =
  /^(?:\*+|x{4,}|<.*>|\$\{.*\}|\{\{.*\}\}|\[.*\]|env[:.].*|vault:.*|file:.*|\/.*|[a-z]:\\.*|true|false|null|none|\d{1,7})$/i;
const PUBLIC_KEY = /^(?:-----BEGIN |MII[A-Za-z0-9+/]{40,})/;

/** Gathers the keys of a bundle. */
export function bundleKeys(certificates: readonly CertificateObservation[], settings: readonly Setting[]): BundleKeys {
  const keys: KeyMaterial[] = [];
  for (const o of certificates) {
    if (o.source === 'handshake' || o.source === 'live') continue;
    for (const c of o.certificates) {
      const key = certificateKey(c, o.file);
      if (key && keys.length < MAXIMUM_KEYS) keys.push(key);
    }
    for (const k of o.keys) {
      if (!k.spki || keys.length >= MAXIMUM_KEYS || keys.some((x) => x.spkiSha256 === k.spkiSha256)) continue;
      const key = fromSpki(Buffer.from(k.spki, 'base64'), o.file, k.kind);
      if (key) keys.push(key);
    }
  }
  const parameters: { [name: string]: string } = {};
  const owners: string[] = keys.map((k) => k.file);
  for (const s of settings) {
    const value = s.value.trim().replace(/^(["'])(.*)\1$/s, '$2');
    if (value.length < 8 || value.length > 8192) continue;
    if (/webhook[_-]?id$/i.test(s.key)) parameters['webhook-id'] = value;
    const secret = /^whsec_/.test(value) || (SECRET_NAME.test(s.key) && !NO_SECRET.test(value));
    const found = PUBLIC_KEY.test(value)
      ? readKeys(Buffer.from(value.replaceAll('\\n', '\n')), s.file).keys
      : secret
        ? [secretKey(Buffer.from(value), s.file, [s.key])]
        : [];
    if (found.length === 0 || keys.length >= MAXIMUM_KEYS) continue;
    append(
      keys,
      found.map((k) => ({ ...k, names: [...k.names, s.key] })),
    );
    owners.push(`${s.file} ${s.key}`);
  }
  return {
    keys,
    parameters,
    assigned: (scheme) => owners.some((o) => SCHEME_WORDS[scheme]?.test(o) ?? false),
  };
}
