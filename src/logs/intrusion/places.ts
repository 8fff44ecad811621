/** Which files of a host run something by themselves, by where they stand. */
import type { HostFile, Persistence } from './types.ts';

/** Where installers put tools in hidden folders; what is run from there is usual. */
export const TOOL_HOMES =
  /\/\.(?:acme\.sh|nvm|local\/bin|cargo|pyenv|rbenv|rvm|asdf|composer|npm-global|deno|bun|volta|sdkman|pm2|venv|virtualenvs|dotnet|nix-profile)(?=[/"'\s]|$)/g;

/** Keys and settings that are handed to ssh and its kin, which read them and run none. */
export const SSH_FILES =
  /(?<=\b(?:ssh|scp|sftp|rsync|autossh)\s[^|;&]{0,300})(?:-[iF]\s{0,4}|(?:IdentityFile|UserKnownHostsFile)[= ])["']?[^\s"'|;&]{1,300}/g;

const HOOKS =
  /(?:^|\/)(?:update-motd\.d|apt\.conf\.d|dispatcher\.d|if-(?:pre-)?up\.d|dhclient-(?:enter|exit)-hooks\.d|init\.d|rc\.d|logrotate\.d|kernel\/postinst\.d|system-sleep)\/[^/]+$|(?:^|\/)(?:\.ssh\/rc|ssh\/sshrc|Start Menu\/Programs\/Startup\/[^/]+\.(?:bat|cmd|vbs|js|ps1)|\.git\/config|autostart\/[^/]+\.desktop)$/;

export function persistenceKind(file: HostFile): Persistence['kind'] | undefined {
  const { file: path } = file;
  if (/(?:^|\/)authorized_keys2?$/.test(path)) return 'authorized-key';
  if (
    // SUSE keeps those of users in tabs, BusyBox in /etc/crontabs.
    /(?:^|\/)(?:(?:ana)?crontab|cron\.(?:d|hourly|daily|weekly|monthly)\/[^/]+|spool\/cron\/(?:(?:crontabs|tabs)\/)?[^/]+|etc\/crontabs\/[^/]+)$/.test(
      path,
    )
  )
    return 'cron';
  // OpenRC runs local.d, SUSE the scripts *.local beside those of services.
  if (/(?:^|\/)(?:rc\.local|local\.d\/[^/]+\.st(?:art|op)|init\.d\/(?:after|before|boot|halt)\.local)$/.test(path))
    return 'rc-local';
  // Jobs of at(1): Debian's atjobs, Red Hat's spool/at.
  if (/(?:^|\/)spool\/(?:cron\/)?at(?:jobs|spool)?\/[^/.][^/]*$/.test(path)) return 'cron';
  if (/\.(?:service|timer|socket|path)(?:\.d\/[^/]+\.conf)?$|(?:^|\/)udev\/rules\.d\/[^/]+\.rules$/.test(path))
    return 'unit';
  // Environments of services.
  if (/(?:^|\/)etc\/(?:default|sysconfig|conf\.d|environment\.d)\/[^/]+$/.test(path)) return 'shell-profile';
  if (
    /(?:^|\/)(?:\.bashrc|\.bash_profile|\.bash_login|\.bash_logout|\.profile|\.zshrc|\.zshenv|\.zprofile|\.zlog(?:in|out)|\.cshrc|\.xprofile|profile|bash\.bashrc|environment|profile\.d\/[^/]+)$/.test(
      path,
    )
  )
    return 'shell-profile';
  if (/(?:^|\/)ld\.so\.preload$/.test(path)) return 'preload';
  if (/(?:^|\/)pam\.d\/[^/]+$/.test(path)) return 'pam';
  if (/(?:^|\/)etc\/(?:modules|modules-load\.d\/[^/]+\.conf)$/.test(path)) return 'kernel-module';
  // What a visit, a merge or a commit runs; Git leaves samples of each.
  if (/(?:^|\/)(?:\.git|[^/]{1,200}\.git)\/hooks\/[^/]+(?<!\.sample)$/.test(path)) return 'hook';
  // Run at each login, by the package manager, or when an interface comes up.
  if (HOOKS.test(path)) return 'hook';
  if (/(?:^|\/)(?:site|dist)-packages\/[^/]+\.pth$/.test(path)) return 'python-path';
  if (/(?:^|\/)(?:\.htaccess|\.user\.ini)$/.test(path)) return 'web-config';
  if (/(?:^|\/)sudoers(?:\.d\/[^/]+)?$/.test(path)) return 'sudoers';
  if (
    /(?:^|\/)\.?(?:bash|zsh|ash|ksh|fish|sh|mysql|mariadb|psql|python|node_repl|redis(?:cli)?|ConsoleHost)_history(?:\.txt)?$|(?:^|\/)history\.txt$/.test(
      path,
    )
  )
    return 'history';
  return undefined;
}
