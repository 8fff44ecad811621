/** Attacks on the checkout. */
import { DAY, type DrillAnswer, HOUR, MINUTE, type World } from '../world.ts';
import type { Scenario } from './types.ts';

const healthy = (): boolean => true;
const result = (
  world: World,
  cause: string,
  owners: DrillAnswer['owners'],
  story: string,
  facts: DrillAnswer['facts'] = {},
  more: Partial<DrillAnswer> = {},
): DrillAnswer => ({
  causes: [cause],
  alsoRight: [],
  priority: 'urgent',
  owners,
  onset: world.onset,
  story,
  facts,
  ...more,
});

export const cardTesting: Scenario = {
  cause: 'card-testing',
  kind: 'attack',
  async make(world) {
    const { random, onset, now } = world;
    world.nginx();
    world.traffic(healthy);
    const bots = Array.from({ length: 14 }, () => random.publicAddress());
    let attempts = 0;
    for (let time = onset; time < Math.min(now, onset + 40 * MINUTE); time += random.between(300, 1500)) {
      const client = random.pick(bots);
      const good = random.chance(0.04);
      attempts++;
      world.access(time, {
        client,
        method: 'POST',
        path: '/checkout/pay',
        status: 200,
        agent:
          'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36',
        seconds: 0.4,
      });
      world.payment(time + 20, {
        code: good ? '00' : random.pick(['05', '14', '54', '82', '05']),
        status: good ? 'APPROVED' : 'DECLINED',
        merchant: 'M1007',
        bin: `${random.pick(['4', '5'])}${random.digits(5)}`,
        client,
        amount: random.pick([100, 100, 99, 150]),
      });
    }
    world.common();
    return result(
      world,
      'card-testing',
      ['risk', 'sec'],
      `${attempts} small payments at merchant M1007 from ${bots.length} addresses, a new card nearly each time, four in a hundred approved: stolen cards are being tried.`,
      {},
      { alsoRight: ['card-enumeration'] },
    );
  },
};

export const requestFlood: Scenario = {
  cause: 'request-flood',
  kind: 'attack',
  async make(world) {
    const { random, onset, now } = world;
    world.nginx();
    world.traffic(
      (time) => time < onset || random.chance(0.35),
      (time, order) =>
        world.app(
          time + 30_000,
          'ERROR',
          'gateway-client',
          `payment failed order=${order} Error: timeout of 30000ms exceeded`,
        ),
    );
    const bots = Array.from({ length: 60 }, () => random.publicAddress());
    const end = Math.min(now, onset + 20 * MINUTE);
    for (let time = onset; time < end; time += random.between(20, 90)) {
      world.access(time, {
        client: random.pick(bots),
        path: `/search?q=${random.hex(6)}`,
        status: random.chance(0.6) ? 503 : 200,
        agent: 'Mozilla/5.0 (compatible)',
        referer: '-',
        seconds: random.between(2000, 30000) / 1000,
      });
    }
    world.common();
    return result(
      world,
      'request-flood',
      ['sec', 'net'],
      `Sixty addresses send some twenty searches a second, each different, none of them ever buys; the checkout starves.`,
    );
  },
};

export const credentialStuffing: Scenario = {
  cause: 'credential-stuffing',
  kind: 'attack',
  async make(world) {
    const { random, onset, now } = world;
    world.nginx();
    world.traffic(healthy);
    for (let time = onset; time < Math.min(now, onset + 45 * MINUTE); time += random.between(400, 2500)) {
      const client = random.publicAddress();
      const user = `user${random.digits(6)}`;
      const ok = random.chance(0.02);
      world.access(time, {
        client,
        method: 'POST',
        path: '/account/login',
        status: ok ? 302 : 401,
        agent: 'python-requests/2.32.3',
        referer: '-',
        seconds: 0.12,
      });
      world.app(
        time + 3,
        ok ? 'INFO' : 'WARN',
        'login',
        `login ${ok ? 'ok' : 'failed'} user=${user} ip=${client}${ok ? '' : ' reason=bad-password'}`,
      );
      if (ok) {
        world.access(time + 4000, {
          client,
          method: 'POST',
          path: '/account/address',
          status: 200,
          agent: 'python-requests/2.32.3',
          referer: '-',
        });
        world.app(time + 4002, 'INFO', 'account', `delivery address changed user=${user} ip=${client}`);
      }
    }
    world.common();
    return result(
      world,
      'credential-stuffing',
      ['sec', 'risk'],
      'Each address tries one or two users; two in a hundred succeed, and the delivery address is changed at once.',
    );
  },
};

