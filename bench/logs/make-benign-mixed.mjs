// A second set of ordinary requests, of sites unlike those of make-benign.mjs: node bench/logs/make-benign-mixed.mjs LINES [SEED] [AWKWARD] > access.log
// Library and hardware shops, WordPress, a ticket system, a code host, JSON APIs, mail links with tracking, uploads and file
// managers; search words in German, French, Chinese, Spanish and Polish as people type them, with quotes, SQL words and paths.
// AWKWARD is the share of search words and file names that are chosen to trip patterns (a quarter unless told; no site has as many).
import { xorshift } from '../random.mjs';

const lines = Number(process.argv[2] ?? 20_000);
const random = xorshift(process.argv[3] ?? 7);
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];
const from = (alphabet, n) => Array.from({ length: n }, () => alphabet[below(alphabet.length)]).join('');
const number = (n) => from('0123456789', n);
const hex = (n) => from('0123456789abcdef', n);
const word64 = (n) => from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', n);
/** The ways in which browsers, scripts and people write a value into an address. */
const written = (text) =>
  one([
    encodeURIComponent,
    (value) => new URLSearchParams({ x: value }).toString().slice(2),
    (value) => encodeURIComponent(value).replaceAll('%27', "'").replaceAll('%2C', ',').replaceAll('%3A', ':'),
  ])(text);

const awkward = Number(process.argv[4] ?? 0.25);
const plainTitles = [
  'winterjacke damen',
  'kinderwagen',
  'poussette bébé',
  'livre de cuisine',
  '手机',
  '运动鞋 男',
  'silla de oficina',
  'kurtka zimowa',
  'garden hose 20m',
  'led lampe e27',
  'wandfarbe weiß',
  'usb stick 64 gb',
  'harry potter band 3',
  'nähmaschine',
  'thé vert bio',
];
const plainFiles = [
  'IMG_2041.jpg',
  'invoice-0415.pdf',
  'Präsentation.pptx',
  'notes/2026/july.md',
  '合同.pdf',
  'logo@2x.png',
];
const oddTitles = [
  'Der Prozess',
  "L'Étranger",
  '"Die Verwandlung" Kafka',
  "Qu'est-ce que la propriété ?",
  'Wärmedämmung für Altbauten',
  'Schrauben M8x40 (verzinkt)',
  'Bohrer 6,5 mm; HSS',
  'Rohr 3/4" x 1/2"',
  'Kabel NYM-J 3x1,5 - 50m',
  'À la recherche du temps perdu',
  "Aujourd'hui l'économie & l'État",
  '论语 孔子',
  '手机壳 iPhone 15 "透明"',
  '编程 C语言 (第2版)',
  '数据库 select 语句',
  'niño y niña',
  'café con leche ¿dónde?',
  'żółta łódka',
  'The Select Committee',
  'union of the crowns',
  'where the wild things are',
  'drop shipping for beginners',
  'insert coin: a history',
  'update your wardrobe',
  'learning SQL: select, insert and update',
  "SQL in 10 minutes: 'select' or 'join'?",
  'order by phone or online',
  'having it all',
  'cast iron pan',
  'char siu',
  'concat pump',
  'grant writing',
  'truncate trail race',
  'from hell',
  'into the wild',
  'like a rolling stone',
  'not or and',
  'black and decker drill',
  'pen or pencil',
  'true or false?',
  '1 or 2 persons',
  "children's books 3-5 years",
  "rock'n'roll",
  "'t Hooft",
  "Ma'am & Sir",
  'tom & jerry; season 2',
  'a+ cable / b+ cable',
  '<3 mug',
  'size > 44',
  'price < 100€',
  '100% cotton',
  'buy 2, get 1 (free!)',
  'C# in depth',
  'node.js design patterns',
  'bash cookbook',
  'ping pong bat',
  'cat litter',
  'python for kids',
  'perl necklace',
  'echo speaker',
  'sleep aid',
  'wget up and go',
  'curl cream',
  'nice pants',
  'find nemo',
  'time machine',
  'head lamp',
  'tail light',
  'mount for tv',
  'kill bill dvd',
  'at home',
  'who is who',
  'document holder',
  'window film',
  'script lichtenstein print',
  'alert bracelet',
  'on sale = yes',
  'eval board stm32',
  'system of a down',
  'exec desk',
  'passthru cable',
  'base64 t-shirt',
  '{blue}',
  'a|b testing',
  '#hashtag',
  'e-mail: info@example.org',
  "it's 5 o'clock -- somewhere",
  'what?! no way...',
  '... and justice for all',
  '~user',
  '$100 gift card',
];
const names = ['annalena', "o'connor", 'müller', 'd’angelo', '王伟', 'jean-luc', 'van den berg', 'łukasz'];
const oddFiles = [
  'Rechnung 2026-03 (Kopie).pdf',
  'C:\\Users\\Anna\\Desktop\\report.docx',
  '/srv/projects/shop/readme.md',
  'docs/etc/notes.txt',
  'photos/2026/07/IMG_0042.JPG',
  'src/main/java/com/example/App.java',
  'backup 2026.zip',
  'data/bin/firmware-1.2.bin',
  'Ärztliches Attest.pdf',
  '报价单.xlsx',
  'etc/hosts.example',
  'config.yml',
  'index.php',
];
const titleOf = () => one(random() < awkward ? oddTitles : plainTitles);
const fileOf = () => one(random() < awkward ? oddFiles : plainFiles);
const day = () => `2026-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`;
const tracking = () =>
  one([
    () => `utm_source=${one(['adwords', 'bing', 'criteo'])}&utm_content=${written(titleOf())}&wbraid=${word64(40)}`,
    () => `srsltid=AfmBO${word64(45)}`,
    () => `_gl=1*${word64(6).toLowerCase()}*_ga*${word64(20)}*_ga_${word64(10)}*${number(10)}.1.1.${number(10)}.0.0.0`,
    () => `ttclid=E.C.P.${word64(80)}`,
    () => `mtm_campaign=${written('Frühling & Sommer')}&mtm_kwd=${written(titleOf())}`,
    () => `hsa_acc=${number(10)}&hsa_kw=${written(titleOf())}&hsa_mt=b&hsa_net=adwords&hsa_ver=3`,
    () => `msclkid=${hex(32)}`,
    () => `ref_=${written('pd_sl_1; "x"')}&tag=${word64(8)}-21`,
  ])();

