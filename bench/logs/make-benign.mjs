// Requests of ordinary visitors, partners and machines as access lines of the combined format: node bench/logs/make-benign.mjs LINES [SEED] > access.log
// Shapes of several shops, content systems and APIs, with what trips patterns: names with quotes, search words that are
// SQL words, prices and brackets in filters, tokens, addresses in addresses, queries in JSON, OData and GraphQL.
import { xorshift } from '../random.mjs';

const lines = Number(process.argv[2] ?? 20_000);
const random = xorshift(process.argv[3] ?? 1);
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];
const digits = (n) => Array.from({ length: n }, () => below(10)).join('');
const hex = (n) => Array.from({ length: n }, () => '0123456789abcdef'[below(16)]).join('');
const token = (n) =>
  Array.from({ length: n }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'[below(64)]).join(
    '',
  );
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
const enc = encodeURIComponent;
const plus = (text) => enc(text).replaceAll('%20', '+');

const words = [
  'red shoes',
  "men's jacket",
  "O'Brien",
  'rock n roll',
  "rock 'n' roll",
  'select sofa',
  'union jack flag',
  'drop earrings',
  'table and chairs',
  'insert for oven',
  'update kit',
  'where to buy',
  '1/2 inch pipe',
  '12" vinyl',
  'size 38-40',
  '50% off',
  'black & white',
  'C++ primer',
  'AT&T phone',
  'Dolce & Gabbana',
  'Ärmellos Kleid',
  'crème brûlée',
  '红色 连衣裙',
  'スニーカー',
  'cat5e (10m)',
  'iphone 15 pro max',
  'order by mail',
  'gift < 20 EUR',
  'tv > 55 zoll',
  'group therapy book',
  'having fun',
  'delete key keyboard',
  'exec chair',
  'java mug',
  'script font',
  'file cabinet',
  'bin bags 30l',
  'cat food',
  'echo dot',
  'ping pong',
  'sleep mask',
  'benchmark book',
  'like new',
  'alert light',
  'document shredder',
  'window cleaner',
  'shell jacket',
  "l'oréal",
  "d'artagnan",
  'what is new?',
  'free; fast shipping',
  '2 for 1',
  '3=2 offer',
  'usb-c | usb-a',
  '#1 dad mug',
  '~30cm',
  '@home',
  '$5 deals',
];
const products = [
  'blue-shirt',
  'running-shoes-42',
  'usb-c-cable',
  'garden-table',
  'select-series-chair',
  'phpunit-book',
  'shell-lamp',
  'etc-collection',
  'windows-cleaner',
];
const hosts = ['www.example.com', 'shop.example.com', 'pay.example.net', 'm.example.org'];
const money = () => `${below(500)}.${digits(2)}`;
const date = () => `2026-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`;
const clicks = () =>
  one([
    () => `utm_source=google&utm_medium=cpc&utm_campaign=${plus(one(words))}&gclid=${token(60)}`,
    () => `fbclid=IwAR${token(56)}`,
    () => `utm_source=newsletter&utm_medium=email&utm_term=${plus(one(words))}`,
    () => `mc_cid=${hex(10)}&mc_eid=${hex(10)}`,
  ])();

