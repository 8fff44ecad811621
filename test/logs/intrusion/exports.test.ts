import { describe, expect, it } from 'vitest';
import { identify } from '../../../src/evidence/identify.ts';
import { isExportedEvents, windowsEvents, windowsLogins } from '../../../src/logs/intrusion/windows.ts';
import { read } from '../read.ts';

const FAILED = (user: string, address: string): string =>
  `An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\tHOST$\r\n\r\nLogon Type:\t\t\t3\r\n\r\nAccount For Which Logon Failed:\r\n\tAccount Name:\t\t${user}\r\n\r\nNetwork Information:\r\n\tSource Network Address:\t${address}\r\n`;
const CHINESE =
  '帐户登录失败。\r\n\r\n使用者:\r\n\t帐户名:\t\tHOST$\r\n\r\n登录类型:\t\t\t10\r\n\r\n登录失败的帐户:\r\n\t帐户名:\t\tadministrator\r\n\r\n网络信息:\r\n\t源网络地址:\t203.0.113.8\r\n';
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

describe('events that PowerShell exported', () => {
  it.each([',', ';'])('are read from CSV (%s)', async (separator) => {
    const text = [
      '#TYPE Selected.System.Diagnostics.Eventing.Reader.EventLogRecord',
      ['TimeCreated', 'Id', 'LevelDisplayName', 'Message'].map(cell).join(separator),
      ['9/12/2026 8:54:04 PM', '4625', 'Information', FAILED('admin, "x"', '203.0.113.7')].map(cell).join(separator),
      ['2026-09-12 20:54:05', '4625', '信息', CHINESE].map(cell).join(separator),
      [
        '9/12/2026 12:00:09 AM',
        '4720',
        'Information',
        'A user account was created.\r\n\r\nSubject:\r\n\tAccount Name:\t\tAdministrator\r\n\r\nNew Account:\r\n\tAccount Name:\t\thack168$\r\n',
      ]
        .map(cell)
        .join(separator),
    ].join('\n');
    expect(isExportedEvents(text)).toBe(true);
    const events = windowsEvents([{ file: 'security.csv', text }], await read(''));
    expect(events.map(({ id, time, data }) => [id, new Date(time).toISOString(), data.TargetUserName])).toEqual([
      [4720, '2026-09-12T00:00:09.000Z', 'hack168$'],
      [4625, '2026-09-12T20:54:04.000Z', 'admin, "x"'],
      [4625, '2026-09-12T20:54:05.000Z', 'administrator'],
    ]);
    expect(windowsLogins(events).map(({ address, service, ok }) => [address, service, ok])).toEqual([
      ['203.0.113.7', 'Windows logon', false],
      ['203.0.113.8', 'remote desktop', false],
    ]);
  });

  it('are read from JSON', async () => {
    const text = JSON.stringify(
      [
        { Message: FAILED('root', '203.0.113.9'), Id: 4625, TimeCreated: '/Date(1789203244000)/' },
        { Message: FAILED('root', '203.0.113.9'), Id: 4625, TimeCreated: { value: '2026-09-12T08:54:05Z' } },
      ],
      undefined,
      2,
    );
    expect(isExportedEvents(text)).toBe(true);
    const events = windowsEvents([{ file: 'security.json', text }], await read(''));
    expect(events.map(({ time, data }) => [new Date(time).toISOString(), data.IpAddress])).toEqual([
      ['2026-09-12T08:54:04.000Z', '203.0.113.9'],
      ['2026-09-12T08:54:05.000Z', '203.0.113.9'],
    ]);
    expect(windowsEvents([{ file: 'x.json', text: `${text.slice(0, 400)}` }], await read(''))).toEqual([]);
  });

  it('are told from their binary form', () => {
    const evtx = Buffer.concat([Buffer.from('ElfFile\0', 'latin1'), Buffer.alloc(4096)]);
    expect(identify(evtx, evtx.length, {})).toEqual({ kind: 'binary', format: 'evtx' });
  });
});
