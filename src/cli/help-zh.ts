/** Help in Chinese: what the commands say of themselves, by the English text. A text that is not here stays English. */
import type { Command } from 'commander';

const TITLES: { readonly [english: string]: string } = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
  'Global Options:': '全局选项：',
};

const TEXTS: { readonly [english: string]: string } = {
  'First responder for payment channels. Point it at the evidence an incident left (logs, certificates, server configurations, packet captures, transaction tables, or a live host:port) and read: what is wrong, since when, how bad, whose job it is, how to fix it, and how to prove that it is fixed.':
    '支付通道的故障急救员。指向事件留下的证据（日志、证书、服务器配置、抓包、交易表，或在线的 host:port），即可得知：出了什么问题、从何时开始、有多严重、由谁处理、如何修复，以及如何证明已经修复。',
  'show help': '显示帮助',
  'display help for command': '显示命令的帮助',
  'print the version': '显示版本',
  'auto, always or never (NO_COLOR and FORCE_COLOR are honoured)':
    'auto、always 或 never（遵循 NO_COLOR 与 FORCE_COLOR）',
  // Summaries in the list of commands.
  'from evidence to a prioritised incident report: cause, onset, owner, remedy, verification':
    '由证据得出按优先级排列的事件报告：原因、起始、责任方、处置、验证',
  'run a playbook over evidence, with a case folder when asked for': '对证据运行预案，可同时建立案件文件夹',
  'go on with the run of a case folder': '继续案件文件夹中的运行',
  're-check what a report found: resolved, still there, or could not check':
    '复查报告中的发现：已解决、仍存在，或无法检查',
  'verify, show and close case folders': '校验、查看与关闭案件文件夹',
  'logs and their windows: formats, error texts, rates, card numbers': '日志及其时间窗：格式、错误文本、比率、卡号',
  'payment tables: outcomes, failures, card testing, duplicates, what to reconcile':
    '支付明细表：结果、失败、盗卡测试、重复扣款、待对账项',
  'the answer sheet of an intrusion: attackers, entry, shells, accounts, persistence':
    '入侵答卷：攻击者、入口、网页后门、账户、驻留手段',
  'one verdict per failed handshake of packet captures': '为抓包中每次失败的握手给出判定',
  'audit certificates, keys and revocation data in files and on live hosts':
    '审计文件与在线主机上的证书、密钥和吊销数据',
  'what live servers and configurations offer, gated on cited policies':
    '在线服务器与配置实际提供什么，并按引用的策略把关',
  'write a waiver for a finding of an auditing command': '为审计命令的发现写豁免',
  'list, show, lint, test or make playbooks': '列出、查看、检查、测试或新建预案',
  'what a cause, a check, a TLS alert or an error text means, and what to do about it':
    '解释某个原因、检查项、TLS 警报或错误文本的含义与对策',
  'practise on a made incident and be scored': '用演练事件练习并得分',
  'render a saved report again in any format': '以任意格式重新输出已保存的报告',
  'what is new, resolved and unchanged between two reports': '两份报告之间的新增、已解决与未变',
  'inventories of certificates, keys and cipher suites from files, hosts and captures':
    '由文件、主机与抓包生成证书、密钥与密码套件清单',
  'gather a bundle of evidence on a host, read-only': '在主机上只读地收集证据包',
  'copy a bundle for sharing, with card numbers and secrets masked': '复制证据包用于分享，遮蔽卡号与秘密',
  'show the project file and where each value comes from': '显示项目文件及每个值的来源',
  'check this machine: Node, clock, certificates, permissions': '检查本机：Node、时钟、证书、权限',
  'shell completion for bash, zsh and fish': 'bash、zsh 与 fish 的命令补全',
  'verify signed payment messages and say why a signature does not hold': '验证带签名的支付报文，并说明签名为何不成立',
  // Commands.
  'From evidence to a prioritised incident report.': '由证据得出按优先级排列的事件报告。',
  'Runs a playbook over evidence.': '对证据运行预案。',
  'Goes on with a run that broke off or waits for a person. What was finished is not done again.':
    '继续中断的或等待人员的运行；已完成的步骤不会重做。',
  'Says for each finding of a report: resolved, still there, or could not check.':
    '逐项说明报告中的发现：已解决、仍存在，或无法检查。',
  'Verify and close the folders that --case leaves.': '校验并关闭 --case 留下的文件夹。',
  'Checks every byte of the journal, and the files that it names.': '检查日志链的每个字节及其所列文件。',
  'The steps of a case, what waits for whom, and the journal as a timeline.': '案件的步骤、谁在等待什么，以及时间线。',
  'Closes a case whose verification passed; nothing can be added afterwards.':
    '关闭验证已通过的案件；此后不能再添加内容。',
  'Sources, error classes with onset and end, interruptions, slow spells, new messages, card numbers, attacks.':
    '来源、错误类别及其起止、中断、变慢时段、新出现的消息、卡号、攻击。',
  'Writes a copy with card numbers masked (first six, last four), track data, keys, tokens and passwords removed. A file is read twice, so that a card number is masked everywhere; standard input once, from its first place as a card on.':
    '写出副本：卡号只留前六后四，删除磁道数据、密钥、令牌与口令。文件读取两遍，因此卡号在各处都被遮蔽；标准输入只读一遍，从卡号首次显现之处起遮蔽。',
  'Who came, how, when first, what was left behind: attackers, guessing, web shells, accounts, persistence.':
    '谁来过、如何进入、何时首次、留下了什么：攻击者、口令猜测、网页后门、账户、驻留手段。',
  'One verdict per TLS handshake: who failed, at which layer, why, and the frames that show it.':
    '为每次 TLS 握手给出判定：哪一方失败、在哪一层、原因，以及可见于哪些帧。',
  'Write only the packets of failed handshakes; payload after the handshake is removed.':
    '只写出失败握手的数据包；握手之后的载荷被删除。',
  'Audit certificates, keys and revocation data: expiry, chains, rules, weak and exposed keys, swapped identities.':
    '审计证书、密钥与吊销数据：到期、证书链、规则、弱密钥与泄露的密钥、被替换的身份。',
  'Enumerate live servers, compute what configurations really do, and gate on cited policies.':
    '枚举在线服务器，计算配置的实际效果，并按引用的策略把关。',
  'What breaks if: which clients would fail against a server after a change.': '变更影响：变更之后哪些客户端会失败。',
  'Accept a finding for a time: writes paymedic.waivers.yaml.':
    '在一段时间内接受某项发现：写入 paymedic.waivers.yaml。',
  'List, show, check, test and write playbooks.': '列出、查看、检查、测试与编写预案。',
  'The shipped playbooks.': '随附的预案。',
  'Draws the steps of a playbook.': '画出预案的步骤。',
  'Checks playbooks: structure and meaning, each problem with file, line, column and the next step.':
    '检查预案的结构与含义；每个问题给出文件、行、列与下一步。',
  'Runs playbooks over the evidence of their *.test.yaml and compares what they find.':
    '用 *.test.yaml 中的证据运行预案并比较结果。',
  'Writes a playbook to start from, and a test beside it.': '写出预案骨架及其测试。',
  'Prints a playbook as a CACAO v2 document (JSON).': '以 CACAO v2 文档（JSON）输出预案。',
  'Prints a CACAO v2 document as a playbook (YAML); the document travels along, so that nothing is lost.':
    '将 CACAO v2 文档输出为预案（YAML）；原文档一并保留，不丢失内容。',
  'Checks CACAO v2 documents against the standard: structure, references, variables, reachability.':
    '按标准检查 CACAO v2 文档：结构、引用、变量、可达性。',
  'What a cause, a check, a TLS alert or an error text means, how to tell it apart, repair it and prove the repair.':
    '解释原因、检查项、TLS 警报或错误文本：含义、如何区分、如何修复与如何证明。',
  'Practise: made evidence of an incident, with real certificates and captures, and a score for your answer.':
    '演练：用真实证书与抓包生成的事件证据，并为您的答案评分。',
  'Makes the evidence of an incident and starts the clock.': '生成事件证据并开始计时。',
  'Scores your answer and tells the story. A drill is answered once.': '为您的答案评分并讲述经过。每次演练只回答一次。',
  'What drills can be about.': '演练可涉及的内容。',
  'Show a saved report again, in any format.': '以任意格式再次显示已保存的报告。',
  'What is new, resolved or unchanged between two reports.': '两份报告之间的新增、已解决或未变。',
  'Inventories for an assessor: CycloneDX CBOM, PCI DSS 4.2.1.1 and 12.3.3, as CSV, JSON or HTML.':
    '供评估人员使用的清单：CycloneDX CBOM、PCI DSS 4.2.1.1 与 12.3.3，格式为 CSV、JSON 或 HTML。',
  'Make a bundle on this host with listed read-only commands and copies: logs, configurations, certificates without keys, clocks, names, versions.':
    '用列出的只读命令与复制在本机生成证据包：日志、配置、证书（不含密钥）、时钟、域名、版本。',
  'Copy a bundle for sharing: card numbers and secrets masked, private keys removed, binaries left out.':
    '复制证据包用于分享：遮蔽卡号与秘密，删除私钥，略去二进制文件。',
  'The project file paymedic.yaml: check it and show what is in force.':
    '项目文件 paymedic.yaml：检查并显示生效的配置。',
  'Show the configuration in force.': '显示生效的配置。',
  'Check this machine and installation; every line says OK, WARN or FAIL, and how to fix it.':
    '检查本机与安装；每行给出 OK、WARN 或 FAIL 及修复方法。',
  'Shell completion for bash, zsh and fish, and the manual page.': 'bash、zsh 与 fish 的命令补全，以及手册页。',
  'Verify signed payment messages: webhooks, API requests and responses, JWS, SET, CMS, XML signatures.':
    '验证带签名的支付报文：回调、接口请求与响应、JWS、SET、CMS、XML 签名。',
  'Verify messages; a signature that does not hold is explained by a cause of the catalogue, with proof.':
    '验证报文；不成立的签名以目录中的原因解释，并附证明。',
  // Arguments and options.
  'folders, files, archives, - for standard input, or host:port': '文件夹、文件、归档、-（标准输入）或 host:port',
  'id of a shipped playbook (paymedic playbook list), or a file': '随附预案的标识（paymedic playbook list），或文件',
  'output format, repeatable: terminal, json, markdown, ...; =FILE writes it to a file':
    '输出格式，可重复：terminal、json、markdown 等；=FILE 写入文件',
  'output format, repeatable: terminal, json, csv, prometheus, nagios, ics, ...':
    '输出格式，可重复：terminal、json、csv、prometheus、nagios、ics 等',
  'output format, repeatable: terminal, json, sarif, junit, gitlab, github, markdown, ...':
    '输出格式，可重复：terminal、json、sarif、junit、gitlab、github、markdown 等',
  'output format, repeatable: terminal, json, sarif, junit, markdown, ...':
    '输出格式，可重复：terminal、json、sarif、junit、markdown 等',
  'output format, repeatable; =FILE writes it to a file': '输出格式，可重复；=FILE 写入文件',
  'incident clock: the time at which validity is judged (ISO-8601 or epoch seconds)':
    '事件时钟：判断有效性的时刻（ISO-8601 或纪元秒）',
  'time at which validity is judged': '判断有效性的时刻',
  'time at which validity is judged (ISO-8601 or epoch seconds)': '判断有效性的时刻（ISO-8601 或纪元秒）',
  'time at which dates of policies and waivers are judged': '判断策略与豁免日期的时刻',
  'ignore log records, connections and payments before this time': '忽略此时刻之前的日志、连接与支付',
  'ignore log records, connections and payments after this time': '忽略此时刻之后的日志、连接与支付',
  'ignore what is older (ISO-8601 or epoch seconds)': '忽略更早的内容（ISO-8601 或纪元秒）',
  'ignore what is newer': '忽略更晚的内容',
  'time zone of log lines that carry none': '无时区日志行所用的时区',
  'time zone of lines that carry none': '无时区的行所用的时区',
  'report what is known after this long (20s, 2m) and name the rest': '到时（20s、2m）即报告已知内容，并列出其余',
  'exit 1 at or above: urgent, important, routine, never':
    '达到或高于此级别时以 1 退出：urgent、important、routine、never',
  'exit 1 when a new finding is at or above: urgent, important, routine, never':
    '新发现达到或高于此级别时以 1 退出：urgent、important、routine、never',
  'change a threshold of the priority rule, repeatable': '更改优先级规则的阈值，可重复',
  'accepted findings (default: paymedic.waivers.yaml when it exists)':
    '已接受的发现（默认：存在时用 paymedic.waivers.yaml）',
  'en or zh (default: the locale)': 'en 或 zh（默认：随区域设置）',
  'en or zh (default: from the locale)': 'en 或 zh（默认：随区域设置）',
  'write a ready-to-send text for each party that has something to do': '为每个需要行动的一方写出可直接发送的文本',
  everything: '全部内容',
  'everything: all findings, the whole manifest': '全部内容：所有发现与完整的证据清单',
  'no notices on standard error': '标准错误上不输出提示',
  'set an input of the playbook, repeatable': '设置预案的输入，可重复',
  'keep a case there: journal, manifest, report; paymedic resume goes on with it':
    '在此建立案件：日志链、清单、报告；paymedic resume 可继续',
  'keep a case there: journal, manifest, report; paymedic verify and case close go on with it':
    '在此建立案件：日志链、清单、报告；可继续用 paymedic verify 与 case close',
  'print what each step does, contacts and changes, and run nothing': '列出每步做什么、联系谁、更改什么，不运行',
  'answer a step that waits for a person, repeatable; step="waive: reason" waives any step':
    '回答等待人员的步骤，可重复；步骤="waive: 理由" 可豁免任何步骤',
  'ask at the terminal where a step waits for a person': '步骤等待人员时在终端询问',
  'allow steps that change something': '允许会更改内容的步骤',
  'allow steps that run a program': '允许运行程序的步骤',
  'lines of your own layout: RE2 syntax with groups such as (?P<time>...), (?P<message>...)':
    '自定义格式的日志行：RE2 语法，分组如 (?P<time>...)、(?P<message>...)',
  'read what is appended and tell at once what it means, until interrupted':
    '持续读取追加内容并立即说明其含义，直到中断',
  'with --follow: begin with what the files hold already': '配合 --follow：从文件已有内容开始',
  'with --follow: seconds between looks': '配合 --follow：两次查看之间的秒数',
  'write what was counted, for "paymedic logs merge" on another machine':
    '写出计数结果，供另一台机器上的 "paymedic logs merge" 合并',
  'judge windows and rules in duckdb or clickhouse instead of here': '改在 duckdb 或 clickhouse 中判定时间窗与规则',
  'of the engine: a DuckDB file or :memory:, or the HTTP address of a ClickHouse':
    '引擎位置：DuckDB 文件或 :memory:，或 ClickHouse 的 HTTP 地址',
  'table of requests in the engine, when no files are named': '未指定文件时，引擎中的请求表',
  'Adds up what several machines wrote with --partial, as if one had read everything.':
    '合并多台机器用 --partial 写出的结果，如同由一台读取全部内容。',
  'The windows and rules as SQL for DuckDB or ClickHouse.': '以 DuckDB 或 ClickHouse 的 SQL 给出时间窗与规则。',
  'Writes requests and records as JSON lines for DuckDB, ClickHouse and whatever else reads them.':
    '把请求与记录写成 JSON 行，供 DuckDB、ClickHouse 等读取。',
  'YAML with values for placeholders of Sigma rules such as %admins%':
    'Sigma 规则占位符（如 %admins%）取值的 YAML 文件',
  'Why a Sigma rule matches or does not: part by part, for one line or over all of them.':
    'Sigma 规则为何匹配或不匹配：针对某一行或全部行，逐部分说明。',
  'Sigma rules to run: a file, a folder, or "shipped"; repeatable':
    '要运行的 Sigma 规则：文件、文件夹或 "shipped"；可重复',
  'attack patterns of the OWASP Core Rule Set for the requests: "shipped", the folder of a release, or "none"':
    '用于请求的 OWASP 核心规则集攻击特征："shipped"、发布包的文件夹或 "none"',
  'attack patterns of the OWASP Core Rule Set: "shipped", or the folder of a release':
    'OWASP 核心规则集的攻击特征："shipped"，或发布包的文件夹',
  'highest paranoia level of these rules, 1 to 4': '这些规则的最高严格级别，1 至 4',
  'look for keys, tokens, passwords and verification values too': '同时查找密钥、令牌、口令与校验值',
  'memory for single records before frequent ones are sampled': '高频记录开始抽样之前单条记录可用的内存',
  'the time the logs were taken; gives dates without a year theirs': '日志的采集时刻；为无年份的日期补年份',
  'the time the evidence was taken; gives dates without a year theirs': '证据的采集时刻；为无年份的日期补年份',
  'an nginx log_format string for access logs of your own layout, repeatable':
    '自定义访问日志的 nginx log_format，可重复',
  'exit 1 on: never, cards (card numbers found), windows (interruption or failures), attacks (with --crs), secrets (with --secrets)':
    '何时以 1 退出：never、cards（发现卡号）、windows（中断或失败）、attacks（配合 --crs）、secrets（配合 --secrets）',
  'rows of a table (default 50)': '表格的行数（默认 50）',
  'what the terminal shows, repeatable: flows, clients, servers, timeline, report':
    '终端显示的内容，可重复：flows、clients、servers、timeline、report',
  'the ladder of one connection': '一个连接的握手阶梯图',
  'list connections that are fine or not judged, too': '同时列出正常或未判定的连接',
  'key log (SSLKEYLOGFILE) that opens encrypted handshake records, repeatable':
    '用于解密握手记录的密钥日志（SSLKEYLOGFILE），可重复',
  'this connection instead of all failed ones, repeatable': '只取此连接而非全部失败连接，可重复',
  'where the smaller capture goes (pcap)': '较小抓包文件的位置（pcap）',
  'trusted certificates, repeatable; without them no path is judged (mozilla: the store that the runtime carries)':
    '受信任的证书，可重复；没有时不判断证书路径（mozilla：运行环境自带的根证书库）',
  'response codes and status words of your own for payment tables, as YAML': '支付表的自有响应码与状态词（YAML）',
  'log_format (nginx) or LogFormat (Apache) of logs in the evidence, repeatable':
    '证据中日志的 log_format（nginx）或 LogFormat（Apache），可重复',
  'log_format (nginx) or LogFormat (Apache) of access logs of your own layout, repeatable':
    '自定义访问日志的 log_format（nginx）或 LogFormat（Apache），可重复',
  'most threads for large files; the result is that of one': '大文件最多使用的线程数；结果与单线程相同',
  'what the certificates are used as: server, client or any': '证书的用途：server、client 或 any',
  'rules: auto, web (public web servers), private or client (mutual TLS)':
    '规则：auto、web（公共网站）、private 或 client（双向 TLS 客户端）',
  'live targets: one host:port per line, or YAML with target, owner, role, link, backends, file':
    '在线目标：每行一个 host:port，或含 target、owner、role、link、backends、file 的 YAML',
  'smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp': 'smtp、imap、pop3、ftp、ldap、postgres、mysql、xmpp',
  'upgrade first: smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp, ...':
    '先升级连接：smtp、imap、pop3、ftp、ldap、postgres、mysql、xmpp 等',
  'name sent to live targets (SNI) and expected in the certificate': '发送给在线目标的名称（SNI），也应出现在证书中',
  'server name to send (default: the host)': '发送的服务器名称（默认：主机名）',
  'client certificate for servers that ask for one': '用于要求客户端证书的服务器',
  'its key': '其密钥',
  'for each endpoint': '针对每个端点',
  'endpoints at once': '同时处理的端点数',
  'passwords for PKCS#12 stores, one per line': 'PKCS#12 的口令，每行一个',
  'known keys in the format of badkeys': '已知弱密钥，badkeys 格式',
  'known identities (JSON, YAML or the CSV of an inventory)': '已知身份（JSON、YAML 或证书清单 CSV）',
  'record the identities of this run for later --pins': '记录本次的身份供以后 --pins 使用',
  'an earlier --format json report': '较早的 --format json 报告',
  'with --baseline: only what the baseline does not know counts': '配合 --baseline：只计基线中没有的发现',
  'remember between scheduled runs: each finding is reported once': '在定时运行之间记忆：每项发现只报告一次',
  'also what the rules only recommend': '也包括规则仅作建议的内容',
  'policy to judge by, repeatable (default: bcp195)': '评判所用的策略，可重复（默认：bcp195）',
  'print the shipped policies': '列出随附的策略',
  'file with one "host:port [sni=NAME] [starttls=PROTOCOL] [software=NAME/VERSION]" per line':
    '文件，每行一个 "host:port [sni=NAME] [starttls=PROTOCOL] [software=NAME/VERSION]"',
  'only configuration files that git says changed since then': '只检查 git 显示自该版本以来更改过的配置文件',
  'OpenSSL behind a configuration: 1.0.2, 1.1.1, 3.0 or 3.5': '配置背后的 OpenSSL：1.0.2、1.1.1、3.0 或 3.5',
  'OpenSSL behind a configuration': '配置背后的 OpenSSL',
  'the OpenSSL is built as upstream does, not as Debian does (security level 1, not 2)':
    'OpenSSL 按上游方式而非 Debian 方式构建（安全级别 1 而非 2）',
  'server software, for defaults and fix lines, e.g. nginx/1.22.1': '服务器软件，用于默认值与修复行，例如 nginx/1.22.1',
  'where the absolute paths of a configuration begin': '配置中绝对路径的起点',
  'also signature algorithms, TLS_FALLBACK_SCSV, Heartbleed and early ChangeCipherSpec':
    '也检查签名算法、TLS_FALLBACK_SCSV、Heartbleed 与提前的 ChangeCipherSpec',
  'four connections per second, one at a time, for links in trouble': '每秒四个连接、逐个进行，用于有故障的链路',
  'connections per endpoint at most': '每个端点最多的连接数',
  'new connections per second at most': '每秒最多的新连接数',
  'connections open at the same time': '同时打开的连接数',
  'patience with one connection': '等待一个连接的时间',
  'rules of the shipped client profiles': '随附客户端画像的规则',
  'client profiles that ship with paymedic': '随附的客户端画像',
  'ClientHellos really seen, from a capture, repeatable': '抓包中真实出现的 ClientHello，可重复',
  'a live server or a configuration, as it is now or after the change': '在线服务器或配置，为现状或变更之后',
  'the server after the change: what this policy leaves': '变更之后的服务器：此策略所保留的内容',
  'certificate key of the server: RSA, ECDSA or both': '服务器证书的密钥：RSA、ECDSA 或两者',
  'only those that answer this cause': '只列出应对此原因的预案',
  'text or json': 'text 或 json',
  'text, json or sarif': 'text、json 或 sarif',
  'text, markdown or json': 'text、markdown 或 json',
  'terminal or json': 'terminal 或 json',
  'as a Mermaid flow chart': '输出为 Mermaid 流程图',
  'the playbook itself as JSON': '以 JSON 输出预案本身',
  'warnings fail as well': '警告也算失败',
  'the cause that it answers': '它应对的原因',
  'what it is for': '用途',
  'who keeps it right': '由谁维护',
  'where to write; standard output otherwise': '写入位置；否则写到标准输出',
  'new folder for the bundle': '证据包的新文件夹',
  'new folder for the copy (default: BUNDLE-redacted)': '副本的新文件夹（默认：BUNDLE-redacted）',
  'only show what would be run and copied': '只显示将运行与复制的内容',
  'folder of paymedic.yaml': 'paymedic.yaml 所在文件夹',
  'with file, line and column of every value': '附每个值的文件、行与列',
  'certificate, public or private key, or JWK set, repeatable; - reads standard input':
    '证书、公钥或私钥，或 JWK 集，可重复；- 读取标准输入',
  'shared secrets, one per line or name=value, repeatable; - reads standard input':
    '共享秘密，每行一个或 name=value，可重复；- 读取标准输入',
  'scheme, or a YAML file that describes one (default: found from the message)':
    '签名方案，或描述方案的 YAML 文件（默认：由报文识别）',
  'send it: pagerduty or slack (needs --key-file)': '发送：pagerduty 或 slack（需要 --key-file）',
  'PagerDuty routing key, or address of the Slack webhook': 'PagerDuty 路由密钥，或 Slack webhook 地址',
  'another PagerDuty endpoint': '另一个 PagerDuty 端点',
  'print the schemes': '列出签名方案',
};

/** The Chinese of a text of the help; undefined where there is none. */
export const chineseHelp = (english: string): string | undefined =>
  Object.hasOwn(TEXTS, english) ? TEXTS[english] : undefined;

/** Puts Chinese in place of the texts of a command, its options, arguments and sub-commands. */
export function speakChinese(command: Command): void {
  const put = (text: string): string => chineseHelp(text) ?? text;
  command.description(put(command.description()));
  command.configureHelp({ styleTitle: (title) => TITLES[title] ?? title });
  for (const option of command.options) option.description = put(option.description);
  for (const argument of command.registeredArguments) argument.description = put(argument.description);
  command.helpOption('-h, --help', put('show help'));
  for (const sub of command.commands) speakChinese(sub);
}