/** Path with query; the first member is the method. */
const shapes = [
  () => [
    'GET',
    `/${one(['catalogsearch/result/', 'search', 'suche', 'recherche', 's'])}?${one(['q', 'query', 'k', 'keyword', 'search'])}=${plus(one(words))}${random() < 0.3 ? `&page=${1 + below(20)}` : ''}`,
  ],
  () => ['GET', `/${one(products)}.html${random() < 0.5 ? `?${clicks()}` : ''}`],
  () => [
    'GET',
    `/product/${digits(6)}/${one(products)}?variant=${digits(14)}&size=${one(['S', 'M', 'L', '42', '38%2F40'])}`,
  ],
  () => [
    'GET',
    `/c/${one(['women', 'men', 'sale'])}?price=${below(50)}-${50 + below(400)}&color%5B%5D=red&color%5B%5D=blue&order=position&dir=desc&limit=48`,
  ],
  () => [
    'GET',
    `/collections/all?filter.v.price.gte=${below(20)}&filter.v.price.lte=${20 + below(200)}&sort_by=price-ascending`,
  ],
  () => [
    'GET',
    `/api/v2/orders?filter[status][in]=pending,paid&filter[created_at][gte]=${date()}T00:00:00Z&sort=-created_at&page[size]=50`,
  ],
  () => [
    'GET',
    `/rest/V1/orders?searchCriteria[filter_groups][0][filters][0][field]=created_at&searchCriteria[filter_groups][0][filters][0][value]=${date()}%2000:00:00&searchCriteria[filter_groups][0][filters][0][condition_type]=gteq`,
  ],
  () => [
    'GET',
    `/odata/Products?$filter=Price%20gt%20${below(50)}%20and%20startswith(Name,'${one(['Ab', 'Ch', 'Te'])}')&$orderby=Name%20desc&$top=20&$select=Id,Name,Price`,
  ],
  () => [
    'GET',
    `/graphql?query=${enc(`query Cart($id: ID!) { cart(id: $id) { items { sku quantity price { value currency } } total } }`)}&variables=${enc(JSON.stringify({ id: token(24) }))}`,
  ],
  () => [
    'GET',
    `/graphql?operationName=ProductSearch&variables=${enc(JSON.stringify({ search: one(words), first: 24 }))}&extensions=${enc(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hex(64) } }))}`,
  ],
  () => [
    'POST',
    one([
      '/api/v1/payments',
      '/v1/charges',
      '/checkout/submit',
      '/payment/notify',
      '/gateway.do',
      '/graphql',
      '/cart/add.js',
      '/index.php?route=checkout/confirm',
    ]),
  ],
  () => ['GET', `/api/v1/payments/${uuid()}/status`],
  () => [
    'GET',
    `/payment/return?out_trade_no=${digits(20)}&trade_status=TRADE_SUCCESS&total_amount=${money()}&sign=${enc(`${token(86)}==`)}&sign_type=RSA2&timestamp=${date()}+12%3A30%3A01`,
  ],
  () => ['GET', `/checkout/3ds/callback?threeDSServerTransID=${uuid()}&cres=${token(180)}`],
  () => [
    'GET',
    `/oauth/authorize?response_type=code&client_id=${token(20)}&redirect_uri=${enc(`https://${one(hosts)}/auth/callback?next=/account`)}&scope=openid%20profile%20email&state=${token(32)}&code_challenge=${token(43)}&code_challenge_method=S256`,
  ],
  () => ['GET', `/login?return_url=${enc(`https://${one(hosts)}/account/orders?page=2&sort=date`)}`],
  () => [
    'GET',
    `/customer/account/login/referer/${Buffer.from(`https://${one(hosts)}/checkout/cart/`)
      .toString('base64')
      .replaceAll('=', '~')}/`,
  ],
  () => ['GET', `/confirm?token=eyJhbGciOiJIUzI1NiJ9.${token(80)}.${token(43)}`],
  () => [
    'GET',
    `/media/catalog/product/cache/${hex(32)}/${one('abcdef')}/${one('ghijkl')}/${one(products)}_${below(9)}.jpg`,
  ],
  () => [
    'GET',
    `/static/version${digits(10)}/frontend/Magento/luma/en_US/${one(['mage/common.js', 'css/styles-m.css', 'requirejs/require.js', 'jquery/jquery-ui.js'])}`,
  ],
  () => ['GET', `/assets/app-${hex(8)}.js`],
  () => [
    'GET',
    `/_next/image?url=${enc(`https://cdn.example.com/images/${one(products)}.png?w=800&q=75`)}&w=1080&q=75`,
  ],
  () => ['GET', `/_next/data/${token(21)}/en/products/${one(products)}.json?slug=${one(products)}`],
  () => ['GET', `/wp-json/wc/store/v1/products?search=${plus(one(words))}&per_page=12&orderby=price&order=asc`],
  () => ['GET', `/wp-content/plugins/woocommerce/assets/js/frontend/cart.min.js?ver=8.${below(9)}.${below(9)}`],
  () => ['POST', '/?wc-ajax=update_order_review'],
  () => [
    'GET',
    `/index.php?main_page=product_info&cPath=${below(90)}_${below(90)}&products_id=${below(9000)}&zenid=${hex(32)}`,
  ],
  () => [
    'GET',
    `/index.php?option=com_content&view=article&id=${below(900)}:${one(products)}&catid=${below(90)}&Itemid=${below(900)}`,
  ],
  () => ['GET', `/shop/?add-to-cart=${below(9000)}&quantity=${1 + below(3)}`],
  () => ['GET', `/stores?lat=${(random() * 180 - 90).toFixed(6)}&lng=${(random() * 360 - 180).toFixed(6)}&radius=25km`],
  () => ['GET', `/events?from=${date()}&to=${date()}&tz=Europe%2FBerlin`],
  () => ['GET', `/api/search?q=${enc(`title:"${one(words)}" AND price:[${below(20)} TO ${20 + below(90)}]`)}`],
  () => [
    'GET',
    `/collect?v=2&tid=G-${token(10)}&dl=${enc(`https://${one(hosts)}/${one(products)}.html?x=1&y=2`)}&dt=${enc(`${one(words)} | Example Shop`)}&sr=1920x1080&ul=de-de&en=page_view`,
  ],
  () => [
    'GET',
    `/pixel.gif?e=${enc(JSON.stringify({ type: 'view', sku: digits(8), name: one(words), price: Number(money()) }))}&t=${Date.UTC(2026, 5, 1) + below(1e9)}`,
  ],
  () => ['GET', `/track?id=1Z${digits(16)}`],
  () => ['GET', `/newsletter/unsubscribe?email=${enc(`anna.o'neil+shop@example.org`)}&key=${hex(40)}`],
  () => ['GET', `/reviews?comment=${plus(`Great! I'd buy it again; 5/5 -- thanks (${one(words)})`)}`],
  () => [
    'GET',
    `/contact?message=${plus(`Hello, where is order #${digits(9)}? I can't find it. "Not delivered" it says...`)}`,
  ],
  () => [
    'GET',
    `/download/invoice-${date()}.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260601%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Signature=${hex(64)}&X-Amz-SignedHeaders=host`,
  ],
  () => [
    'GET',
    one([
      '/',
      '/healthz',
      '/robots.txt',
      '/favicon.ico',
      '/sitemap.xml',
      '/apple-touch-icon.png',
      '/.well-known/apple-app-site-association',
      '/manifest.json',
      '/en/',
      '/de/kasse',
      '/impressum',
      '/docs/page.xhtml',
    ]),
  ],
  () => ['OPTIONS', '/api/v1/cart'],
  () => ['PUT', `/api/v1/cart/items/${digits(7)}`],
  () => ['DELETE', `/api/v1/cart/items/${digits(7)}`],
  () => ['HEAD', '/healthz'],
  () => ['GET', `/soap/orders.asmx?op=GetOrder&id=${digits(8)}`],
  () => [
    'GET',
    `/pay/${one(['alipay', 'wechat', 'paypal'])}/qrcode?text=${enc(`weixin://wxpay/bizpayurl?pr=${token(9)}`)}`,
  ],
  () => ['GET', `/checkout/success?session_id=cs_live_${token(58)}`],
  () => ['GET', `/api/rates?base=EUR&symbols=USD,GBP,CNY&amount=${money()}`],
  () => ['GET', `/calendar.php?month=${1 + below(12)}&year=2026&view=week#today`],
  () => ['GET', `/forum/viewtopic.php?f=${below(20)}&t=${below(9999)}&hilit=${plus(one(words))}&sid=${hex(32)}`],
  () => ['GET', `/wiki/index.php?title=Special:Search&search=${plus(one(words))}&fulltext=1&ns0=1`],
  () => [
    'GET',
    `/report?columns=id,name,total&group_by=merchant&having=total%3E${below(100)}&date_range=${date()}..${date()}`,
  ],
];
const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20G75 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN',
  'okhttp/4.12.0',
  'Go-http-client/1.1',
  'Java/17.0.11',
  'Apache-HttpClient/4.5.14 (Java/1.8.0_402)',
  'python-requests/2.32.3',
  'curl/8.5.0',
  'axios/1.7.2',
  'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
  'GuzzleHttp/7',
  'PostmanRuntime/7.39.0',
  'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'kube-probe/1.29',
  'ELB-HealthChecker/2.0',
  'Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A.230805.001)',
  'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727)',
  '-',
];
const referers = [
  () => '-',
  () => `https://${one(hosts)}/`,
  () => `https://${one(hosts)}/search?q=${plus(one(words))}`,
  () => 'https://www.google.com/',
  () => `https://www.google.de/search?q=${plus(one(words))}&client=firefox-b-d`,
  () => 'android-app://com.google.android.gm/',
  () =>
    `https://l.facebook.com/l.php?u=${enc(`https://${one(hosts)}/${one(products)}.html?fbclid=${token(40)}`)}&h=${token(60)}`,
  () => `https://${one(hosts)}/checkout/cart/?r=${below(9)}`,
];
const escaped = (text) =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte < 32 || byte > 126 || byte === 34 || byte === 92
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
/** Visitors who come back; each keeps its agent. A page brings several requests with it. */
const visitors = Array.from({ length: Math.max(20, Math.ceil(lines / 40)) }, () => ({
  address: `198.18.${below(200)}.${below(250)}`,
  agent: one(agents),
}));
let at = Date.UTC(2026, 8, 12);
let out = '';
for (let i = 0; i < lines; i++) {
  at += below(2000);
  const [method, uri] = one(shapes)();
  const { address, agent } = one(visitors);
  const time = new Date(at).toUTCString();
  const stamp = `${time.slice(5, 7)}/${time.slice(8, 11)}/${time.slice(12, 16)}:${time.slice(17, 25)} +0000`;
  const status = one([200, 200, 200, 200, 200, 201, 204, 301, 302, 304, 404, 499, 500]);
  out += `${address} - - [${stamp}] "${method} ${escaped(uri)} HTTP/1.1" ${status} ${below(90_000)} "${escaped(one(referers)())}" "${escaped(agent)}"\n`;
  if (out.length > 1 << 20) {
    process.stdout.write(out);
    out = '';
  }
}
process.stdout.write(out);
