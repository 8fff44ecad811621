import { expect, it } from 'vitest';

it('the generated cause pages are fresh', async () => {
  const { generateCauseDocs } = await import(new URL('../../tools/docs-causes.mjs', import.meta.url).href);
  expect(await generateCauseDocs(true)).toEqual([]);
});
