/** Hosts that nobody broke into, whose administrators do things that look odd. */
import { clean, combined, type Host, later, syslog, visitors } from './host.ts';

const OFFICE = '192.0.2.20';
const STAFF = ['anna', 'bernd', 'chen', 'deploy'];

/** People of one office who mistype, each of whom logs in soon after. */
const officeLogins = Array.from({ length: 48 }, (_, i) => {
  const user = STAFF[i % STAFF.length]!;
  const time = later('2026-11-18T07:55:00Z', i * 240);
  return `${syslog(time)} jump sshd[${900 + i}]: ${i % 4 === 3 || i > 40 ? 'Accepted publickey' : i % 3 === 0 ? 'Accepted password' : 'Failed password'} for ${user} from ${OFFICE} port ${42000 + i} ssh2${i % 4 === 3 || i > 40 ? ': RSA SHA256:a' : ''}`;
});

export const cleanBastion: Host = {
  name: 'clean: a jump host with tools of testers',
  files: {
    'var/log/auth.log': `${officeLogins.join('\n')}\n`,
    'var/log/nginx/access.log':
      visitors('2026-11-18T08:00:00Z', ['/', '/login', '/status']) +
      Array.from({ length: 30 }, (_, i) =>
        combined(
          later('2026-11-18T12:00:00Z', i),
          '10.9.0.5',
          `GET /${['admin', 'old', 'backup', 'test', '.git/config', 'phpmyadmin'][i % 6]}${i}`,
          404,
          150,
          'Nessus SOAP',
        ),
      ).join(''),
    'root/.bash_history':
      'nmap -sV -p 443 10.9.0.0/24 -oA /root/scan\n/opt/sqlmap/sqlmap.py -u "https://staging.shop.example/search?q=1" --batch\ncurl -fsSL https://get.docker.com -o get-docker.sh\nssh-keygen -t ed25519 -f /root/.ssh/backup\necho "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBk backup@nas" >> /home/backup/.ssh/authorized_keys\nnc -zv db1.internal 5432\n',
    'opt/deploy/deploy.sh':
      '#!/bin/bash\nset -eu\necho "$TLS_CERT_B64" | base64 -d > /etc/nginx/tls/shop.pem\nsystemctl reload nginx\ncurl -fsS -m 10 --retry 5 https://hc-ping.com/6d1f0e58-0000-4000-8000-000000000000\n',
    'home/backup/.ssh/authorized_keys':
      'command="/usr/bin/rrsync -ro /var/backups",restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBk backup@nas\n',
    'home/deploy/.ssh/authorized_keys':
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDd deploy@ci\nssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDa anna@laptop\n',
    'etc/cron.d/healthcheck':
      '*/5 * * * * root curl -fsS -m 10 https://hc-ping.com/6d1f0e58-0000-4000-8000-000000000001 > /dev/null\n17 3 * * * root /usr/local/bin/pg_dump_all | gzip > /var/backups/pg.sql.gz\n',
    'etc/systemd/system/backup.timer': '[Timer]\nOnCalendar=*-*-* 02:00\n[Install]\nWantedBy=timers.target\n',
    'etc/systemd/system/backup.service':
      '[Service]\nType=oneshot\nExecStart=/usr/bin/bash -c "/usr/bin/restic backup /srv && curl -fsS https://hc-ping.com/6d1f0e58-0000-4000-8000-000000000002"\n',
    'etc/sudoers.d/deploy':
      'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl reload nginx, /usr/bin/systemctl restart app\n',
    'etc/sudoers.d/90-cloud-init-users': '# Created by cloud-init v. 24.1\nadmin ALL=(ALL) NOPASSWD:ALL\n',
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\nadmin:x:1000:1000::/home/admin:/bin/bash\nbackup:x:34:34:backup:/var/backups:/bin/sh\ndeploy:x:1001:1001::/home/deploy:/bin/bash\nsync:x:4:65534:sync:/bin:/bin/sync\n',
    'etc/shadow':
      'root:*:19800:0:99999:7:::\nadmin:!:19800:0:99999:7:::\nbackup:*:19800:0:99999:7:::\ndeploy:!:19800:0:99999:7:::\nsync:*:19800:0:99999:7:::\n',
    'etc/profile.d/prompt.sh':
      'PROMPT_COMMAND=\'history -a; logger -p local6.debug "$(whoami) [$$]: $(history 1)"\'\nexport HISTTIMEFORMAT="%F %T "\n',
    'srv/app/.git/hooks/post-receive':
      '#!/bin/sh\nGIT_WORK_TREE=/srv/app git checkout -f\ncurl -fsS -X POST https://chat.example/hooks/deploy -d "text=deployed" >/dev/null\n',
    'srv/wiki/health.php':
      "<?php\nheader('Content-Type: text/plain');\n$out = shell_exec('uptime');\necho htmlspecialchars((string) $out), md5($_GET['v'] ?? '');\n",
  },
  questions: clean(['10.9.0.5']),
};

