import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/temporary.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 30_000,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary'] },
  },
});
