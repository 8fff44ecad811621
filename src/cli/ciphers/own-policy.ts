/** A policy file of the user's own; apart, so that runs with shipped policies need no YAML reader. */
import { parse } from 'yaml';
import { refuseHostileYaml } from '../../yaml-bounds.ts';
import { UserError } from '../exit.ts';

/**
 * The document in the file.
 * @throws UserError when it is no YAML
 */
export function policyDocument(name: string, text: string): unknown {
  try {
    refuseHostileYaml(text);
    return parse(text);
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message.split('\n')[0]}`);
  }
}
