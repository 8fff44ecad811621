/** A code map of one's own, laid over the shipped one. */
import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { loadKnowledge } from '../../knowledge/load.ts';
import { withOwnCodes } from '../../transactions/own-codes.ts';
import type { ResponseCodeData } from '../../transactions/response-codes.ts';
import { refuseHostileYaml } from '../../yaml-bounds.ts';
import { UserError } from '../exit.ts';

const MAX_BYTES = 4 << 20;

/**
 * @param file YAML or JSON in the shape of knowledge/response-codes.yaml, every part optional.
 * @throws UserError for a file that cannot be read, or of which a part cannot be used: a code that is read otherwise than its
 *   owner meant makes every rate wrong.
 */
export function ownCodes(file: string): ResponseCodeData {
  let own: unknown;
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error('is larger than 4 MiB');
    // Codes keep their leading zeros: 05 is no number.
    const text = readFileSync(file, 'utf8');
    refuseHostileYaml(text);
    own = parse(text, { schema: 'failsafe' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`--codes ${file}: ${code ?? message.split('\n')[0]}`, {
      next: 'name a YAML file such as: dialects: { our-bank: { routes: [our-bank], codes: { "05": [declined, do-not-honour] } } }',
    });
  }
  const { data, problems } = withOwnCodes(loadKnowledge().other('response-codes') as ResponseCodeData, own);
  if (problems.length > 0)
    throw new UserError(`--codes ${file}: ${problems.slice(0, 5).join('; ')}`, {
      next: 'docs/payments.md, section "Your own codes", shows the shape',
    });
  return data;
}