const audit = (iso: string, serial: number, type: string, rest: string): string =>
  `type=${type} msg=audit(${Date.parse(iso) / 1000}.001:${serial}): ${rest}`;

export const cleanJava: Host = {
  name: 'clean: a Java host run by Ansible',
  files: {
    'var/log/tomcat/catalina.out':
      '18-Nov-2026 09:00:00.001 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [5012] milliseconds\n18-Nov-2026 09:00:02.001 SEVERE [main] com.shop.Db.lookup javax.naming.NameNotFoundException: Name [jdbc/pay] is not bound in this Context. Unable to find [jdbc]. looking up java:comp/env/jdbc/pay\n18-Nov-2026 09:00:03.001 WARNING [ldap-1] com.shop.Directory.bind lookup of ldap://dc1.corp.example:389/DC=corp failed: timed out\n',
    'var/log/audit/audit.log': `${[
      audit(
        '2026-11-18T09:10:00Z',
        11,
        'EXECVE',
        `argc=3 a0="/bin/sh" a1="-c" a2=${Buffer.from('echo BECOME-SUCCESS-xkq ; /usr/bin/python3 /home/ansible/.ansible/tmp/ansible-tmp-1763457000.1-77-12/AnsiballZ_user.py').toString('hex').toUpperCase()}`,
      ),
      audit(
        '2026-11-18T09:10:01Z',
        12,
        'ADD_USER',
        'pid=912 uid=0 auid=1000 ses=3 msg=\'op=add-user acct="metrics" exe="/usr/sbin/useradd" hostname=? addr=? terminal=? res=success\'',
      ),
      audit(
        '2026-11-18T09:10:05Z',
        13,
        'EXECVE',
        'argc=4 a0="curl" a1="-fsSLo" a2="/tmp/node_exporter.tar.gz" a3="https://github.com/prometheus/node_exporter/releases/download/v1.8.2/node_exporter-1.8.2.linux-amd64.tar.gz"',
      ),
      audit('2026-11-18T09:10:09Z', 14, 'EXECVE', 'argc=3 a0="chmod" a1="4755" a2="/usr/bin/fping"'),
    ].join('\n')}\n`,
    'etc/ld.so.preload': '/usr/lib64/libjemalloc.so.2\n',
    'etc/pam.d/sshd':
      'auth       substack     password-auth\nauth       required     pam_google_authenticator.so nullok\naccount    required     pam_nologin.so\nsession    optional     pam_exec.so seteuid /usr/local/sbin/login-notify.sh\nsession    include      password-auth\n',
    'etc/pam.d/password-auth':
      'auth        required      pam_env.so\nauth        required      pam_faildelay.so delay=2000000\nauth        sufficient    pam_unix.so nullok\nauth        sufficient    pam_sss.so forward_pass\nauth        required      pam_deny.so\naccount     required      pam_unix.so\npassword    requisite     pam_pwquality.so local_users_only\n',
    'rpm-Va.txt':
      'S.5....T.  c /etc/tomcat/server.xml\nS.5....T.  c /etc/pam.d/sshd\n.M.......  g /var/log/lastlog\n.......T.    /usr/lib64/tomcat/bin/catalina.sh\nS.5....T.  d /usr/share/doc/chrony/README\nmissing     /usr/share/man/man1/xz.1.gz\n',
    'etc/udev/rules.d/99-san.rules':
      'ACTION=="add", SUBSYSTEM=="scsi", RUN+="/usr/bin/systemctl --no-block start multipathd-reconf.service"\nACTION=="add", KERNEL=="sd*", RUN+="/bin/sh -c \'echo 1024 > /sys$devpath/queue/nr_requests\'"\n',
    'docker-inspect.json': JSON.stringify([
      {
        Name: '/datadog',
        Path: '/bin/entrypoint.sh',
        Args: [],
        Created: '2026-10-01T00:00:00Z',
        HostConfig: {
          Privileged: false,
          Binds: ['/var/run/docker.sock:/var/run/docker.sock:ro', '/proc/:/host/proc/:ro'],
        },
      },
      {
        Name: '/cadvisor',
        Path: '/usr/bin/cadvisor',
        Args: ['-logtostderr'],
        Created: '2026-10-01T00:00:00Z',
        HostConfig: { Privileged: true, Binds: ['/:/rootfs:ro', '/sys:/sys:ro'] },
      },
    ]),
    'etc/rc.d/rc.local':
      '#!/bin/bash\ntouch /var/lock/subsys/local\necho never > /sys/kernel/mm/transparent_hugepage/enabled\nnohup /opt/tomcat/bin/catalina.sh run > /var/log/tomcat/boot.log 2>&1 &\n',
    'srv/app/node_modules/sharp/package.json':
      '{"name":"sharp","version":"0.33.4","scripts":{"install":"node install/check"}}',
    'srv/app/node_modules/sharp/install/check.js':
      "const { spawnSync } = require('child_process');\nconst found = spawnSync('pkg-config --modversion vips-cpp', { shell: true });\nif (found.status) { console.log('Downloading https://sharp.pixelplumbing.com/vendor'); }\n",
    'srv/app/node_modules/puppeteer/package.json':
      '{"name":"puppeteer","version":"23.0.0","scripts":{"postinstall":"node install.mjs"}}',
    'srv/app/node_modules/puppeteer/install.mjs':
      "import { downloadBrowsers } from './lib/install.js';\nconst base = process.env.PUPPETEER_BASE ?? 'https://storage.googleapis.com/chrome-for-testing-public';\nawait downloadBrowsers(base);\n",
    'root/.zsh_history':
      ': 1763457000:0;crontab -l | base64 > /root/crontab.b64\n: 1763457100:0;python3 -m http.server 8000\n: 1763457200:0;journalctl --vacuum-size=500M\n: 1763457300:0;ssh -L 5432:db1:5432 jump\n',
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\nansible:x:1000:1000::/home/ansible:/bin/bash\nmetrics:x:990:990::/:/sbin/nologin\ntomcat:x:91:91::/usr/share/tomcat:/sbin/nologin\n',
    'srv/jobs/app.py':
      'from flask import Flask, request\nimport subprocess\napp = Flask(__name__)\nALLOWED = {"df": ["df", "-h"], "up": ["uptime"]}\n\n@app.route("/ops")\ndef ops():\n    return subprocess.check_output(ALLOWED[request.args["c"]])\n',
    'srv/jobs/venv/lib/python3.11/site-packages/matplotlib-nspkg.pth':
      "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('mpl_toolkits',));\n",
  },
  questions: clean(),
};

