/** A record's tree as the flat event that the sheet and its readers of exports know. */
import type { Element } from './binxml.ts';
import type { EvtxRecord } from './file.ts';

export interface FlatEvent {
  id: number;
  /** ms UTC; when it was created, else when it was written. */
  time: number;
  channel: string;
  computer: string;
  provider: string;
  /** Data by name; unnamed ones are `param1` and so on, as the event viewer calls them. */
  data: { [name: string]: string };
}

const MOST_DATA = 500;

const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((child): child is Element => typeof child !== 'string' && child.name === name);
export const textOf = (element: Element | undefined): string =>
  element?.children.filter((child): child is string => typeof child === 'string').join('') ?? '';

export function flatEvent({ root, written }: EvtxRecord): FlatEvent {
  const system = childOf(root, 'System');
  const created = Date.parse(
    childOf(system, 'TimeCreated')?.attributes.SystemTime?.replace(/(\.\d{3})\d+/, '$1') ?? '',
  );
  const data: FlatEvent['data'] = {};
  let unnamed = 0;
  let taken = 0;
  const put = (name: string, text: string): void => {
    if (taken++ < MOST_DATA && !(name in data)) data[name] = text;
  };
  const eventData = childOf(root, 'EventData');
  for (const child of eventData?.children ?? []) {
    if (typeof child === 'string') continue;
    if (child.name !== 'Data') put(child.name, textOf(child));
    else put(child.attributes.Name ?? `param${++unnamed}`, textOf(child));
  }
  const leaves = (element: Element): void => {
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      if (child.children.some((inner) => typeof inner !== 'string')) leaves(child);
      else put(child.name, textOf(child));
    }
  };
  const userData = childOf(root, 'UserData');
  if (userData) leaves(userData);
  return {
    id: Number(textOf(childOf(system, 'EventID'))),
    time: Number.isNaN(created) ? written : created,
    channel: textOf(childOf(system, 'Channel')),
    computer: textOf(childOf(system, 'Computer')),
    provider: childOf(system, 'Provider')?.attributes.Name ?? '',
    data,
  };
}
