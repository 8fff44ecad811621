import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import { withMutualRivals } from './rivals.ts';
import type { AlertEntry, Bilingual, Cause, ClockEntry, LexiconEntry, SymptomEntry } from './types.ts';

/** The compiled knowledge; every member is read from its file on first use and kept. */
export interface Knowledge {
  readonly causes: readonly Cause[];
  /** Causes by slug. */
  readonly causeById: ReadonlyMap<string, Cause>;
  readonly lexicon: readonly LexiconEntry[];
  readonly clocks: readonly ClockEntry[];
  readonly alerts: readonly AlertEntry[];
  readonly symptoms: readonly SymptomEntry[];
  /** What stands for the words that begin with $ in commands, by name without the dollar sign. */
  readonly placeholders: Readonly<{ [name: string]: Bilingual }>;
  /**
   * Any other compiled knowledge file, by base name (`policies`, `clients`, ...).
   * Undefined when this build holds no such file.
   */
  other(name: string): unknown;
  /** Searches for the literals of the lexicon and the attack signatures (PreparedSearches in logs), where the build made them. */
  readonly searches: unknown;
  /** The same for what stands in secrets. */
  readonly secretSearch: unknown;
}

/** The folder that holds dist/knowledge: the package root, whether we run bundled (dist/cli) or from src. */
function findKnowledgeFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'dist', 'knowledge');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new Error('the compiled knowledge (dist/knowledge) is missing; run: npm run build');
}

class KnowledgeFiles implements Knowledge {
  readonly #folder: string;
  readonly #cache = new Map<string, unknown>();
  #causes: readonly Cause[] | undefined;
  #byId: ReadonlyMap<string, Cause> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get causes(): readonly Cause[] {
    this.#causes ??= withMutualRivals(this.#required<Cause[]>('causes'));
    return this.#causes;
  }

  get causeById(): ReadonlyMap<string, Cause> {
    this.#byId ??= new Map(this.causes.map((cause) => [cause.id, cause]));
    return this.#byId;
  }

  get lexicon(): readonly LexiconEntry[] {
    return this.#required<LexiconEntry[]>('lexicon');
  }

  get clocks(): readonly ClockEntry[] {
    return this.#required<{ clocks: ClockEntry[] }>('clocks').clocks;
  }

  get alerts(): readonly AlertEntry[] {
    return this.#required<{ alerts: AlertEntry[] }>('alerts').alerts;
  }

  get symptoms(): readonly SymptomEntry[] {
    return this.#required<{ symptoms: SymptomEntry[] }>('symptoms').symptoms;
  }

  get placeholders(): Readonly<{ [name: string]: Bilingual }> {
    return this.#required<{ placeholders: { [name: string]: Bilingual } }>('placeholders').placeholders;
  }

  other(name: string): unknown {
    if (!/^[a-z0-9-]{1,64}$/.test(name)) return undefined;
    if (!this.#cache.has(name)) {
      const file = join(this.#folder, `${name}.json`);
      this.#cache.set(name, existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
    }
    return this.#cache.get(name);
  }

  get searches(): unknown {
    return this.#prepared('searches');
  }

  get secretSearch(): unknown {
    return this.#prepared('secret-search');
  }

  #prepared(name: string): unknown {
    const file = join(this.#folder, `${name}.bin`);
    try {
      return existsSync(file) ? deserialize(readFileSync(file)) : undefined;
    } catch {
      // Written by a Node that is newer than this one: they are made anew.
      return undefined;
    }
  }

  #required<T>(name: string): T {
    const value = this.other(name);
    if (value === undefined) {
      throw new Error(`the compiled knowledge lacks ${name}.json in ${this.#folder}; run: npm run build`);
    }
    return value as T;
  }
}

const loaded = new Map<string, Knowledge>();

/**
 * Opens the compiled knowledge. No file is read until a member is used, and each is read once per process.
 * @param folder folder of the compiled JSON; by default dist/knowledge of this package
 * @throws Error when the package was not built
 */
export function loadKnowledge(folder = findKnowledgeFolder(dirname(fileURLToPath(import.meta.url)))): Knowledge {
  let knowledge = loaded.get(folder);
  if (!knowledge) {
    knowledge = new KnowledgeFiles(folder);
    loaded.set(folder, knowledge);
  }
  return knowledge;
}
