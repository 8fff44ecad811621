/** Access logs of AWS network load balancers, which are about TLS connections (Elastic Load Balancing guide, version 2.0 of the log). */
import type { Fields } from '../fields.ts';
import type { Layout } from './layout.ts';

const NAMES =
  'type version time elb listener client destination connection_time tls_handshake_time received_bytes sent_bytes incoming_tls_alert chosen_cert_arn chosen_cert_serial tls_cipher tls_protocol_version tls_named_group domain_name alpn_fe_protocol alpn_be_protocol alpn_client_preference_list tls_connection_creation_time'.split(
    ' ',
  );
const LINE = /^tls \d\.\d \d{4}-\d\d-\d\dT[\d:.]+Z? net\/\S+ \S+ \S+:\d+ \S+ [\d-]+ [\d-]+ [\d-]+ [\d-]+ \S+ /;

function splitPort(address: string): [string, string] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon), address.slice(colon + 1)];
}

export default {
  format: 'aws-nlb',
  role: 'load-balancer',
  software: 'aws-nlb',
  fits: (text) => LINE.test(text),
  reader: () => (text) => {
    if (!LINE.test(text)) return undefined;
    const fields: Fields = {};
    for (const [i, cell] of text.split(' ').entries()) {
      const name = NAMES[i];
      if (name !== undefined && cell !== '-') fields[name] = cell;
    }
    const [client, port] = splitPort(fields.client!);
    fields.client = client;
    fields['client-port'] = port;
    return [
      {
        // Always UTC, with and without its Z.
        time: `${fields.time!.replace(/Z$/, '')}Z`,
        // Without a cipher the handshake did not come to its end.
        level: fields.tls_cipher === undefined ? 'error' : fields.incoming_tls_alert === undefined ? 'info' : 'warn',
        node: fields.elb?.split('/')[1],
        message: text,
        fields,
      },
    ];
  },
} satisfies Layout;
