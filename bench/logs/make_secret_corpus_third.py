"""Third labelled corpus of secrets: make_secret_corpus_third.py FILE TRUTH [SEED] [LINES]

Keys and passwords as configurations, histories, environments, builds and logs hold them, among what only looks alike. Written from
the formats alone. TRUTH: JSON lines of {line, kind, secret}; `part` marks what continues a secret of a line before, which only the
redacted copy is judged by.
"""
import base64
import json
import random
import sys
import textwrap
import urllib.parse

if len(sys.argv) < 3:
    sys.exit(__doc__)
OUT, TRUTH = sys.argv[1:3]
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1201)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 20_000

HEX = "0123456789abcdef"
LOWER = "abcdefghijklmnopqrstuvwxyz"
ALNUM = LOWER + LOWER.upper() + "0123456789"
WORDS = "amber basil cedar delta ember fjord grove harbor iris jetty kiosk lunar maple nectar onyx pepper quartz river".split()
USERS = "deploy backup svc_pay root admin reporting postgres appuser".split()
HOSTS = "db1.internal pay-db.example.com 10.20.0.15 cache.shop.example mq.internal ldap.corp.example".split()


def text(alphabet, count):
    return "".join(rng.choice(alphabet) for _ in range(count))


def random_key(alphabet, count):
    """A key with at least one digit and one letter, as one of its length has but by rare chance."""
    while True:
        value = text(alphabet, count)
        if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
            return value


def password():
    """What people and generators choose; nothing that needs a quote in a shell."""
    return rng.choice(
        [
            lambda: random_key(ALNUM, rng.randint(10, 24)),
            lambda: random_key(ALNUM + "!.-_+", rng.randint(10, 18)).strip(".-_+!") + "7",
            lambda: rng.choice(WORDS).title() + "!" + str(rng.randint(1000, 9999)),
            lambda: rng.choice(WORDS) + "-" + rng.choice(WORDS) + "-" + str(rng.randint(10, 99)) + "-" + rng.choice(WORDS),
        ]
    )()


def b64(count, url=False):
    raw = rng.randbytes(count)
    return (base64.urlsafe_b64encode(raw).rstrip(b"=") if url else base64.b64encode(raw)).decode()


def stamp():
    return f"2026-11-{rng.randint(10, 23)}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}.{rng.randint(0, 999):03d}Z"


