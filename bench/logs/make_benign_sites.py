"""Ordinary requests of twelve kinds of sites as access lines: python3 bench/logs/make_benign_sites.py OUT.log [SEED] [LINES]

What people and programs really ask for: REST and GraphQL APIs, search engines and their operators, WordPress and its editor, shops with
queries in UTF-8, single sign-on with addresses in parameters, beacons of analytics with JSON and base64, maps and tiles, feeds, git over
HTTP, monitoring queries, object stores with signatures, forums. Nothing in it attacks anything.
"""
import base64, datetime, json, random, sys, urllib.parse, uuid

if len(sys.argv) < 2:
    sys.exit(__doc__)
out = sys.argv[1]
R = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 3)
LINES = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
q = urllib.parse.quote_plus
pq = urllib.parse.quote


def b64(n): return base64.b64encode(R.randbytes(n)).decode()
def b64u(n): return base64.urlsafe_b64encode(R.randbytes(n)).decode().rstrip('=')
def hexa(n): return ''.join(R.choice('0123456789abcdef') for _ in range(n))
def uid(): return str(uuid.UUID(int=R.getrandbits(128), version=4))
def n(a, b): return R.randrange(a, b)
def one(*a): return R.choice(a)


WORDS = {
    'en': "wireless headphones|women's winter boots size 7 1/2|men's 501 jeans|rock & roll hall of fame|how to select a union|O'Reilly SQL cookbook|table and chairs set|AC/DC t-shirt|5\" hdmi cable|drop shipping|the cat's pyjamas|1 or 2 bedroom flat|\"exact phrase\" tea|black+decker drill 18v|cotton (organic) sheets|50% off shoes|bed & breakfast|script font; handwriting|where to order pizza|update from last version|c++ in a nutshell|node.js hosting|print('hello') python tutorial|bash alias ls|<3 valentine card|usb-c -> hdmi|price < 100 laptop|cats; dogs|grep manual|sleep apnea mask|execute order 66 poster|delete key replacement|insert tray|having a baby book|group by phil collins|benchmark table 3|system restore dvd|char siu pork|ascii art|concat glue|null modem cable",
    'de': "Wärmepumpe für Einfamilienhaus|Müller's Mühle Müsli|größe 42½ schuhe|fahrrad & zubehör|tür-/fenstersensor|käse (bio) 400 g|wo gibt es 'Schwarzwälder' schinken|50 % rabatt|straße nach süden|uhr > 100 €",
    'fr': "l'été indien|crème brûlée d'auteur|aujourd'hui c'est la fête|chaussures d'occasion n°38|qu'est-ce que c'est|jeans à 50%|l'union fait la force|où sélectionner l'hôtel",
    'zh': "无线耳机 降噪|女士羽绒服 2026新款|“小米”手机壳|苹果15手机 256G|中文 搜索 = 测试|儿童玩具(3-6岁)|满100减20|张三's shop",
    'ru': "купить билет на поезд|ёлка искусственная 180см|платье «летнее»|союз select кофе",
    'es': "zapatos niño talla 30|¿dónde comprar?|jamón ibérico d'origen|café & té 50%",
    'ar': "حذاء رياضي رجالي|هاتف ذكي",
    'ja': "ワイヤレス イヤホン|北海道(札幌) ホテル|「本」 送料無料"}


def word(): return R.choice(R.choice(list(WORDS.values())).split('|'))


def rest():
    r = one('orders', 'users', 'invoices', 'products', 'payments', 'events', 'tickets')
    return one(lambda: f'/api/v{n(1, 4)}/{r}/{n(1, 10 ** 6)}', lambda: f'/api/v2/{r}?filter[status]={one("open", "closed")}&sort=-created_at,name&page[size]=50&page[number]={n(1, 90)}',
               lambda: f'/api/{r}?where={q(json.dumps({"status": {"$in": ["paid", "open"]}, "total": {"$gte": n(1, 99)}}))}&limit=20', lambda: f'/odata/{r.title()}?$filter={pq(f"Name eq {chr(39)}O{chr(39)*2}Neil{chr(39)} and Price gt {n(1, 90)}")}&$select=Id,Name&$orderby=Name%20desc&$top=50',
               lambda: f'/api/{r}?fields=id,name,lines(sku,price)&expand=customer.address&created>={2026}-0{n(1, 9)}-01', lambda: f'/api/v1/{r}?cursor={b64u(48)}&include=author,comments.author', lambda: f'/rest/{r};v=1;lang=de?_={n(10 ** 12, 2 * 10 ** 12)}',
               lambda: f'/api/v1/{r}?q={q("status:open assignee:me() order by created")}', lambda: f'/rest/api/2/search?jql={q(f"project = PAY AND status in (Open, {chr(34)}In Progress{chr(34)}) ORDER BY created DESC")}&maxResults=50',
               lambda: f'/api/{r}?rsql={q("name==%sfoo*%s;price=gt=%d,stock=lt=5" % (chr(39), chr(39), n(1, 90)))}', lambda: f'/api/{r}/export?columns=id,name,sum(total)&format=csv')()


