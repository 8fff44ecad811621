/** What only shows when several sightings of one target are compared. */

import type { Finding } from '../../finding.ts';
import { counted } from '../../wording.ts';
import { calledAs, finding, isoDay } from '../../x509/audit/findings.ts';
import type { Certificate } from '../../x509/index.ts';
import type { LiveAnswer } from './live.ts';

/** One node still serving the old certificate, and "renewed on disk, not reloaded". */
export function compareSightings(answers: readonly LiveAnswer[], onDisk: ReadonlyMap<string, Certificate>): Finding[] {
  const found: Finding[] = [];
  const groups = new Map<string, LiveAnswer[]>();
  for (const answer of answers) {
    const leaf = answer.sighting?.observation.certificates[0];
    if (!leaf) continue;
    const key = `${answer.target.host}:${answer.target.port}`;
    groups.set(key, [...(groups.get(key) ?? []), answer]);
    const file = answer.target.file === undefined ? undefined : onDisk.get(answer.target.file);
    if (file && file.sha256 !== leaf.sha256) found.push(notReloaded(answer, leaf, file));
  }
  for (const [target, group] of groups) {
    const leaves = new Map(group.map((a) => [a.sighting!.observation.certificates[0]!.sha256, a]));
    if (leaves.size > 1) found.push(backendsDiffer(target, [...leaves.values()], group));
  }
  return found;
}

function notReloaded(answer: LiveAnswer, served: Certificate, file: Certificate): Finding {
  const newer = file.notBefore > served.notBefore;
  return finding({
    id: 'certificate/served-differs-from-file',
    priority: newer ? 'important' : 'routine',
    class: 'technical',
    subject: { kind: 'host', id: answer.place, label: answer.place },
    title: newer
      ? `${answer.place} still serves the certificate from before the renewal`
      : `${answer.place} serves another certificate than ${answer.target.file} holds`,
    detail: `Served: serial ${served.serial}, until ${isoDay(served.notAfter)} UTC. In ${answer.target.file}: serial ${file.serial}, until ${isoDay(file.notAfter)} UTC.`,
    evidence: [
      { file: answer.place, certificate: 0, text: `serial ${served.serial}, notAfter ${isoDay(served.notAfter)} UTC` },
      {
        file: answer.target.file!,
        certificate: 0,
        text: `serial ${file.serial}, notAfter ${isoDay(file.notAfter)} UTC`,
      },
    ],
    remedy: newer
      ? 'reload the server so that it takes the renewed certificate; add the reload to the renewal hook'
      : 'find out which one is meant',
    verify: {
      command: `openssl s_client -connect ${answer.target.host}:${answer.target.port} </dev/null | openssl x509 -noout -serial`,
      expect: `serial=${file.serial}`,
    },
  });
}

function backendsDiffer(target: string, distinct: LiveAnswer[], all: LiveAnswer[]): Finding {
  const leafOf = (a: LiveAnswer): Certificate => a.sighting!.observation.certificates[0]!;
  const oldest = distinct.reduce((a, b) => (leafOf(a).notAfter <= leafOf(b).notAfter ? a : b));
  const stale = all.filter((a) => leafOf(a).sha256 === leafOf(oldest).sha256);
  return finding({
    id: 'certificate/backends-differ',
    priority: 'important',
    class: 'technical',
    subject: { kind: 'host', id: target, label: target },
    title: `${target} serves different certificates: ${stale
      .map((a) => a.place)
      .slice(0, 5)
      .join(', ')} ${stale.length === 1 ? 'has' : 'have'} the one that ends first`,
    detail: `${counted(distinct.length, 'certificate')} behind one name. ${calledAs(leafOf(oldest))}, serial ${leafOf(oldest).serial}, ends on ${isoDay(leafOf(oldest).notAfter)} UTC.`,
    evidence: all.slice(0, 20).map((a) => ({
      file: a.place,
      certificate: 0,
      text: `serial ${leafOf(a).serial}, notAfter ${isoDay(leafOf(a).notAfter)} UTC`,
    })),
    remedy: 'install the renewed certificate on every node and reload each',
    verify: { command: `paymedic certs ${target}`, expect: 'no finding certificate/backends-differ' },
  });
}
