/** A dual signature that stopped holding: stored purchase requests before and after the fault, as parts or as SET messages. */
import { createPrivateKey } from 'node:crypto';
import { certificatePem, makeSetWorld } from '../../messages/set/certificates.ts';
import { makePurchaseRequest } from '../../messages/set/generate.ts';
import { makeTwoParts, type TwoPartFault } from '../../messages/two-part/generate.ts';
import { issue } from '../certificates.ts';
import { DAY, MINUTE, type World } from '../world.ts';
import type { Scenario } from './types.ts';

interface Fault {
  name: TwoPartFault;
  change: string;
  story: string;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'order-altered',
    change: 'release 6.1: order information now carries the delivery slot',
    story:
      'Since release 6.1 the order information is changed after the dual signature was made over it: its digest is no longer the one that was signed.',
  },
  {
    name: 'digests-swapped',
    change: 'release 6.1: signing component rewritten',
    story:
      'Since release 6.1 the two digests are joined in the wrong order, the order digest first; the gateway joins them as the specification says.',
  },
  {
    name: 'joined-as-text',
    change: 'release 6.1: digests are passed on as hexadecimal text',
    story: 'Since release 6.1 the digests are joined as hexadecimal text where the specification joins their bytes.',
  },
];

const SAMPLES = 6;

/** Some purchases from before the onset and some from after it. */
function moments(world: World): { time: number; broken: boolean }[] {
  const out: { time: number; broken: boolean }[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const broken = i >= SAMPLES / 2;
    const away = world.random.between(1, 20) * MINUTE;
    out.push({ time: broken ? Math.min(world.onset + away, world.now - MINUTE) : world.onset - away, broken });
  }
  return out.sort((a, b) => a.time - b.time);
}

function storeParts(world: World, fault: Fault): void {
  const holder = issue({
    subject: { O: world.shop, CN: 'cardholder 8812' },
    notBefore: world.now - 200 * DAY,
    notAfter: world.now + 165 * DAY,
    rsaBits: 2048,
  });
  world.files.set('certs/cardholder.pem', holder.cert);
  const key = createPrivateKey(holder.key);
  for (const [i, { time, broken }] of moments(world).entries()) {
    const amount = (world.random.between(500, 20000) / 100).toFixed(2);
    const xid = world.random.hex(12);
    const order = `order=${world.order()}\nmerchant=M1001\namount=${amount}\ncurrency=EUR\n`;
    const files = makeTwoParts({
      order,
      payment: `xid=${xid}\nmerchant=M1001\namount=${amount}\npan=411111******1111\nnonce=${world.random.hex(16)}\n`,
      key,
      altered: `${order}slot=18-20\n`,
      ...(broken ? { fault: fault.name } : {}),
    });
    const folder = `captures/preq-${String(i + 1).padStart(3, '0')}`;
    for (const [name, content] of Object.entries(files)) world.files.set(`${folder}/${name}`, content);
    world.files.set(`${folder}/meta.txt`, `time: ${world.iso(time)}\nxid: ${xid}\n`);
  }
}

function storeRequests(world: World, fault: Fault): void {
  const set = makeSetWorld(world.now - 30 * DAY);
  for (const [name, party] of Object.entries({ root: set.root, cardholder: set.cardholder }))
    world.files.set(`certs/set-${name}.pem`, certificatePem(party));
  for (const [i, { time, broken }] of moments(world).entries()) {
    const { message } = makePurchaseRequest(
      set,
      {
        description: `order ${world.order()}`,
        currency: 978,
        amount: world.random.between(500, 20000),
        exponent: -2,
        merchantId: 'M1001',
        brand: 'Example',
        pan: '4111111111111111',
        expiry: '203012',
        date: Math.floor(time / 1000) * 1000,
      },
      broken ? { fault: fault.name } : {},
    );
    world.files.set(`captures/preq-${String(i + 1).padStart(3, '0')}.der`, message);
  }
}

export const dualSignatureScenario: Scenario = {
  cause: 'dual-signature-broken',
  kind: 'message',
  async make(world) {
    const { onset } = world;
    const fault = world.random.pick(FAULTS);
    world.nginx();
    world.traffic(
      (time) => time < onset,
      (time, order) =>
        world.app(
          time + 90,
          'ERROR',
          'gateway-client',
          `payment failed order=${order} SET message rejected errorCode=SignatureFailure xid=${order} dual signature does not verify`,
        ),
    );
    (world.random.chance(0.5) ? storeParts : storeRequests)(world, fault);
    world.common([{ time: onset - MINUTE, team: 'checkout', text: fault.change }]);
    return {
      causes: ['dual-signature-broken'],
      alsoRight: ['request-signature-wrong'],
      priority: 'urgent',
      owners: ['app', 'psp', 'bank'],
      onset,
      story: fault.story,
      facts: {},
    };
  },
};
