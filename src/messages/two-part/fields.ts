/** Fields that both parts of a purchase name: merchant and gateway have to see the same values. */
import { parseJson } from '../stored-message.ts';

const MAX_FIELDS = 200;

/** Names that mean the same purchase on both sides, folded; card data is never among them. */
const SHARED = new Set([
  'xid',
  'transid',
  'transactionid',
  'txnid',
  'order',
  'orderid',
  'orderno',
  'ordernumber',
  'merchant',
  'merchantid',
  'mid',
  'lidm',
  'lidc',
  'amount',
  'purchamt',
  'total',
  'currency',
  'hod',
]);

const folded = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/** Fields of a JSON object or of `name=value` and `name: value` lines. */
function fieldsOf(content: Buffer): Map<string, { name: string; value: string }> {
  const out = new Map<string, { name: string; value: string }>();
  const add = (name: string, value: unknown): void => {
    if (typeof value !== 'string' && typeof value !== 'number') return;
    if (SHARED.has(folded(name)) && out.size < MAX_FIELDS) out.set(folded(name), { name, value: String(value).trim() });
  };
  const json = parseJson(content);
  if (json && typeof json === 'object' && !Array.isArray(json)) {
    for (const [name, value] of Object.entries(json).slice(0, MAX_FIELDS)) add(name, value);
    return out;
  }
  const text = content.toString('utf8', 0, 65_536);
  for (const piece of text.split(/[\r\n&;|]/).slice(0, MAX_FIELDS)) {
    const at = piece.search(/[=:]/);
    if (at > 0 && at < 60) add(piece.slice(0, at).trim(), piece.slice(at + 1));
  }
  return out;
}

/** 49.99 and 4999 are one amount in two units; what is no number is compared as text. */
function sameValue(field: string, a: string, b: string): boolean {
  if (a === b) return true;
  if (!/amount|amt|total/.test(field)) return a.toLowerCase() === b.toLowerCase();
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return [1, 100, 0.01, 1000, 0.001].some((unit) => Math.abs(x * unit - y) < 1e-6 * Math.max(1, Math.abs(y)));
}

/** One sentence per field that both parts name with different values. */
export function differingFields(order: Buffer | undefined, payment: Buffer | undefined): string[] {
  if (!order || !payment) return [];
  const left = fieldsOf(order);
  const right = fieldsOf(payment);
  const out: string[] = [];
  for (const [field, a] of left) {
    const b = right.get(field);
    if (b && !sameValue(field, a.value, b.value))
      out.push(`${a.name} differs: the merchant sees ${a.value.slice(0, 60)}, the gateway ${b.value.slice(0, 60)}`);
  }
  return out;
}