const EVENTS = '"TimeCreated","Id","LevelDisplayName","ProviderName","MachineName","Message"\r\n';
const logon = (iso: string, id: 4624 | 4625, user: string, type: number, from: string): string =>
  `"${iso.slice(0, 19)}","${id}","Information","Microsoft-Windows-Security-Auditing","APP01","${id === 4624 ? 'An account was successfully logged on.' : 'An account failed to log on.'}\r\n\r\nLogon Information:\r\n\tLogon Type:\t\t${type}\r\n\r\n${id === 4624 ? 'New Logon' : 'Account For Which Logon Failed'}:\r\n\tAccount Name:\t\t${user}\r\n\r\nNetwork Information:\r\n\tSource Network Address:\t${from}\r\n"\r\n`;

export const cleanWindows: Host = {
  name: 'clean: a Windows host of an office',
  files: {
    'security.csv':
      EVENTS +
      Array.from({ length: 40 }, (_, i) =>
        logon(
          later('2026-11-17T07:50:00Z', i * 90),
          i % 5 < 2 ? 4625 : 4624,
          ['a.klein', 'b.wu', 'c.roth', 'd.meyer', 'e.sun'][(i * 3) % 5]!,
          3,
          '192.0.2.30',
        ),
      ).join('') +
      '"2026-11-17T09:00:00","4720","Information","Microsoft-Windows-Security-Auditing","APP01","A user account was created.\r\n\r\nSubject:\r\n\tAccount Name:\t\thelpdesk\r\n\r\nNew Account:\r\n\tSecurity ID:\t\tS-1-5-21-5-6-7-1020\r\n\tAccount Name:\t\tf.neu\r\n"\r\n',
    'inetpub/logs/LogFiles/W3SVC1/u_ex261117.log': `#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n${Array.from(
      { length: 90 },
      (_, i) =>
        `2026-11-17 10:${String(Math.floor(i / 2) % 60).padStart(2, '0')}:${i % 2 ? '30' : '00'} 10.0.4.10 ${i % 9 === 4 ? 'POST' : 'GET'} ${['/', '/report.aspx', '/upload.aspx'][i % 3]} - 443 - 198.51.100.${10 + (i % 40)} Mozilla/5.0 - 200 0 0 31`,
    ).join(
      '\n',
    )}\n${Array.from({ length: 25 }, (_, i) => `2026-11-17 12:00:${String(i + 10)} 10.0.4.10 GET /cgi-bin/test${i} - 443 - 10.0.9.9 Qualys - 404 0 2 3`).join('\n')}\n`,
    'inetpub/wwwroot/report.aspx':
      '<%@ Page Language="C#" %>\n<script runat="server">void Page_Load(object s, EventArgs e) { var p = System.Diagnostics.Process.Start("C:\\\\tools\\\\report.exe", "--daily"); Title.Text = Server.HtmlEncode(Request["title"]); }</script>\n',
    'inetpub/wwwroot/upload.aspx':
      '<%@ Page Language="C#" %>\n<script runat="server">void Save(object s, EventArgs e) { var name = System.IO.Path.GetFileName(Upload.FileName); if (name.EndsWith(".pdf")) Upload.SaveAs(System.IO.Path.Combine(@"D:\\in", name)); }</script>\n',
    'Windows/System32/Tasks/OneDrive Standalone Update':
      '<?xml version="1.0"?>\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions><Exec><Command>%localappdata%\\Microsoft\\OneDrive\\OneDriveStandaloneUpdater.exe</Command></Exec></Actions></Task>\n',
    'Windows/System32/Tasks/NightlyExport':
      '<?xml version="1.0"?>\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions><Exec><Command>powershell.exe</Command><Arguments>-NoProfile -ExecutionPolicy Bypass -File D:\\jobs\\export.ps1</Arguments></Exec></Actions></Task>\n',
    'run.reg':
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n"SecurityHealth"="%windir%\\\\system32\\\\SecurityHealthSystray.exe"\r\n"VMware User Process"="\\"C:\\\\Program Files\\\\VMware\\\\VMware Tools\\\\vmtoolsd.exe\\" -n vmusr"\r\n"Teams"="C:\\\\Users\\\\a.klein\\\\AppData\\\\Local\\\\Microsoft\\\\Teams\\\\Update.exe --processStart \\"Teams.exe\\""\r\n',
    'Users/admin/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt':
      'Get-WinEvent -LogName Security -MaxEvents 20\nInvoke-WebRequest https://aka.ms/installazurecliwindows -OutFile .\\AzureCLI.msi\nSet-ExecutionPolicy RemoteSigned\nTest-NetConnection db1 -Port 1433\n[Convert]::ToBase64String([IO.File]::ReadAllBytes("D:\\tls\\shop.pfx")) | Set-Clipboard\n',
    'hashes/baseline-sha256.txt': `${'a'.repeat(64)}  C:\\Windows\\System32\\sethc.exe\n`,
    'hashes/current-sha256.txt': `${'a'.repeat(64)}  C:\\Windows\\System32\\sethc.exe\n`,
  },
  questions: clean(['10.0.9.9']),
};
