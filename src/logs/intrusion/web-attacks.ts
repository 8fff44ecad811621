/** What the attack rules say of the requests, as answers of the sheet. */
import { counted } from '../../wording.ts';
import type { AttackClient, AttackScan } from '../crs/scan.ts';
import type { Attackers } from './attackers.ts';
import type { Proof, WebAttacks } from './types.ts';

/** Distinct attack URLs of one address from which it is no accident of a form or a link. */
const AIMED_URLS = 2;
const MAX_CLIENTS = 1000;

const proofOf = ({ samples }: AttackClient, time: number, unusual: boolean): Proof | undefined => {
  const sample = unusual ? samples.find((one) => one.unusual) : samples[0];
  return sample && { file: sample.file, line: sample.line, text: sample.text, time };
};

/**
 * Notes each attacking address with what it tried. A single request that looks like an attack says little, since people
 * search for odd words and links get broken: it is listed, with the weight of a probe.
 */
export function noteWebAttacks(scan: AttackScan, attackers: Attackers): WebAttacks {
  const clients = scan.clients.slice(0, MAX_CLIENTS).flatMap((client): WebAttacks['clients'] => {
    const proof = proofOf(client, client.first, false);
    // Requests without an address (a log that has none) belong to nobody.
    if (client.client === '' || !proof) return [];
    const answered = proofOf(client, client.answeredAt, true);
    const families = client.families.join(', ');
    // SQL is what a database console is for; who used it is worth knowing, and accuses nobody.
    const console = client.consoleStatements === client.requests;
    const aimed = client.urls >= AIMED_URLS || client.families.length > 1;
    attackers.note(
      client.client,
      console
        ? `ran ${counted(client.requests, 'statement')} in a database console of the web server, which its owner has to tell from an intruder's`
        : aimed
          ? `attacked the web server (${families}; ${counted(client.requests, 'request')})`
          : `sent a request that looks like an attack (${families})`,
      aimed && !console ? 4 : 1,
      client.first,
      proof,
    );
    if (answered && !console)
      attackers.note(client.client, 'got an answer unlike the usual one to an attack', 4, answered.time, answered);
    attackers.note(client.client, '', 0, client.last);
    const { score, samples, answeredAt, ...shown } = client;
    return [{ ...shown, proof, ...(answered && !console ? { answered } : {}) }];
  });
  const { ruleSet, requests, attacks, notJudged, families } = scan;
  return { ruleSet, requests, attacks, notJudged, families, clients };
}
