/** Faults of the messages themselves: signatures, serial numbers, character sets, keys of the provider. */
import { type DrillAnswer, MINUTE, type World } from '../world.ts';
import { dualSignatureScenario } from './dual-signature.ts';
import type { Scenario } from './types.ts';

interface MessageFault {
  cause: string;
  also?: string[];
  owners: DrillAnswer['owners'];
  says(world: World, order: string): string;
  change: string;
  story: string;
  /** Extra files. */
  files?(world: World): void;
}

function messageScenario(fault: MessageFault): Scenario {
  return {
    cause: fault.cause,
    kind: 'message',
    async make(world) {
      const { onset } = world;
      world.nginx();
      world.traffic(
        (time) => time < onset,
        (time, order) =>
          world.app(time + 90, 'ERROR', 'gateway-client', `payment failed order=${order} ${fault.says(world, order)}`),
      );
      fault.files?.(world);
      world.common([{ time: onset - MINUTE, team: 'checkout', text: fault.change }]);
      return {
        causes: [fault.cause],
        alsoRight: fault.also ?? [],
        priority: 'urgent',
        owners: fault.owners,
        onset,
        story: fault.story,
        facts: {},
      };
    },
  };
}

export const messageScenarios: readonly Scenario[] = [
  messageScenario({
    cause: 'request-signature-wrong',
    also: ['sign-type-mismatch'],
    owners: ['app'],
    says: () =>
      'http=200 {"alipay_trade_create_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配"}}',
    change: 'release 8.4.0: signing key taken from the new secret store',
    story:
      'Since release 8.4.0 the application signs with a key whose public half the provider does not hold: every request comes back as isv.invalid-signature.',
  }),
  messageScenario({
    cause: 'cert-serial-wrong',
    owners: ['app', 'ops'],
    says: () =>
      'http=401 {"code":"SIGN_ERROR","message":"商户证书序列号有误。请使用签名私钥匹配的证书序列号","detail":{"field":"serial_no"}}',
    change: 'merchant certificate renewed, configuration of serial_no not yet changed',
    story:
      'The merchant certificate was renewed and the old serial number is still sent with each request; the gateway cannot find a certificate that fits.',
  }),
  messageScenario({
    cause: 'charset-mismatch',
    also: ['request-signature-wrong'],
    owners: ['app'],
    says: () =>
      'http=200 {"code":"40002","sub_code":"isv.invalid-signature","sub_msg":"验签出错，请确认charset参数放在了URL查询字符串中且各参数值使用charset参数指示的字符集编码"}',
    change: 'base image changed: default locale is now POSIX',
    story:
      'The new base image runs with another character set; whatever is not ASCII is signed in other bytes than are sent.',
  }),
  messageScenario({
    cause: 'provider-key-rotated',
    owners: ['app', 'ops'],
    says: () =>
      '响应验签失败 Verify the signature and get the WechatPay certificate or publicKey corresponding to serialNumber[5157F09EFDC096DE15EBE81A47057A72] is empty.',
    change: 'none of ours',
    story:
      'The provider signs with a new platform certificate, as announced two weeks before; the application still holds the old one alone.',
    files: (world) => {
      world.files.set(
        'meta/notices.txt',
        `${world.iso(world.onset - 14 * 24 * 60 * MINUTE)} provider: from ${world.iso(world.onset).slice(0, 10)} responses and notifications are signed with the platform certificate 5157F09EFDC096DE15EBE81A47057A72; download it beforehand\n`,
      );
    },
  }),
  dualSignatureScenario,
];
