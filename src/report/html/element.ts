/** HTML and SVG as strings. Attributes and text are escaped here and nowhere else. */
import { html as escaped } from '../escape.ts';

/** Markup that is already complete; only this module makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | undefined | false | readonly Child[];

/** Children to markup: strings are escaped, `undefined` and `false` leave nothing. */
export function join(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Markup) return child.text;
  if (Array.isArray(child)) return child.map(join).join('');
  return escaped(String(child));
}

const VOID = new Set(['meta', 'br', 'hr', 'rect', 'line', 'circle', 'path']);

/** One element. Attributes that are undefined or false are left out. */
export function el(
  name: string,
  attributes: { [key: string]: string | number | boolean | undefined } = {},
  ...children: Child[]
): Markup {
  const attrs = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => (value === true ? ` ${key}` : ` ${key}="${escaped(String(value))}"`))
    .join('');
  const inner = join(children);
  return new Markup(
    VOID.has(name) && !inner
      ? `<${name}${attrs}${['meta', 'br', 'hr'].includes(name) ? '' : '/'}>`
      : `<${name}${attrs}>${inner}</${name}>`,
  );
}
