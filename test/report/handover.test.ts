/** What the bank's technician is given: what was offered beside what was accepted. */
import { describe, expect, it } from 'vitest';
import { handovers } from '../../src/report/handover.ts';
import type { Report } from '../../src/report/types.ts';

const report = {
  incident: { clock: '2026-05-12T10:00:00Z' },
  findings: [
    {
      fingerprint: 'f1',
      data: {
        host: 'acq.bank.example',
        offeredVersions: ['TLSv1.3', 'TLSv1.2'],
        acceptedVersions: ['TLSv1.0'],
        offeredSuites: ['TLS_AES_128_GCM_SHA256'],
        acceptedSuites: [],
        offeredGroups: ['x25519'],
        acceptedGroups: [],
      },
    },
  ],
  diagnosis: [
    {
      cause: 'peer-tls-too-old',
      title: 'acq.bank.example is too old',
      confidence: 0.9,
      priority: 'urgent',
      owner: 'bank',
      explains: ['f1'],
      tell: [],
      because: ['the server answers with TLSv1.0'],
      remedy: ['Enable TLS 1.2.'],
      evidence: [],
      verify: { command: 'openssl s_client -tls1_2', after: 'connected' },
    },
  ],
} as unknown as Report;

describe('the text for the bank', () => {
  it.each([
    ['en', 'offered: TLSv1.3, TLSv1.2', 'accepted: TLSv1.0', 'accepted: not seen'],
    ['zh', '提供: TLSv1.3, TLSv1.2', '接受: TLSv1.0', '接受: 未观察到'],
  ] as const)('lists what was offered and what was accepted (%s)', (language, ...parts) => {
    const [bank] = handovers(report, language);
    for (const part of parts) expect(bank!.text).toContain(part);
  });
});
