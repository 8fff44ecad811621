/** Messages, keys and secrets of `paymedic message verify` from the disk and standard input. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceItem } from '../../evidence/types.ts';
import type { NotChecked } from '../../finding.ts';
import type { KeyMaterial } from '../../messages/keys/material.ts';
import { readKeys } from '../../messages/keys/read-keys.ts';
import { readSecrets } from '../../messages/keys/read-secrets.ts';
import { withRevocations } from '../../messages/keys/revocations.ts';
import { joinParts, type StoredFile } from '../../messages/read/beside.ts';
import { joinPairs, readStoredMessages } from '../../messages/read/read-message.ts';
import type { StoredMessage } from '../../messages/stored-message.ts';
import { findScheme } from '../../messages/verify.ts';
import type { RevocationList } from '../../x509/types.ts';
import { EXIT, UserError } from '../exit.ts';

const MAXIMUM_FILE = 64 * 2 ** 20;
const MAXIMUM_FILES = 20_000;

let standardInput: Buffer | undefined;

/** Bytes of a named file, or of standard input for `-`; standard input can be given once. */
export function namedBytes(option: string, file: string): Buffer {
  try {
    if (file === '-') {
      if (standardInput) throw new UserError(`${option} -: standard input was already read`);
      standardInput = readFileSync(0);
      return standardInput;
    }
    if (statSync(file).size > MAXIMUM_FILE) throw new UserError(`${option} ${file}: larger than ${MAXIMUM_FILE} bytes`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${option} ${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}

/** Keys of `--key` and secrets of `--secret-file`. A file without a usable key stops the run: nothing could be judged. */
export function readKeyFiles(
  keys: readonly string[],
  secrets: readonly string[],
  passphrase: string | undefined,
): KeyMaterial[] {
  const out: KeyMaterial[] = [];
  const lists: RevocationList[] = [];
  for (const file of keys) {
    const read = readKeys(namedBytes('--key', file), file, passphrase);
    lists.push(...(read.revocationLists ?? []));
    if (read.keys.length === 0 && !read.revocationLists)
      throw new UserError(`--key ${file}: ${read.problems[0] ?? 'no key in it'}`, {
        next: 'give a certificate, a public or private key (PEM, DER, JWK), or --secret-file for a shared secret',
      });
    out.push(...read.keys);
  }
  for (const file of secrets) {
    const read = readSecrets(namedBytes('--secret-file', file), file);
    if (read.length === 0) throw new UserError(`--secret-file ${file}: no secret in it`);
    out.push(...read);
  }
  return withRevocations(out, lists);
}

export interface MessagesOfFiles {
  messages: StoredMessage[];
  evidence: EvidenceItem[];
  notChecked: NotChecked[];
}

/** Reads the named files; folders are walked. What cannot be read is told and makes the run incomplete. */
export function readMessageFiles(named: readonly string[]): MessagesOfFiles {
  const out: MessagesOfFiles = { messages: [], evidence: [], notChecked: [] };
  const found: StoredMessage[] = [];
  const files: StoredFile[] = [];
  for (const file of named.flatMap(filesIn)) {
    let bytes: Buffer;
    try {
      bytes = namedBytes('message', file);
    } catch (error) {
      out.notChecked.push({ what: file, why: (error as Error).message, wouldShow: 'the file, made readable' });
      continue;
    }
    const read = readStoredMessages(bytes, file);
    out.evidence.push({
      id: `e${out.evidence.length + 1}`,
      path: file,
      kind: 'message',
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      counts: { messages: read.messages.length, problems: read.problems.length },
    });
    found.push(...read.messages);
    files.push({ file, content: bytes });
    for (const p of read.problems)
      out.notChecked.push({
        what: p.line ? `${file}:${p.line}` : file,
        why: `${p.says}${p.offset === undefined ? '' : ` (byte ${p.offset})`}`,
        wouldShow: p.next,
      });
  }
  out.messages = joinParts(joinPairs(found), files, (m) => findScheme(m)?.meta.id);
  return out;
}

function filesIn(path: string): string[] {
  try {
    if (path === '-' || !statSync(path).isDirectory()) return [path];
    return readdirSync(path, { withFileTypes: true, recursive: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name))
      .sort()
      .slice(0, MAXIMUM_FILES);
  } catch {
    return [path];
  }
}

/** Values that are signed and no secrets, where somebody keeps them beside the secrets. */
export function parametersAmong(keys: readonly KeyMaterial[]): { [name: string]: string } {
  const webhook = keys.find((k) => k.secret && k.names.some((n) => /webhook[_-]?id$/i.test(n)));
  return webhook ? { 'webhook-id': webhook.secret!.toString('latin1') } : {};
}

/** `name=value` pairs of `--set`. */
export function parameters(pairs: readonly string[]): { [name: string]: string } {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new UserError('--set needs name=value', { next: '--set webhook-id=WH-1', exitCode: EXIT.usage });
      return [pair.slice(0, at).toLowerCase(), pair.slice(at + 1)];
    }),
  );
}
