/** What a pass counted together or let go because there was too much of it, in sentences that say what to do about it. */
import { MAX_PLACES } from './card-numbers.ts';
import { MAX_KINDS } from './events.ts';
import type { Collector } from './record-assembler.ts';
import { MAX_PER_SOURCE } from './templates.ts';
import { ADDRESS_LIMIT } from './traffic/addresses.ts';
import { MOST_TIMED } from './traffic/duration-histograms.ts';
import { NAME_LIMIT } from './traffic/names.ts';
import { MOST_MINUTES } from './traffic/rows.ts';
import type { Traffic } from './traffic/traffic.ts';
import type { LogObservations } from './types.ts';

const SHORTER = 'for exact numbers read a shorter stretch: --since and --until, or fewer files';

/** Of what one pass gathered besides traffic. */
export function boundsReached({ templates, events, cards }: Collector): string[] {
  const told: string[] = [];
  if (templates.overflowed)
    told.push(
      `message shapes beyond ${MAX_PER_SOURCE} of a file were counted together, so that a new one among them is not seen; ${SHORTER}`,
    );
  if (events.full)
    told.push(`peers of an error beyond ${MAX_KINDS} of a file were counted without their names; ${SHORTER}`);
  const beyond = templates.minutes.beyond + events.minutes.beyond;
  if (beyond > 0)
    told.push(
      `${beyond} messages lie in more minutes than are told apart and are missing in onsets and ends; check the stamps of the log, or read a shorter stretch: --since and --until`,
    );
  if (cards.full)
    told.push(
      `card numbers were looked for in ${MAX_PLACES} different places of lines only; paymedic logs redact masks all of them`,
    );
  return told;
}

function ofTraffic({
  addresses,
  endpoints,
  upstreams,
  merchants,
  answers,
  beyondRows,
  beyondMinutes,
}: Traffic): string[] {
  const told: string[] = [];
  if (addresses.overflowed)
    told.push(
      `more than ${ADDRESS_LIMIT} addresses: the quiet ones were counted together, and what is said of a listed one may lack up to ${addresses.uncertainty} requests; ${SHORTER}`,
    );
  if (endpoints.overflowed || upstreams.overflowed)
    told.push(`endpoints or upstreams beyond ${NAME_LIMIT} were counted together; ${SHORTER}`);
  if (merchants.names.overflowed) told.push(`merchants beyond ${NAME_LIMIT} were counted together; ${SHORTER}`);
  if (merchants.beyond > 0)
    told.push(
      `${merchants.beyond} requests are missing in the minutes of their merchants, for which there was no room; ${SHORTER}`,
    );
  if (merchants.durations.manyNames)
    told.push(`more than ${MOST_TIMED} merchants: how long their requests took was not counted; ${SHORTER}`);
  if (merchants.durations.crowded)
    told.push(
      `no room for how long requests of each merchant took by minute: their percentiles are those of all minutes; ${SHORTER}`,
    );
  if (answers.beyond > 0)
    told.push(
      `${answers.beyond} error answers are missing in the minutes of their statuses, for which there was no room; ${SHORTER}`,
    );
  if (answers.durations.crowded)
    told.push(`no room for how long error answers of each status took by minute; ${SHORTER}`);
  if (beyondRows > 0)
    told.push(
      `${beyondRows} requests entered the counts per minute only, not those by client, endpoint and duration; ${SHORTER}`,
    );
  if (beyondMinutes > 0)
    told.push(
      `${beyondMinutes} requests lie in minutes beyond ${MOST_MINUTES} and in no window; check the stamps of the log, or read a shorter stretch: --since and --until`,
    );
  return told;
}

/** Everything about these logs that is not exact or not whole. */
export function approximations({ approximated, traffic, operations, requests }: LogObservations): string[] {
  const told = [...approximated, ...ofTraffic(traffic), ...ofTraffic(operations)];
  if (requests.dropped > 0)
    told.push(
      `${requests.dropped} requests beyond the room for ${requests.length} were counted only: rules and questions about single requests did not see them; give more room (paymedic logs --budget), fewer files at once, or a part of the time`,
    );
  return [...new Set(told)];
}
