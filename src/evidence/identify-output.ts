import { ARGO_LINE, GIT_LINE } from './facts/changes.ts';
import { CHRONY_CSV, SNTP } from './facts/clocks.ts';
import { isCommitList } from './facts/commits.ts';
import { isShortDig, RECORD } from './facts/dns.ts';
import { DISK_LINE, SOCKET } from './facts/host.ts';
import { isHostState, KERNEL_LINE, UPTIME } from './facts/host-state.ts';
import { OCTAL_LISTING, STAT_MODE } from './facts/listings.ts';
import { RPM_LAST } from './facts/package-logs.ts';
import { isPrintedListing } from './facts/printf-listings.ts';
import { DOCKER_PS, isPodDescription, mayHoldServiceState } from './facts/services.ts';
import { CONNTRACK, NET_TCP } from './facts/sockets.ts';
import { isArchiveListing, isPackageTree, isProcessTree, isTreeListing } from './facts/trees.ts';
import { APK, DPKG, GO_MODULE, MAVEN, NUGET, RPM } from './facts/versions.ts';
import { CMD, FOLDER, POWERSHELL } from './facts/windows-listings.ts';
import type { Identity } from './identify-binary.ts';
import { share } from './lines.ts';

/** Output of commands that engineers paste into a bundle. */
export function identifyCommandOutput(text: string, lines: string[]): Identity | undefined {
  // What `openssl verify` or a refused `s_client` says without showing a certificate is words, not material.
  if (
    /^(?:depth=\d+ |verify error:|error \S+: verification failed)/m.test(text) &&
    !/-----BEGIN|^Certificate/m.test(text)
  )
    return { kind: 'text', format: 'openssl-output' };
  if (/^(?:CONNECTED\(|Certificate chain$|depth=\d+ )/m.test(text) || /^Certificate:\r?\n {4}Data:/m.test(text))
    return { kind: 'certificate', format: 'openssl-output' };
  if (/^(?:; <<>> DiG |;; (?:ANSWER|QUESTION|AUTHORITY) SECTION|;; ->>HEADER<<-)/m.test(text))
    return { kind: 'dns', format: 'dig' };
  if (/^Name +Type +TTL +Section +/m.test(text)) return { kind: 'dns', format: 'resolve-dnsname' };
  if (/^(?:Server:\s+\S+\r?\nAddress:|Non-authoritative answer:)/m.test(text))
    return { kind: 'dns', format: 'nslookup' };
  if (
    share(lines, (line) =>
      /^(?:\S+ (?:has (?:IPv6 )?address|is an alias for|mail is handled by|domain name pointer) |Host \S+ not found: \d+\()/.test(
        line,
      ),
    ) > 0.4
  )
    return { kind: 'dns', format: 'host' };
  if (isShortDig(lines)) return { kind: 'dns', format: 'dig-short' };
  if (/^-- Information acquired via protocol /m.test(text)) return { kind: 'dns', format: 'resolvectl' };
  if (lines.length > 0 && lines.every((line) => /^[\d.a-f:]{3,45} +(?:STREAM|DGRAM|RAW)\b/.test(line)))
    return { kind: 'dns', format: 'getent' };
  // Answers alone, as `dig +noall +answer` prints them.
  if (share(lines, (line) => RECORD.test(line)) > 0.9) return { kind: 'dns', format: 'dig' };
  if (
    /^(?:nameserver|search|options) \S/m.test(text) &&
    share(lines, (line) => /^(?:[#;]|nameserver |search |domain |options |sortlist )/.test(line)) > 0.9
  )
    return { kind: 'dns', format: 'resolv.conf' };
  if (
    lines.length &&
    share(lines, (line) => /^(?:#|(?:\d{1,3}\.){3}\d{1,3}\s+[\w.-]+|[0-9a-f]*:[0-9a-f:]+\s+[\w.-]+)/i.test(line)) >
      0.95 &&
    lines.some((line) => /^(?:127\.0\.0\.1|::1)\s+localhost/.test(line))
  )
    return { kind: 'dns', format: 'hosts' };
  if (/^(?:Reference ID|Ref time \(UTC\)|Leap status)\s+:/m.test(text) && /System time|Stratum/.test(text))
    return { kind: 'time-sync', format: 'chrony-tracking' };
  if (lines.length > 0 && lines.every((line) => CHRONY_CSV.test(line)))
    return { kind: 'time-sync', format: 'chrony-tracking-csv' };
  if (/^Name\/IP Address +NP +NR +Span +Frequency/m.test(text))
    return { kind: 'time-sync', format: 'chrony-sourcestats' };
  if (/^associd=\d+ status=[0-9a-f]{4} /m.test(text) && /(?:^|[\s,])offset=-?[\d.]+/.test(text))
    return { kind: 'time-sync', format: 'ntpq-variables' };
  if (
    lines.some((line) => SNTP.test(line)) &&
    lines.every((line) => SNTP.test(line) || /^(?:[#$]|sntp |kod_)/.test(line))
  )
    return { kind: 'time-sync', format: 'sntp' };
  if (/^NTPSynchronized=(?:yes|no)$/m.test(text) && /^(?:Timezone|TimeUSec)=/m.test(text))
    return { kind: 'time-sync', format: 'timedatectl' };
  if (/^(?:MS Name\/IP address|[ \t]*remote\s+refid\s+st|210 Number of sources)/m.test(text))
    return { kind: 'time-sync', format: /refid/.test(text) ? 'ntpq' : 'chrony-sources' };
  if (/^(?:Tracking \S+ \[|Leap Indicator: \d\(|Phase Offset: )/m.test(text))
    return { kind: 'time-sync', format: 'w32tm' };
  if (/^[ \t]*(?:Local time|System clock synchronized|NTP (?:enabled|synchronized|service)):/m.test(text))
    return { kind: 'time-sync', format: 'timedatectl' };
  if (/^(?:Root distance|Packet count|Server: .*\(.*ntp|[ \t]*Offset: [+-]?[\d.]+)/m.test(text) && /Offset/.test(text))
    return { kind: 'time-sync', format: 'timesync-status' };
  if (
    /ntpdate\[\d+\]|^server [\d.]+, stratum \d+, offset/m.test(text) ||
    /offset [+-]?[\d.]+\s*(?:sec|s)\b.*(?:ntp|sntp|time server)/i.test(text)
  )
    return { kind: 'time-sync', format: 'ntpdate' };
  const hostTimes = share(
    lines.filter((line) => !line.startsWith('#')),
    (line) => /^[\w.-]+:?\s+\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/.test(line),
  );
  if (hostTimes > 0.9 && /\bdate\b|time|clock|ntp/i.test(lines[0] ?? ''))
    return { kind: 'time-sync', format: 'host-dates' };
  const listing = (line: string): boolean =>
    /^(?: *\d+ +\d+ +)?[-dlbcps][rwxsStT-]{9}[.+@]?\s/.test(line) || OCTAL_LISTING.test(line);
  if (
    share(
      lines.filter((line) => !/^(?:#|\$ |\S{2,12} \d+[.,]?\d*[KMGT]?$|\.?\/?[^ ]*:$)/.test(line)),
      listing,
    ) > 0.7
  )
    return { kind: 'file-listing', format: 'ls' };
  if (isPrintedListing(lines)) return { kind: 'file-listing', format: 'printf' };
  if (isTreeListing(lines)) return { kind: 'file-listing', format: 'tree' };
  if (isArchiveListing(lines)) return { kind: 'file-listing', format: 'archive' };
  const files = lines.filter((line) => POWERSHELL.test(line) || CMD.test(line));
  if (files.length > 0 && (lines.some((line) => FOLDER.test(line)) || /^Mode +LastWriteTime/m.test(text)))
    return { kind: 'file-listing', format: 'dir' };
  if (/^REVISION\s+UPDATED\s+STATUS/m.test(text)) return { kind: 'changes', format: 'helm-history' };
  if (/^ID +DATE +REVISION/m.test(text) && lines.some((line) => ARGO_LINE.test(line)))
    return { kind: 'changes', format: 'argo-history' };
  if (lines.some((line) => STAT_MODE.test(line))) return { kind: 'file-listing', format: 'stat' };
  if (
    share(
      lines.filter((line) => !/^[#$]/.test(line)),
      (line) => /^(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}) [ *]\S/.test(line),
    ) > 0.8
  )
    return { kind: 'file-listing', format: 'hashes' };
  if (
    /^(?:[*|] ){0,3}\*? ?commit [0-9a-f]{7,40}\b/m.test(text) &&
    /^[|\\/ ]{0,8}Author: /m.test(text) &&
    /^[|\\/ ]{0,8}(?:Author|Commit)?Date: /m.test(text)
  )
    return { kind: 'changes', format: 'git-log' };
  if (lines.length > 1 && share(lines, (line) => GIT_LINE.test(line)) > 0.9 && isCommitList(lines))
    return { kind: 'changes', format: 'git-lines' };
  if (isCommitList(lines)) return { kind: 'changes', format: 'git-list' };
  if (lines.length > 1 && share(lines, (line) => RPM_LAST.test(line.trimEnd())) > 0.9)
    return { kind: 'changes', format: 'rpm-last' };
  if (lines.some((line) => DOCKER_PS.test(line))) return { kind: 'text', format: 'docker-ps' };
  if (mayHoldServiceState(text) && !lines.some((line) => /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+: /.test(line)))
    return { kind: 'text', format: 'service-state' };
  if (/^Start-Date: \d{4}-/m.test(text) && /^Commandline: /m.test(text))
    return { kind: 'changes', format: 'apt-history' };
  if (isProcessTree(lines)) return { kind: 'text', format: 'process-tree' };
  if (isPackageTree(lines)) return { kind: 'versions', format: 'package-tree' };
  const title = lines.find((line) => !/^[#$]/.test(line)) ?? '';
  if (/^(?:USER\s+)?(?:UID\s+)?PID\s|^USER\s+PID\s|^\s*PID\s+(?:TTY|USER|PPID)|^F\s+S?\s*UID/.test(title))
    return { kind: 'text', format: 'process-list' };
  if (/^(?:Netid\s+)?State\s+Recv-Q|^Active Internet connections|^Proto\s+Recv-Q|^COMMAND\s+PID\s+USER/m.test(text))
    return { kind: 'text', format: 'connection-list' };
  // `ss -H`, or a part of a list: state, two queues, both ends.
  if (
    share(lines, (line) =>
      /^(?:(?:tcp|udp)\s+)?(?:ESTAB|LISTEN|TIME-WAIT|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|CLOSE-WAIT|LAST-ACK|CLOSING|UNCONN)\s+\d+\s+\d+\s+\S+:\S+\s+\S+:\S/.test(
        line,
      ),
    ) > 0.9
  )
    return { kind: 'text', format: 'connection-list' };
  if (NET_TCP.test(text) || (lines.length > 0 && share(lines, (line) => CONNTRACK.test(line)) > 0.6))
    return { kind: 'text', format: 'socket-list' };
  // netstat of Windows, in any language.
  if (
    share(
      lines.filter((line) => /[:.]\d/.test(line)),
      (line) => SOCKET.test(line),
    ) > 0.9
  )
    return { kind: 'text', format: 'connection-list' };
  if (/^(?:.*\bPID\b.*\r?\n=+ =+ =+ =+ =+|"[^"]{1,40}","PID","[^"]{1,40}","[^"]{1,40}","[^"]{1,40}")/m.test(text))
    return { kind: 'text', format: 'task-list' };
  if (/^(?:openjdk|java) version "|^(?:OpenSSL|LibreSSL) \d+\.\d\S* +\d{1,2} [A-Z][a-z]{2} \d{4}/m.test(text))
    return { kind: 'versions', format: 'list' };
  if (/^SPDXVersion: SPDX-\d/m.test(text)) return { kind: 'versions', format: 'spdx' };
  // `pip list`.
  if (/^Package +Version(?: +Editable project location)?\r?\n-{3,} -{3,}/m.test(text))
    return { kind: 'versions', format: 'list' };
  if (lines.filter((line) => MAVEN.test(line)).length >= Math.max(2, lines.length * 0.4))
    return { kind: 'versions', format: 'maven-tree' };
  if (lines.some((line) => /^\S{1,300}: go1\.\d/.test(line)) && lines.some((line) => GO_MODULE.test(line)))
    return { kind: 'versions', format: 'go-modules' };
  if (
    lines.some((line) => /^Project '.{1,200}' has the following /.test(line)) &&
    lines.some((line) => NUGET.test(line))
  )
    return { kind: 'versions', format: 'nuget' };
  const packages = packageList(text, lines);
  if (packages) return { kind: 'versions', format: packages };
  if (
    /^(?:Filesystem|Dateisystem|S\.ficheros|文件系统)\s+\S/.test(title) ||
    (share(
      lines.filter((line) => !/^[#$]/.test(line)),
      (line) => DISK_LINE.test(line),
    ) > 0.6 &&
      !DISK_LINE.test(title))
  )
    return { kind: 'text', format: 'disk-usage' };
  if (UPTIME.test(title) && lines.some((line) => /^\s*PID\s+USER\b.*\bCOMMAND$/.test(line)))
    return { kind: 'text', format: 'process-list' };
  if (isPodDescription(text)) return { kind: 'text', format: 'pod-description' };
  if (isHostState(lines)) return { kind: 'text', format: 'host-state' };
  // Seconds since the boot are no time of day, so this is no log that could be put beside others.
  if (lines.length > 1 && share(lines, (line) => KERNEL_LINE.test(line)) > 0.8)
    return { kind: 'text', format: 'kernel-log' };
  return undefined;
}

/** Lists of installed packages: `dpkg -l`, `rpm -qa`, `apk info -v`. */
function packageList(text: string, lines: string[]): string | undefined {
  const bare = lines.filter((line) => line !== '' && !/^[#$]/.test(line));
  if (bare.length < 3) return undefined;
  if (/^Desired=Unknown\/Install/m.test(text) || share(bare, (line) => DPKG.test(line)) > 0.8) return 'dpkg';
  if (share(bare, (line) => RPM.test(line)) > 0.8) return 'rpm';
  return share(bare, (line) => APK.test(line)) > 0.8 ? 'apk' : undefined;
}
