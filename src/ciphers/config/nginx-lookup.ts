/** How nginx looks values up: from the innermost block outwards, repeatable directives level by level. */
import type { Located, TlsSettings } from '../types.ts';
import type { NginxDirective } from './nginx-syntax.ts';
import { located, protocolName } from './source.ts';

/** A block with the blocks around it, innermost first; directives are looked up along this chain. */
export type Chain = readonly NginxDirective[][];

/** The first directive of that name from the innermost level outwards. */
export function lookup(chain: Chain, name: string): NginxDirective | undefined {
  for (const level of chain) {
    const found = level.find((d) => d.name === name);
    if (found) return found;
  }
  return undefined;
}

/** All directives of that name at the innermost level that has any: how nginx inherits repeatable directives. */
export function lookupAll(chain: Chain, name: string): NginxDirective[] {
  for (const level of chain) {
    const found = level.filter((d) => d.name === name);
    if (found.length > 0) return found;
  }
  return [];
}

/** A located value of a single-valued directive. */
export function settingOf(chain: Chain, name: string): Located<string> | undefined {
  const d = lookup(chain, name);
  return d ? located(d.args.join(' '), d.file, d.line) : undefined;
}

/**
 * `ssl_protocols` repeated at one level is a union, not a replacement (nginx only warns "duplicate value"); a lower level
 * replaces the whole set.
 */
export function protocolsOf(chain: Chain, name: string): Located<string[]> | undefined {
  const all = lookupAll(chain, name);
  const last = all.at(-1);
  if (!last) return undefined;
  const names = new Set(all.flatMap((d) => d.args).map((a) => protocolName(a) ?? a));
  return located([...names], last.file, last.line);
}

/** An `ssl_conf_command NAME value` at the innermost level that has any of them. */
export function confCommand(chain: Chain, directive: string, command: string): Located<string> | undefined {
  const found = lookupAll(chain, directive).findLast((d) => (d.args[0] ?? '').toLowerCase() === command.toLowerCase());
  return found ? located(found.args.slice(1).join(' '), found.file, found.line) : undefined;
}

/** nginx says on, optional, optional_no_ca and off; the rest of the program knows on, optional and off. */
export function verifyOf(chain: Chain, name: string): Located<string> | undefined {
  const v = settingOf(chain, name);
  return v ? { ...v, value: v.value.startsWith('optional') ? 'optional' : v.value } : undefined;
}

/** The located number of a depth directive; undefined when it is not a number. */
export function depthOf(chain: Chain, name: string): Located<number> | undefined {
  const v = settingOf(chain, name);
  return v && /^\d{1,6}$/.test(v.value) ? { ...v, value: Number(v.value) } : undefined;
}

/** Sets a field only when there is a value. */
export function assign<K extends keyof TlsSettings>(
  settings: TlsSettings,
  key: K,
  value: TlsSettings[K] | undefined,
): void {
  if (value !== undefined) settings[key] = value;
}
