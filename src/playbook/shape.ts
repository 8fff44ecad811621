/**
 * Shapes: one description of a data structure from which the TypeScript type, the JSON Schema and the validation
 * with positions all follow, so that they cannot drift apart.
 */
import type { Json } from '../finding.ts';

interface Common<T> {
  readonly description: string;
  readonly examples?: readonly Json[];
  /** Carries the type only; never set. */
  readonly infer?: T;
}

export type TextFormat =
  | 'id'
  | 'version'
  | 'duration'
  | 'expression'
  | 'uses'
  | 'secret-reference'
  | 'uri'
  | 'cacao-id'
  | 'cacao-time'
  | 'cacao-variable';

export interface TextShape<T extends string = string> extends Common<T> {
  readonly kind: 'text';
  readonly format?: TextFormat;
  readonly values?: readonly T[];
  readonly maxLength: number;
}
export interface FlagShape extends Common<boolean> {
  readonly kind: 'flag';
}
export interface CountShape extends Common<number> {
  readonly kind: 'count';
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}
export interface AnyShape extends Common<Json> {
  readonly kind: 'any';
}
export interface ListShape<S extends Shape = Shape> extends Common<Infer<S>[]> {
  readonly kind: 'list';
  readonly item: S;
  readonly min: number;
  readonly max: number;
  readonly unique: boolean;
}
export interface MapShape<S extends Shape = Shape> extends Common<{ [key: string]: Infer<S> }> {
  readonly kind: 'map';
  readonly value: S;
  readonly keys?: TextFormat;
}
export interface ObjectShape<T = unknown> extends Common<T> {
  readonly kind: 'object';
  readonly title: string;
  readonly required: { readonly [key: string]: Shape };
  readonly optional: { readonly [key: string]: Shape };
  /** Exactly one of these optional keys must be there. */
  readonly exactlyOne?: readonly string[];
}
export interface EitherShape<T = unknown> extends Common<T> {
  readonly kind: 'either';
  /** Alternatives of different structure (text, list, object), so that the one meant is always known. */
  readonly options: readonly Shape[];
}

export type Shape = TextShape | FlagShape | CountShape | AnyShape | ListShape | MapShape | ObjectShape | EitherShape;
export type Infer<S> = S extends { readonly infer?: infer T } ? Exclude<T, undefined> : never;

type Members = { readonly [key: string]: Shape };
type InferObject<R extends Members, O extends Members> = { [K in keyof R]: Infer<R[K]> } & {
  [K in keyof O]?: Infer<O[K]>;
};

export function text(
  description: string,
  options: { format?: TextFormat; maxLength?: number; examples?: string[] } = {},
): TextShape {
  const { maxLength = 4000, ...rest } = options;
  return { kind: 'text', description, maxLength, ...rest };
}

export function choice<const T extends string>(description: string, values: readonly T[]): TextShape<T> {
  return { kind: 'text', description, values, maxLength: 100 };
}

export function flag(description: string): FlagShape {
  return { kind: 'flag', description };
}

export function count(description: string, min: number, max: number, integer = true): CountShape {
  return { kind: 'count', description, min, max, integer };
}

export function anything(description: string): AnyShape {
  return { kind: 'any', description };
}

export function list<S extends Shape>(
  description: string,
  item: S,
  options: { min?: number; max?: number; unique?: boolean } = {},
): ListShape<S> {
  return {
    kind: 'list',
    description,
    item,
    min: options.min ?? 0,
    max: options.max ?? 1000,
    unique: options.unique ?? false,
  };
}

export function mapOf<S extends Shape>(description: string, value: S, keys?: TextFormat): MapShape<S> {
  return { kind: 'map', description, value, ...(keys ? { keys } : {}) };
}

export function object<const R extends Members, const O extends Members>(
  title: string,
  description: string,
  required: R,
  optional: O,
  exactlyOne?: readonly (keyof O & string)[],
): ObjectShape<InferObject<R, O>> {
  return { kind: 'object', title, description, required, optional, ...(exactlyOne ? { exactlyOne } : {}) };
}

export function either<const S extends readonly Shape[]>(
  description: string,
  options: S,
): EitherShape<Infer<S[number]>> {
  return { kind: 'either', description, options };
}

/** Regular expressions of the text formats; all linear. */
export const FORMATS: { readonly [K in TextFormat]: { pattern: string; says: string } } = {
  id: {
    pattern: '^[a-z][a-z0-9-]{0,62}$',
    says: 'lower-case letters, digits and hyphens, starting with a letter (for example read-logs)',
  },
  version: { pattern: '^[0-9]{1,5}\\.[0-9]{1,5}\\.[0-9]{1,5}$', says: 'three numbers with dots, for example 1.0.0' },
  duration: { pattern: '^[0-9]{1,6}(ms|s|m|h|d)$', says: 'a number and a unit (ms, s, m, h, d), for example 30s' },
  expression: { pattern: '^[^\\n]{1,500}$', says: 'one line of at most 500 characters' },
  uses: {
    pattern: '^[a-z][a-z0-9-]{0,30}/[a-z0-9][a-z0-9-]{0,62}$',
    says: 'a step of the form room/name, for example read/logs',
  },
  'secret-reference': {
    pattern: '^((env|file):[^\\s]{1,200}|\\$\\{\\{ ?inputs\\.[a-z][a-z0-9-]{0,62} ?\\}\\})$',
    says: `a reference: env:NAME, file:PATH or \${{ inputs.name }} of a secret input`,
  },
  'cacao-id': {
    pattern:
      '^[a-z][a-z0-9-]{1,60}--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$',
    says: 'a type, two hyphens and a UUID (RFC 4122), for example action--7f40f9d7-de39-4027-ab97-15035beff2ff',
  },
  'cacao-time': {
    pattern:
      '^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$',
    says: 'a time in UTC, for example 2026-11-21T09:30:00.000Z',
  },
  'cacao-variable': {
    pattern: '^__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__$',
    says: 'a name between two underscores on either side, for example __host__',
  },
  uri: { pattern: '^[a-z]{2,12}:[^\\s]{1,500}$', says: 'an address, for example https://example.test/runbook' },
};
