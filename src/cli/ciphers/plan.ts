/** `paymedic ciphers plan`: which clients fail after a change of a server. */

import { createReadStream, existsSync } from 'node:fs';
import type { ClientProfile, PlanClient } from '../../ciphers/plan.ts';
import type { ServerCapabilities } from '../../tls/negotiation.ts';
import type { ClientHelloInfo } from '../../tls/types.ts';
import { counted } from '../../wording.ts';
import { EXIT, UserError } from '../exit.ts';
import { say } from '../say.ts';

export interface PlanOptions {
  policy?: string[] | string;
  server?: string;
  capture?: string[];
  clients?: boolean;
  key: string;
  openssl: string;
  format?: string[] | string;
}

/** Runs the command; returns the exit code: 1 when a client that works now would fail. */
export async function runPlan(options: PlanOptions): Promise<number> {
  const [rooms, plan, inputs, { loadKnowledge }] = await Promise.all([
    import('../../ciphers/index.ts'),
    import('../../ciphers/plan.ts'),
    import('./inputs.ts'),
    import('../../knowledge/load.ts'),
  ]);
  const knowledge = loadKnowledge();
  const policyId = Array.isArray(options.policy) ? options.policy[0] : options.policy;
  const format = (Array.isArray(options.format) ? options.format[0] : options.format) ?? 'terminal';
  if (!['terminal', 'json'].includes(format))
    throw new UserError(`--format ${format}: a plan is written as terminal or json`);
  if (policyId === undefined && options.server === undefined)
    throw new UserError('nothing to plan', { next: 'name --policy ID, --server HOST:PORT or --server FILE' });
  const policy =
    policyId === undefined
      ? undefined
      : (await inputs.loadPolicies([policyId], (knowledge.other('policies') ?? {}) as { [id: string]: unknown }))[0];
  const keys = keysOf(options.key);
  const openssl = rooms.OPENSSL_VERSIONS.find((v) => v === options.openssl);
  if (!openssl)
    throw new UserError(`--openssl ${options.openssl}: no table for it`, { next: rooms.OPENSSL_VERSIONS.join(', ') });

  let server: ServerCapabilities | undefined;
  if (options.server !== undefined && existsSync(options.server)) {
    const observation = await inputs.readConfiguration(options.server, undefined, undefined);
    const listener =
      observation &&
      rooms.effectiveMatrix(observation, {
        openssl,
        debian: true,
        keyTypes: inputs.keyTypesOf(undefined, options.server),
        hasDhInBundle: inputs.dhInBundleOf(undefined, options.server),
      })[0];
    if (!listener) throw new UserError(`${options.server}: no TLS listener in it`);
    server = plan.capabilitiesOf({
      protocols: listener.protocols,
      suites: listener.suites,
      groups: listener.groups.map((g) => g.code),
      keys,
    });
  } else if (options.server !== undefined) {
    const { target } = inputs.liveTarget(options.server, [], { file: options.server }, {});
    const scan = await rooms.enumerateEndpoint(target);
    if (scan.error !== undefined)
      throw new UserError(`${options.server}: ${scan.error}`, { exitCode: EXIT.incomplete });
    server = plan.capabilitiesOf({
      protocols: scan.protocols.filter((p) => p.offered === 'yes').map((p) => p.protocol),
      suites: scan.suites,
      groups: scan.groups.map((g) => g.code),
      keys: scan.certificates.map((c) => ({
        type: c.authentication === 'ECDSA' ? ('ECDSA' as const) : ('RSA' as const),
      })),
      serverPreference: scan.protocols.findLast((p) => p.preference)?.preference !== 'client',
    });
  }
  const clients = [
    ...(options.clients || !options.capture
      ? profiles((knowledge.other('clients') ?? {}) as { [id: string]: ClientProfile }, plan.profileHello)
      : []),
  ];
  for (const file of options.capture ?? []) clients.push(...(await fromCapture(file)));
  if (clients.length === 0)
    throw new UserError('no ClientHello to plan with', { next: 'name --capture FILE or --clients' });
  const after = policy ? plan.restrictByPolicy(policy, server, Date.now()) : server!;
  const result = plan.planChange(
    clients,
    policy ? server : undefined,
    policy && !after.certificateKey ? { ...after, certificateKey: keys } : after,
  );
  const json = format === 'json';
  say(json ? `${JSON.stringify({ schemaVersion: 1, ...result }, null, 2)}\n` : await text(result), json);
  return result.brokenClients > 0 ? EXIT.gateFailed : EXIT.ok;
}

