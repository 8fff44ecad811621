/** Hosts of an Ansible inventory, as INI or YAML: names with the addresses under which they are reached. */
import type { TopologyFact, TopologyNode } from '../small-facts.ts';
import type { FactText } from './context.ts';
import type { Setting } from './settings.ts';
import { readTopology } from './topology.ts';

/** `pay1 ansible_host=10.0.1.11 ansible_user=deploy`; Ansible before 2.0 wrote ansible_ssh_host. */
const HOST = /^([\w.-]{1,253})[ \t]{1,80}(?:[^\n]{0,400}[ \t])?ansible_(?:ssh_)?host ?= ?["']?([\w.:-]{1,253})/;
const GROUP = /^\[([\w.-]{1,100})\]$/;
/** `all.children.web.hosts.pay1.ansible_host` */
const KEY = /(?:^|\.)(?:([^.]{1,100})\.)?hosts\.(.{1,253})\.ansible_(?:ssh_)?host$/;

/** @returns undefined where no host has an address: a list of bare names says nothing that logs do not. */
export function inventoryOf(file: FactText, settings: readonly Setting[]): TopologyFact | undefined {
  if (!/\bansible_(?:ssh_)?host\b/.test(file.text)) return undefined;
  const nodes = new Map<string, TopologyNode>();
  const add = (name: string, ip: string, group: string): void => {
    if (nodes.size < 10_000 && !nodes.has(name))
      nodes.set(name, { name, ip, ...(group === '' ? {} : { role: group }) });
  };
  if (file.format === 'ini') {
    let group = '';
    for (const { text } of file.lines) {
      group = GROUP.exec(text.trim())?.[1] ?? group;
      const host = HOST.exec(text);
      if (host) add(host[1]!, host[2]!, group);
    }
  } else
    for (const { key, value } of settings) {
      const host = KEY.exec(key);
      if (host) add(host[2]!, value, host[1] ?? '');
    }
  return nodes.size === 0 ? undefined : readTopology(file.file, { nodes: [...nodes.values()] });
}
