/** IANA "TLS Alerts" registry, with the reserved codes older stacks still send. */
export const ALERTS: readonly (readonly [code: number, name: string])[] = [
  [0, 'close_notify'],
  [1, 'end_of_early_data'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [21, 'decryption_failed'],
  [22, 'record_overflow'],
  [30, 'decompression_failure'],
  [40, 'handshake_failure'],
  [41, 'no_certificate'],
  [42, 'bad_certificate'],
  [43, 'unsupported_certificate'],
  [44, 'certificate_revoked'],
  [45, 'certificate_expired'],
  [46, 'certificate_unknown'],
  [47, 'illegal_parameter'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [50, 'decode_error'],
  [51, 'decrypt_error'],
  [52, 'too_many_cids_requested'],
  [60, 'export_restriction'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [90, 'user_canceled'],
  [100, 'no_renegotiation'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [111, 'certificate_unobtainable'],
  [112, 'unrecognized_name'],
  [113, 'bad_certificate_status_response'],
  [114, 'bad_certificate_hash_value'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [117, 'general_error'],
  [120, 'no_application_protocol'],
  [121, 'ech_required'],
];

const NAMES: ReadonlyMap<number, string> = new Map(ALERTS);

/** Registry name of an alert; `encrypted` for -1 (RFC 8446 section 6), `alert_N` when unknown. */
export function alertName(code: number): string {
  return code < 0 ? 'encrypted' : (NAMES.get(code) ?? `alert_${code}`);
}

export function isKnownAlert(code: number): boolean {
  return NAMES.has(code);
}
