/** Keys known by their beginning or by a mark within, passwords in statements and settings, and what only looks like them. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/logs/redact.ts';
import { SecretScanner } from '../../src/logs/secrets/scan.ts';

const kindsIn = (line: string): string[] => {
  const bytes = Buffer.from(line);
  return new SecretScanner(Buffer.alloc(32)).spans(bytes, 0, bytes.length).map(({ kind }) => kind.id);
};
const hex = (length: number): string => randomBytes(length).toString('hex').slice(0, length);
/** Letters and digits of both kinds. */
const mixed = (length: number): string => `${hex(length)}`.replace(/[a-c]/g, 'K').replace(/^../, '7q');
const uuid = '0b6e3c1d-5f7a-4c8e-9d21-7a4b3c2d1e0f';

const KEYS: [issuer: string, kind: string, key: string][] = [
  ['Cashfree', 'payment-provider-token', `cfsk_ma_prod_${hex(32)}_${hex(8)}`],
  ['Paddle', 'payment-provider-token', `pdl_live_apikey_${hex(26)}_${mixed(22)}_${mixed(3)}`],
  ['Paymob', 'payment-provider-token', `egy_sk_live_${hex(64)}`],
  ['Asaas', 'payment-provider-token', `$aact_prod_${mixed(120)}`],
  ['RFC 8959', 'service-key', `secret-token:bank_production_${mixed(40)}`],
  ['Azure Storage', 'service-key', `${mixed(76)}+ASt${mixed(5)}A==`],
  ['Azure Cache', 'service-key', `${mixed(33)}AzCa${mixed(6)}=`],
  ['Azure Container Registry', 'service-key', `${mixed(42)}+ACRA${mixed(5)}`],
  ['Azure AI Search', 'service-key', `${mixed(42)}AzSeA${mixed(5)}`],
  ['Azure Functions', 'service-key', `${mixed(44)}AzFu${mixed(5)}Q==`],
  ['Azure DevOps', 'service-key', `${mixed(76)}AZDO${mixed(4)}`],
  ['LaunchDarkly', 'service-key', `sdk-${uuid}`],
  ['Mailgun', 'service-key', `key-7${hex(30)}f`],
  ['HubSpot', 'service-key', `pat-eu1-${uuid}`],
  ['Resend', 'service-key', `re_${mixed(8)}_${mixed(24)}`],
  ['Supabase', 'service-key', `sb_secret_${mixed(22)}_${mixed(8)}`],
  ['Tailscale', 'service-key', `tskey-auth-k${mixed(11)}CNTRL-${mixed(32)}`],
  ['Atlassian', 'service-key', `ATATT3xFfGF0${mixed(171)}=${hex(8).toUpperCase()}`],
  ['Bitbucket', 'source-host-token', `ATBB${mixed(24)}${hex(8).toUpperCase()}`],
  ['CircleCI', 'source-host-token', `CCIPAT_${mixed(22)}_${hex(40)}`],
  ['NuGet', 'source-host-token', `oy2${hex(43)}`],
];

describe('a key of a platform', () => {
  it.each(KEYS)('%s: is found and removed wherever it stands', (_, kind, key) => {
    for (const line of [
      `INFO boot upstream=${key} retries=3`,
      JSON.stringify({ cfg: { value: key, n: 1 } }),
      JSON.stringify({ msg: JSON.stringify({ auth: key }) }),
      `GET /hook?auth=${encodeURIComponent(key)}&n=1 HTTP/1.1`,
      `{'credential': '${key}', 'timeout': 30}`,
    ]) {
      expect(kindsIn(line), line).toEqual([kind]);
      const bytes = Buffer.from(line);
      const copy = new Redactor().line(bytes, 0, bytes.length).toString();
      expect(copy).not.toContain(key.slice(-12));
      if (line.startsWith('{"')) expect(Object.keys(JSON.parse(copy))).toEqual(Object.keys(JSON.parse(line)));
    }
  });

  it('of Airtable is found beside its name', () => {
    expect(kindsIn(`GET https://api.airtable.com/v0/app1 with pat${mixed(14)}.${hex(64)}`)).toEqual(['service-key']);
  });

  it.each([
    `publishable sb_publishable_${mixed(22)}_${mixed(8)}`,
    `job re_indexing_subscriptions_of_accounts done`,
    `job re_schedule_abcdefghijklmnopqrstuvwx done`,
    'aio_task cio_task sl.metrics pat.name r8_final oy2 tskey-auth',
    `cached ${createHash('sha256').update('AzSe').digest('hex')}`,
    `<img src="data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAA'.repeat(12)}==">`,
    'the scheme secret-token: is described in RFC 8959',
    `trace ${uuid} patient pat-eu2-${uuid}`,
    'egy_sk_live_ is how the key begins',
  ])('is none: %s', (line) => {
    expect(kindsIn(line)).toEqual([]);
  });
});

describe('a password in a statement or a setting', () => {
  it.each([
    "CREATE USER 'pay'@'%' IDENTIFIED BY 'Tr0ub4dor!'",
    "grant all on pay.* to 'pay'@'10.%' identified by 'settle-the-batch'",
    'ALTER USER pay IDENTIFIED BY Tr0ub4dor',
    `{"sql":"ALTER ROLE settle WITH LOGIN PASSWORD 'Tr0ub4dor!'"}`,
    'requirepass Tr0ub4dor!',
    'bindpw Tr0ub4dor!',
    '+ keytool -list -storepass Tr0ub4dor$ -v',
    '+ curl -u merchant:Tr0ub4dor$ https://gw.example/v1/refunds',
  ])('is found: %s', (line) => {
    expect(kindsIn(line)).toEqual(['password']);
    const bytes = Buffer.from(line);
    expect(new Redactor().line(bytes, 0, bytes.length).toString()).not.toMatch(/Tr0ub|settle-the|dor[!$]/);
  });

  it.each([
    "CREATE USER 'pay'@'%' IDENTIFIED BY '***'",
    `CREATE USER 'pay'@'%' IDENTIFIED BY PASSWORD '*${hex(40).toUpperCase()}'`,
    `ALTER ROLE settle WITH PASSWORD 'md5${hex(32)}'`,
    `ALTER ROLE settle WITH PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'`,
    'records are identified by merchant_id2 and date',
    'create report: rows identified by merchant and date',
    'requirepass is not set; bindpw was empty',
    '+ keytool -list -storepass $STORE_PASSWORD -v',
    '+ curl -u merchant:$GATEWAY_PASSWORD https://gw.example/v1/refunds',
  ])('is none: %s', (line) => {
    expect(kindsIn(line)).toEqual([]);
  });
});
