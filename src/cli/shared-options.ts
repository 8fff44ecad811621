/** Options of a subcommand that its parent has as well: commander hands them to the parent, wherever they stand. */
import type { Command } from 'commander';

/** The options of `self`, taken from the parent where the user's value went there. */
export function ownOptions<T>(self: Command): T {
  const own: { [name: string]: unknown } = { ...self.opts() };
  for (const option of self.options) {
    const name = option.attributeName();
    if (self.parent?.getOptionValueSource(name) === 'cli') own[name] = self.parent.getOptionValue(name);
  }
  return own as T;
}
