/** A policy file of the user's own; apart, so that runs with shipped policies need no YAML reader. */
import { parse } from 'yaml';
import { UserError } from '../exit.ts';

/**
 * The document in the file.
 * @throws UserError when it is no YAML
 */
export function policyDocument(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message.split('\n')[0]}`);
  }
}
