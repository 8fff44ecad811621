/** Exit codes: the same for every command and format (docs/architecture.md). */
export const EXIT = {
  ok: 0,
  gateFailed: 1,
  usage: 2,
  incomplete: 3,
  internal: 4,
  interrupted: 130,
} as const;

export const EXIT_HELP = `Exit codes
  0    gate passed
  1    gate failed: a finding at or above --fail-on
  2    usage, configuration or playbook invalid
  3    incomplete: an input or target that you named could not be read or judged, and nothing worse
  4    internal error
  130  interrupted
`;

/** An error whose message is meant for the user: what happened, where, what to do next. */
export class UserError extends Error {
  readonly exitCode: number;
  readonly next: string | undefined;
  constructor(message: string, options: { exitCode?: number; next?: string } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? EXIT.usage;
    this.next = options.next;
  }
}
