/** Passwords that commands take as arguments, as shells, schedulers and process lists show them. */
import type { SecretKind } from './kinds.ts';

const ARGUMENT = String.raw`["']?(?<secret>[^\s"'\x60;|<>$][^\s"'\x60;|<>]{2,127})`;
/** Names of variables that hold a secret; `..._FILE` and the like say where it is. */
const SETTING = String.raw`\w{0,60}(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|(?:API|SECRET|ACCESS|PRIVATE|SIGNING|ENCRYPTION|MASTER|V3)_?KEY(?:_BASE)?|password|passwd|secret|token|(?:api|secret|access|private)_?key)`;

/** The pass phrases of SNMP version 3: `-A` to be known, `-X` to be private. */
const snmp = (option: string): string =>
  String.raw`snmp(?:walk|get|bulkwalk|set|trap|getnext)\s(?:[^|;\n]{0,200}\s)?-${option}\s{1,3}${ARGUMENT}`;

export const commandKinds = (isPlaceholder: (value: string) => boolean): readonly SecretKind[] => {
  const accepts = (secret: string): boolean => !isPlaceholder(secret) && !/^[-/]/.test(secret);
  const command = (literals: string[], source: string): SecretKind => ({
    id: 'password',
    literals,
    pattern: new RegExp(String.raw`(?<![\w.-])${source}`, 'g'),
    confidence: 0.8,
    accepts,
  });
  return [
    command(
      ['mysql', 'mariadb'],
      String.raw`(?:mysql(?:dump|admin|import|show)?|mariadb(?:-dump)?)\s(?:[^|;\n]{0,200}\s)?-p${ARGUMENT}`,
    ),
    // A line of .netrc.
    command(
      ['machine '],
      String.raw`machine\s{1,3}[\w.:-]{1,128}\s{1,8}login\s{1,3}\S{1,128}\s{1,8}password\s{1,3}(?<secret>\S{3,128})`,
    ),
    command(['sshpass'], String.raw`sshpass\s{1,3}-p\s{0,3}${ARGUMENT}`),
    command(['redis-cli'], String.raw`redis-cli\s(?:[^|;\n]{0,100}\s)?(?:-a|--pass)\s{1,3}${ARGUMENT}`),
    command(['htpasswd'], String.raw`htpasswd\s{1,3}-\w*b\w*\s{1,3}\S{1,200}\s{1,3}\S{1,64}\s{1,3}${ARGUMENT}`),
    command(
      ['curl ', 'wget ', 'http ', 'https ', 'ab -'],
      String.raw`(?:curl\s(?:[^|;\n]{0,300}\s)?(?:-u|--user|--proxy-user|-U)|https?\s(?:[^|;\n]{0,300}\s)?(?:-a|--auth)|ab\s(?:[^|;\n]{0,300}\s)?-[AP])\s{0,3}["']?[^\s:"']{0,64}:(?<secret>[^\s"'\x60;|<>$][^\s"'\x60;|<>]{0,127})`,
    ),
    command(['pass:'], String.raw`-pass(?:in|out)?\s{1,3}pass:${ARGUMENT}`),
    command(['storepass', 'keypass'], String.raw`-(?:src|dest)?(?:store|key)pass\s{1,3}${ARGUMENT}`),
    command(
      ['--password', '--passwd', '--pass ', '--passphrase '],
      String.raw`--pass(?:word|wd|phrase)?\s{1,3}${ARGUMENT}`,
    ),
    command(['-password ', '-passwd '], String.raw`-passw(?:or)?d\s{1,3}${ARGUMENT}`),
    command(
      ['az login', 'docker login', 'podman login', 'registry login', 'mongo', 'cqlsh', 'psexec'],
      String.raw`(?:az\slogin|(?:docker|podman|registry)\slogin|mongo(?:sh|dump|restore|export|import)?|cqlsh|psexec)\s(?:[^|;\n]{0,200}\s)?-p\s{0,3}${ARGUMENT}`,
    ),
    command(
      ['sqlcmd', 'bcp ', 'isql', 'ipmitool', 'mosquitto_', 'zip -'],
      String.raw`(?:sqlcmd|bcp|isql|ipmitool|mosquitto_[ps]ub|zip)\s(?:[^|;\n]{0,200}\s)?-P\s{0,3}${ARGUMENT}`,
    ),
    command(['7z ', '7za ', 'rar '], String.raw`(?:7za?|(?:un)?rar)\s(?:[^|;\n]{0,200}\s)?-h?p${ARGUMENT}`),
    command(['ssh-keygen'], String.raw`ssh-keygen\s(?:[^|;\n]{0,200}\s)?-[NP]\s{0,3}${ARGUMENT}`),
    command(['openssl enc'], String.raw`openssl\senc\s(?:[^|;\n]{0,200}\s)?-[kK]\s{1,3}${ARGUMENT}`),
    command(['owner_pw', 'user_pw', 'input_pw'], String.raw`(?:owner|user|input)_pw\s{1,3}${ARGUMENT}`),
    command(['iwconfig'], String.raw`iwconfig\s(?:[^|;\n]{0,80}\s)?key\s{1,3}(?:s:)?${ARGUMENT}`),
    command(['snmp'], snmp('A')),
    command(['snmp'], snmp('X')),
    command(
      ['signtool', 'schtasks', 'cmdkey', 'wmic'],
      String.raw`(?:signtool|schtasks|cmdkey|wmic)\s(?:[^|;\n]{0,200}\s)?\/(?:p\s|rp\s|pass:|password:)\s{0,3}${ARGUMENT}`,
    ),
    command(['net user'], String.raw`net\suser\s[\w.$-]{1,64}\s{1,3}(?![/*])${ARGUMENT}`),
    command(['ConvertTo-SecureString'], String.raw`ConvertTo-SecureString\s(?:-\w{1,20}\s){0,3}${ARGUMENT}`),
    command(['vault login'], String.raw`vault\slogin\s{1,3}(?:token=)?(?<secret>[A-Za-z0-9._-]{20,300})`),
    command(
      ['mc alias set', 'mc config host'],
      String.raw`mc\s(?:alias\sset|config\shost\sadd)\s\S{1,64}\s\S{1,200}\s\S{1,128}\s{1,3}${ARGUMENT}`,
    ),
    command(['plink', 'pscp', 'putty'], String.raw`(?:plink|pscp|putty)\s(?:[^|;\n]{0,200}\s)?-pw\s{1,3}${ARGUMENT}`),
    command(['freerdp'], String.raw`[wx]freerdp3?\s(?:[^|;\n]{0,200}\s)?\/p:${ARGUMENT}`),
    command(
      ['ldap'],
      String.raw`ldap(?:search|add|modify|delete|whoami|passwd|compare)\s(?:[^|;\n]{0,200}\s)?-w\s{0,3}${ARGUMENT}`,
    ),
    command(
      ['lftp '],
      String.raw`lftp\s(?:[^|;\n]{0,200}\s)?-u\s{0,3}["']?[^\s,"']{1,64},(?<secret>[^\s"'\x60;|<>$]{2,128})`,
    ),
    command(
      ['rabbitmqctl'],
      String.raw`rabbitmqctl\s(?:[^|;\n]{0,80}\s)?(?:add_user|change_password)\s{1,3}\S{1,64}\s{1,3}${ARGUMENT}`,
    ),
    command(['net use'], String.raw`net\suse\s(?:[^|;\n]{0,200}\s)?\/user:\S{1,64}\s{1,3}${ARGUMENT}`),
    command(
      ['chpasswd'],
      String.raw`echo\s{1,3}(?:-\w\s)?["']?[\w.-]{1,64}:(?<secret>[^\s"'\x60;|<>$:]{2,128})["']?\s{0,3}\|(?=[^;\n]{0,40}chpasswd)`,
    ),
    command(
      ['sudo -S', 'passwd --stdin'],
      String.raw`echo\s{1,3}(?:-\w\s)?${ARGUMENT}["']?\s{0,3}\|(?=\s{0,3}(?:sudo\s(?:-\w{1,4}\s)?-S|passwd\s--stdin))`,
    ),
    command(
      ['expdp', 'impdp', 'sqlldr', 'rman '],
      String.raw`(?:expdp|impdp|sqlldr|rman\starget)\s["']?[\w$#]{1,30}\/(?<secret>[^\s/@"']{3,64})@(?=[\w/])`,
    ),
    // The value is an argument of its own: Dockerfiles, Windows, Apache, PHP behind nginx, the command line of AWS.
    command(
      ['env ', 'setx ', 'setenv ', '_param ', 'configure set '],
      String.raw`(?:ENV|setx|SETX|SetEnv|setenv|(?:fastcgi|uwsgi|scgi)_param|configure\sset)\s{1,8}["']?${SETTING}["']?\s{1,8}${ARGUMENT}`,
    ),
    command(['smbclient', '-U '], String.raw`-U\s{0,3}["']?[\w.\\/-]{1,64}%(?<secret>[^\s"'\x60;|<>$]{1,128})`),
  ];
};