def graphql():
    query = one('{ shop { name products(first: 10) { edges { node { id title } } } } }', 'query Order($id: ID!) { order(id: $id) { total lines { sku } } }', 'query($q:String!){search(query:$q,type:USER){nodes{... on User{login}}}}', '{__typename}')
    return one(lambda: f'/graphql?query={q(query)}&variables={q(json.dumps({"id": uid(), "q": word()}))}', lambda: f'/graphql?operationName=Order&extensions={q(json.dumps({"persistedQuery": {"version": 1, "sha256Hash": hexa(64)}}))}&variables={q(json.dumps({"id": n(1, 10 ** 6), "opts": {"first": 20, "after": b64(12)}}))}')()


def search():
    return one(lambda: f'/search?q={q(word())}', lambda: f'/s?k={q(word())}&i={one("aps", "electronics")}&ref=nb_sb_noss_{n(1, 3)}&sprefix={q(word()[:9])}%2Caps%2C{n(90, 300)}&crid={hexa(13).upper()}', lambda: f'/suche/?suchbegriff={pq(word())}&sortierung=preis-auf&seite={n(1, 30)}',
               lambda: f'/search?q={q(one("site:example.com -inurl:login", "intitle:index filetype:pdf", "(cat OR dog) AND food", chr(34) + word() + chr(34) + " +tea -coffee", "author:" + chr(34) + "D" + chr(39) + "Arcy" + chr(34), "price:[10 TO 50] AND in_stock:true", "title:(quick OR brown)^2 ~fox*"))}&hl=en',
               lambda: f'/suggest?term={q(word()[:n(2, 12)])}&_={n(10 ** 12, 2 * 10 ** 12)}', lambda: f'/catalogsearch/result/index/?q={q(word())}&price={n(1, 50)}-{n(50, 500)}&color={n(1, 90)}%2C{n(1, 90)}',
               lambda: f'/solr/products/select?q=*:*&fq={q("category:(shoes OR boots) AND -discontinued:true")}&fl=id,name&wt=json&rows=20&facet=true&facet.field=brand')()


def wordpress():
    return one(lambda: f'/wp-admin/admin-ajax.php?action={one("heartbeat", "wp_rest_nonce", "query-attachments")}&_wpnonce={hexa(10)}', lambda: f'/wp-json/wp/v2/posts?per_page=100&_fields=id,title,link&search={q(word())}&orderby=relevance', lambda: f'/wp-admin/load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils,moxiejs,plupload&ver=6.6.{n(1, 4)}',
               lambda: f'/wp-admin/post.php?post={n(1, 9999)}&action=edit&message=1', lambda: f'/wp-content/plugins/contact-form-7/includes/js/index.js?ver=5.9.{n(1, 9)}', lambda: f'/?p={n(1, 9999)}&preview=true&preview_nonce={hexa(10)}', lambda: f'/wp-cron.php?doing_wp_cron={n(10 ** 9, 2 * 10 ** 9)}.{n(10 ** 15, 10 ** 16)}',
               lambda: f'/wp-login.php?redirect_to={q("https://blog.example/wp-admin/")}&reauth=1', lambda: f'/feed/?paged={n(1, 9)}', lambda: f'/wp-admin/options-general.php?page=plugin&settings-updated=true&tab={q("Import/Export")}', lambda: f'/wp-admin/themes.php?page=custom-css', lambda: f'/category/{pq(word())}/page/{n(1, 9)}/')()


