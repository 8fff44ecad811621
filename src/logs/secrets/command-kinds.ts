/** Passwords that commands take as arguments, as shells, schedulers and process lists show them. */
import type { SecretKind } from './kinds.ts';

const ARGUMENT = String.raw`["']?(?<secret>[^\s"'\x60;|<>$][^\s"'\x60;|<>]{2,127})`;

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
      ['curl ', 'wget ', 'http '],
      String.raw`curl\s(?:[^|;\n]{0,300}\s)?(?:-u|--user|--proxy-user|-U)\s{0,3}["']?[^\s:"']{0,64}:(?<secret>[^\s"'\x60;|<>$][^\s"'\x60;|<>]{0,127})`,
    ),
    command(['pass:'], String.raw`-pass(?:in|out)?\s{1,3}pass:${ARGUMENT}`),
    command(['storepass', 'keypass'], String.raw`-(?:src|dest)?(?:store|key)pass\s{1,3}${ARGUMENT}`),
    command(['--password', '--passwd', '--pass '], String.raw`--pass(?:word|wd)?\s{1,3}${ARGUMENT}`),
    command(['smbclient', '-U '], String.raw`-U\s{0,3}["']?[\w.\\/-]{1,64}%(?<secret>[^\s"'\x60;|<>$]{1,128})`),
  ];
};
