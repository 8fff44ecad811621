import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'attacks/syn-flood',
    title: 'Queue of half-open connections full',
    description:
      'The kernel says "possible SYN flooding": the queue of a port was full. A program that accepts too slowly fills it as well, so the words alone accuse nobody.',
    class: 'attack',
    basePriority: 'important',
    owner: 'net',
    proof: 'textual',
    needs: [],
    remedy:
      'Count the sources of half-open connections: many strangers are a flood (SYN cookies, filtering upstream), few and known ones a program that accepts too slowly.',
    verification: {
      command: "ss -Htan state syn-recv | awk '{print $4}' | sort | uniq -c | sort -rn | head; ss -ltn",
      expect: 'few half-open connections, and Recv-Q of the listener far below Send-Q',
    },
    references: ['RFC 4987', 'Linux kernel, net/ipv4/tcp_input.c'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'request-flood',
      events: ['net.syn-queue-full'],
      filter: { any: true },
      confidence: 0.35,
      *join() {
        yield { against: 'a program that accepts too slowly fills the queue as well', confidence: 0.35 };
      },
      title: ({ nodes }) =>
        `The queue of half-open connections of ${nodes.slice(0, 2).join(', ') || 'a host of ours'} was full`,
    }),
});