const shapes = [
  () => ['GET', `/suche?begriff=${written(titleOf())}&seite=${1 + below(9)}&sortierung=preis_auf`],
  () => ['GET', `/recherche/?q=${written(titleOf())}&rayon=${written('Livres & BD')}`],
  () => ['GET', `/s/ref=nb_sb_noss?url=search-alias%3Daps&field-keywords=${written(titleOf())}`],
  () => ['GET', `/?s=${written(titleOf())}&post_type=product`],
  () => ['GET', `/搜索?关键词=${encodeURIComponent(titleOf())}`],
  () => [
    'GET',
    `/katalog/${encodeURIComponent(
      titleOf()
        .replaceAll(/[\\/?#]/g, ' ')
        .trim(),
    )}`,
  ],
  () => ['GET', `/author/${encodeURIComponent(one(names))}/page/${1 + below(5)}/`],
  () => [
    'GET',
    `/wp-admin/edit.php?s=${written(titleOf())}&post_status=all&post_type=post&action=-1&m=0&cat=0&paged=1&action2=-1`,
  ],
  () => ['POST', `/wp-admin/admin-ajax.php?action=heartbeat&_wpnonce=${hex(10)}`],
  () => [
    'GET',
    `/wp-admin/load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils,wp-hooks&ver=6.${below(9)}`,
  ],
  () => ['GET', `/wp-json/wp/v2/posts?search=${written(titleOf())}&_fields=id,title,link&orderby=relevance`],
  () => ['GET', `/wp-content/uploads/2026/0${1 + below(9)}/${encodeURIComponent(fileOf().split(/[\\/]/).at(-1))}`],
  () => ['GET', `/files/download?name=${written(fileOf())}&inline=1`],
  () => [
    'GET',
    `/remote.php/dav/files/${encodeURIComponent(one(names))}/${fileOf().split('/').map(encodeURIComponent).join('/')}`,
  ],
  () => [
    'GET',
    `/${one(['anna', 'shop', 'infra'])}/repo/blob/main/${one(['src/app.ts', 'etc/nginx.conf', 'bin/run.sh', 'docs/select.md', 'lib/exec.py'])}#L${below(400)}`,
  ],
  () =>
    [
      'GET',
      `/search/code?q=${written(one(['select * from users', 'SELECT id FROM orders WHERE total > 100', 'import os', 'printf("hello")', 'if (a || b)', 'grep -r TODO']))}&type=code`,
    ].slice(0, below(12) === 0 ? 2 : 0),
  () => [
    'GET',
    `/browse/PAY-${below(9999)}?jql=${written(`project = PAY AND status in ("Open", "In Progress") ORDER BY created DESC`)}`,
  ],
  () => [
    'GET',
    `/rest/api/2/search?jql=${written(`assignee = currentUser() AND text ~ "${one(['refund', 'Zahlung', 'timeout'])}"`)}&maxResults=50`,
  ],
  () => [
    'GET',
    `/api/products?filter=${written(JSON.stringify({ title: { contains: titleOf() }, price: { lte: below(90) } }))}&include=variants,images`,
  ],
  () => [
    'GET',
    `/api/v3/items?fields=id,name,price(amount,currency)&expand[]=category&ids=${number(4)},${number(4)},${number(4)}`,
  ],
  () =>
    ['GET', `/api/users?where[name][$regex]=${encodeURIComponent(one(names))}&limit=20`].slice(
      0,
      below(10) === 0 ? 2 : 0,
    ),
  () => [
    'GET',
    `/trpc/cart.get,user.me?batch=1&input=${written(JSON.stringify({ 0: { json: { id: number(5) } }, 1: { json: null, meta: { values: ['undefined'] } } }))}`,
  ],
  () => [
    'GET',
    `/_api/web/lists/getbytitle('${encodeURIComponent(one(['Documents', 'Kunden', 'Aufträge']))}')/items?$select=Title,Id&$filter=Id gt ${below(99)}`.replaceAll(
      ' ',
      '%20',
    ),
  ],
  () => [
    'GET',
    `/solr/books/select?q=${written(`title:(${one(['Kafka', 'Proust', 'Borges'])}) AND lang:de`)}&rows=10&wt=json&fl=*,score`,
  ],
  () => ['GET', `/products/_search?q=${written(`+name:"${titleOf().replaceAll('"', '')}"`)}&size=5`],
  () => [
    'GET',
    `/prometheus/api/v1/query_range?query=${written('sum(rate(http_requests_total{job="pay",code=~"5.."}[5m])) by (path)')}&start=${number(10)}&end=${number(10)}&step=15`,
  ],
  () => ['GET', `/kibana/app/discover#/?_g=(time:(from:now-15m,to:now))`],
  () => [
    'GET',
    `/map?bbox=${(random() * 9).toFixed(4)},${(40 + random() * 9).toFixed(4)},10,50&layers=a;b;c&style=default`,
  ],
  () => [
    'GET',
    `/buch/${number(13)}-${encodeURIComponent(one(['der-prozess', 'l-etranger', '论语']))}.html?${tracking()}`,
  ],
  () => ['GET', `/p/${word64(8)}?${tracking()}&${tracking()}`],
  () => [
    'GET',
    `/c/${one(['schuhe', 'livres', '手机'].map(encodeURIComponent))}?filter=${written('farbe:rot|blau;größe:38-40')}&p=${below(9)}`,
  ],
  () => ['GET', `/warenkorb/gutschein?code=${one(['SOMMER-10%25', 'FR%C3%9CHLING', 'X-MAS_2026', 'WELCOME%2B5'])}`],
  () => [
    'GET',
    `/kontakt?betreff=${written(`Frage zu Bestellung #${number(8)}: "nicht erhalten"; bitte prüfen -- danke`)}`,
  ],
  () => ['GET', `/avis?commentaire=${written(`J'ai reçu l'article; c'est super (5/5) & pas cher !`)}&note=5`],
  () => ['GET', `/评价?内容=${encodeURIComponent("很好；下次再买 (5/5)，'推荐'！")}`],
  () => [
    'GET',
    `/paiement/retour?ref=${number(10)}&montant=${below(900)},${number(2)}&signature=${encodeURIComponent(`${word64(86)}==`)}`,
  ],
  () => [
    'GET',
    `/bezahlen/zurueck?url=${written(`https://shop.example.de/danke?bestellung=${number(8)}&ok=1`)}&status=ok`,
  ],
  () => [
    'POST',
    one(['/api/checkout', '/xmlrpc.php', '/wp-comments-post.php', '/kasse/zahlung', '/rpc', '/v2/notify']),
  ],
  () => [
    'GET',
    `/saml/acs?RelayState=${written('https://intranet.example.com/start?x=1')}&SAMLResponse=${encodeURIComponent(word64(300))}`,
  ],
  () => [
    'GET',
    `/oidc/callback?code=0.AR${word64(60)}&state=${encodeURIComponent(Buffer.from(JSON.stringify({ r: '/konto', n: number(6) })).toString('base64'))}&session_state=${hex(8)}-${hex(4)}`,
  ],
  () => [
    'GET',
    `/img/${word64(12)}/w:800/h:600/q:80/plain/${encodeURIComponent('https://cdn.example.net/a b/ä.jpg')}@webp`,
  ],
  () => [
    'GET',
    `/calendar/feed.ics?from=${day()}T00:00:00%2B02:00&to=${day()}T00:00:00%2B02:00&rrule=FREQ%3DWEEKLY;BYDAY%3DMO,WE`,
  ],
  () => ['GET', `/rss.xml?tag=${written(titleOf())}`],
  () => [
    'GET',
    `/newsletter/klick?u=${written(`https://shop.example.de/p/${number(4)}?x=${titleOf()}`)}&e=${written(`${one(names)}@example.org`)}`,
  ],
  () => ['GET', `/vote?choice=${one(['yes', 'no', 'a%20or%20b', "don't%20know"])}&poll=${below(99)}`],
  () => ['GET', `/formel?ausdruck=${written(one(['1+1=2', '2*(3+4)', 'x^2-1=0', 'sqrt(16)', 'a=b', '5>3']))}`],
  () => ['GET', `/timetable?from=${written('Zürich HB')}&to=${written("Sant'Agata / Èze")}&date=${day()}&time=12:30`],
  () => [
    'GET',
    one([
      '/',
      '/health',
      '/favicon.svg',
      '/robots.txt',
      '/ads.txt',
      '/.well-known/security.txt',
      '/feed/',
      '/impressum',
      '/mentions-legales',
      '/关于我们',
      '/en-gb/help/select-your-size',
      '/docs/cli/exec',
      '/docs/sql/union-and-join',
    ]),
  ],
];
const agents = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36 Edg/127.0.0.0',
  'Mozilla/5.0 (Linux; Android 14; 23049PCD8G Build/UKQ1.230804.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F36) WeChat/arm64 NetType/WIFI Language/zh_CN ABI/arm64',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  'WordPress/6.5.4; https://blog.example.org',
  'PayPal IPN ( https://www.paypal.com/ipn )',
  'Prometheus/2.53.0',
  'Nextcloud-Android/3.29.0',
  'Mozilla/5.0 (Windows) mirall/3.13.0 (Nextcloud, windows-10.0.19045 ClientArchitecture: x86_64 OsArchitecture: x86_64)',
  'git/2.45.2',
  'dart:io',
  'Ruby',
  'Faraday v2.9.0',
  'Apache-CXF/3.5.8',
  'aws-sdk-java/2.25.0 Linux/6.1 OpenJDK_64-Bit_Server_VM/17 Java/17 vendor/Eclipse_Adoptium',
  '',
  '-',
];
const referers = [
  () => '-',
  () => 'https://www.google.fr/',
  () => `https://www.baidu.com/link?url=${word64(60)}&wd=&eqid=${hex(32)}`,
  () => `https://duckduckgo.com/?q=${written(titleOf())}&t=h_&ia=web`,
  () => `https://shop.example.de/suche?begriff=${written(titleOf())}`,
  () =>
    `https://mail.example.com/owa/redir.aspx?C=${word64(40)}&URL=${written(`https://shop.example.de/p?${tracking()}`)}`,
  () => 'https://m.example.cn/%E6%90%9C%E7%B4%A2',
];
/** nginx writes what is no printable ASCII as \xHH; one site in four logs raw UTF-8 (`escape=none`), quotes left in order. */
const escaped = (text, raw) =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 32 || byte === 127 || byte === 34 || byte === 92 || (byte > 126 && !raw)
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
const visitors = Array.from({ length: Math.max(30, Math.ceil(lines / 25)) }, () => ({
  address: one([`198.51.100.${below(250)}`, `198.19.${below(250)}.${below(250)}`, `2001:db8::${hex(4)}:${hex(4)}`]),
  agent: one(agents),
}));
let at = Date.UTC(2026, 8, 13);
let out = '';
for (let i = 0; i < lines; ) {
  const [method, uri] = one(shapes)();
  if (method === undefined) continue;
  i++;
  at += below(1500);
  const { address, agent } = one(visitors);
  const raw = below(4) === 0;
  const time = new Date(at).toUTCString();
  const stamp = `${time.slice(5, 7)}/${time.slice(8, 11)}/${time.slice(12, 16)}:${time.slice(17, 25)} +0000`;
  const status = one([200, 200, 200, 200, 200, 206, 302, 304, 400, 401, 404, 500]);
  out += `${address} - - [${stamp}] "${method} ${escaped(uri, raw)} HTTP/${one(['1.1', '2.0', '3.0'])}" ${status} ${below(70_000)} "${escaped(one(referers)(), raw)}" "${escaped(agent, raw)}"\n`;
  if (out.length > 1 << 20) {
    process.stdout.write(out, 'latin1');
    out = '';
  }
}
process.stdout.write(out, 'latin1');