def shop():
    return one(lambda: f'/p/{pq(word().replace("/", "-"))}-{n(1, 10 ** 6)}', lambda: f'/produkte?farbe[]={q("grün")}&farbe[]={q("weiß/blau")}&groesse=42%C2%BD&preis={n(1, 50)}%2C00+%E2%82%AC+-+{n(50, 90)}%2C00+%E2%82%AC', lambda: f'/cart/add?id={n(1, 10 ** 6)}&qty={n(1, 4)}&options[engraving]={q(one("Für O" + chr(39) + "Brien <3", "Happy Birthday, Mum & Dad!", "C" + chr(39) + "est la vie", "love; always"))}',
               lambda: f'/checkout/success?order={n(10 ** 8, 10 ** 9)}&amount={n(1, 400)}.{n(10, 99)}&currency=EUR&name={q(one("Seán O" + chr(39) + "Casey", "José María d" + chr(39) + "Ávila", "Zoë & Max", "Müller-Lüdenscheidt"))}', lambda: f'/{pq("鞋子")}/{pq(word().replace("/", " "))}.html?utm_source=newsletter&utm_campaign={q("50% off — today only!")}&utm_content={q("header|cta")}',
               lambda: f'/compare?items={n(1, 999)}%7C{n(1, 999)}%7C{n(1, 999)}', lambda: f'/reviews?product={n(1, 9999)}&text={q(one("Great! 5/5 -- would buy again", "it" + chr(39) + "s ok; but 2 small", "100% recommended (really)", "<3 <3 <3", "Select size carefully, or 1 = 1 size up"))}', lambda: f'/store-locator?address={q(one("St. John" + chr(39) + "s Road 5, Apt #3", "1/2 Main St; 2nd floor", "Straße des 17. Juni 135, 10623 Berlin"))}&radius=25')()


def sso():
    back = one('https://app.example/cb', 'https://shop.example/account/orders?id=5&x=1', 'http://localhost:8080/callback', 'https://intranet.example:8443/sites/hr/_layouts/15/start.aspx#/SitePages/Home.aspx', 'com.example.app:/oauth2redirect')
    return one(lambda: f'/oauth2/authorize?client_id={uid()}&response_type=code&redirect_uri={q(back)}&scope=openid%20profile%20email&state={b64u(32)}&nonce={hexa(32)}&code_challenge={b64u(32)}&code_challenge_method=S256', lambda: f'/oauth/callback?code=4/0A{b64u(50)}&state={q(json.dumps({"r": back, "n": hexa(8)}))}&scope={q("https://www.googleapis.com/auth/userinfo.email openid")}&authuser=0&prompt=none',
               lambda: f'/saml/login?SAMLRequest={q(b64(300))}&RelayState={q(back)}&SigAlg={q("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")}&Signature={q(b64(256))}', lambda: f'/login?next={pq(back, safe="")}', lambda: f'/login?returnUrl=%2Faccount%2Forders%3Fpage%3D{n(1, 9)}%26sort%3Ddate', lambda: f'/cas/login?service={q(back)}&ticket=ST-{n(1, 9999)}-{b64u(20)}',
               lambda: f'/logout?post_logout_redirect_uri={q(back)}&id_token_hint={b64u(40)}.{b64u(200)}.{b64u(256)}', lambda: f'/auth/realms/shop/protocol/openid-connect/auth?client_id=web&redirect_uri={q(back)}&state={uid()}&response_mode=fragment&login_hint={q("erika.o" + chr(39) + "neil+test@example.org")}')()


def beacon():
    return one(lambda: f'/collect?v=2&tid=G-{hexa(10).upper()}&gtm=45je{hexa(12)}&_p={n(10 ** 9, 2 * 10 ** 9)}&cid={n(10 ** 9, 2 * 10 ** 9)}.{n(10 ** 9, 2 * 10 ** 9)}&ul=de-de&sr=1920x1080&dl={q("https://shop.example/s?q=" + q(word()))}&dt={q(word() + " | Shop – " + chr(8220) + "Best" + chr(8221))}&en=page_view&ep.debug=false',
               lambda: f'/b/ss/report/1/JS-2.22.0/s{n(10 ** 12, 10 ** 13)}?AQB=1&ndh=1&t={q("12/8/2026 10:1:5 6 -120")}&g={q("https://www.example/a?b=1&c=%27x%27")}&c1={q("D=v1")}&AQE=1', lambda: f'/piwik.php?action_name={q(word())}&idsite=1&rec=1&url={q("https://e.example/?x=" + word())}&_cvar={q(json.dumps({"1": ["type", word()]}))}&pdf=1&cookie=1',
               lambda: f'/track?data={q(base64.b64encode(json.dumps({"event": "click", "properties": {"q": word(), "el": "div#main > ul.list li:nth-child(2) a[href]"}}).encode()).decode())}', lambda: f'/rum?e={q(json.dumps({"m": "TypeError: Cannot read properties of undefined (reading " + chr(39) + "map" + chr(39) + ")", "s": "at r (app.js:1:2345)", "u": "https://e.example/"}))}', lambda: f'/pixel.gif?id={n(1, 10 ** 9)}&ev=ViewContent&cd[content_ids]={q("[" + chr(34) + str(n(1, 99999)) + chr(34) + "]")}&cd[value]={n(1, 99)}.00&sw=1920&fbp=fb.1.{n(10 ** 12, 2 * 10 ** 12)}.{n(10 ** 9, 10 ** 10)}',
               lambda: f'/px?r={q("https://www.google.com/search?q=" + q(word()) + "&ie=UTF-8")}&t={n(10 ** 12, 2 * 10 ** 12)}&w=1920&h=1080&ua={q("Mozilla/5.0 (X11; Linux x86_64; rv:130.0)")}')()


