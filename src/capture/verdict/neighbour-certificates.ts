/** What neighbours say about the server's certificate: of those who leave silently, and of those who get another one. */
import type { HandshakeVerdict } from '../../tls/types.ts';
import type { CapturedHandshake } from '../handshake.ts';
import { verdict } from './case.ts';
import { certificateFacts, chainProblem } from './certificate-facts.ts';
import { nameKey, type ServerSummary, SILENT_ENDS, workingKey } from './server-summary.ts';
import { judgeSilentLeave } from './silent-leave.ts';

/**
 * Stacks that leave without a readable alert meet the same certificate as those that say why. Heard only when others
 * said so of the same server for the same name within ten minutes, and nobody with that name succeeded meanwhile.
 */
export function silentRefusal(observation: CapturedHandshake, summary: ServerSummary): void {
  if (!SILENT_ENDS.has(observation.verdictId)) return;
  const name = nameKey(observation, summary.eras);
  const near = (summary.reasons.get(name) ?? []).filter((other) => Math.abs(other.time - observation.time) < 600_000);
  const reason = near[0]?.verdict ?? knownChainProblem(observation, summary.chains.get(name) ?? []);
  if (!reason || near.some((other) => other.verdict.id !== reason.id)) return;
  if ((summary.successes.get(name) ?? []).some((time) => Math.abs(time - observation.time) < 60_000)) return;
  observation.verdict = verdict(
    reason.id,
    reason.side,
    'tls',
    0.65,
    observation.verdict.frames,
    `${observation.verdict.says}; other clients of the same server say why: ${reason.says}`,
    true,
  );
}

/**
 * A handshake that completed without a request after it. The same client working with the same server at the time (a
 * browser's spare connection, a check beside real traffic) clears it; otherwise what others say of the certificate
 * counts, then the certificate and the way it left.
 */
export function silentLeaver(observation: CapturedHandshake, summary?: ServerSummary): void {
  const { silentLeave } = observation;
  if (!silentLeave || observation.verdictId !== 'ok') return;
  const near = (time: number) => Math.abs(time - observation.time) < 600_000;
  if (summary?.working.get(workingKey(observation, summary.eras))?.some(near)) return;
  const name = summary ? nameKey(observation, summary.eras) : '';
  const told = (summary?.reasons.get(name) ?? []).find((other) => near(other.time))?.verdict;
  const own = judgeSilentLeave(observation, silentLeave);
  const vague = own === undefined || own.id === 'server_cert_rejected' || own.confidence < 0.6;
  const reason = vague
    ? (told ??
      (observation.serverCertificates ? undefined : knownChainProblem(observation, summary?.chains.get(name) ?? [])))
    : undefined;
  if (reason)
    observation.verdict = verdict(
      reason.id,
      reason.side,
      'tls',
      0.6,
      own?.frames ?? observation.verdict.frames,
      `the client completes the handshake and leaves without a request; other handshakes with the same server say why: ${reason.says}`,
      true,
    );
  else if (own) observation.verdict = own;
}

/** A program that works with the same server at the time gave up this handshake for a reason of its own. */
export function changedItsMind(observation: CapturedHandshake, summary: ServerSummary): void {
  const { verdict: current } = observation;
  if (current.id !== 'server_cert_rejected' || !current.inferred || observation.alerts.length > 0) return;
  const near = (time: number) => Math.abs(time - observation.time) < 600_000;
  if (!summary.working.get(workingKey(observation, summary.eras))?.some(near)) return;
  observation.verdict = verdict(
    'client_aborted_handshake',
    'client',
    'tls',
    0.4,
    current.frames,
    'the client leaves the handshake without a word, and works with the same server on other connections: it changed its mind',
    true,
  );
}

/** What is wrong with the chain that the same server sent for the same name to a client of TLS 1.2 within ten minutes. */
function knownChainProblem(
  observation: CapturedHandshake,
  chains: readonly { time: number; chain: string[] }[],
): HandshakeVerdict | undefined {
  const known = chains.find((one) => Math.abs(one.time - observation.time) < 600_000);
  const problem = known ? chainProblem(known.chain, observation.clientHello?.sni, observation.time) : undefined;
  return problem
    ? verdict(problem.id, 'server', 'tls', 0.65, [], `${problem.says} (seen in a handshake of TLS 1.2)`, true)
    : undefined;
}

/**
 * Other clients get, and accept, a certificate of another key and issuer from the same server for the same name at the
 * same time. Accepted ones on both sides of this one rule out that the server has changed its certificate meanwhile.
 */
export function substitution(observation: CapturedHandshake, summary: ServerSummary): void {
  const chain = observation.serverCertificates;
  if (observation.verdict.id !== 'server_cert_untrusted' || !chain) return;
  const own = certificateFacts(chain[0] ?? '');
  if (!own) return;
  const others = (summary.chains.get(nameKey(observation, summary.eras)) ?? []).filter((one) => {
    const leaf = certificateFacts(one.chain[0] ?? '');
    return (
      one.accepted &&
      Math.abs(one.time - observation.time) < 600_000 &&
      leaf !== undefined &&
      leaf.issuer !== own.issuer &&
      leaf.keyFingerprint !== own.keyFingerprint
    );
  });
  const after = others.find((one) => one.time > observation.time);
  // Once a certificate was seen between two others, it is the same story when it is the last one of the capture.
  const known = others.length > 0 && summary.substituted.has(own.fingerprint);
  if (!after && !known) return;
  const both = known || others.some((one) => one.time < observation.time);
  if (both) summary.substituted.add(own.fingerprint);
  const issuer = certificateFacts((after ?? others[0]!).chain[0] ?? '')?.issuer ?? 'another issuer';
  observation.verdict = verdict(
    'server_cert_substituted',
    'between',
    'tls',
    both ? 0.75 : 0.55,
    observation.verdict.frames,
    `${observation.verdict.says}; ${both ? 'before and after it' : 'shortly after'} other clients get a certificate issued by ${issuer} from the same server for the same name: it is substituted on the way, or one of several servers differs`,
    observation.verdict.inferred === true,
  );
}
