/**
 * What a line of a journal holds, by its kind. The chain proves that a line follows from the one before, not that paymedic wrote it:
 * whoever writes a whole new chain can put anything into it.
 */
import type { Json } from '../finding.ts';
import type { ChainEntry } from './chain.ts';

type Members = { [name: string]: Json };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const KIND = /^[a-z-]{1,40}$/;

const isMembers = (value: Json | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const areTexts = (data: Members, ...names: string[]): boolean => names.every((name) => typeof data[name] === 'string');

const HOLDS: { [kind: string]: (data: Members) => boolean } = {
  opened: (data) =>
    areTexts(data, 'tool', 'folder') &&
    Number.isFinite(data.system) &&
    Array.isArray(data.evidence) &&
    data.evidence.every((name) => typeof name === 'string') &&
    isMembers(data.inputs) &&
    isMembers(data.options) &&
    isMembers(data.playbook) &&
    areTexts(data.playbook, 'id', 'version', 'sha256'),
  manifest: (data) => areTexts(data, 'file', 'sha256'),
  began: (data) => areTexts(data, 'step'),
  ended: (data) =>
    areTexts(data, 'step') &&
    isMembers(data.detail) &&
    typeof data.detail.final === 'boolean' &&
    isMembers(data.detail.record) &&
    areTexts(data.detail.record, 'id', 'title', 'phase', 'outcome') &&
    ['undefined', 'string'].includes(typeof data.detail.record.because),
  report: (data) => areTexts(data, 'file', 'sha256'),
  verification: (data) => areTexts(data, 'file', 'sha256', 'outcome'),
  closed: (data) => areTexts(data, 'by', 'note'),
};

/** @returns whether time, kind and data are such as paymedic writes; kinds of later versions hold what they like. */
export function isSound({ time, type, data }: Pick<ChainEntry, 'time' | 'type' | 'data'>): boolean {
  return TIME.test(time) && KIND.test(type) && isMembers(data) && (!Object.hasOwn(HOLDS, type) || HOLDS[type]!(data));
}
