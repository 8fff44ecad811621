import { describe, expect, it } from 'vitest';
import { buildPath } from '../../src/x509/index.ts';
import type { PolicyOptions } from '../../src/x509/path/types.ts';
import { ANY_POLICY, caCertificate, type Ext, ext, NOW, party, serverCertificate } from './build.ts';

const GOLD = '1.3.6.1.4.1.99999.1';
const SILVER = '1.3.6.1.4.1.99999.2';
const BRONZE = '1.3.6.1.4.1.99999.3';
const root = party('Root');
const middle = party('Middle');
const low = party('Low');
const leaf = party('pay.example.com');

/** Judges root -> middle -> low -> leaf with the given extensions. */
function path(middleMore: Ext[], lowMore: Ext[], leafMore: Ext[], policies?: PolicyOptions) {
  const result = buildPath(serverCertificate(leaf, low, ['pay.example.com'], leafMore), {
    anchors: [caCertificate(root, root)],
    intermediates: [caCertificate(middle, root, middleMore), caCertificate(low, middle, lowMore)],
    time: NOW,
    role: 'server',
    ...(policies ? { policies } : {}),
  });
  return result.ok ? 'accepted' : result.failure!.rule;
}

const gold = ext.policies(GOLD);
const explicit = ext.policyConstraints(0);

describe('certificate policies along a path', () => {
  it('do not matter while nobody asks for one', () => {
    expect(path([], [], [])).toBe('accepted');
    expect(path([gold], [ext.policies(SILVER)], [])).toBe('accepted');
  });

  it('must run through the path once a CA asks for one', () => {
    expect(path([gold, explicit], [gold], [gold])).toBe('accepted');
    expect(path([gold, explicit], [gold], [])).toBe('path/policy');
    expect(path([gold, explicit], [ext.policies(SILVER)], [gold])).toBe('path/policy');
    expect(path([], [ext.policies(GOLD), explicit], [gold])).toBe('path/policy');
    // requireExplicitPolicy counts the certificates that may still follow without one.
    expect(path([ext.policyConstraints(5)], [], [])).toBe('accepted');
    expect(path([ext.policyConstraints(1)], [], [])).toBe('path/policy');
  });

  it('must be among those that the caller asks for', () => {
    const asked = (...initial: string[]): PolicyOptions => ({ initial, requireExplicit: true });
    expect(path([gold], [gold], [gold], asked(GOLD))).toBe('accepted');
    expect(path([gold], [gold], [gold], asked(SILVER))).toBe('path/policy');
    expect(path([ext.policies(ANY_POLICY)], [ext.policies(ANY_POLICY)], [gold], asked(GOLD))).toBe('accepted');
    expect(path([ext.policies(ANY_POLICY)], [gold], [gold], asked(SILVER))).toBe('path/policy');
    expect(path([gold], [gold], [gold], { requireExplicit: true })).toBe('accepted');
    expect(path([], [], [], { requireExplicit: true })).toBe('path/policy');
  });

  it('stop at a CA that inhibits any-policy', () => {
    const any = ext.policies(ANY_POLICY);
    expect(path([any, explicit, ext.inhibitAny(0)], [any], [gold])).toBe('path/policy');
    expect(path([any, explicit, ext.inhibitAny(1)], [any], [gold])).toBe('accepted');
    expect(path([any, explicit], [any], [any])).toBe('accepted');
    expect(path([any, explicit], [any], [gold], { inhibitAny: true })).toBe('path/policy');
  });

  it('can be mapped to those of another domain', () => {
    const mapped = [gold, explicit, ext.mappings([GOLD, SILVER])];
    const silver = ext.policies(SILVER);
    expect(path(mapped, [silver], [silver])).toBe('accepted');
    expect(path(mapped, [gold], [gold])).toBe('path/policy');
    expect(path(mapped, [silver], [silver], { initial: [GOLD], requireExplicit: true })).toBe('accepted');
    expect(path(mapped, [silver], [silver], { initial: [SILVER], requireExplicit: true })).toBe('path/policy');
    expect(path(mapped, [silver], [silver], { inhibitMapping: true })).toBe('path/policy');
    expect(
      path(
        [gold, explicit, ext.mappings([GOLD, SILVER], [GOLD, BRONZE])],
        [ext.policies(BRONZE)],
        [ext.policies(BRONZE)],
      ),
    ).toBe('accepted');
    expect(path([ext.policies(ANY_POLICY), explicit, ext.mappings([GOLD, SILVER])], [silver], [silver])).toBe(
      'accepted',
    );
    expect(path([gold, ext.mappings([GOLD, ANY_POLICY])], [gold], [gold])).toBe('path/policy-mapping');
    expect(path([gold, ext.policyConstraints(0, 0)], [gold, ext.mappings([GOLD, SILVER])], [silver])).toBe(
      'path/policy',
    );
  });

  it('do not grow with the number of mappings', () => {
    const many = Array.from({ length: 200 }, (_, i) => `1.3.6.1.4.1.99999.9.${i}`);
    const cross = many.flatMap((a, i) => [0, 1].map((k) => [a, many[(i + k) % many.length]!] as [string, string]));
    const start = performance.now();
    expect(
      path(
        [ext.policies(...many), ext.mappings(...cross), explicit],
        [ext.policies(...many), ext.mappings(...cross)],
        [ext.policies(many[5]!)],
      ),
    ).toBe('accepted');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
