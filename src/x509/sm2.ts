/** SM2 signatures with SM3 (GM/T 0003, GM/T 0015): the runtime has the digest and the curve but cannot set the signer's id. */
import { createRequire } from 'node:module';

interface Sm2Library {
  sm2: {
    doVerifySignature(
      message: Uint8Array,
      signatureHex: string,
      publicKeyHex: string,
      options: { der: boolean; hash: boolean; userId: string },
    ): boolean;
  };
}

/** Default signer id of GM/T 0009. */
const SIGNER_ID = '1234567812345678';

let library: Sm2Library | null | undefined;

/** Loaded on the first SM2 signature only: few runs ever meet one. */
function load(): Sm2Library | null {
  if (library === undefined) {
    try {
      library = createRequire(import.meta.url)('sm-crypto-v2') as Sm2Library;
    } catch {
      library = null;
    }
  }
  return library;
}

/** Whether the signature fits; undefined when the library is not installed. `point` is the uncompressed public key. */
export function verifySm2(data: Buffer, signature: Buffer, point: Buffer): boolean | undefined {
  const sm = load();
  if (!sm) return undefined;
  return sm.sm2.doVerifySignature(data, signature.toString('hex'), point.toString('hex'), {
    der: true,
    hash: true,
    userId: SIGNER_ID,
  });
}
