/** Traits of web shells in script sources: known families first, then what no honest page does. */
import { createHash } from 'node:crypto';

export interface ShellVerdict {
  family: string;
  why: string[];
  line: number;
  text: string;
  key?: string;
  opensWith?: string;
  /** Path that a program answers with it. */
  route?: string;
}

/** Passwords that the kits ship with or that are seen most; their keys are the first half of the MD5. */
const USUAL_PASSWORDS = [
  'rebeyond',
  'key',
  'pass',
  'password',
  'admin',
  'admin123',
  '123456',
  '12345678',
  'hack',
  'hacker',
  'shell',
  'cmd',
  'ant',
  'test',
  'root',
  'behinder',
  'godzilla',
  'x',
  'a',
  'c',
  'pwd',
  'web',
  '1',
];
const KEYS = new Map(
  USUAL_PASSWORDS.map((password) => [createHash('md5').update(password).digest('hex').slice(0, 16), password]),
);

const LOOKED_AT = 512 * 1024;

const SCRIPT = /\.(?:php\d?|phtml|pht|inc|jspx?|jspf|aspx?|ashx|asmx|cfm|cgi|pl)$/i;
export const isWebScript = (file: string): boolean => SCRIPT.test(file);

/** Programs that answer requests by a framework of Python or JavaScript, not by their own name. */
export const isWebProgram = (file: string, text: string): boolean =>
  /\.(?:py|wsgi|[cm]?js|ts)$/i.test(file) &&
  /\b(?:from|import)\s+(?:flask|fastapi|django|bottle|sanic|quart|tornado|aiohttp)\b|\brequire\(\s*['"](?:express|koa|fastify|http|@hapi\/hapi)['"]\s*\)|\bfrom\s+['"](?:express|koa|fastify|node:http)['"]/.test(
    text.slice(0, LOOKED_AT),
  );

/** What names the path of the request that a program answers, in the frameworks above. */
const ROUTE =
  /@\w{1,40}\.(?:route|get|post|put|patch|delete|api_route)\(\s*['"](\/[^'"\s]{0,200})['"]|\b(?:app|router|server|api)\.(?:all|use|get|post|put|patch|delete)\(\s*['"](\/[^'"\s]{0,200})['"]/g;

/** The route that stands last before a place of a program. */
function routeBefore(text: string, at: number): string | undefined {
  let route: string | undefined;
  for (const match of text.slice(0, at).matchAll(ROUTE)) route = match[1] ?? match[2];
  return route;
}

interface Trait {
  family: string;
  why: string;
  pattern: RegExp;
  /** Enough alone; the others need company. */
  certain: boolean;
}

/** A trait and where it stands. */
interface Found {
  trait: Omit<Trait, 'pattern'>;
  at: number;
}

const certain = (family: string, why: string, { index }: RegExpExecArray): Found => ({
  trait: { family, why, certain: true },
  at: index,
});

const INPUT = String.raw`\$_(?:POST|GET|REQUEST|COOKIE|SERVER)`;
/** White space before something optional is matched in one place only: in two, a long run of it takes quadratic time. */
const TRAITS: Trait[] = [
  {
    family: 'Behinder',
    why: 'decrypts the request body with a session key and runs it',
    pattern:
      /\$_SESSION\s*\[\s*['"]k['"]\s*\]|class\s+U\s+extends\s+ClassLoader[\s\S]{0,400}?(?:defineClass|super\.defineClass)/,
    certain: true,
  },
  {
    family: 'Godzilla',
    why: 'names a payload and a pass as its kit does',
    pattern: /\$payloadName\s*=\s*['"]payload['"]|String\s+xc\s*=\s*"[0-9a-f]{16}"[\s\S]{0,120}?String\s+pass\s*=/,
    certain: true,
  },
  {
    family: 'weevely',
    why: 'joins scattered strings and hands them to create_function',
    pattern: /\$\w{1,4}\s*=\s*str_replace\(\s*['"][\w]{1,6}['"]\s*,\s*['"]{2}\s*,[\s\S]{0,400}?create_function/,
    certain: true,
  },
  {
    family: 'one-liner',
    why: 'runs what the request sends',
    pattern: new RegExp(String.raw`\b(?:eval|assert)\s*\(\s*(?:@\s*)?(?:base64_decode\s*\(\s*)?${INPUT}`, 'i'),
    certain: true,
  },
  {
    family: 'one-liner',
    why: 'makes a function of what the request sends',
    pattern: new RegExp(
      String.raw`\bcreate_function\s*\(\s*(?:'[^'\n]{0,80}'|"[^"\n]{0,80}")\s*,\s*@?(?:(?:base64_decode|gzinflate|gzuncompress|str_rot13|strrev|hex2bin|urldecode)\s*\(\s*){0,3}${INPUT}`,
      'i',
    ),
    certain: true,
  },
  {
    family: 'one-liner',
    why: 'runs what the request sends',
    pattern: /<%\s*(?:@[^%]{0,80}%>\s*<%\s*)?(?:eval|execute(?:global)?)\s*(?:\(\s*)?request/i,
    certain: true,
  },
  {
    family: 'one-liner',
    why: 'evaluates a request item',
    pattern: /eval\s*\(\s*Request\s*(?:\.Item\s*)?\[\s*["'][^"']{1,40}["']\s*\]/i,
    certain: true,
  },
  {
    family: 'command shell',
    why: 'starts a command interpreter with what the request sends',
    pattern:
      /(?:cmd(?:\.exe)?|powershell(?:\.exe)?)["'][\s\S]{0,200}?Arguments\s*=[^;\n]{0,60}\bRequest\s*(?:\.\w+\s*)?\[/i,
    certain: true,
  },
  {
    family: 'command shell',
    why: 'hands request input to the system',
    pattern: new RegExp(
      String.raw`\b(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec)\s*\(\s*(?:@\s*)?${INPUT}`,
      'i',
    ),
    certain: true,
  },
  {
    family: 'command shell',
    why: 'hands a request parameter to the system',
    pattern: /getRuntime\s*\(\s*\)\s*\.\s*exec\s*\([^;]{0,120}?\brequest\s*\.\s*get(?:Parameter|Header)\s*\(/i,
    certain: true,
  },
  {
    family: 'command shell',
    why: 'hands request input to the system',
    pattern:
      /\b(?:os\.(?:system|popen)|subprocess\.(?:run|call|check_output|check_call|Popen|getoutput))\s*\(\s*(?:\w+\.)?request\.(?:args|form|values|headers|cookies|json|data|query_params|GET|POST)\b(?:[^\n]{0,200}\bshell\s*=\s*True)?|\b(?:exec|eval)\s*\(\s*(?:\w+\.)?request\.(?:args|form|values|headers|cookies|data|GET|POST)\b/,
    certain: true,
  },
  {
    family: 'command shell',
    why: 'hands request input to the system',
    pattern:
      /(?<![.\w])(?:child_process\.|cp\.|require\(\s*['"](?:node:)?child_process['"]\s*\)\.)?(?:exec|execSync|eval)\s*\(\s*(?:String\(\s*)?(?:req|request|ctx(?:\.request)?)\.(?:query|body|headers|cookies|params)\b/,
    certain: true,
  },
  {
    family: 'command shell',
    why: 'hands request input to the system',
    pattern:
      /(?:\b(?:system|exec)(?:\s*\(\s*|\s+)|\bqx\s*[({/]\s*|`\s*)(?:\$\w{1,40}->|\$ENV\{\s*['"]?)(?:(?:url_)?param\s*\(|(?:QUERY_STRING|HTTP_\w{1,60})['"]?\s*\})/,
    certain: true,
  },
  {
    family: 'file manager',
    why: 'calls itself by the name of a known shell',
    pattern: /\b(?:c99shell|r57shell|b374k|WSO\s+\d\.\d|FilesMan|IndoXploit|AnonymousFox|PHPSpy|Ani-Shell)\b/i,
    certain: true,
  },
  {
    family: 'obfuscated',
    why: 'runs decoded text',
    pattern: /\b(?:eval|assert)\s*\(\s*@?(?:gzinflate|gzuncompress|str_rot13|base64_decode|strrev|hex2bin)\s*\(/i,
    certain: true,
  },
  {
    family: 'callback',
    why: 'calls a function that the request names',
    pattern: new RegExp(
      String.raw`${INPUT}\s*\[[^\]]{1,40}\]\s*\(\s*|\b(?:array_map|call_user_func(?:_array)?|usort|register_shutdown_function)\s*\(\s*@?${INPUT}`,
      'i',
    ),
    certain: true,
  },
  {
    family: 'regular expression',
    why: 'replaces with the evaluating modifier',
    pattern: /preg_replace\s*\(\s*['"][^'"]{0,60}\/[imsx]*e[imsx]*['"]/i,
    certain: true,
  },
  {
    family: 'uploader',
    why: 'stores what the request uploads under a name the request gives',
    pattern: /move_uploaded_file\s*\(\s*\$_FILES[^;]{0,160}\$_(?:POST|GET|REQUEST|FILES)[^;]{0,80}name/i,
    certain: false,
  },
  {
    family: 'hidden code',
    why: 'holds code behind an image header',
    pattern: /^(?:GIF8[79]a|\x89PNG|\xff\xd8\xff)[\s\S]{0,4096}?<\?(?:php|=)/,
    certain: true,
  },
];
/** A variable that takes request input, and what it is handed to; cleaned or numeric input is none. */
const CLEANED =
  /escapeshell(?:arg|cmd)|intval|\(int\)|basename|in_array|preg_match|ctype_|Integer\.parseInt|int\.Parse/i;
const TAINTS: { family: string; why: string; takes: RegExp; runs: (name: string) => RegExp }[] = [
  {
    family: 'command shell',
    why: 'hands request input to the system or runs it, by way of a variable',
    takes: new RegExp(String.raw`\$(\w{1,40})\s*=\s*([^;\n]{0,80}${INPUT}\s*\[[^;\n]{0,120});`, 'gi'),
    runs: (name) =>
      new RegExp(
        String.raw`\b(?:eval|assert|system|exec|shell_exec|passthru|popen|proc_open)\s*\(\s*@?(?:base64_decode\s*\(\s*)?[$]${name}\b`,
        'i',
      ),
  },
  {
    // perlfunc: a pipe of one string, back quotes and qx go through the shell; a list of words does not.
    family: 'command shell',
    why: 'hands a request parameter to the system, by way of a variable',
    takes:
      /\$(\w{1,40})\s*=\s*((?:\$\w{1,40}->)?(?:url_)?param\s*\([^;\n]{0,120}|\$ENV\{\s*['"]?(?:QUERY_STRING|HTTP_\w{1,60})['"]?\s*\}[^;\n]{0,80});/gi,
    runs: (name) =>
      new RegExp(
        String.raw`(?:\b(?:system|exec)(?:\s*\(\s*|\s+)"?|\bqx\s*[({/][^)}/\n]{0,120}|${'`'}[^${'`'}\n]{0,120})[$]${name}\b|\bopen\s*\([^,;\n]{1,40},\s*['"](?:-\||\|-)['"]\s*,\s*"[^"\n]{0,80}[$]${name}\b|\bopen\s*\([^,;\n]{1,40},\s*"[^"\n]{0,80}[$]${name}\b[^"\n]{0,40}\|\s*"|\beval(?:\s*\(\s*|\s+)[$]${name}\b`,
      ),
  },
  {
    family: 'command shell',
    why: 'hands request input to the system, by way of a variable',
    takes:
      /\b(\w{1,40})\s*=\s*((?:\w+\.)?request\.(?:args|form|values|headers|cookies|data|get_json|query_params|GET|POST)\b[^\n;]{0,120})\n/g,
    runs: (name) =>
      new RegExp(
        String.raw`\b(?:os\.(?:system|popen)|subprocess\.getoutput|exec|eval)\s*\(\s*${name}\b|\bsubprocess\.\w{3,15}\s*\(\s*${name}\b[^\n]{0,120}\bshell\s*=\s*True`,
      ),
  },
  {
    family: 'command shell',
    why: 'hands a request parameter to the system, by way of a variable',
    takes: /\b(\w{1,40})\s*=\s*(request\s*\.\s*get(?:Parameter|Header)\s*\([^;\n]{0,120});/gi,
    runs: (name) =>
      new RegExp(String.raw`(?:\bexec\s*\(|ProcessBuilder\s*\(|\bdefineClass\s*\()[^;\n]{0,120}\b${name}\b`),
  },
  {
    family: 'one-liner',
    why: 'evaluates a request item, by way of a variable',
    takes:
      /\b(\w{1,40})\s*=\s*((?:[^;=\n]{0,120}(?:GetString|FromBase64String|UrlDecode|Decrypt)\s*\([^;=\n]{0,80}\b|(?:\w{1,40}\.)?)Request\s*(?:\.\s*(?:Item|Form|QueryString|Headers)\s*)?[[(][^;\n]{0,120});/gi,
    runs: (name) =>
      new RegExp(String.raw`\b(?:eval|execute(?:global)?)\s*\(\s*${name}\b|Arguments\s*=[^;\n]{0,80}\b${name}\b`, 'i'),
  },
];
const MOST_VARIABLES = 200;

function taint(text: string): Found | undefined {
  for (const { family, why, takes, runs } of TAINTS) {
    let left = MOST_VARIABLES;
    for (const match of text.matchAll(takes)) {
      if (left-- === 0) break;
      if (CLEANED.test(match[2]!)) continue;
      const end = match.index + match[0].length;
      const run = runs(match[1]!).exec(text.slice(end, end + 4000));
      // What is checked or cleaned in between is a page's own affair.
      if (run && !CLEANED.test(text.slice(end, end + run.index + run[0].length))) return certain(family, why, match);
    }
  }
  return undefined;
}

const DANGEROUS =
  /^(?:create_function|eval|assert|base64_decode|gzinflate|gzuncompress|system|passthru|shell_exec|call_user_func(?:_array)?)$/;

/** A function name that is put together from a longer text by leaving out what was strewn into it. */
function strewn(text: string): Found | undefined {
  const pattern = /str_replace\s*\(\s*(["'])([^"'\n]{1,12})\1\s*,\s*(["'])\3\s*,\s*(["'])([^"'\n]{4,200})\4\s*\)/g;
  for (const match of text.matchAll(pattern))
    if (DANGEROUS.test(match[5]!.replaceAll(match[2]!, '')) && !DANGEROUS.test(match[5]!))
      return certain('weevely', 'joins scattered strings to the name of a function that runs text', match);
  return undefined;
}

/** A function name that runs text, written in escapes: `"\\x73\\x79\\x73\\x74\\x65\\x6d"` (PHP, double-quoted strings). */
function escaped(text: string): Found | undefined {
  for (const match of text.matchAll(/"((?:\\x[0-9a-f]{2}|\\[0-7]{3}|\w){4,200})"/gi)) {
    if (!match[1]!.includes('\\')) continue;
    const plain = match[1]!.replace(/\\(?:x([0-9a-f]{2})|([0-7]{3}))/gi, (_, hex?: string, octal?: string) =>
      String.fromCharCode(hex === undefined ? Number.parseInt(octal!, 8) & 255 : Number.parseInt(hex, 16)),
    );
    if (DANGEROUS.test(plain))
      return certain('obfuscated', 'writes the name of a function that runs text in escapes', match);
  }
  return undefined;
}

/** A function name that runs text, put together from pieces: `"cr"."eate_func"."tion"`. */
function pieced(text: string): Found | undefined {
  const pattern = /(["'])(\w{1,16})\1(?:\s*\.\s*(["'])\w{1,16}\3){1,15}/g;
  for (const match of text.matchAll(pattern))
    if (DANGEROUS.test(match[0].replace(/["'\s.]/g, '')))
      return certain('obfuscated', 'joins pieces to the name of a function that runs text', match);
  return undefined;
}

/** `$f = hex2bin($c["p1"]); $f(...)`, where `$c` is what the request sent, or a part of it: the request names the function. */
function namedByRequest(text: string): Found | undefined {
  const input = [...text.matchAll(new RegExp(String.raw`\$(\w{1,40})\s*=\s*(?:&\s*)?${INPUT}\s*;`, 'g'))];
  const names = input.slice(0, MOST_VARIABLES).map(([, name]) => `\\$${name}`);
  const pattern = new RegExp(
    String.raw`\$(\w{1,40})\s*=\s*@?(?:(?:hex2bin|base64_decode|str_rot13|strrev|pack\s*\(\s*["']H\*["']\s*,|urldecode)\s*(?:\(\s*)?)(?:${[INPUT, ...names].join('|')})\s*\[[^\]\n]{1,40}\]\s*(?:\)\s*)?;`,
    'g',
  );
  for (const match of [...text.matchAll(pattern)].slice(0, MOST_VARIABLES)) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 1000);
    if (new RegExp(String.raw`(?:^|[^\w$>:])@?\$${match[1]}\s*\(`).test(after) && !CLEANED.test(after))
      return certain('callback', 'calls a function that the request names', match);
  }
  return undefined;
}

/** `string c = Request["x"]; ... new ProcessStartInfo("cmd.exe", "/c " + c)`: C# hands request input on by way of a variable. */
function startedByRequest(text: string): Found | undefined {
  const started =
    /\b(?:ProcessStartInfo|Process\.Start)\s*\(\s*@?["'](?:[\w:\\]{0,60}\\)?(?:cmd|powershell)(?:\.exe)?["']\s*,[^;\n]{0,160}?\+\s*(\w{1,40})\b/g;
  for (const match of [...text.matchAll(started)].slice(0, MOST_VARIABLES)) {
    const given = new RegExp(
      String.raw`\b${match[1]}\s*=\s*(?:\w{1,40}\.){0,2}Request(?:\.(?:Form|QueryString|Params|Headers|Item))?\s*\[`,
    );
    if (given.test(text))
      return certain('command shell', 'starts a command interpreter with what the request sends', match);
  }
  return undefined;
}

const KITS: ReadonlySet<string> = new Set(['Behinder', 'Godzilla', 'weevely', 'file manager']);

/** @returns undefined for a script without a trait. */
export function judgeScript(file: string, source: string): ShellVerdict | undefined {
  const text = source.slice(0, LOOKED_AT);
  const found: Found[] = [];
  for (const trait of TRAITS) {
    const match = trait.pattern.exec(text);
    if (match) found.push({ trait, at: match.index });
  }
  const joined = strewn(text) ?? pieced(text) ?? escaped(text) ?? namedByRequest(text) ?? startedByRequest(text);
  if (joined) found.unshift(joined);
  const handed = found.length === 0 ? taint(text) : undefined;
  if (handed) found.push(handed);
  const why = [...new Set(found.map(({ trait }) => trait.why))];
  const base = file.slice(file.lastIndexOf('/') + 1);
  const hidden = base.startsWith('.');
  const placed = /(?:^|\/)(?:uploads?|images?|img|avatars?|cache|tmp|temp|attachments?|files?|media)\//i.test(file);
  const certain = found.some(({ trait }) => trait.certain);
  if (!certain && !(found.length > 0 && (hidden || placed))) return undefined;
  if (hidden) why.push('its name hides it from a plain listing');
  if (placed) why.push('it is a script in a folder for uploads');
  // A kit is named before the trick that it uses.
  const { trait, at } = found.find(({ trait: { family } }) => KITS.has(family)) ?? found[0]!;
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const route = isWebProgram(file, text) ? routeBefore(text, at) : undefined;
  const key =
    /['"]([0-9a-f]{16})['"]/.exec(text)?.[1] ??
    /\$(?:k|key|pwd|pw|secret|token)\s*=\s*['"]([\w!@#%^&*.+-]{4,64})['"]/.exec(text)?.[1] ??
    // `"x".equals(request.getParameter("pwd"))`: who does not know it gets an empty page.
    /["']([\w!@#%^&*.+-]{1,64})["']\s*\.\s*equals\s*\(\s*request\s*\.\s*get(?:Parameter|Header)\s*\(/.exec(text)?.[1];
  const password = key === undefined ? undefined : KEYS.get(key);
  const parameter =
    /\$pass\s*=\s*['"]([^'"]{1,40})['"]/.exec(text)?.[1] ??
    (found.some(({ trait: { family } }) => family === 'one-liner')
      ? /(?:\$_\w+|request(?:\.(?:item|form|querystring|headers))?)\s*[[(]\s*['"]([^'"]{1,40})['"]/i.exec(text)?.[1]
      : undefined);
  return {
    family: trait.family,
    why,
    line,
    text: (text.split('\n')[line - 1] ?? '').trim().slice(0, 400),
    ...(key === undefined ? {} : { key }),
    ...(route === undefined ? {} : { route }),
    ...((password ?? parameter) === undefined ? {} : { opensWith: (password ?? parameter)! }),
  };
}
