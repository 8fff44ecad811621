/** What container engines and clusters did: `docker events` and the events of Kubernetes, as changes beside the log they also are. */

import { isPlain } from '../../plain.ts';
import type { ChangeFact } from '../small-facts.ts';
import { epochTime } from '../time.ts';
import { type FactContext, type FactText, factTime } from './context.ts';

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** `2026-11-22T08:05:09.9Z container start 9e1b (image=registry.example/pay:4.2, name=pay-1)` (docker events). */
const DOCKER =
  /^(\d{4}-\d\d-\d\dT\S{8,32}) (container|image|network|service|node|secret|config) ([a-z_]{2,20})(?:: \S{1,80})? (\S{1,200})(?: \((.{0,2000})\))?$/;
/** What changes something; probes and commands within a container do not. */
const CHANGES =
  /^(?:create|start|stop|kill|die|oom|restart|destroy|remove|update|rename|pause|unpause|pull|delete|connect|disconnect|rollback)$/;
/** Reasons of Kubernetes' events that say what a controller did (kubernetes/pkg/controller, kubelet/events). */
const REASONS =
  /^(?:ScalingReplicaSet|SuccessfulCreate|SuccessfulDelete|SuccessfulRescale|Killing|Pulled|Started|Evicted|Preempted|NodeNotReady|NodeReady|Rebooted|Drain|NodeNotSchedulable|RollingUpdate|DeploymentRollback|UPDATE|CREATE|DELETE|Sync|Issuing|Reloading|RELOAD)$/;
const MOST_CHANGES = 2000;

/** Whether a file that is a log may hold such events too; cheap, by its beginning. */
export function mayHoldClusterEvents(beginning: string): boolean {
  const first = beginning.slice(0, beginning.indexOf('\n') === -1 ? 4096 : beginning.indexOf('\n')).trim();
  return (
    DOCKER.test(first) ||
    /^\{.{0,2000}"Type":"(?:container|image|network|service)".{0,400}"Action":"/.test(first) ||
    (/"involvedObject"|"regarding"/.test(beginning) && /"kind": ?"Event"/.test(beginning)) ||
    EVENT_LINE.test(first)
  );
}

interface DockerEvent {
  line: number;
  time: number;
  type: string;
  action: string;
  name: string;
  image: string;
  exitCode: string;
}

function dockerEvent(line: number, text: string, context: FactContext): DockerEvent | undefined {
  const written = DOCKER.exec(text);
  if (written) {
    const attribute = (name: string): string =>
      new RegExp(`(?:^|, )${name}=([^,]{1,200})`).exec(written[5] ?? '')?.[1] ?? '';
    return {
      line,
      time: factTime(written[1]!, context)?.time ?? Number.NaN,
      type: written[2]!,
      action: written[3]!,
      name: attribute('name') || written[4]!.slice(0, 12),
      image: attribute('image'),
      exitCode: attribute('exitCode'),
    };
  }
  if (!text.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isPlain(value) || !isPlain(value.Actor)) return undefined;
  const attributes = isPlain(value.Actor.Attributes) ? value.Actor.Attributes : {};
  return {
    line,
    time: epochTime(textOf(value.time)) ?? Number.NaN,
    type: textOf(value.Type),
    action: textOf(value.Action),
    name: textOf(attributes.name) || textOf(value.Actor.ID).slice(0, 12),
    image: textOf(attributes.image) || textOf(value.from),
    exitCode: textOf(attributes.exitCode),
  };
}

function readDocker(file: FactText, context: FactContext): ChangeFact[] {
  const facts: ChangeFact[] = [];
  // A container that starts and dies over and over changes once.
  const seen = new Set<string>();
  for (const { line, text } of file.lines) {
    const event = dockerEvent(line, text, context);
    if (!event || !CHANGES.test(event.action) || facts.length >= MOST_CHANGES) continue;
    const key = [event.type, event.action, event.name, event.image].join('\0');
    if (seen.has(key)) continue;
    seen.add(key);
    const image = event.image && event.image !== event.name ? ` of ${event.image}` : '';
    const exit = event.exitCode ? ` with exit code ${event.exitCode}` : '';
    facts.push({
      file: file.file,
      line,
      time: event.time,
      text: `${event.type} ${event.name}${image}: ${event.action}${exit}`,
    });
  }
  return facts;
}

function readKubernetes(file: FactText, context: FactContext): ChangeFact[] {
  let data: unknown;
  try {
    data = JSON.parse(file.text);
  } catch {
    data = file.lines.flatMap(({ text }) => {
      try {
        return [JSON.parse(text) as unknown];
      } catch {
        return [];
      }
    });
  }
  const list = isPlain(data) && Array.isArray(data.items) ? data.items : Array.isArray(data) ? data : [data];
  const facts: ChangeFact[] = [];
  let at = 0;
  let line = 1;
  for (const event of list) {
    if (!isPlain(event) || facts.length >= MOST_CHANGES) continue;
    const of = isPlain(event.involvedObject) ? event.involvedObject : isPlain(event.regarding) ? event.regarding : {};
    const reason = textOf(event.reason);
    if (textOf(event.kind) !== 'Event' || textOf(event.type) === 'Warning' || !REASONS.test(reason)) continue;
    const metadata = isPlain(event.metadata) ? event.metadata : {};
    // An event that happens again keeps the time of its beginning.
    const stamp = [event.firstTimestamp, event.eventTime, metadata.creationTimestamp].map(textOf).find((t) => t !== '');
    // The object's name tells the line; events stand in the order of the list, so each is looked for behind the one before.
    const name = textOf(metadata.name);
    const found = name === '' ? -1 : file.text.indexOf(`"${name}"`, at);
    for (; at < found; at++) if (file.text.charCodeAt(at) === 10) line++;
    facts.push({
      file: file.file,
      line,
      time: factTime(stamp ?? '', context)?.time ?? Number.NaN,
      text: `${textOf(of.kind).toLowerCase()} ${textOf(of.name)}: ${reason}: ${(textOf(event.message) || textOf(event.note)).slice(0, 400)}`,
    });
  }
  return facts;
}

/** `kubectl get events`, which the intake turns into JSON lines; those with a time could be placed in it. */
const EVENT_LINE = /^\{"(?:timestamp|level)":"[^"]{1,40}",[^\n]{0,4000}"reason":"[A-Za-z]{2,60}","age":"/;

function readEventLines(file: FactText, context: FactContext): ChangeFact[] {
  return file.lines.slice(0, MOST_CHANGES * 10).flatMap(({ line, text }) => {
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch {
      return [];
    }
    if (!isPlain(record) || record.level === 'warn' || !REASONS.test(textOf(record.reason))) return [];
    const time = factTime(textOf(record.timestamp), context)?.time;
    if (time === undefined) return [];
    const said = textOf(record.message).slice(0, 400);
    return [{ file: file.file, line, time, text: `${textOf(record.object)}: ${textOf(record.reason)}: ${said}` }];
  });
}

/** @returns what was created, started, stopped, scaled or replaced; not what merely failed, which the log says. */
export function readClusterEvents(file: FactText, context: FactContext): ChangeFact[] {
  if (EVENT_LINE.test(file.lines[0]?.text ?? '')) return readEventLines(file, context);
  return /"involvedObject"|"regarding"/.test(file.text) ? readKubernetes(file, context) : readDocker(file, context);
}
