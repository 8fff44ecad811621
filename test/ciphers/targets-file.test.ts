import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTargets } from '../../src/cli/ciphers/inputs.ts';
import { writeBundle } from '../files.ts';

it('a targets file may have a byte order mark, line ends of Windows and comments', () => {
  const folder = writeBundle({
    'targets.txt': '\ufeffpay.example:8443 starttls=smtp # mail\r\n# links\r\n\r\n192.0.2.7\r\n',
  });
  try {
    expect(readTargets(join(folder, 'targets.txt'), {})).toMatchObject([
      { target: { host: 'pay.example', port: 8443, starttls: 'smtp' }, anchor: { line: 1 } },
      { target: { host: '192.0.2.7', port: 443 }, anchor: { line: 4 } },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
