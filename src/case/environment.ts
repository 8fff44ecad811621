/** What steps may reach of the machine: programs without a shell, and secrets by reference. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ExecutionResult } from '../playbook/run.ts';

const MAX_OUTPUT = 256 * 1024;

/**
 * Runs a program without a shell. Its output is cut at 256 KiB; it is killed when the signal is aborted.
 * The program sees only PATH, HOME, LANG and what the step gives it.
 */
export function execute(
  argv: string[],
  options: { signal: AbortSignal; environment: { [name: string]: string } },
): Promise<ExecutionResult> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = argv;
    const { PATH, HOME, LANG, SystemRoot } = process.env;
    const inherited = Object.fromEntries(
      Object.entries({ PATH, HOME, LANG, SystemRoot }).filter(([, value]) => value !== undefined),
    );
    const child = spawn(program!, args, {
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, ...options.environment },
      signal: options.signal,
      killSignal: 'SIGKILL',
    });
    const collect = (stream: NodeJS.ReadableStream): (() => string) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream.on('data', (chunk: Buffer) => {
        if (size < MAX_OUTPUT) chunks.push(chunk.subarray(0, MAX_OUTPUT - size));
        size += chunk.length;
      });
      return () => Buffer.concat(chunks).toString('utf8');
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          error.code === 'ENOENT'
            ? `the program "${program}" is not installed`
            : `the program "${program}" could not be run: ${error.code ?? error.message}`,
        ),
      );
    });
    child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  });
}

/** The value behind env:NAME or file:PATH. The message of an error never holds the value. */
export async function readSecret(reference: string): Promise<string> {
  const [, kind, where = ''] = /^(env|file):(.{1,300})$/s.exec(reference) ?? [];
  if (kind === 'env') {
    const value = process.env[where];
    if (!value) throw new Error(`the secret ${reference} is not set in the environment`);
    return value;
  }
  if (kind === 'file') {
    try {
      return readFileSync(where, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new Error(`the secret ${reference} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  throw new Error('a secret must be given as env:NAME or file:PATH');
}