def uuid():
    h = text(HEX, 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def jwt():
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': text(HEX, 8)})}.{part({'sub': rng.choice(USERS), 'exp': 1795000000})}.{b64(64, True)}"


def one(kind, form, secret):
    """A line `form` with its secret in the place of the at sign in brackets."""
    return [(form.replace("[@]", secret), kind, secret, False)]


def plain(line):
    return [(line, None, None, False)]


# Keys whose form tells their issuer.
ISSUED = {
    "github": lambda: rng.choice(["ghp_", "gho_", "ghs_"]) + random_key(ALNUM, 36),
    "github-fine": lambda: "github_pat_" + random_key(ALNUM, 22) + "_" + random_key(ALNUM, 59),
    "gitlab": lambda: "glpat-" + random_key(ALNUM + "-_", 19) + "x",
    "slack": lambda: f"xoxb-{text('123456789', 12)}-{text('123456789', 13)}-{random_key(ALNUM, 24)}",
    "stripe": lambda: rng.choice(["sk_live_", "rk_live_"]) + random_key(ALNUM, rng.choice([24, 99])),
    "stripe-webhook": lambda: "whsec_" + random_key(ALNUM, 32),
    "google-oauth": lambda: "GOCSPX-" + random_key(ALNUM, 28),
    "google-api": lambda: "AIza" + random_key(ALNUM + "-_", 34) + "k",
    "sendgrid": lambda: f"SG.{random_key(ALNUM, 22)}.{random_key(ALNUM, 43)}",
    "npm": lambda: "npm_" + random_key(ALNUM, 36),
    "pypi": lambda: "pypi-AgEIcHlwaS5vcmc" + random_key(ALNUM, 150),
    "docker": lambda: "dckr_pat_" + random_key(ALNUM, 27),
    "vault": lambda: "hvs." + random_key(ALNUM, 95),
    "digitalocean": lambda: "dop_v1_" + text(HEX, 64),
    "shopify": lambda: "shpat_" + text(HEX, 32),
    "openai": lambda: "sk-proj-" + random_key(ALNUM, 20) + "T3BlbkFJ" + random_key(ALNUM, 20),
    "anthropic": lambda: "sk-ant-api03-" + random_key(ALNUM, 93) + "AA",
    "huggingface": lambda: "hf_" + text(LOWER + LOWER.upper(), 34),
    "grafana": lambda: f"glsa_{random_key(ALNUM, 32)}_{text(HEX, 8)}",
    "newrelic": lambda: "NRAK-" + text(LOWER.upper() + "0123456789", 27),
    "postman": lambda: f"PMAK-{text(HEX, 24)}-{text(HEX, 34)}",
    "age": lambda: "AGE-SECRET-KEY-1" + text("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "telegram": lambda: f"{text('123456789', 10)}:AA{random_key(ALNUM, 33)}",
    "rubygems": lambda: "rubygems_" + text(HEX, 48),
    "pulumi": lambda: "pul-" + text(HEX, 40),
    "flutterwave": lambda: f"FLWSECK-{text(HEX, 32)}-X",
    "square": lambda: "sq0csp-" + random_key(ALNUM, 43),
    "terraform-cloud": lambda: f"{random_key(ALNUM, 14)}.atlasv1.{random_key(ALNUM, 65)}",
    "atlassian": lambda: "ATATT3xFfGF0" + random_key(ALNUM, 171) + "=" + text("0123456789ABCDEF", 8),
}  # fmt: skip


def issued():
    kind = rng.choice(list(ISSUED))
    key = ISSUED[kind]()
    form = rng.choice(
        [
            f"{stamp()} DEBUG http client: Authorization: Bearer [@]",
            f'{stamp()} ERROR request rejected {{"token":"[@]","status":401}}',
            "export API_TOKEN=[@]",
            f"{stamp()} config loaded: key=[@] region=eu",
            "  token: '[@]'",
            f"##[debug]Evaluating: secrets.TOKEN -> '[@]'",
            "remote rejected token [@]: revoked",
            "const client = new Client('[@]');",
        ]
    )
    return one(f"issued {kind}", form, key)


def environment():
    name = rng.choice(
        "DB_PASSWORD POSTGRES_PASSWORD MYSQL_ROOT_PASSWORD REDIS_PASSWORD RABBITMQ_DEFAULT_PASS SMTP_PASSWORD JWT_SECRET SESSION_SECRET "
        "SECRET_KEY APP_SECRET CLIENT_SECRET OAUTH_CLIENT_SECRET ENCRYPTION_KEY SIGNING_KEY PAYMENT_API_KEY ADYEN_API_KEY WEBHOOK_SECRET "
        "MINIO_SECRET_KEY AWS_SECRET_ACCESS_KEY PGPASSWORD MYSQL_PWD KEYSTORE_PASSWORD SPRING_DATASOURCE_PASSWORD GF_SECURITY_ADMIN_PASSWORD "
        "PAYPAL_CLIENT_SECRET SECRET_KEY_BASE WECHAT_APIV3_KEY ACCESS_TOKEN".split()
    )
    secret = random_key(ALNUM + "/+", 39) + "9" if name == "AWS_SECRET_ACCESS_KEY" else password()
    form = rng.choice(
        [
            f"{name}=[@]",
            f'{name}="[@]"',
            f"export {name}='[@]'",
            f'            "{name}=[@]",',
            f'Environment="{name}=[@]"',
            f"    - {name}=[@]",
            f"    {name}: [@]",
            f"ENV {name} [@]",
            f"docker run -d -e {name}=[@] shop/api:1.4",
            f"{stamp()} env: PATH=/usr/bin {name}=[@] HOME=/root",
            f"$env:{name} = '[@]'",
            f"setx {name} [@]",
            f"set {name}=[@]",
            f"  {name} = \"[@]\"",
            f"{name} := [@]",
        ]
    )
    return one("environment", form, secret)


def history():
    user, host = rng.choice(USERS), rng.choice(HOSTS)
    form = rng.choice(
        [
            f"mysql -u {user} -p[@] -h {host} shop",
            f"mysqldump --user={user} --password=[@] shop > dump.sql",
            f"mysql -u{user} -p'[@]' shop",
            f"sshpass -p [@] ssh {user}@{host}",
            f"sshpass -p '[@]' scp dump.sql {user}@{host}:/tmp",
            f"curl -u {user}:[@] https://{host}/api/status",
            f"curl --user '{user}:[@]' -X POST https://{host}/hook",
            f"PGPASSWORD=[@] psql -h {host} -U {user} shop",
            f"redis-cli -h {host} -a [@] ping",
            "openssl pkcs12 -in shop.p12 -nodes -passin pass:[@]",
            "openssl rsa -in key.pem -out plain.pem -passin pass:[@]",
            f"docker login -u {user} -p [@] registry.example.com",
            f"htpasswd -b /etc/nginx/.htpasswd {user} [@]",
            "aws configure set aws_secret_access_key [@]",
            "kubectl create secret generic db --from-literal=password=[@]",
            "keytool -list -keystore shop.jks -storepass [@]",
            f"ldapsearch -x -D cn={user},dc=corp -w [@] -b dc=corp",
            f"echo '{user}:[@]' | chpasswd",
            f"echo [@] | sudo -S systemctl restart nginx",
            f"smbclient //{host}/share -U {user}%[@]",
            f"wget --user={user} --password=[@] https://{host}/x.tgz",
            f"mongosh --host {host} -u {user} -p [@] --authenticationDatabase admin",
            "7z a -p[@] backup.7z dump.sql",
            "zip -P [@] backup.zip dump.sql",
            "gpg --batch --passphrase [@] -d dump.sql.gpg",
            f"az login --service-principal -u {uuid()} -p [@] --tenant {uuid()}",
            "vault kv put secret/pay password=[@]",
            f"sqlcmd -S {host} -U sa -P [@] -Q 'select 1'",
            f"sqlplus {user}/[@]@{host}:1521/ORCL",
            f"psql postgresql://{user}:[@]@{host}/shop",
            f"ansible all -m ping -e ansible_become_pass=[@]",
            f"net use \\\\{host}\\share /user:{user} [@]",
            f"rabbitmqctl add_user {user} [@]",
            f"influx -username {user} -password [@]",
            f"ipmitool -H {host} -U {user} -P [@] chassis status",
            f"lftp -u {user},[@] sftp://{host}",
            f"mysql -e \"CREATE USER '{user}'@'%' IDENTIFIED BY '[@]'\"",
            f"ALTER ROLE {user} WITH PASSWORD '[@]';",
        ]
    )
    line = one("command", form, password())
    if rng.random() < 0.3:
        return [(f"{rng.randint(1, 2000):5d}  {line[0][0]}", *line[0][1:])]
    return line


def headers():
    basic = base64.b64encode(f"{rng.choice(USERS)}:{password()}".encode()).decode()
    kind, form, secret = rng.choice(
        [
            ("basic", "Authorization: Basic [@]", basic),
            ("basic", "> authorization: basic [@]", basic),
            ("basic", '"Proxy-Authorization":["Basic [@]"]', basic),
            ("basic", 'proxy_set_header Authorization "Basic [@]";', basic),
            ("bearer", "Authorization: Bearer [@]", random_key(ALNUM, 40)),
            ("bearer", f"{stamp()} headers={{accept=[*/*], authorization=[Bearer [@]]}}", random_key(ALNUM, 32)),
            ("bearer", "curl -H 'Authorization: Bearer [@]' https://api.shop.example/v1", jwt()),
            ("jwt", f"{stamp()} WARN token [@] expired", jwt()),
            ("jwt", '{"id_token":"[@]","expires_in":3600}', jwt()),
            ("api key", "X-Api-Key: [@]", random_key(ALNUM, 32)),
            ("api key", "x-api-key=[@]", random_key(ALNUM, 40)),
            ("api key", "Ocp-Apim-Subscription-Key: [@]", text(HEX, 32)),
            ("api key", "'PRIVATE-TOKEN': '[@]'", random_key(ALNUM, 20)),
            ("api key", "X-Vault-Token: [@]", "s." + random_key(ALNUM, 24)),
            ("api key", "< X-Auth-Token: [@]", text(HEX, 32)),
            ("cookie", "Cookie: lang=de; JSESSIONID=[@]", text(HEX.upper(), 32)),
            ("cookie", "Set-Cookie: PHPSESSID=[@]; path=/; HttpOnly", random_key(LOWER + "0123456789", 26)),
            ("cookie", "cookie: sessionid=[@]; theme=dark", random_key(LOWER + "0123456789", 32)),
            ("oauth", '{"access_token":"[@]","token_type":"Bearer","expires_in":3599}', random_key(ALNUM, 64)),
            ("oauth", '{"token_type":"Bearer","refresh_token":"[@]"}', random_key(ALNUM, 48)),
            ("oauth", "grant_type=client_credentials&client_id=shop&client_secret=[@]", random_key(ALNUM, 40)),
        ]
    )
    return one(kind, form, secret)


def address():
    user, host = rng.choice(USERS), rng.choice(HOSTS)
    kind, form, secret = rng.choice(
        [
            ("url", f"https://{user}:[@]@{host}/repo.git", password()),
            ("url", f"amqp://{user}:[@]@{host}:5672/%2f", password()),
            ("url", f"redis://:[@]@{host}:6379/0", password()),
            ("url", f'DATABASE_URL="postgres://{user}:[@]@{host}:5432/shop?sslmode=require"', password()),
            ("url", f"mongodb+srv://{user}:[@]@cluster0.ab1cd.example.net/shop", password()),
            ("url", f"{stamp()} ERROR cannot connect to mysql+pymysql://{user}:[@]@{host}/shop", password()),
            ("query", f'10.0.0.7 - - [23/Nov/2026:10:11:12 +0000] "GET /v1/me?access_token=[@] HTTP/1.1" 200 41', random_key(ALNUM, 40)),
            ("query", f"GET https://{host}/rates?base=EUR&apikey=[@]&v=2", text(HEX, 32)),
            ("query", f"https://{host}/cb?state=x&password=[@]", password()),
            ("sas", f"https://shop.blob.core.windows.net/b/x.csv?sv=2024-05-04&se=2026-12-01&sp=r&sig=[@]", urllib.parse.quote(b64(32), safe="")),
            ("signed", f"https://b.s3.amazonaws.com/x?X-Amz-Date=20261123T101112Z&X-Amz-Expires=3600&X-Amz-Signature=[@]", text(HEX, 64)),
            ("webhook", "https://hooks.slack.com/services/[@]", f"T{text(ALNUM.upper()[:36], 8)}/B{text(LOWER.upper(), 8)}/{random_key(ALNUM, 24)}"),
            ("webhook", f"https://discord.com/api/webhooks/{text('123456789', 18)}/[@]", random_key(ALNUM + "-_", 67) + "x"),
            ("connection", f"Server={host};Database=shop;User Id={user};Password=[@];Encrypt=true", password()),
            ("connection", f"Driver={{ODBC Driver 18 for SQL Server}};Server={host};Uid={user};Pwd=[@];", password()),
            ("connection", f"jdbc:mysql://{host}:3306/shop?user={user}&password=[@]&useSSL=true", password()),
            ("connection", f"jdbc:oracle:thin:{user}/[@]@//{host}:1521/ORCL", password()),
            ("connection", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=[@];EndpointSuffix=core.windows.net", b64(64)),
            ("connection", f"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=[@]", b64(32)),
            ("connection", f"host={host} port=5432 dbname=shop user={user} password=[@] sslmode=require", password()),
        ]
    )  # fmt: skip
    return one(kind, form, secret)


def files():
    user, host = rng.choice(USERS), rng.choice(HOSTS)
    secret = password()
    encoded = base64.b64encode(f"{user}:{secret}".encode()).decode()
    kind, form, secret = rng.choice(
        [
            ("npmrc", "//registry.example.com/:_authToken=[@]", uuid()),
            ("npmrc", "//registry.example.com/:_password=[@]", base64.b64encode(secret.encode()).decode()),
            ("npmrc", "_auth=[@]", encoded),
            ("netrc", f"machine {host} login {user} password [@]", secret),
            ("git-credentials", f"https://{user}:[@]@git.example.com", secret),
            ("docker config", f'{{"auths":{{"registry.example.com":{{"auth":"[@]"}}}}}}', encoded),
            ("docker config", '      "identitytoken": "[@]"', random_key(ALNUM, 64)),
            ("kubeconfig", "    client-key-data: [@]", base64.b64encode(("-----BEGIN EC PRIVATE KEY-----\n" + b64(90)).encode()).decode()),
            ("kubeconfig", "    token: [@]", jwt()),
            ("kube secret", "  db-password: [@]", base64.b64encode(secret.encode()).decode()),
            ("pgpass", f"{host}:5432:shop:{user}:[@]", secret),
            ("ini", "password = [@]", secret),
            ("ini", "secret_key = [@]", random_key(ALNUM, 40)),
            ("php", "define('DB_PASSWORD', '[@]');", secret),
            ("php", "define( 'AUTH_KEY', '[@]' );", random_key(ALNUM + "!-_.+", 62) + "Q7"),
            ("php", "    'password' => '[@]',", secret),
            ("php", "$db_pass = '[@]';", secret),
            ("laravel", "APP_KEY=base64:[@]", b64(32)),
            ("rails", "  secret_key_base: [@]", text(HEX, 128)),
            ("django", "SECRET_KEY = 'django-insecure-[@]'", random_key(LOWER + "0123456789-_", 48) + "a1"),
            ("spring", "spring.datasource.password=[@]", secret),
            ("spring", "server.ssl.key-store-password: [@]", secret),
            ("tomcat", '<Connector port="8443" keystoreFile="conf/k.jks" keystorePass="[@]"/>', secret),
            ("tomcat", f'  <user username="{user}" password="[@]" roles="manager-gui"/>', secret),
            ("maven", "      <password>[@]</password>", secret),
            ("haproxy", f"    user {user} insecure-password [@]", secret),
            ("postfix", f"[smtp.example.com]:587 {user}:[@]", secret),
            ("wireguard", "PrivateKey = [@]", b64(32)),
            ("ipsec", f'{host} : PSK "[@]"', secret),
            ("wifi", '    psk="[@]"', secret),
            ("ansible", "ansible_become_password: [@]", secret),
            ("terraform", '            "password": "[@]",', secret),
            ("terraform", '            "secret": "[@]",', random_key(ALNUM + "/+", 39) + "3"),
            ("terraform", '            "client_secret": "[@]",', random_key(ALNUM + "~.-_", 38) + "z9"),
            ("terraform", '            "primary_access_key": "[@]",', b64(64)),
            ("terraform", 'db_password = "[@]"', secret),
            ("wechat", f'{{"mchid":"{text("123456789", 10)}","apiV3Key":"[@]"}}', random_key(ALNUM, 32)),
            ("alipay", '"app_private_key": "[@]"', "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + b64(1191)),
            ("code", 'client.login("' + user + '", password="[@]")', secret),
            ("code", f'db.connect({{host: "{host}", user: "{user}", password: "[@]"}})', secret),
            ("code", 'String apiSecret = "[@]";', random_key(ALNUM, 32)),
            ("log", f'{stamp()} DEBUG POST /login body={{"username":"{user}","password":"[@]"}}', secret),
            ("log", f"{stamp()} DEBUG form: username={user}&password=[@]&remember=1", secret),
            ("log", f"{stamp()} INFO LoginRequest(username={user}, password=[@])", secret),
            ("log", f"{stamp()} sending otp=[@] to +49170***", text("0123456789", 6)),
            ("log", f'{{"msg":"reset","email":"a@shop.example","resetToken":"[@]"}}', random_key(ALNUM, 40)),
            ("log", f'{stamp()} DEBUG {{\\"user\\":\\"{user}\\",\\"password\\":\\"[@]\\"}}', secret),
            ("log", f"<wsse:Password Type=\"...#PasswordText\">[@]</wsse:Password>", secret),
        ]
    )  # fmt: skip
    return one(kind, form, secret)


def pem():
    label = rng.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
    body = b64(rng.choice([120, 300, 600]))
    lines = textwrap.wrap(body, 64)
    shape = rng.choice(["plain", "indented", "yaml", "json", "env", "prefixed", "pgp"])
    if shape == "json":
        flat = "\\n".join(lines)
        return one("pem in JSON", f'{{"type":"service_account","private_key":"-----BEGIN {label}-----\\n[@]\\n-----END {label}-----\\n"}}', flat)
    if shape == "env":
        flat = "\\n".join(lines)
        return one("pem in a variable", f'TLS_KEY="-----BEGIN {label}-----\\n[@]\\n-----END {label}-----"', flat)
    indent = {"plain": "", "indented": "        ", "yaml": "    ", "prefixed": f"{stamp()} DEBUG ", "pgp": ""}[shape]
    if shape == "pgp":
        label = "PGP PRIVATE KEY BLOCK"
    rows = [(f"{indent}-----BEGIN {label}-----", f"pem {shape}", f"-----BEGIN {label}-----", False)]
    if shape == "pgp":
        rows.append(("", None, None, False))
    rows += [(indent + line, f"pem {shape}", line, True) for line in lines]
    rows.append((f"{indent}-----END {label}-----", None, None, False))
    if shape == "yaml":
        rows.insert(0, ("  tls.key: |", None, None, False))
    return rows


POSITIVES = [issued, issued, environment, environment, history, history, headers, headers, address, files, files, files, pem]
PLACEHOLDERS = [
    "xxxx", "xxxxxxxx", "changeme", "<secret>", "<password>", "${DB_PASSWORD}", "$DB_PASSWORD", "{{ vault_db_password }}", "%(password)s",
    "********", "REDACTED", "[REDACTED]", "[FILTERED]", "null", "None", "your-password-here", "YOUR_API_KEY", "${{ secrets.DB_PASSWORD }}",
    "%DB_PASSWORD%", "{password}", "***", "(hidden)", "<sensitive>", "(sensitive value)", "@Microsoft.KeyVault(SecretUri=https://v/s)",
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db", "process.env.DB_PASSWORD", "var.db_password", "os.environ['DB_PASSWORD']",
]  # fmt: skip


def placeholder():
    value = rng.choice(PLACEHOLDERS)
    form = rng.choice(
        [
            "DB_PASSWORD=[@]", "password: [@]", '{"username":"svc","password":"[@]"}', "spring.datasource.password=[@]", "export API_TOKEN=[@]",
            "client_secret = [@]", "    SECRET_KEY: [@]", f"{stamp()} DEBUG login user=ann password=[@]", "  --password=[@]", "Password=[@];",
            "Authorization: Bearer [@]", "X-Api-Key: [@]", "postgres://svc:[@]@db1/shop",
        ]
    )  # fmt: skip
    return plain(form.replace("[@]", value))


def digest():
    return plain(
        rng.choice(
            [
                f"{text(HEX, 64)}  shop-1.4.2.tar.gz",
                f"commit {text(HEX, 40)}",
                f"{text(HEX, 7)}..{text(HEX, 7)}  main -> origin/main",
                f"Digest: sha256:{text(HEX, 64)}",
                f'      "integrity": "sha512-{b64(64)}",',
                f"github.com/go-sql-driver/mysql v1.8.1 h1:{b64(32)}",
                f'ETag: "{text(HEX, 32)}"',
                f'If-None-Match: W/"{text(HEX, 20)}"',
                f"X-Hub-Signature-256: sha256={text(HEX, 64)}",
                f"    --hash=sha256:{text(HEX, 64)} \\",
                f"SHA256:{b64(32)[:43]} root@build (ED25519)",
                f"fingerprint={':'.join(text(HEX, 2).upper() for _ in range(20))}",
                f"checksum={text(HEX, 32)} size=1200",
                f"Content-MD5: {b64(16)}",
                f"cache key: Linux-node-{text(HEX, 64)}",
                f"password_hash_algorithm=bcrypt cost=12 file_sha1={text(HEX, 40)}",
                f'"etag":"{text(HEX, 32)}","version_id":"{random_key(ALNUM, 32)}"',
            ]
        )
    )


def identifier():
    return plain(
        rng.choice(
            [
                f"request_id={uuid()} status=200",
                f'{{"trace_id":"{text(HEX, 32)}","span_id":"{text(HEX, 16)}"}}',
                f"Idempotency-Key: {uuid()}",
                f"traceparent: 00-{text(HEX, 32)}-{text(HEX, 16)}-01",
                f"client_id={random_key(ALNUM, 32)}",
                f"kid={text(HEX, 16)} alg=RS256",
                f"nonce={random_key(ALNUM, 32)} timestamp=1795000000",
                f"Content-Security-Policy: script-src 'nonce-{b64(16)}'",
                f"publishable_key: pk_live_{random_key(ALNUM, 24)}",
                f"api_key_id={random_key(ALNUM, 20)} created",
                f"serial={text(HEX, 36).upper()}",
                f"cache_key=user:{rng.randint(1, 99999)}:profile hit",
                f"merchant_key_index={rng.randint(1, 9)} kcv={text(HEX.upper(), 6)}",
                f"container {text(HEX, 64)} started",
                f"payment_id=pay_{random_key(ALNUM, 14)} method_token=pm_{random_key(ALNUM, 24)}",
                f"AWSALB route target i-0{text(HEX, 16)}",
                f"object key: backups/2026/{text(HEX, 32)}.gz",
            ]
        )
    )


def public():
    rows = textwrap.wrap(b64(270), 64)
    label = rng.choice(["PUBLIC KEY", "CERTIFICATE", "CERTIFICATE REQUEST", "RSA PUBLIC KEY"])
    return rng.choice(
        [
            lambda: plain(f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{b64(36)} ann@laptop"),
            lambda: plain(f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB{b64(270)} ci"),
            lambda: plain(f"PublicKey = {b64(32)}"),
            lambda: plain(f'{{"kty":"RSA","e":"AQAB","n":"{b64(256, True)}","use":"sig"}}'),
            lambda: plain(f"    certificate-authority-data: {base64.b64encode(b'-----BEGIN CERTIFICATE-----' + b64(200).encode()).decode()}"),
            lambda: plain(f'"public_key": "-----BEGIN PUBLIC KEY-----\\n{b64(180)}\\n-----END PUBLIC KEY-----\\n"'),
            lambda: plain(f'"alipay_public_key": "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{b64(240)}"'),
            lambda: [(f"-----BEGIN {label}-----", None, None, False), *[(row, None, None, False) for row in rows], (f"-----END {label}-----", None, None, False)],
        ]
    )()  # fmt: skip


def talk():
    return plain(
        rng.choice(
            [
                "Enter password:",
                "Password for user svc_pay: ",
                f"{stamp()} FATAL: password authentication failed for user \"svc_pay\"",
                f"{stamp()} WARN token expired for client shop",
                f"{stamp()} INFO password changed for user {rng.choice(USERS)}",
                f"{stamp()} secret rotation finished for db-credentials",
                "docker login --username svc --password-stdin registry.example.com",
                "docker run -p 8443:8443 shop/api:1.4",
                "ssh -p 2222 deploy@10.0.0.4",
                "mkdir -p /var/lib/shop/keys",
                "mysql -u root -p shop",
                "passwd -l backup",
                "PWD=/home/deploy",
                "OLDPWD=/var/www/releases/20261123",
                "svc:x:1001:1001::/home/svc:/usr/sbin/nologin",
                "ssl_certificate_key /etc/ssl/private/shop.example.key;",
                "password_file: /run/secrets/db_password",
                "POSTGRES_PASSWORD_FILE=/run/secrets/pg",
                "          secretKeyRef: {name: db-credentials, key: password}",
                "secretName: shop-tls",
                "max_tokens: 4096",
                f"tokens_used={rng.randint(100, 9000)} model=small",
                "password_min_length=12",
                'WWW-Authenticate: Bearer realm="shop", error="invalid_token"',
                'WWW-Authenticate: Basic realm="Restricted area"',
                f"\tat org.springframework.security.crypto.password.PasswordEncoder.matches(PasswordEncoder.java:{rng.randint(20, 90)})",
                "token_type=Bearer expires_in=3600 scope=payments",
                "const password = req.body.password;",
                "if (!token) throw new Error('token missing');",
                "def authenticate(user, password):",
                "password = getpass.getpass()",
                '<input type="password" name="password" autocomplete="current-password">',
                "kubectl get secret db-credentials -o yaml",
                "vault kv get secret/pay",
                "ERROR 1045 (28000): Access denied for user 'svc'@'10.0.0.4' (using password: YES)",
                "authentication token manipulation error",
                "api_key: required",
                "private_key_path: /etc/pay/merchant.pem",
                "aws_access_key_id and aws_secret_access_key are missing",
                "session opened for user deploy by (uid=0)",
                "the client_secret parameter is missing or invalid",
                f'"auth": {{"enabled": true, "type": "token"}}',
                "git commit -m 'rotate secret: see ticket 4411'",
                "key=value&sort=asc&page=2",
                f"{stamp()} GET /static/app.{text(HEX, 8)}.js 200",
                f"background:url(data:image/png;base64,iVBORw0KGgo{b64(90)})",
            ]
        )
    )


NEGATIVES = [placeholder, placeholder, digest, digest, identifier, identifier, public, talk, talk, talk]

with open(OUT, "w", encoding="utf-8", newline="\n") as out, open(TRUTH, "w", encoding="utf-8") as truth:
    number = 0
    while number < LINES:
        for line, kind, secret, part in (rng.choice(POSITIVES) if rng.random() < 0.33 else rng.choice(NEGATIVES))():
            number += 1
            out.write(line + "\n")
            if kind is not None:
                truth.write(json.dumps({"line": number, "kind": kind, "secret": secret, **({"part": True} if part else {})}) + "\n")
