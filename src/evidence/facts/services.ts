/** Since when services and containers run: `systemctl status`, `docker ps`, `docker inspect`; what Ansible changed, by its own log. */
import { isPlain } from '../../plain.ts';
import type { ChangeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime } from './context.ts';
import { age, takenAt } from './timed-rows.ts';

const UNIT = /^\s*[\u25cf\u25cb\u00d7\u21bb*] ([\w@:.\\-]{1,200}\.(?:service|socket|timer|mount|target|path))(?: - |$)/;
const ACTIVE =
  /^\s*Active: active \((?:running|exited|listening|waiting|mounted)\) since (?:\w{3} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: (\S{1,6}))?;/;

/** Whether a text holds such a report, by its beginning; a tail of the journal below it makes it pass for a log. */
export const mayHoldServiceState = (beginning: string): boolean =>
  /^[ \t]{0,40}Active: active \([a-z]{1,20}\) since /m.test(beginning);

/** `systemctl status`: the service was started when it says it has been active since. */
export function readServiceState(file: FactText, context: FactContext): ChangeFact[] {
  let unit = '';
  return file.lines.flatMap(({ line, text }) => {
    const named = UNIT.exec(text);
    if (named) unit = named[1]!;
    const active = ACTIVE.exec(text);
    if (!active || unit === '') return [];
    const zone = /^(?:UTC|GMT)$/.test(active[2] ?? '') ? 'Z' : (/^[+-]\d\d/.exec(active[2] ?? '')?.input ?? '');
    return [
      {
        file: file.file,
        line,
        time: factTime(`${active[1]!.replace(' ', 'T')}${zone}`, context)?.time ?? Number.NaN,
        text: `${unit} was started`,
      },
    ];
  });
}

export const DOCKER_PS = /^CONTAINER ID\s{2,}IMAGE\s{2,}COMMAND\s{2,}CREATED\s{2,}STATUS\s{2,}PORTS\s+NAMES\s*$/;

/** `docker ps`: containers that were made within hours of the moment at which the text says that it was taken. */
export function readContainers(file: FactText, context: FactContext): ChangeFact[] {
  const taken = takenAt(file, context);
  const titleAt = file.lines.findIndex(({ text }) => DOCKER_PS.test(text));
  if (taken === undefined || titleAt === -1) return [];
  return file.lines.slice(titleAt + 1).flatMap(({ line, text }) => {
    const cells = text.trim().split(/\s{2,}/);
    if (!/^[0-9a-f]{12,64}$/.test(cells[0] ?? '') || cells.length < 6) return [];
    const [made, up] = [age(cells[3]!), age(cells[4]!)];
    // A container that is up for less long than it exists was started again.
    const since = up ?? made;
    if (since === undefined) return [];
    const deed = up !== undefined && (made === undefined || made - up > 60_000) ? 'started' : 'created';
    return [
      { file: file.file, line, time: taken - since, text: `container ${cells.at(-1)} of ${cells[1]} was ${deed}` },
    ];
  });
}

/** `docker inspect`: an array of containers, each with the time at which it was last started. */
export function containersOfData(
  file: string,
  data: unknown,
  context: FactContext,
  lineOf: (index: number) => number,
): ChangeFact[] {
  if (!Array.isArray(data)) return [];
  return data.slice(0, 10_000).flatMap((container: unknown, index) => {
    if (!isPlain(container) || !isPlain(container.State) || !isPlain(container.HostConfig)) return [];
    const { StartedAt: started, Running: running } = container.State;
    if (typeof started !== 'string' || running !== true) return [];
    const image = isPlain(container.Config) && typeof container.Config.Image === 'string' ? container.Config.Image : '';
    const name = typeof container.Name === 'string' ? container.Name.replace(/^\//, '') : '';
    const time = factTime(started.slice(0, 40), context)?.time ?? Number.NaN;
    return [{ file, line: lineOf(index), time, text: `container ${name} of ${image} was started` }];
  });
}

const ANSIBLE =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3} (?:p=\d{1,8} u=(\S{1,64}) n=\S{1,40} ?(?:[A-Z]+ ?)?\| ?|\| ?)(.{0,2000})$/;

export const mayBeAnsibleLog = (beginning: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:p=\d{1,8} u=\S{1,64} n=ansible\S{0,30} ?(?:[A-Z]+ ?)?)?\| ?(?:PLAY|TASK|ansible)/m.test(
    beginning,
  );

/** The log of Ansible (log_path): each task that changed hosts, with their names. */
export function readAnsibleLog(file: FactText, context: FactContext): ChangeFact[] {
  const facts: ChangeFact[] = [];
  let task = '';
  let told = false;
  for (const { line, text } of file.lines) {
    const match = ANSIBLE.exec(text);
    if (!match) continue;
    const [, when, user, words] = match;
    const named = /^(?:TASK|RUNNING HANDLER) \[(.{1,200}?)\]/.exec(words!);
    if (named) {
      task = named[1]!;
      told = false;
    }
    const host = /^changed: \[([^\]]{1,200})\]/.exec(words!)?.[1];
    if (host === undefined || task === '' || facts.length >= 5000) continue;
    const last = facts.at(-1);
    if (told && last) {
      if (last.text.length < 1000) last.text += `, ${host}`;
      continue;
    }
    told = true;
    facts.push({
      file: file.file,
      line,
      time: factTime(when!, context)?.time ?? Number.NaN,
      text: `Ansible: ${task}: changed ${host}`,
      ...(user === undefined ? {} : { team: user }),
    });
  }
  return facts;
}
