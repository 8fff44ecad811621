/** Sending an alert where the user asked for it, with the key from a file. Nothing is ever sent otherwise. */
import { readFileSync } from 'node:fs';
import { renderReport } from '../../report/index.ts';
import type { Report } from '../../report/types.ts';
import { EXIT, UserError } from '../exit.ts';
import { finished } from '../finished.ts';

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';
const TIMEOUT_MS = 15_000;
export const SERVICES = ['pagerduty', 'slack'] as const;
export type Service = (typeof SERVICES)[number];

export interface SendOptions {
  service: Service;
  /** PagerDuty: the routing key. Slack: the address of the incoming webhook. */
  keyFile: string;
  /** Another PagerDuty endpoint, such as that of the EU region. */
  url?: string;
}

async function post(url: string, body: string): Promise<void> {
  let status: number;
  try {
    status = (
      await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    ).status;
  } catch (error) {
    // The address of a Slack webhook is a secret; only its host is named.
    throw new UserError(
      `no answer from ${new URL(url).host}: ${error instanceof Error && error.name === 'TimeoutError' ? 'timed out' : 'connection failed'}`,
      { exitCode: EXIT.incomplete, next: 'check the network, then run the command again' },
    );
  }
  if (status < 200 || status > 299)
    throw new UserError(`${new URL(url).host} answered ${status}`, {
      exitCode: EXIT.incomplete,
      next: status === 429 ? 'wait and run the command again' : 'check the key file',
    });
}

/** Sends the report; returns how many messages went out. */
export async function sendReport(report: Report, options: SendOptions, language: 'en' | 'zh'): Promise<number> {
  let key: string;
  try {
    key = readFileSync(options.keyFile, 'utf8').trim();
  } catch (error) {
    throw new UserError(`--key-file ${options.keyFile}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const target = options.service === 'slack' ? key : (options.url ?? PAGERDUTY);
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol))
    throw new UserError(
      `--key-file ${options.keyFile}: expected ${options.service === 'slack' ? 'the https address of an incoming webhook' : 'a routing key'}`,
    );
  const text = finished(await renderReport(report, options.service, { language }), 'message', true);
  if (options.service === 'slack') {
    await post(target, text);
    return 1;
  }
  const events = JSON.parse(text) as object[];
  for (const event of events) await post(target, JSON.stringify({ routing_key: key, ...event }));
  return events.length;
}