export const cardDataInLogs: Scenario = {
  cause: 'card-data-in-logs',
  kind: 'attack',
  async make(world) {
    const { random, onset, now } = world;
    world.nginx();
    world.traffic(healthy);
    // Published test numbers of the card networks.
    const cards = ['4111111111111111', '5555555555554444', '378282246310005', '6011111111111117', '4012888888881881'];
    for (let time = onset; time < now; time += random.between(20, 70) * 1000) {
      world.app(
        time,
        'INFO',
        'gateway-client',
        `debug request body {"order":"${world.order()}","card_number":"${random.pick(cards)}","cvv":"${random.digits(3)}","expiry":"12/29"}`,
      );
    }
    world.common([
      {
        time: onset - MINUTE,
        team: 'checkout',
        text: 'release 8.4.1: debug logging of the gateway client for a support case',
      },
    ]);
    return result(
      world,
      'card-data-in-logs',
      ['app', 'sec'],
      'Since release 8.4.1 the gateway client writes whole card numbers and security codes into the log of the checkout application.',
    );
  },
};

export const phishingClone: Scenario = {
  cause: 'phishing-clone',
  kind: 'attack',
  async make(world) {
    const { random, onset, now } = world;
    const [, name = 'shop', ...rest] = world.shop.split('.');
    const clone = `www.${name}-secure.${rest.join('.')}`;
    world.nginx();
    world.traffic(healthy);
    for (let time = onset; time < now; time += random.between(15, 60) * 1000) {
      const client = random.publicAddress();
      for (const path of ['/static/logo.svg', '/static/checkout.css', '/static/pay.js'])
        world.access(time + random.between(0, 900), {
          client,
          path,
          status: 200,
          referer: `https://${clone}/checkout`,
        });
    }
    world.files.set(
      'meta/tickets.csv',
      `time,channel,text\n${world.iso(onset + 20 * MINUTE)},phone,customer paid at ${clone} after a text message and has no order with us\n${world.iso(onset + 31 * MINUTE)},mail,is ${clone} yours? it asked for my card twice\n`,
    );
    world.common();
    return result(
      world,
      'phishing-clone',
      ['sec'],
      `${clone} shows our checkout with pictures and scripts loaded from our own servers; the referers betray it, and customers paid there.`,
      { 'attacker host': clone },
    );
  },
};

