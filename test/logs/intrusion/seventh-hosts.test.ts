/** Ten more hosts written, with their answers, before the sheet was run on them: six broken into, four that only look alike. */
import { describe, expect, it } from 'vitest';
import {
  announced,
  backups,
  cluster,
  eventText,
  mistyped,
  npmKey,
  operated,
  redisCron,
  weblogic,
  wooShop,
} from './seventh-hosts/hosts.ts';
import { sheetOf } from './sheet-of.ts';

it('sees a history that is kept nowhere, and no other link', async () => {
  const typed = async (command: string) =>
    (await sheetOf({ 'root/.bash_history': `${command}\n`, 'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n' }))
      .persistence;
  expect(await typed('ln -sf /dev/null /root/.bash_history')).toMatchObject([{ why: 'hides its traces' }]);
  expect(await typed('ln -sf /dev/null /etc/systemd/system/cups.service')).toEqual([]);
});

describe.each([weblogic, wooShop, npmKey, cluster, redisCron, eventText, announced, mistyped, backups, operated])(
  '$name',
  ({ files, questions }) => {
    it('is answered', async () => {
      const sheet = await sheetOf(files, 'shipped');
      expect(questions.filter(({ answered }) => !answered(sheet)).map(({ ask }) => ask)).toEqual([]);
    });
  },
);
