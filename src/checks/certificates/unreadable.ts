import { defineCheck, type Hit } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'certificates/unreadable',
    title: 'Certificate or key file is damaged',
    description:
      'A file that holds certificates, keys or lists is cut off, has a broken encoding or markers without an end. A server cannot load such a file.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: ['certificates'],
    remedy: 'Copy the file again from its source and compare sizes and sums.',
    verification: {
      command: 'openssl x509 -in file.pem -noout -subject -enddate',
      expect: 'subject and date, no error',
    },
    references: ['RFC 7468', 'RFC 5280 section 4.1'],
  },
  *run(context): Iterable<Hit> {
    for (const o of context.observations.certificates) {
      const cut = o.certificates.flatMap((c, i) =>
        c.defects
          .filter((d) => /left|truncat|ends|cut|missing/i.test(d.says))
          .slice(0, 1)
          .map((d) => ({ i, d })),
      );
      // A store or key that nobody has opened is not damaged.
      const problems = o.problems.filter((p) => !/passwords? tried|password-file|passphrase/i.test(p));
      if (cut.length === 0 && problems.length === 0) continue;
      const says = cut[0]
        ? `certificate ${cut[0].i + 1}: ${cut[0].d.says} (byte ${cut[0].d.offset} of its DER)`
        : problems[0]!;
      yield {
        subject: { kind: 'file', id: o.file },
        title: `${o.file} is damaged`,
        detail: `${says}.`,
        evidence: [
          {
            file: o.file,
            ...(o.at?.line ? { line: o.at.line } : {}),
            ...(cut[0] ? { certificate: cut[0].i } : {}),
            text: says,
          },
        ],
        impact: {},
        count: cut.length + problems.length,
      };
    }
  },
});
