import { least, most } from '../../lists.ts';
import { counted } from '../../wording.ts';
import { iso } from '../support.ts';
import { type Check, defineCheck, type Hit } from '../types.ts';

const check: Check = defineCheck({
  meta: {
    id: 'attacks/card-data-in-logs',
    title: 'Card data in logs',
    description:
      'Card numbers that pass issuer range, length and Luhn checks, track data or verification values stand unmasked in a log.',
    class: 'attack',
    basePriority: 'urgent',
    owner: 'sec',
    proof: 'structural',
    needs: ['logs'],
    remedy: 'Stop the writing, restrict and clean the files and their copies (backups, log shipping), tell compliance.',
    verification: { command: 'paymedic logs redact app.log | paymedic triage -', expect: 'no card number found' },
    references: [
      'PCI DSS 4.0.1 requirement 3.3.1',
      'PCI DSS 4.0.1 requirement 3.5.1',
      'PCI DSS 4.0.1 requirement 12.10.7',
    ],
  },
  *run(context): Iterable<Hit> {
    const sure = context.observations.logs.cards.hits.filter((h) => h.confidence >= 0.8);
    if (sure.length === 0) return;
    const files = new Map<string, typeof sure>();
    for (const h of sure) files.set(h.file, [...(files.get(h.file) ?? []), h]);
    const times = sure.map((h) => h.time).filter(Number.isFinite);
    const cards = new Set(sure.map((h) => h.digest)).size;
    const authentication = sure.filter((h) => h.kind !== 'pan').length;
    const first = times.length ? least(times) : undefined;
    yield {
      cause: 'card-data-in-logs',
      confidence: cards >= 2 || authentication > 0 ? 0.95 : 0.75,
      subject: { kind: 'bundle', id: [...files.keys()].map((f) => f.replace(/\.\d+(\.gz)?$|\.gz$/, '')).sort()[0]! },
      title: `${cards} card number${cards === 1 ? '' : 's'} stand${cards === 1 ? 's' : ''} in clear text in ${files.size === 1 ? [...files.keys()][0] : `${counted(files.size, 'log')}`}`,
      detail: `${counted(sure.length, 'place')} in ${files.size} file${files.size === 1 ? '' : 's'}${authentication ? `, ${authentication} of them track data or verification values` : ''}${first !== undefined ? `, since ${iso(first)}` : ''}.`,
      evidence: [...files.values()]
        .flatMap((list) => list.slice(0, 4))
        .slice(0, 12)
        .map((h) => ({
          file: h.file,
          line: h.line,
          text: `${h.brand} ${h.masked} (column ${h.column})`,
          ...(Number.isFinite(h.time) ? { time: iso(h.time) } : {}),
        })),
      impact: { exposure: 'card-data', ongoing: true },
      count: sure.length,
      ...(first !== undefined ? { first, last: most(times) } : {}),
      data: { cards, places: sure.length },
    };
  },
});

export default check;