def maps():
    return one(lambda: f'/tiles/{n(1, 19)}/{n(1, 99999)}/{n(1, 99999)}@2x.png', lambda: f'/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&BBOX={n(1, 90)}.5,-{n(1, 90)}.25,{n(1, 90)}.5,{n(1, 90)}&CRS=EPSG:4326&WIDTH=256&HEIGHT=256&LAYERS=roads&STYLES=&FORMAT=image/png', lambda: f'/wfs?service=WFS&request=GetFeature&typeName=ns:parcels&CQL_FILTER={q("area > " + str(n(1, 99)) + " AND name LIKE " + chr(39) + "St%" + chr(39))}',
               lambda: f'/geocode?q={q("10 Rue de l" + chr(39) + "Église, 75015 Paris")}&viewbox=2.2,48.9,2.4,48.8&bounded=1', lambda: f'/route?from=48.{n(10000, 99999)},11.{n(10000, 99999)}&to=52.5,13.4&profile=car&alternatives=true')()


def ops():
    return one(lambda: f'/api/v1/query?query={q("sum(rate(http_requests_total{job=%sweb%s,status=~%s5..%s}[5m])) by (instance)" % ((chr(34),) * 4))}&time={n(10 ** 9, 2 * 10 ** 9)}.{n(100, 999)}', lambda: f'/api/datasources/proxy/1/query?db=telegraf&q={q("SELECT mean(%susage_idle%s) FROM %scpu%s WHERE time >= now() - 6h GROUP BY time(1m), %shost%s fill(null)" % ((chr(34),) * 6))}&epoch=ms', lambda: f'/_search?q={q("level:error AND service:pay*")}&size=100&sort=@timestamp:desc',
               lambda: f'/loki/api/v1/query_range?query={q("{app=%spay%s} |= %serror%s | json | line_format %s{{.msg}}%s" % ((chr(34),) * 6))}&start={n(10 ** 18, 2 * 10 ** 18)}&limit=1000', lambda: f'/healthz?probe=liveness', lambda: f'/metrics?name[]=up', lambda: f'/app/kibana?_g=(refreshInterval:(pause:!t,value:0),time:(from:now-15m,to:now))&_a=(columns:!(_source),query:(language:kuery,query:{q(chr(39) + "status >= 500" + chr(39))}))',
               lambda: f'/git/repo.git/info/refs?service=git-upload-pack', lambda: f'/npm/@types%2Fnode/-/node-20.{n(1, 19)}.0.tgz', lambda: f'/v2/library/app/manifests/sha256:{hexa(64)}', lambda: f'/job/build/lastBuild/api/json?tree=actions[causes[*]],result')()


def store():
    return one(lambda: f'/bucket/{pq("Reports 2026/Q3 (final) v2.xlsx")}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={hexa(20).upper()}%2F20260912%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20260912T101010Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature={hexa(64)}&response-content-disposition={q("attachment; filename=%sQ3.xlsx%s" % (chr(34), chr(34)))}',
               lambda: f'/bucket/?list-type=2&prefix={q("logs/2026/")}&delimiter=%2F&encoding-type=url', lambda: f'/files/{uid()}/{pq(one("Lebenslauf Müller.pdf", "it" + chr(39) + "s me.jpg", "invoice #12; copy.pdf", "résumé & cover.docx", "scan.php.pdf", "etc passwd guide.pdf"))}', lambda: f'/image?url={q("https://cdn.example/img/" + hexa(12) + ".jpg?w=200&h=200")}&fit=crop&q=80', lambda: f'/_next/image?url=%2Fimages%2F{hexa(8)}.png&w=1080&q=75',
               lambda: f'/sites/team/_layouts/15/download.aspx?SourceUrl={pq("/sites/team/Shared Documents/Plan 2026.docx")}&tempauth={b64u(100)}')()