export const webShell: Scenario = {
  cause: 'web-shell',
  kind: 'intrusion',
  async make(world) {
    const { random, onset, now } = world;
    const attacker = `203.0.113.${random.between(2, 254)}`;
    const shell = `/uploads/${random.hex(8)}.php`;
    const account = random.pick(['svc-report', 'sysupd', 'www-sync', 'backup2']);
    const agent = 'Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0';
    world.nginx();
    world.traffic(healthy);
    let time = onset - 40 * MINUTE;
    for (const path of ['/admin/', '/wp-login.php', '/.git/config', '/upload.php', '/phpmyadmin/', '/uploads/']) {
      time += random.between(2000, 9000);
      world.access(time, {
        client: attacker,
        path,
        status: path === '/uploads/' ? 403 : 404,
        agent: 'sqlmap/1.8.4#stable (https://sqlmap.org)',
        referer: '-',
      });
    }
    const first = time - 5 * 9000;
    world.access(onset, {
      client: attacker,
      method: 'POST',
      path: '/account/avatar',
      status: 200,
      bytes: 61,
      agent,
      referer: '-',
    });
    world.access(onset + 8000, {
      client: attacker,
      path: `${shell}?cmd=id`,
      status: 200,
      bytes: 54,
      agent,
      referer: '-',
    });
    for (let at = onset + 30_000; at < Math.min(now, onset + 22 * MINUTE); at += random.between(5, 40) * 1000) {
      world.access(at, {
        client: attacker,
        method: 'POST',
        path: shell,
        status: 200,
        bytes: random.between(40, 5000),
        agent,
        referer: '-',
      });
    }
    const added = onset + 9 * MINUTE;
    const auth = (at: number, says: string): void =>
      world.log('logs/auth.log', at, `${world.syslogTime(at)} web-1 ${says}`);
    for (let at = onset - 6 * HOUR; at < now; at += random.between(20, 90) * MINUTE)
      auth(
        at,
        `sshd[${random.between(900, 9000)}]: Accepted publickey for deploy from ${world.addresses.app} port ${random.between(30000, 60000)} ssh2: ED25519 SHA256:${random.hex(20)}`,
      );
    auth(added, `useradd[4711]: new user: name=${account}, UID=0, GID=0, home=/var/tmp, shell=/bin/bash, from=none`);
    auth(added + 4000, `passwd[4715]: pam_unix(passwd:chauthtok): password changed for ${account}`);
    auth(
      added + 60_000,
      `sshd[4790]: Accepted password for ${account} from ${attacker} port ${random.between(30000, 60000)} ssh2`,
    );
    world.files.set(
      'meta/files.txt',
      `# mode owner:group size mtime path\n-rw-r--r-- www-data:www-data    48211 ${world.iso(now - 30 * DAY)} /srv/www/uploads/a81f.jpg\n-rw-r--r-- root:root             9120 ${world.iso(now - 44 * DAY)} /srv/www/index.php\n-rw-r--r-- www-data:www-data      418 ${world.iso(onset)} /srv/www${shell}\n`,
    );
    world.common();
    return result(
      world,
      'web-shell',
      ['sec'],
      `${attacker} searched the shop from ${world.iso(first)}, uploaded a picture that was a script at ${world.iso(onset)}, used it as ${shell}, made the account ${account} with the rights of root at ${world.iso(added)} and logged in with it.`,
      {
        'attacker address': attacker,
        'attacker path': shell,
        'attacker account': account,
        'first access': world.iso(onset + 8000),
      },
    );
  },
};

export const malwareBeacon: Scenario = {
  cause: 'malware-beacon',
  kind: 'intrusion',
  async make(world) {
    const { random, onset, now, addresses } = world;
    const control = `198.18.${random.between(0, 255)}.${random.between(1, 254)}`;
    world.nginx();
    world.traffic(healthy);
    const rows: { time: number; line: string }[] = [];
    for (let at = onset - 3 * HOUR; at < now; at += random.between(10, 60) * 1000)
      rows.push({
        time: at,
        line: `${world.iso(at)},${addresses.app},${addresses.gateway},443,${random.between(900, 4000)},${random.between(900, 6000)},accept`,
      });
    for (let at = onset; at < now; at += 60_000 + random.between(-800, 800))
      rows.push({
        time: at,
        line: `${world.iso(at)},${addresses.shop},${control},8443,${random.between(310, 330)},${random.between(180, 190)},accept`,
      });
    world.files.set(
      'logs/egress-flows.csv',
      `time,src,dst,dport,bytes_out,bytes_in,action\n${rows
        .sort((a, b) => a.time - b.time)
        .map((row) => row.line)
        .join('\n')}\n`,
    );
    world.common();
    return result(
      world,
      'malware-beacon',
      ['sec'],
      `web-1 calls ${control}:8443 every minute, day and night, with requests of one size; nothing in the topology knows that address.`,
      { 'attacker address': control },
    );
  },
};

export const healthyShop: Scenario = {
  cause: 'none',
  kind: 'healthy',
  async make(world) {
    const { root, intermediate } = world.authority();
    const leaf = world.server(world.gateway, intermediate);
    world.files.set(`certs/${world.gateway}.pem`, leaf.cert + intermediate.cert);
    world.files.set('certs/trust.pem', root.cert);
    world.nginx();
    world.traffic(healthy);
    world.common([{ time: world.onset, team: 'marketing', text: 'newsletter sent to 40000 customers' }]);
    return {
      causes: [],
      alsoRight: [],
      priority: 'none',
      owners: [],
      onset: 0,
      story: 'Nothing is wrong. Declines stay where they always are; saying so is the right answer.',
      facts: {},
    };
  },
};
