/** A pass of its own for keys, tokens and passwords. */
import { randomBytes } from 'node:crypto';
import type { EvidenceSource } from '../../evidence/types.ts';
import { forEachLine } from '../../logs/lines.ts';
import { SecretScanner } from '../../logs/secrets/scan.ts';
import type { LogSummary } from '../../logs/summary.ts';

/** Looks through every source; the digests hold within this run only. */
export async function findSecrets(sources: readonly EvidenceSource[]): Promise<NonNullable<LogSummary['secrets']>> {
  const scanner = new SecretScanner(randomBytes(32));
  for (const source of sources)
    await forEachLine(source.chunks(), (b, start, end, line) =>
      scanner.scan(b, start, end, source.item.path, line, Number.NaN),
    );
  return scanner.finish();
}
