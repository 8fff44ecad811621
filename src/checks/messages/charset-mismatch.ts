import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { charsetJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/charset-mismatch',
    title: 'Character set breaks the signature',
    description: 'Only orders with characters outside ASCII fail their signature: the two sides sign different bytes.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'observed',
    needs: [],
    remedy: 'State UTF-8 on both sides (charset parameter, file.encoding, LANG) and sign the bytes that are sent.',
    verification: {
      command: 'locale; java -XshowSettings:properties -version 2>&1 | grep file.encoding',
      expect: 'UTF-8',
    },
    references: ['Alipay open platform, charset parameter'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'charset-mismatch',
      events: ['pay.charset', 'pay.signature-rejected'],
      confidence: 0.45,
      *join(c, symptoms, _handshakes, onset) {
        yield* charsetJoin(c, symptoms, onset);
      },
      title: () => 'Orders with characters outside ASCII fail: the signed bytes are in another character set',
      side: 'client',
    }),
});