def forum():
    return one(lambda: f'/viewtopic.php?f={n(1, 90)}&t={n(1, 99999)}&start={n(1, 20) * 15}#p{n(1, 99999)}', lambda: f'/index.php?title={pq("Spezial:Suche")}&search={q(word())}&fulltext=1&ns0=1', lambda: f'/wiki/{pq(one("C++", "AT&T", "Rock " + chr(39) + "n" + chr(39) + " Roll", "SQL:1999", "Select (Unix)", "Bobby_Tables", "/etc/passwd", "Script_kiddie", "Union_(set_theory)"), safe="")}', lambda: f'/questions/tagged/{pq("c++")}%20or%20{pq("sql-server")}?sort=votes', lambda: f'/index.php?option=com_content&view=article&id={n(1, 999)}:{pq(word()[:20].replace(" ", "-"))}&catid={n(1, 20)}&Itemid={n(1, 300)}',
               lambda: f'/node/{n(1, 999)}?destination=node/{n(1, 999)}/edit&token={b64u(32)}', lambda: f'/user/profile?tab=posts&filter={q("likes>10")}', lambda: f'/message.php?subject={q("Re: SQL insert into table -- help!")}&body={q(one("try: SELECT name FROM users", "use <b>bold</b> please", "what" + chr(39) + "s up?"))}' if R.random() < .1 else f'/thread/{n(1, 9999)}?page={n(1, 60)}')()


def static():
    return one(f'/static/js/main.{hexa(8)}.chunk.js', f'/assets/fonts/inter.woff2?v={n(1, 9)}.{n(1, 9)}', '/favicon.ico', '/robots.txt', '/.well-known/openid-configuration', '/.well-known/assetlinks.json', '/apple-app-site-association', f'/img/{n(1, 9999)}_{n(1, 999)}x{n(1, 999)}.webp', '/sitemap.xml.gz', '/manifest.webmanifest', f'/css?family=Open+Sans:300,400,700%7CRoboto:wght@400;700&display=swap', f'/combo?3.18.1/build/yui/yui-min.js&3.18.1/build/oop/oop-min.js')


SITES = [(rest, 16), (graphql, 6), (search, 14), (wordpress, 9), (shop, 11), (sso, 9), (beacon, 10), (maps, 4), (ops, 6), (store, 6), (forum, 6), (static, 14)]
AGENTS = ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36', 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
          'okhttp/4.12.0', 'python-requests/2.32.3', 'curl/8.5.0', 'Dalvik/2.1.0 (Linux; U; Android 14; SM-S918B Build/UP1A.231005.007)', 'GitHub-Hookshot/abc1234', 'Prometheus/2.53.0', 'kube-probe/1.30', 'Mozilla/5.0 (Linux; Android 12; M2007J20CG Build/SKQ1.211019.001; wv) AppleWebKit/537.36 MicroMessenger/8.0.50.2701(0x28003255) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN',
          'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005;FBDV/iPhone14,5;FBMD/iPhone]', 'Apache-HttpClient/5.3.1 (Java/21.0.3)', 'axios/1.7.4', 'WordPress/6.6.1; https://blog.example']


def escaped(text):
    return ''.join(chr(b) if 32 <= b < 127 and b not in (34, 92) else f'\\x{b:02X}' for b in text.encode())


# Visitors come with a browser or program of their own and ask for some dozens of things.
VISITORS = [(f'{n(1, 223)}.{n(0, 256)}.{n(0, 256)}.{n(1, 255)}', one(*AGENTS)) for _ in range(max(20, LINES // 25))]
t = datetime.datetime(2026, 9, 12, tzinfo=datetime.timezone.utc)
with open(out, 'w', newline='\n') as f:
    for k in range(LINES):
        t += datetime.timedelta(milliseconds=n(1, 4000))
        target = R.choices([s for s, _ in SITES], [w for _, w in SITES])[0]()
        referer = one('-', '-', 'https://www.google.com/', 'https://shop.example' + search() if R.random() < .5 else 'https://shop.example/', 'https://blog.example/?p=5')
        client, agent = R.choice(VISITORS)
        f.write(f'{client} - - [{t.strftime("%d/%b/%Y:%H:%M:%S")} +0000] "{one("GET", "GET", "GET", "POST")} {escaped(target.split("#")[0])} HTTP/{one("1.1", "2.0")}" {one(200, 200, 200, 200, 302, 304, 404)} {n(0, 99999)} "{escaped(referer)}" "{agent}"\n')
