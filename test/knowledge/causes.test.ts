import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/registry.gen.ts';
import { FAULT_CLASSES, OWNERS, PRIORITIES } from '../../src/finding.ts';
import { withMutualRivals } from '../../src/knowledge/rivals.ts';
import { EVENT_CLASSES } from '../../src/logs/event-classes.ts';
import { freshKnowledge } from './support.ts';

const knowledge = await freshKnowledge();
const { causes, causeById, clocks, alerts, symptoms } = knowledge;
const HAN = /\p{Script=Han}/u;
/** The catalogue's letter of each family, and how many causes it had at first; it may grow. */
const FAMILIES: { [family: string]: [letter: string, atLeast: number] } = {
  'server-certificate': ['T', 23],
  'mutual-tls': ['M', 6],
  'tls-parameters': ['P', 13],
  network: ['N', 8],
  capacity: ['C', 8],
  message: ['A', 13],
  attack: ['K', 12],
};

/** Every string of a value, with the path to it. */
function* strings(value: unknown, path = ''): Iterable<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) yield* strings(inner, `${path}.${key}`);
}

describe('catalogue of causes', () => {
  it('numbers the causes of each family without a gap, each in a file of its own name', () => {
    for (const [family, [letter, atLeast]] of Object.entries(FAMILIES)) {
      const codes = causes
        .filter((c) => c.family === family)
        .map((c) => c.code)
        .sort();
      expect(codes.length).toBeGreaterThanOrEqual(atLeast);
      expect(codes).toEqual(codes.map((_code, i) => `${letter}${String(i + 1).padStart(2, '0')}`));
    }
    expect(causes.filter((c) => !FAMILIES[c.family]).map((c) => c.id)).toEqual([]);
    expect(causes.map((c) => `${c.id}.yaml`).sort()).toEqual(readdirSync('knowledge/causes').sort());
  });

  it('takes a new cause from its one file: rivals it names learn of it by themselves', () => {
    const fresh = {
      ...causes[0]!,
      id: 'new-cause',
      rivals: [{ cause: causes[1]!.id, separate: 'Look: for new-cause yes.' }],
    };
    const [first, second] = withMutualRivals([fresh, { ...causes[1]!, rivals: [] }]);
    expect(first!.rivals).toHaveLength(1);
    expect(second!.rivals).toEqual([{ cause: 'new-cause', separate: 'Look: for new-cause yes.' }]);
  });

  it.each(causes.map((c) => [c.id, c] as const))('%s is complete', (_id, cause) => {
    expect(FAULT_CLASSES).toContain(cause.class);
    expect(OWNERS).toContain(cause.owner);
    expect(PRIORITIES).toContain(cause.priority);
    for (const [path, value] of strings(cause)) expect(value.trim(), `${cause.id}${path}`).not.toBe('');
    for (const field of [cause.title, cause.explanation]) {
      expect(field.en).not.toMatch(HAN);
      expect(field.zh).toMatch(HAN);
    }
    expect(cause.title.en.length).toBeLessThanOrEqual(80);
    for (const list of [
      cause.escalates,
      cause.rivals,
      cause.remedy,
      cause.prevent,
      cause.tell,
      cause.texts,
      cause.references,
    ]) {
      expect(list.length).toBeGreaterThan(0);
    }
    for (const { where, steps } of cause.remedy) expect([where, steps.length > 0]).toEqual([where, true]);
    for (const { owner } of [...cause.tell, ...(cause.owners ?? [])]) expect(OWNERS).toContain(owner);
    for (const { zh } of cause.tell) expect(zh).toMatch(HAN);
    expect(cause.owners?.map((o) => o.owner) ?? []).not.toContain(cause.owner);
    if (cause.exposure) expect(cause.priority).toBe('urgent');
  });

  it.each(causes.map((c) => [c.id, c] as const))('%s has a verification that tells before from after', (_id, cause) => {
    const { command, before, after } = cause.verify;
    expect(before).not.toBe(after);
    expect(command).not.toMatch(/\n/);
    for (const [, name] of command.matchAll(/\$([A-Z][A-Z0-9_]*)/g)) {
      expect(knowledge.placeholders[name!]?.zh, `placeholders.yaml says nothing about ${name}`).toMatch(/./);
    }
    // Placeholders are $NAME; nothing that a person would have to edit inside the command stands in angle brackets.
    expect(command).not.toMatch(/<[A-Za-z]+>/);
    expect((command.match(/(?<!\\)"/g) ?? []).length % 2, 'balanced double quotes').toBe(0);
  });

  it('points only at causes that exist, and says for every pair in both directions what separates it', () => {
    for (const cause of causes) {
      for (const id of cause.leadsTo) expect(causeById.has(id), `${cause.id} leads to ${id}`).toBe(true);
      expect(cause.leadsTo).not.toContain(cause.id);
      for (const rival of cause.rivals) {
        const other = causeById.get(rival.cause);
        expect(other, `${cause.id} names the rival ${rival.cause}`).toBeDefined();
        expect(
          other!.rivals.map((r) => r.cause),
          `${rival.cause} lacks its rival ${cause.id}`,
        ).toContain(cause.id);
        expect(
          rival.separate.includes(cause.id) || rival.separate.includes(rival.cause),
          `${cause.id} against ${rival.cause}: "${rival.separate}"`,
        ).toBe(true);
      }
      expect(new Set(cause.rivals.map((r) => r.cause)).size).toBe(cause.rivals.length);
    }
  });

  it('refers to findings that a registered check makes', () => {
    const known = new Set(CHECKS.map((c) => c.meta.id));
    for (const cause of causes) {
      expect(cause.supports.length, `${cause.id} is shown by no check`).toBeGreaterThan(0);
      for (const { finding, weight } of [...cause.supports, ...cause.excludes]) {
        expect(known.has(finding), `${cause.id} refers to ${finding}`).toBe(true);
        expect(weight).toBeGreaterThan(0);
        expect(weight).toBeLessThanOrEqual(1);
      }
    }
  });

  it('cites PCI DSS requirements by number of version 4.0.1', () => {
    for (const cause of causes) {
      for (const reference of cause.references.filter((r) => r.startsWith('PCI DSS'))) {
        expect(reference).toMatch(/^PCI DSS 4\.0\.1 requirement (?:[1-9]|1[0-2])\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})?$/);
      }
    }
  });
});

describe('alerts, symptoms and clocks', () => {
  it('explain every alert in both languages and name known causes', () => {
    expect(new Set(alerts.map((a) => a.number)).size).toBe(alerts.length);
    // RFC 8446 section 6.
    for (const number of [
      0, 10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90, 109, 110, 112, 113, 115, 116, 120,
    ]) {
      expect(alerts.map((a) => a.number)).toContain(number);
    }
    for (const alert of alerts) {
      expect(alert.meaning.zh).toMatch(HAN);
      expect(alert.ask.zh).toMatch(HAN);
      expect(alert.sent.length).toBeGreaterThan(0);
      for (const id of alert.causes) expect(causeById.has(id), `alert ${alert.number}: ${id}`).toBe(true);
    }
  });

  it('give every event class a meaning and known causes', () => {
    expect(symptoms.map((s) => s.event).sort()).toEqual([...EVENT_CLASSES].sort());
    for (const symptom of symptoms) {
      expect(symptom.says.zh).toMatch(HAN);
      expect(symptom.ask).not.toBe('');
      for (const id of [...symptom.causes, ...(symptom.aboutClient ?? [])])
        expect(causeById.has(id), `${symptom.event}: ${id}`).toBe(true);
    }
  });

  it('date and cite every reporting clock, and tie it to evidence', () => {
    for (const clock of clocks) {
      const given = [clock.hours, clock.businessDays, clock.days, clock.months].filter((x) => x !== undefined);
      expect(given.length, clock.id).toBeLessThanOrEqual(1);
      if (given.length === 0) expect(clock.confidence).toBe('low');
      expect(clock.source).not.toBe('');
      for (const words of [clock.title, clock.to, clock.applies, ...(clock.note ? [clock.note] : [])]) {
        expect(Object.keys(words).sort(), clock.id).toEqual(['en', 'zh']);
        expect(words.zh).not.toBe('');
      }
      expect(clock.reviewed).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(Object.keys(clock.trigger).length, `${clock.id} needs a trigger`).toBeGreaterThan(0);
      for (const id of clock.trigger.causes ?? []) expect(causeById.has(id), `${clock.id}: ${id}`).toBe(true);
    }
    expect(new Set(clocks.map((c) => c.id)).size).toBe(clocks.length);
  });

  it('never start a card network clock for an outage alone', () => {
    for (const clock of clocks.filter((c) => /^(visa|mastercard|pci)/.test(c.id))) {
      for (const id of ['upstream-unavailable', 'server-cert-expired', 'request-flood', 'card-testing'])
        expect(clock.trigger.causes).not.toContain(id);
    }
  });
});
