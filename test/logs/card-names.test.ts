import { describe, expect, it } from 'vitest';
import { CardScanner } from '../../src/logs/index.ts';

function scan(text: string) {
  const scanner = new CardScanner(Buffer.alloc(32, 7));
  const bytes = Buffer.from(text);
  scanner.scan(bytes, 0, bytes.length, 'a.log', 1, 0);
  return scanner.finish();
}

describe('the name beside a number of a rare range', () => {
  // A Diners number of 14 digits counts only where a name says card; a Visa number counts unless a name says otherwise.
  it.each([
    ['PHP serialize', (name: string, pan: string) => `s:6:"${name}";s:${pan.length}:"${pan}";`],
    ['PHP serialize in JSON', (name: string, pan: string) => `{"v":"s:6:\\"${name}\\";s:14:\\"${pan}\\";"}`],
    ['PHP var_dump', (name: string, pan: string) => `  ["${name}"]=> string(${pan.length}) "${pan}"`],
    [
      'PHP var_dump of a private member',
      (name: string, pan: string) => `["${name}":"Pay\\Card":private]=> string(14) "${pan}"`,
    ],
    ['name and value', (name: string, pan: string) => `{"params": [{"name": "${name}", "value": "${pan}"}]}`],
    [
      'the index that MySQL names',
      (name: string, pan: string) => `ERROR 1062 (23000): Duplicate entry '${pan}' for key 't.${name}'`,
    ],
    [
      'JSON in a query',
      (name: string, pan: string) => `GET /r?s=%7B%22${name}%22%3A%20%22${pan}%22%2C%20%22e%22%3A1%7D HTTP/1.1`,
    ],
    ['a row of HTML', (name: string, pan: string) => `<tr><th>${name}:</th>\t<td class="v">${pan}</td></tr>`],
    ['bold type', (name: string, pan: string) => `<p>${name}:&nbsp;<b>${pan}</b></p>`],
  ])('is read from %s', (_, write) => {
    expect(scan(write('cardNumber', '30569309025904')).hits).toHaveLength(1);
    expect(scan(write('order_id', '30569309025904')).hits).toHaveLength(0);
    expect(scan(write('order_id', '4111111111111111')).hits).toHaveLength(0);
  });

  it('is not the cell of another column, a primary key, or what a sentence asks for', () => {
    expect(scan('<tr><td>order paid</td><td>4111111111111111</td></tr>').hits).toHaveLength(1);
    expect(scan("Duplicate entry '4111111111111111' for key 'orders.PRIMARY'").hits).toHaveLength(1);
    expect(scan("Duplicate entry '4111111111111111' for key 'PRIMARY'").hits).toHaveLength(1);
    expect(scan('please refund 4111 1111 1111 1111 as agreed').hits).toHaveLength(1);
    expect(scan('please refund order 4111111111111111').hits).toHaveLength(0);
  });
});
