/** Files of Docker's json-file driver: the line that a program wrote, its stream and the time it was taken, one object a line. */

export interface DockerLine {
  /** What the program wrote, without its line end. */
  text: string;
  stream: 'stdout' | 'stderr';
  time: string;
}

/** @returns undefined where the object is none of Docker's; `attrs` and `tag` may stand beside the three members. */
export function dockerLine(value: object): DockerLine | undefined {
  const { log, stream, time } = value as { [name: string]: unknown };
  if (typeof log !== 'string' || typeof time !== 'string' || (stream !== 'stdout' && stream !== 'stderr'))
    return undefined;
  return { text: log.replace(/\r?\n$/, ''), stream, time };
}

/** The object that a program wrote as its line, if it did. */
export function innerObject({ text }: DockerLine): object | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

/** The same line as Kubernetes keeps it (CRI), which the readers of text know. */
export const asContainerLine = ({ text, stream, time }: DockerLine): string => `${time} ${stream} F ${text}`;
