/** Commands that fetch and run, open a way back in, hide or mine, and what of them is routine. */

const FETCHES = 'fetches a script and runs it';
export const CREATES = 'creates a way in';
export const HARD_TO_REMOVE = 'makes itself hard to remove';
const HIDES = 'hides its traces';
const SETS_USER = 'sets a set-user-id bit';
const FETCHES_FILE = 'fetches a file from a bare address or to where it is hidden';
const RUNS_FROM_NETWORK = 'runs code that it fetches';
/** Files that say who logged in and what was done, without those that rotation names. */
const RECORDS = String.raw`/var/(?:log|run)/(?:wtmp|btmp|utmp|lastlog|faillog|auth\.log|secure|syslog|messages|audit/audit\.log)(?:\.1)?(?![\w.-])`;

/** Commands that fetch and run, open a way back in, hide or mine. */
const TELLING: [RegExp, string][] = [
  [/(?:curl|wget|fetch)\b[^|;\n]{1,300}\|\s*(?:sudo\s+)?(?:(?:ba|da|z|k|a)?sh|perl|python[\d.]*)\b/i, FETCHES],
  [
    /\b(?:IEX|Invoke-Expression)\b[^\n]{0,200}\b(?:DownloadString|Invoke-WebRequest|iwr|Invoke-RestMethod|irm)\b|\b(?:DownloadString|Invoke-WebRequest|iwr|Invoke-RestMethod|irm)\b[^|\n]{1,300}\|\s*(?:IEX|Invoke-Expression)\b/i,
    FETCHES,
  ],
  [/(?:\bsh\s+-c|\beval)\s+["']?\s*(?:\$\(|`)\s*(?:curl|wget)\b/i, FETCHES],
  [
    /\b(?:eval|exec|include|require|assert)\s*\(?[^\n]{0,120}(?:urlopen\s*\(|requests\.get\s*\(|file_get_contents\s*\(\s*\\?["']https?:|open-uri|LWP::Simple)/i,
    RUNS_FROM_NETWORK,
  ],
  [/\b(?:mshta|regsvr32)(?:\.exe)?["']?\s[^\n]{0,60}https?:/i, RUNS_FROM_NETWORK],
  [
    /\b(?:exec|eval)\s*\(\s*(?:__import__\s*\(\s*["']base64["']\s*\)\s*\.|base64\s*\.\s*)?b64decode\s*\(/,
    'runs decoded text',
  ],
  // Addresses of the own network serve files to its hosts every day.
  [
    /\b(?:wget|curl\b(?=[^|;\n]{0,300}\s(?:-[a-zA-Z]*[oO]|--output|--remote-name)\b))[^|;\n]{0,300}\bhttps?:\/\/(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.\d/i,
    FETCHES_FILE,
  ],
  [
    /\b(?:Invoke-WebRequest|iwr|Start-BitsTransfer|certutil(?:\.exe)?\s+-urlcache)\b[^|;\n]{0,200}\bhttps?:\/\/(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.\d/i,
    FETCHES_FILE,
  ],
  [
    /\b(?:curl|wget)\b[^|;\n]{0,300}\s-[a-z]*o\s*\S*(?:\/dev\/shm\/|\/\.[\w])|\b(?:curl|wget)\b[^|;\n]{0,300}\s-[a-z]*o\s[^|;\n]{0,300}\bhttps?:\/\/(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\./i,
    FETCHES_FILE,
  ],
  [
    /\/dev\/tcp\/|\bnc(?:at)?\b[^\n]{0,80}\s-e\s|bash\s+-i\s+>&|socat\b[^\n]{0,80}exec:|python[\d.]*\s+-c\s+['"]import socket|perl\b[^\n]{0,200}\bIO::Socket|php\s+-r[^\n]{0,80}fsockopen|ruby\s+-rsocket|openssl\s+s_client[^\n]{0,120}\|\s*(?:\/bin\/)?(?:ba)?sh\b/i,
    'opens a shell to another host',
  ],
  [
    /\b(?:xmrig|minerd|cpuminer|kdevtmpfsi|kinsing|stratum\+(?:tcp|ssl))\b|\s-o\s+[\w.-]+\.(?:[a-z]{2,24}|\d{1,3}):\d{2,5}\s+-u\s+\S/i,
    'mines',
  ],
  // Read-only (`/:/rootfs:ro`) is how exporters of metrics see the host.
  [
    /\b(?:docker|podman|nerdctl|crictl)\s+run\b[^|;\n]{0,300}\s(?:-v|--volume)[= ]["']?\/:\/(?![^\s"':]{0,100}:ro\b)|\bchroot\s+\/(?:host|hostfs|mnt\/host)\b|\bnsenter\b[^|;\n]{0,80}\s(?:-t|--target)[= ]?1\b/,
    'takes the file system of the host into a container',
  ],
  [
    /\b(?:scp|rsync)\b[^|;&\n]{0,200}\s(?:\/tmp|\/var\/tmp|\/dev\/shm)\/\.\w[^|;&\n]{0,200}@(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.[\d.]{3,11}:/,
    'sends a hidden file to a bare address',
  ],
  [/base64\s+(?:-d|--decode)\s*\|\s*(?:ba)?sh/i, 'runs decoded text'],
  [
    /\b(?:php\s+-r|eval|(?:ba|da|z|k|a)?sh\s+-c|python[\d.]*\s+-c|perl\s+-e|ruby\s+-e|node\s+-e)\s+["']?(?:\$\(|`)\s*(?:echo|printf)\s[^|\n]{1,1500}\|\s*base64\s+(?:-d|--decode)/i,
    'runs decoded text',
  ],
  [
    /\bnetsh\b[^\n]{0,60}\bportproxy\s+add\b[^\n]{0,200}\bconnectaddress=(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\./i,
    'tunnels out',
  ],
  [
    /\breg(?:\.exe)?\s+save\s+HKLM\\(?:SAM|SECURITY)\b|\b(?:sekurlsa|lsadump)::|\bcomsvcs\.dll\b[^\n]{0,60}\bMiniDump\b|\bprocdump\d{0,2}(?:\.exe)?\b[^\n]{0,80}\blsass\b/i,
    'takes the passwords of the host',
  ],
  [
    /\bvssadmin(?:\.exe)?\s+delete\s+shadows\b|\bwmic\b[^\n]{0,40}\bshadowcopy\s+delete\b|\bwbadmin\s+delete\s+catalog\b|\bbcdedit\b[^\n]{0,80}\brecoveryenabled\s+no\b/i,
    'destroys what could be restored',
  ],
  // What lies hidden where anybody may write was gathered there.
  [
    /\b(?:scp|rsync|rclone|sftp|curl\b(?=[^|;\n]{0,200}\s(?:-[a-zA-Z]*T|--upload-file|-F|--data-binary)\b))[^|;\n]{0,300}\/(?:tmp|var\/tmp|dev\/shm)\/\.[\w-][^|;\n]{0,300}(?:\s[\w.-]{1,64}@[\w.-]{1,255}:|\shttps?:|\s[\w.-]{1,255}:[/\w])/,
    'sends a hidden file to another host',
  ],
  [/\bfrpc?\b[^\n]{0,60}(?:-c\s|\.ini|\.toml)|\bngrok\b|\bchisel\s+client\b|\bfrps\b/i, 'tunnels out'],
  [/chattr\s+\+i|ld\.so\.preload|LD_PRELOAD=/i, HARD_TO_REMOVE],
  [/\b(?:unset\s+HISTFILE|HISTSIZE=0|HISTFILE=\/dev\/null|history\s+-c)\b/i, HIDES],
  [/\bln\s+-\w{1,6}\s+\/dev\/null\s+\S{0,200}_history\b/, HIDES],
  // Emptied, removed or edited; a journal that keeps seconds or minutes. Rotation and vacuuming by days are housekeeping.
  [new RegExp(String.raw`(?:^|[^>\d])>\s{0,4}${RECORDS}`), HIDES],
  [new RegExp(String.raw`\b(?:truncate|shred|srm|wipe|rm|unlink|dd|sed\s+-i\S*)\s[^|;&\n]{0,200}${RECORDS}`), HIDES],
  [
    /\bjournalctl\b[^|;\n]{0,100}--vacuum-time[= ]\d{1,4}(?:s|sec|seconds?|m|min|minutes?)\b|\butmpdump\s+(?:-r|--reverse)\b/,
    HIDES,
  ],
  [/\b(?:wevtutil(?:\.exe)?\s+(?:cl|clear-log)|Clear-EventLog|Remove-EventLog)\b/i, HIDES],
  [/\b(?:Add|Set)-MpPreference\b[^\n]{0,200}-(?:Exclusion\w{2,20}|Disable\w{2,40})/i, 'turns a guard off'],
  // The first of four digits holds the bits (chmod(1)): 4 the user's, 2 the group's.
  [/\bchmod\s+(?:-\w+\s+)?(?:[ugo]{0,3}\+\w?s|0?[4-7][0-7]{3})\s/i, SETS_USER],
  [/\binstall\s[^|;\n]{0,120}(?:-m|--mode[= ])\s?0?[4-7][0-7]{3}\s/, SETS_USER],
  [/\b(?:useradd|adduser)\b[^\n]{1,120}|echo\b[^\n]{1,200}>>\s*\S*(?:passwd|shadow|sudoers|authorized_keys)/i, CREATES],
];

/** What a command tells, if anything. */
export const tellingOf = (command: string): string | undefined =>
  TELLING.find(([pattern]) => pattern.test(command.slice(0, 2000)))?.[1];

/** Shells and what starts one, hidden files, and folders that anybody may write: none needs the rights of its owner. */
const ODD_SET_USER =
  /\/(?:tmp|var\/tmp|dev\/shm|home)\/|\/\.[^/.\s]|(?:^|[\s/])(?:(?:ba|da|z|k|tc|c|a)?sh|python[\d.]*|perl|ruby|php|node|find|vim?|awk|gawk|env|cp|dd|tee|nmap|less|more|nano|tar|busybox|gdb|strace)(?=\s|;|&|$)/;

/** Settings that administrators keep other programs from rewriting. */
const PROTECTED =
  /^\s*(?:sudo\s+)?chattr\s+\+i\s+\S*\/(?:resolv\.conf|hosts|hostname|fstab|interfaces|\.user\.ini|wp-config\.php)\s*$/i;

/** What administrators type on ordinary days: a vendor's installer over TLS by its name, an account with nothing special. */
export function isRoutine(why: string, command: string): boolean {
  if (why === FETCHES)
    return !/http:\/\/|\/\/[\d.]+[:/]|\/\/[^\s/]*(?:pastebin|paste\.|transfer\.sh|ngrok|raw\.)|base64/i.test(command);
  if (why === HARD_TO_REMOVE) return PROTECTED.test(command);
  if (why === SETS_USER) return !ODD_SET_USER.test(command);
  if (why !== CREATES || !/\b(?:useradd|adduser)\b/.test(command)) return false;
  return !/\s-o\b|(?:-u|--uid)[ =]?0\b|-o?u\s*0\b|\b(?:wheel|sudo|root)\b(?!@)|\s-p\s|\$(?:\s|$)|\/(?:tmp|dev\/shm|var\/tmp)\//.test(
    command.replace(/^\s*sudo\s+/, ''),
  );
}

/** Whether a command lets a key in and does nothing else, as administrators do and intruders, too. */
export const letsKeyIn = (command: string): boolean =>
  /^\s*echo\b[^|;&]{1,1000}>>\s*\S*authorized_keys2?\s*$/.test(command);
