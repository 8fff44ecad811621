import type { ProbeResult } from '../ciphers/index.ts';
import type { Json } from '../finding.ts';
import type { StepContext, StepResult } from '../playbook/steps.ts';
import { TLS10, TLS11, TLS12, TLS13, versionName } from '../tls/registries/versions.ts';
import type { HandshakeObservation } from '../tls/types.ts';
import type { Session } from './session.ts';

/** Verdict ids of captured handshakes that a failed probe corresponds to. */
const VERDICTS: { [kind: string]: string } = {
  refused: 'port_closed',
  'timeout-connect': 'syn_blackhole',
  'timeout-answer': 'drop_after_clienthello',
  reset: 'server_reset_after_clienthello',
  closed: 'server_closed_after_clienthello',
  plaintext: 'plaintext_server_on_tls_port',
};

/** Looks gently at named endpoints: one or two connections each, and what came of them joins the observations. */
export async function probeTargets(
  session: Session,
  targets: { host: string; port: number }[],
  context: StepContext,
): Promise<StepResult> {
  const { probeEndpoint } = await import('../ciphers/index.ts');
  let answered = 0;
  const before = session.incomplete.length;
  for (const target of targets) {
    context.progress(`connecting to ${target.host}:${target.port}`);
    const probe = await probeEndpoint(target.host, target.port, {
      serverName: target.host,
      timeoutMs: Math.max(500, Math.min(10_000, context.remainingMs())),
    });
    const time = context.now();
    session.observations.handshakes.push(asHandshake(probe, time));
    session.observations.evidence.push({
      id: `live-${session.observations.evidence.length + 1}`,
      path: `${target.host}:${target.port}`,
      kind: 'endpoint',
      size: 0,
      sha256: '',
      counts: { connections: probe.connections, certificates: probe.certificates.length },
    });
    if (probe.ok) answered++;
    else
      session.incomplete.push({
        input: `${target.host}:${target.port}`,
        what: (probe.error?.says ?? 'no answer').replace(`${target.host}:${target.port}: `, ''),
        next: `openssl s_client -connect ${target.host}:${target.port} -servername ${target.host}`,
      });
  }
  return {
    outcome: answered === targets.length ? 'passed' : 'failed',
    because: `${answered} of ${targets.length} endpoints answered`,
    // A resumed run does not connect again; what could not be reached stays said.
    output: { unreached: session.incomplete.slice(before).map(({ input, what, next }) => ({ input, what, next })) },
  };
}

/** Says again what an earlier run of this case could not reach. */
export function restoreProbe(session: Session, output: Json): void {
  const results = Array.isArray(output) ? output.map((one) => (isMapping(one) ? one.output : null)) : [output];
  for (const result of results) {
    const list = isMapping(result) && Array.isArray(result.unreached) ? result.unreached : [];
    for (const one of list)
      if (isMapping(one))
        session.incomplete.push({ input: String(one.input), what: String(one.what), next: String(one.next) });
  }
}

const isMapping = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NEGOTIABLE = [TLS10, TLS11, TLS12, TLS13];

/** What the server chose of everything this runtime can offer. */
function serverHello({ version, suiteCode, alpn }: ProbeResult): Pick<HandshakeObservation, 'serverHello'> | undefined {
  const code = NEGOTIABLE.find((one) => versionName(one) === version);
  if (code === undefined || suiteCode === undefined) return undefined;
  return { serverHello: { version: code, suite: suiteCode, extensions: [], ...(alpn === undefined ? {} : { alpn }) } };
}

/** A live look in the shape that the checks know from captures. */
function asHandshake(probe: ProbeResult, time: number): HandshakeObservation {
  const verdict = probe.ok
    ? 'ok'
    : (VERDICTS[probe.error?.kind ?? ''] ??
      (probe.error?.alert !== undefined ? `alert${probe.error.alert}` : 'not_checked'));
  return {
    file: `${probe.host}:${probe.port}`,
    flow: 1,
    client: { address: 'paymedic', port: 0 },
    server: { address: probe.host, port: probe.port },
    time,
    protocol: 'tls',
    ...(serverHello(probe) ?? {}),
    ...(probe.certificates.length ? { serverCertificates: probe.certificates } : {}),
    ...(probe.clientCertificateRequested ? { certificateRequested: true } : {}),
    ...(probe.acceptableCas ? { acceptableCas: probe.acceptableCas } : {}),
    ...(probe.stapled !== undefined ? { ocspStapled: probe.stapled } : {}),
    alerts:
      probe.error?.alert !== undefined ? [{ from: 'server', level: 2, description: probe.error.alert, time }] : [],
    completed: probe.ok,
    tcp: {
      synSeen: true,
      synAckSeen: probe.error?.kind !== 'refused' && probe.error?.kind !== 'timeout-connect',
      synRetransmits: 0,
    },
    verdict: {
      id: verdict,
      side: probe.ok ? 'none' : 'unknown',
      layer: 'tls',
      confidence: 0.9,
      frames: [],
      says: probe.error?.says ?? 'completed',
    },
    firstFrame: 1,
  };
}
