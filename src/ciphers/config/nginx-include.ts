/** Replaces nginx `include` directives by what they bring in, as far as the included files are at hand. */
import { type NginxDirective, type NginxProblem, parseNginx } from './nginx-syntax.ts';
import type { ReadHint } from './source.ts';

const DEPTH_LIMIT = 10;
const FILE_LIMIT = 500;
/** Files shipped with nginx that hold nothing about TLS. */
const HARMLESS = /(?:^|\/)(?:mime\.types|[a-z]{1,20}_params|[a-z]{1,20}\.types|koi-utf|koi-win|win-utf|proxy_params)$/;

export function nginxIncludes(
  directives: NginxDirective[],
  hint: ReadHint,
): { directives: NginxDirective[]; problems: NginxProblem[] } {
  const problems: NginxProblem[] = [];
  let files = 0;
  const expand = (level: NginxDirective[], depth: number): NginxDirective[] =>
    level.flatMap((d) => {
      if (d.name !== 'include') return [d.block ? { ...d, block: expand(d.block, depth) } : d];
      const pattern = d.args[0] ?? '';
      const say = (says: string): void => void problems.push({ file: d.file, line: d.line, column: d.column, says });
      if (depth >= DEPTH_LIMIT || files >= FILE_LIMIT) {
        say(`include "${pattern}" was not followed: too many or too deep includes`);
        return [d];
      }
      const included = hint.include?.(pattern, d.file);
      const found = included ?? [];
      // A pattern that matches nothing is no error for nginx either (ngx_conf_include).
      if (included === undefined && !HARMLESS.test(pattern))
        say(`include "${pattern}" could not be read; directives in it are unknown here`);
      return [
        d,
        ...found.flatMap(({ file, text }) => {
          files++;
          const inner = parseNginx(text, file);
          problems.push(...inner.problems);
          return expand(inner.directives, depth + 1);
        }),
      ];
    });
  return { directives: expand(directives, 0), problems };
}
