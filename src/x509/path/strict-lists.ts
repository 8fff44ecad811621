/** What RFC 5280 section 5 and the Baseline Requirements 7.2 ask of a revocation list to the letter. */
import { parsedListForm } from '../crl.ts';
import { EXT } from '../oids.ts';
import type { RevocationList } from '../types.ts';

/** The first rule that the list breaks, or undefined. */
export function strictListBreach(list: RevocationList): string | undefined {
  const form = parsedListForm(list);
  const extension = (oid: string) => form.extensions.find((e) => e.oid === oid);
  if (list.defects.some((d) => d.rule.startsWith('crl/') || d.rule.startsWith('extension/')))
    return `the revocation list is damaged: ${list.defects[0]!.says}`;
  if (form.version !== 2) return 'the revocation list is not of version 2 (RFC 5280 5.1.2.1)';
  if (list.nextUpdate === undefined)
    return 'the revocation list does not say when the next one comes (RFC 5280 5.1.2.5)';
  const number = extension(EXT.crlNumber);
  if (!number) return 'the revocation list has no CRL number (RFC 5280 5.2.3)';
  if (number.critical) return 'the CRL number of the revocation list is critical (RFC 5280 5.2.3)';
  if (!form.authorityKeyId) return 'the revocation list has no authority key identifier (RFC 5280 5.2.1)';
  const delta = extension(EXT.deltaCrlIndicator);
  if (delta && !delta.critical) return 'the delta indicator of the revocation list is not critical (RFC 5280 5.2.4)';
  const { scope } = form;
  if (scope) {
    if (!scope.critical)
      return 'the issuing distribution point of the revocation list is not critical (RFC 5280 5.2.5)';
    if (scope.empty) return 'the issuing distribution point of the revocation list is empty (RFC 5280 5.2.5)';
    if (scope.names.some((n) => n.kind !== 'uri'))
      return 'the issuing distribution point of the revocation list holds names that are no URIs (BR 7.2.2.1)';
  }
  if (list.revoked.duplicates > 0) return 'the revocation list names a serial number twice';
  return undefined;
}
