/** Stacks of PAM that take passwords down, ask for none, or ask a module that hardly any host has. */

/** Modules of Linux-PAM and of the usual directories, tokens and desktops. */
const KNOWN = new Set(
  (
    'access cap debug deny echo env exec faildelay faillock filter ftp group issue keyinit lastlog lastlog2 limits listfile localuser ' +
    'loginuid mail mkhomedir motd namespace nologin permit pwhistory pwquality rhosts rootok rps securetty selinux sepermit setquota shells ' +
    'stress succeed_if systemd systemd_home systemd_loadkey tally tally2 time timestamp tty_audit umask unix unix2 unix_acct unix_auth ' +
    'unix_passwd unix_session usertype userdb warn wheel xauth cracklib passwdqc sss ldap ldapd krb5 krb5_afs winbind smbpass kwallet ' +
    'kwallet5 gnome_keyring gdm ck_connector elogind fprintd fscrypt ecryptfs mount apparmor oddjob_mkhomedir google_authenticator oath ' +
    'duo u2f yubico pkcs11 p11 radius radius_auth tacplus ssh_agent_auth ssh script oslogin_admin oslogin_login centrifydc vas vas3 vas_smartcard lsass pbis ' +
    'cgfs cgroup snapper umask base start_dm postgresok abl otpw rsa securid okta_auth ldap_mfa himmelblau aad intune'
  ).split(' '),
);

export interface PamVerdict {
  why: string;
  /** Only who runs the host can tell whether it belongs there. */
  unjudged?: true;
}

/** Lines of a PAM stack (pam.conf(5)) that take passwords down, ask for none, or are satisfied by an unknown module. */
export function pamSays(line: string): PamVerdict | undefined {
  if (/\bpam_exec\.so\b[^\n]*\bexpose_authtok\b/.test(line)) return { why: 'hands every password to a program' };
  if (/\bpam_exec\.so\b[^\n]*(?:\/\.|\/tmp\/|\/dev\/shm\/)/.test(line))
    return { why: 'runs a hidden program at each login' };
  if (/^-?auth\s+sufficient\s+pam_permit\.so\b/.test(line)) return { why: 'lets everybody in' };
  const module =
    /^-?auth\s+(?:sufficient|\[[^\]]{0,200}success=(?:done|ok|\d+)[^\]]{0,200}\])\s+(?:\S*\/)?pam_(\w{1,60})\.so\b/.exec(
      line,
    )?.[1];
  if (module === undefined || KNOWN.has(module)) return undefined;
  return { why: `lets in whom the module pam_${module} likes, which hardly any host has`, unjudged: true };
}
