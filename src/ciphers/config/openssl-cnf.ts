/** `openssl.cnf`: sections with `name = value`; the TLS defaults sit in the section that `ssl_conf` → `system_default` names. */
import type { ServerConfigObservation } from '../types.ts';
import { parseIni } from './ini-syntax.ts';
import type { ConfigReader } from './source.ts';
import { ObservationBuilder } from './source.ts';

export const opensslCnfReader: ConfigReader = {
  software: 'openssl-cnf',
  detect: (head) =>
    /^[ \t]*openssl_conf[ \t]*=/m.test(head) ||
    /^[ \t]*(?:MinProtocol|MaxProtocol|CipherString|Ciphersuites)[ \t]*=[ \t]*\S/m.test(head) ||
    (/^[ \t]*\[[ \t]*(?:req|ca|CA_default|v3_ca|provider_sect|default_sect|ssl_sect|new_oids|usr_cert|system_default_sect)[ \t]*\]/m.test(
      head,
    ) &&
      /^[ \t]*[A-Za-z_.0-9]{1,60}[ \t]*=/m.test(head)),
  read: readOpensslCnf,
};

function readOpensslCnf(text: string, file: string): ServerConfigObservation {
  const out = new ObservationBuilder(file, 'openssl-cnf');
  const { entries, problems } = parseIni(stripComments(text), { continuation: true });
  for (const p of problems) if (!/^"\.(?:include|pragma)/.test(p.says)) out.problem(p.line, p.says, p.column);
  for (const { section, key, value, line } of entries) out.directive(key, value, line, section || 'default');
  return out.finish();
}

/** openssl.cnf takes `#` anywhere in a line as a comment unless it is escaped or quoted. */
function stripComments(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (!line.includes('#') || /["'\\]/.test(line)) return line;
      return line.slice(0, line.indexOf('#'));
    })
    .join('\n');
}
