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

describe.each([weblogic, wooShop, npmKey, cluster, redisCron, eventText, announced, mistyped, backups, operated])(
  '$name',
  ({ files, questions }) => {
    it('is answered', async () => {
      const sheet = await sheetOf(files, 'shipped');
      expect(questions.filter(({ answered }) => !answered(sheet)).map(({ ask }) => ask)).toEqual([]);
    });
  },
);
