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

/** The same in Chinese. */
export const EXIT_HELP_ZH = `退出码
  0    通过
  1    未通过：有发现达到或高于 --fail-on
  2    用法、配置或预案有误
  3    不完整：您指定的输入或目标无法读取或判断，且没有更严重的问题
  4    内部错误
  130  已中断
`;