function keysOf(text: string): { type: 'RSA' | 'ECDSA' }[] {
  const known: { [key: string]: { type: 'RSA' | 'ECDSA' }[] } = {
    RSA: [{ type: 'RSA' }],
    ECDSA: [{ type: 'ECDSA' }],
    BOTH: [{ type: 'RSA' }, { type: 'ECDSA' }],
  };
  const keys = known[text.toUpperCase()];
  if (!keys) throw new UserError(`--key ${text}: RSA, ECDSA or both`);
  return keys;
}

function profiles(
  all: { [id: string]: ClientProfile },
  toHello: (profile: ClientProfile) => ClientHelloInfo,
): PlanClient[] {
  return Object.values(all).map((p) => ({
    name: p.name,
    source: p.source,
    handshakes: 0,
    addresses: [],
    hello: toHello(p),
  }));
}

async function fromCapture(file: string): Promise<PlanClient[]> {
  if (!existsSync(file)) throw new UserError(`cannot read the capture ${file}`);
  const [{ readCapture }, { groupHellos }] = await Promise.all([
    import('../../capture/index.ts'),
    import('../../ciphers/plan.ts'),
  ]);
  const { handshakes, notes } = await readCapture(createReadStream(file), file);
  const hellos = handshakes.flatMap((h) =>
    h.clientHello && h.protocol === 'tls' ? [{ hello: h.clientHello, address: h.client.address, file }] : [],
  );
  if (hellos.length === 0)
    throw new UserError(`${file} holds no TLS ClientHello${notes[0] ? ` (${notes[0]})` : ''}`, {
      exitCode: EXIT.incomplete,
    });
  return groupHellos(hellos);
}

async function text(result: import('../../ciphers/plan.ts').Plan): Promise<string> {
  const { safeText } = await import('../../report/index.ts');
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  const seen = result.handshakes > 0;
  const out: string[] = [];
  out.push(
    result.brokenClients === 0
      ? `Nothing breaks: all ${result.rows.filter((r) => r.worksAfter).length} kinds of clients that can connect still can.`
      : `${result.brokenClients} of ${result.rows.length} kinds of clients would fail${seen ? `: ${percent(result.brokenShare)} of ${result.handshakes} handshakes seen` : ''}.`,
  );
  if (result.bestAddition)
    out.push(
      `Most is kept by this: ${result.bestAddition.says} (${result.bestAddition.clients} of them${seen ? `, ${counted(result.bestAddition.keeps, 'handshake')}` : ''}).`,
    );
  if (!seen) out.push('These are profiles of software, not traffic; --capture FILE tells who really connects.');
  out.push('');
  for (const row of result.rows) {
    const head = {
      breaks: 'BREAKS     ',
      'still-fails': 'still fails',
      'starts-working': 'new        ',
      works: 'works      ',
    }[row.outcome];
    out.push(`${head}  ${safeText(row.name, 80)}${row.handshakes > 0 ? `  ${percent(row.share)}` : ''}  ${row.after}`);
    if (row.because) out.push(`             ${safeText(row.because, 300)}`);
    if (row.smallestChange && row.outcome === 'breaks') out.push(`             ${safeText(row.smallestChange, 300)}`);
    if (row.addresses.length > 0)
      out.push(
        `             from ${row.addresses
          .slice(0, 5)
          .map((a) => safeText(a, 60))
          .join(', ')}${row.addresses.length > 5 ? ` and ${row.addresses.length - 5} more` : ''}`,
      );
  }
  return `${out.join('\n')}\n`;
}
