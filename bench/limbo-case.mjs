// One path validation case in the format of x509-limbo: every input field is honoured, or the case is skipped by name.
const nameKinds = { DNS: 'dns', IP: 'ip', RFC822: 'email' };

/** Names of the suite's signature algorithms as certificates are labelled here. */
const algorithms = {
  RSA_WITH_MD5: 'md5WithRSAEncryption',
  RSA_WITH_SHA1: 'sha1WithRSAEncryption',
  RSA_WITH_SHA224: 'sha224WithRSAEncryption',
  RSA_WITH_SHA256: 'sha256WithRSAEncryption',
  RSA_WITH_SHA384: 'sha384WithRSAEncryption',
  RSA_WITH_SHA512: 'sha512WithRSAEncryption',
  ED25519: 'Ed25519',
  ED448: 'Ed448',
  GOSTR3411_94_WITH_3410_2001: 'GOST R 34.10-2001',
  GOSTR3410_2012_WITH_3411_2012_256: 'GOST R 34.10-2012 (256 bit)',
  GOSTR3410_2012_WITH_3411_2012_512: 'GOST R 34.10-2012 (512 bit)',
};
for (const bits of [224, 256, 384, 512]) {
  algorithms[`RSA_WITH_SHA3_${bits}`] = `id-rsassa-pkcs1-v1_5-with-sha3-${bits}`;
  algorithms[`ECDSA_WITH_SHA3_${bits}`] = `ecdsa-with-SHA3-${bits}`;
}
for (const hash of ['SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512']) {
  algorithms[`ECDSA_WITH_${hash}`] = `ecdsa-with-${hash}`;
  algorithms[`DSA_WITH_${hash}`] = `dsa-with-${hash}`;
}

/** Fields of the format that are read here; a suite with others is told apart, not guessed at. */
const known = new Set([
  'id',
  'conflicts_with',
  'features',
  'importance',
  'description',
  'validation_kind',
  'trusted_certs',
  'untrusted_intermediates',
  'peer_certificate',
  'peer_certificate_key',
  'validation_time',
  'signature_algorithms',
  'key_usage',
  'extended_key_usage',
  'expected_result',
  'expected_peer_name',
  'expected_peer_names',
  'max_chain_depth',
  'crls',
]);

const empty = (value) => value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** Why a case asks for something that is not offered, or undefined. */
export function skipReason(test) {
  const field = Object.keys(test).find((k) => !known.has(k) && !empty(test[k]));
  if (field) return `asks for ${field}, which is not known here`;
  if (test.validation_kind !== 'SERVER' && test.validation_kind !== 'CLIENT')
    return `asks for the validation ${test.validation_kind}`;
  const algorithm = (test.signature_algorithms ?? []).find((a) => a !== 'RSASSA_PSS' && !algorithms[a]);
  if (algorithm) return `asks for the signature algorithm ${algorithm}`;
  const name = [test.expected_peer_name, ...(test.expected_peer_names ?? [])].find((n) => n && !nameKinds[n.kind]);
  return name ? `asks for a name of the kind ${name.kind}` : undefined;
}

/** Purposes beyond those of the role that the case asks for. */
const purposesOf = (test) => (test.extended_key_usage ?? []).filter((u) => u !== 'anyExtendedKeyUsage');

/** A mail certificate is validated as neither end of a TLS connection. */
function roleOf(test) {
  if (test.validation_kind === 'SERVER') return 'server';
  const purposes = purposesOf(test);
  return purposes.length === 0 || purposes.includes('clientAuth') ? 'client' : 'any';
}

/** Runs one case with the functions of the room: `{ ok, because }`, or `{ unsupported }`. */
export function runCase(test, { buildPath, readCertificates }) {
  const observed = (pems) => (pems ?? []).map((pem) => readCertificates(Buffer.from(pem), 'case'));
  const certificatesOf = (pems) => observed(pems).flatMap((o) => o.certificates);
  const leaf = certificatesOf([test.peer_certificate])[0];
  if (!leaf) return { ok: false, because: 'the leaf cannot be read' };
  const crls = observed(test.crls).flatMap((o) => o.revocationLists);
  const unreadable = (test.crls ?? []).length > crls.length;
  const wanted = test.signature_algorithms ?? [];
  const options = {
    intermediates: certificatesOf(test.untrusted_intermediates),
    anchors: certificatesOf(test.trusted_certs),
    time: test.validation_time ? Date.parse(test.validation_time) : Date.now(),
    role: roleOf(test),
    policy: 'strict',
    purposes: purposesOf(test),
    keyUsages: test.key_usage ?? [],
    ...(wanted.length > 0
      ? {
          signatureAlgorithms: (name) =>
            wanted.some((w) => algorithms[w] === name || (w === 'RSASSA_PSS' && name.startsWith('RSASSA-PSS'))),
        }
      : {}),
    ...(empty(test.max_chain_depth) ? {} : { maxDepth: test.max_chain_depth }),
    ...(crls.length > 0 || unreadable ? { crls, requireRevocation: true } : {}),
  };
  const names = [...(test.expected_peer_name ? [test.expected_peer_name] : []), ...(test.expected_peer_names ?? [])];
  for (const name of names.length > 0 ? names : [undefined]) {
    const result = buildPath(leaf, {
      ...options,
      ...(name ? { name: { kind: nameKinds[name.kind], value: name.value } } : {}),
    });
    if (result.ok) continue;
    const { failure } = result;
    if (failure?.rule === 'path/signature-unsupported') return { unsupported: failure.says };
    return { ok: false, because: failure ? `${failure.rule}: ${failure.says}` : `limit met: ${result.exhausted}` };
  }
  return { ok: true, because: '' };
}
