"""A second labelled corpus of secrets: other issuers and other spellings than make_secret_corpus.py, sharing no code with it or the detector.

python3 bench/logs/make_secret_corpus_second.py OUT.log OUT.truth.jsonl [SEED] [LINES]

Forms are those that issuers publish for secret scanning. One line in three holds one secret; the others hold identifiers, digests,
public keys and keys meant to be published, names without a value, and what is built of code or pictures. All are random.
"""
import base64
import json
import random
import sys
import urllib.parse
import uuid

HEX = "0123456789abcdef"
LOW = "abcdefghijklmnopqrstuvwxyz0123456789"
ALNUM = LOW + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
URL = ALNUM + "-_"
STD = ALNUM + "+/"

if len(sys.argv) < 3:
    sys.exit(__doc__)
out_path, truth_path = sys.argv[1], sys.argv[2]
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 6000


def pick(letters, count):
    text = "".join(rng.choices(letters, k=count))
    # A key of twelve letters and more has a digit and a letter but by rare chance.
    if count >= 12 and letters is not HEX and (text.isalpha() or text.isdigit()):
        return pick(letters, count)
    return text


def guid():
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def stamp():
    return f"2026-09-{rng.randint(1, 28):02d}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}Z"


def human():
    """What a person or a password manager makes up."""
    word = rng.choice(["Summer", "Zahlung", "kiosk", "Till", "correct-horse", "Acquirer", "b4tch", "Settle"])
    return rng.choice([f"{word}{rng.randint(10, 9999)}{rng.choice('!#$%?')}", pick(ALNUM, rng.randint(10, 24)), f"{word}_{pick(LOW, 6)}7"])


ISSUED = {
    "adafruit": lambda: "aio_" + pick(ALNUM, 28),
    "airtable": lambda: "pat" + pick(ALNUM, 14) + "." + pick(HEX, 64),
    "aiven": lambda: "AVNS_" + pick(URL, 19),
    "asaas": lambda: "$aact_prod_" + pick(ALNUM, 120),
    "atlassian": lambda: "ATATT3xFfGF0" + pick(URL, 171) + "=" + pick("0123456789ABCDEF", 8),
    "azure-devops": lambda: pick(ALNUM, 76) + "AZDO" + pick(ALNUM, 4),
    "azure-functions": lambda: pick(URL, 44) + "AzFu" + pick(URL, 5) + rng.choice("AQgw") + "==",
    "azure-search": lambda: pick(ALNUM, 42) + "AzSe" + rng.choice("ABCD") + pick(ALNUM, 5),
    "azure-registry": lambda: pick(STD, 42) + "+ACR" + rng.choice("ABCD") + pick(ALNUM, 5),
    "azure-cache": lambda: pick(ALNUM, 33) + "AzCa" + pick("ABCDEFGHIJKLMNOP", 1) + pick(ALNUM, 5) + "=",
    "azure-storage": lambda: pick(STD, 76) + "+ASt" + pick(ALNUM, 5) + rng.choice("AQgw") + "==",
    "bitbucket": lambda: "ATBB" + pick(ALNUM, 24) + pick("0123456789ABCDEF", 8),
    "buildkite": lambda: "bkua_" + pick(HEX, 40),
    "cashfree": lambda: "cfsk_ma_" + rng.choice(["prod", "test"]) + "_" + pick(HEX, 32) + "_" + pick(HEX, 8),
    "circleci": lambda: "CCIPAT_" + pick(ALNUM, 22) + "_" + pick(HEX, 40),
    "contentful": lambda: "CFPAT-" + pick(URL, 43),
    "crates": lambda: "cio" + pick(ALNUM, 32),
    "discord-bot": lambda: "MT" + pick(ALNUM, 24) + "." + pick(URL, 6) + "." + pick(URL, 38),
    "docker-org": lambda: "dckr_oat_" + pick(URL, 32),
    "dropbox": lambda: "sl." + rng.choice(["", "u."]) + pick(URL, 140),
    "hubspot": lambda: "pat-" + rng.choice(["na1", "eu1"]) + "-" + guid(),
    "launchdarkly": lambda: rng.choice(["api-", "sdk-"]) + guid(),
    "mailgun": lambda: pick(HEX, 32) + "-" + pick(HEX, 8) + "-" + pick(HEX, 8),
    "mapbox": lambda: "sk.eyJ" + pick(ALNUM, 80) + "." + pick(URL, 22),
    "mercury": lambda: "secret-token:mercury_production_wma_" + pick(ALNUM, 44) + "_yrucrem",
    "netlify": lambda: "nfp_" + pick(ALNUM, 36),
    "nuget": lambda: "oy2" + pick(LOW, 43),
    "paddle": lambda: "pdl_" + rng.choice(["live", "sdbx"]) + "_apikey_" + pick(LOW, 26) + "_" + pick(ALNUM, 22) + "_" + pick(ALNUM, 3),
    "paymob": lambda: "egy_sk_" + rng.choice(["live", "test"]) + "_" + pick(HEX, 64),
    "replicate": lambda: "r8_" + pick(ALNUM, 37),
    "resend": lambda: "re_" + pick(ALNUM, 8) + "_" + pick(ALNUM, 24),
    "supabase": lambda: rng.choice([lambda: "sbp_" + pick(HEX, 40), lambda: "sb_secret_" + pick(ALNUM, 22) + "_" + pick(ALNUM, 8)])(),
    "tailscale": lambda: "tskey-" + rng.choice(["auth", "api", "client"]) + "-k" + pick(ALNUM, 11) + "CNTRL-" + pick(ALNUM, 32),
    "typeform": lambda: "tfp_" + pick(ALNUM, 44) + "_" + pick(ALNUM, 14),
    "wakatime": lambda: "waka_" + guid(),
    "xai": lambda: "xai-" + pick(ALNUM, 80),
    "yandex": lambda: "AQVN" + pick(URL, 36),
    "zuplo": lambda: "zpka_" + pick(LOW, 32) + "_" + pick(HEX, 8),
    "linear-oauth": lambda: "lin_oauth_" + pick(HEX, 64),
    "volc": lambda: "AKLT" + pick(ALNUM, 43),
    "persona": lambda: "persona_production_" + guid(),
}

# Where the form of a key gives it away, the name beside it may say anything.
CARRIERS = [
    lambda s: f"{stamp()} INFO boot config loaded upstream={s} retries=3",
    lambda s: json.dumps({"ts": stamp(), "lvl": "warn", "cfg": {"value": s, "n": rng.randint(1, 9)}}),
    lambda s: json.dumps({"msg": json.dumps({"auth": s})}),
    lambda s: f"export {rng.choice(['UPSTREAM', 'PROVIDER', 'DEPLOY'])}_{rng.choice(['AUTH', 'CREDENTIAL'])}='{s}'",
    lambda s: f"{{'credential': '{s}', 'timeout': 30}}",
    lambda s: f"array(1) {{ [\"credential\"]=> string({len(s)}) \"{s}\" }}",
    lambda s: f"{{:credential=>\"{s}\", :retries=>3}}",
    lambda s: f"&{{Credential:{s} Timeout:30s}}",
    lambda s: f"ProviderConfig(credential={s}, timeout=30)",
    lambda s: f"+ docker run -e PROVIDER={s} registry.example/pay:4.2",
    lambda s: json.dumps({"name": "PROVIDER", "value": s}),
    lambda s: f"<setting name=\"provider\" value=\"{s}\"/>",
    lambda s: f"<Credential>{s}</Credential>",
    lambda s: f"{rng.randint(1, 9999)},{stamp()},{s},ok",
    lambda s: f"10.0.0.{rng.randint(1, 254)} - - [12/Sep/2026:08:00:00 +0000] \"GET /hook?auth={urllib.parse.quote(s, safe='')}&n=1 HTTP/1.1\" 200 12",
    lambda s: f"curl -H 'Authorization: Token {s}' https://api.example/v1",
    lambda s: f"panic: provider refused credential {s}: 401",
]

# What only its name or place tells, by a name and a value.
NAMED = {
    "grant-mysql": lambda s: f"Query\tCREATE USER 'pay'@'%' IDENTIFIED BY '{s}'",
    "alter-postgres": lambda s: f"LOG:  statement: ALTER ROLE settle WITH LOGIN PASSWORD '{s}';",
    "redis-auth": lambda s: f"requirepass {s}",
    "netrc": lambda s: f"machine sftp.bank.example login batch password {s}",
    "storepass": lambda s: f"+ keytool -list -keystore gw.jks -storepass {s}",
    "passin": lambda s: f"+ openssl rsa -in gw.key -passin pass:{s} -out gw.plain",
    "sshpass": lambda s: f"+ sshpass -p {s} sftp batch@bank.example",
    "pgpassword": lambda s: f"+ PGPASSWORD={s} psql -h db.internal -U pay",
    "jaas": lambda s: f"sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username=\"pay\" password=\"{s}\";",
    "connection": lambda s: f"Server=db.internal;Database=pay;User Id=pay;Password={s};Encrypt=true",
    "spring": lambda s: f"spring.datasource.hikari.password={s}",
    "bindpw": lambda s: f"nslcd: bindpw {s}",
    "yaml": lambda s: f"    db_password: \"{s}\"",
    "toml": lambda s: f"smtp_password = \"{s}\"",
    "ruby": lambda s: f"Parameters: {{\"user\"=>{{\"login\"=>\"anna\", \"password\"=>\"{s}\"}}}}",
    "repr": lambda s: f"KeyError in login({{'username': 'anna', 'password': '{s}'}})",
    "go": lambda s: f"config={{Host:db.internal Port:5432 Password:{s} SSL:true}}",
    "proxy": lambda s: f"HTTPS_PROXY=http://svc:{urllib.parse.quote(s, safe='')}@proxy.internal:3128",
    "curl-u": lambda s: f"+ curl -u merchant:{s} https://gw.example/v1/refunds",
    "mongo": lambda s: f"connecting to mongodb+srv://pay:{urllib.parse.quote(s, safe='')}@cluster0.example/pay",
    "k8s-env": lambda s: json.dumps({"name": "DB_PASSWORD", "value": s}),
    "xml-attribute": lambda s: f"<dataSource user=\"pay\" password=\"{s}\" pool=\"8\"/>",
    "ansible": lambda s: f"ansible_become_password: {s}",
    "snmp": lambda s: f"mysql -h db -u pay --password={s} pay",
}
KEYED = {
    "twilio": lambda: f"TWILIO_AUTH_TOKEN={{}}|{pick(HEX, 32)}",
    "webhook": lambda: f'"webhookSecret":"{{}}","n":1|{pick(HEX, 48)}',
    "signing": lambda: f"signing_secret: {{}}|{pick(HEX, 32)}",
    "okta": lambda: f"Authorization: SSWS {{}}|00{pick(URL, 40)}",
    "client": lambda: f"grant_type=client_credentials&client_id=pay&client_secret={{}}&scope=pay|{pick(ALNUM, 40)}",
    "datadog": lambda: f"DD_API_KEY={{}}|{pick(HEX, 32)}",
    "header": lambda: f"> X-API-Key: {{}}|{pick(ALNUM, 36)}",
    "hmac": lambda: f"hmacKey={{}} alg=sha256|{pick(HEX, 64)}",
    "basic": lambda: "Proxy-Authorization: Basic {}|" + base64.b64encode(f"svc:{pick(ALNUM, 16)}".encode()).decode(),
    "jwt": lambda: "token={} ok|" + ".".join(base64.urlsafe_b64encode(x.encode()).decode().rstrip("=") for x in ('{"alg":"RS256","kid":"k1"}', json.dumps({"sub": pick(LOW, 10)}))) + "." + pick(URL, 86),
    "vault": lambda: f"Initial Root Token: {{}}|hvs.{pick(ALNUM, 24)}",
    "discord-hook": lambda: f"POST https://discord.com/api/webhooks/{rng.randint(10**17, 10**18)}/{{}} 204|{pick(URL, 68)}",
    "secret-key": lambda: f"\"secretKey\" : \"{{}}\"|{pick(STD, 44)}",
    "encryption": lambda: f"app.encryption-key={{}}|{pick(HEX, 64)}",
    "refresh": lambda: f'{{{{"refresh_token":"{{}}","expires_in":3600}}}}|{pick(URL, 60)}',
}

NEGATIVE = [
    lambda: f"{stamp()} traceparent=00-{pick(HEX, 32)}-{pick(HEX, 16)}-01",
    lambda: f"request_id={guid()} session_name=checkout-{rng.randint(1, 99)} ok",
    lambda: f'ETag: W/"{pick(HEX, 32)}"',
    lambda: f"Content-Security-Policy: script-src 'nonce-{base64.b64encode(rng.randbytes(16)).decode()}'",
    lambda: f'<script src="/a.js" integrity="sha384-{base64.b64encode(rng.randbytes(48)).decode()}"></script>',
    lambda: f"pulled registry.example/pay@sha256:{pick(HEX, 64)}",
    lambda: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{pick(STD, 43)} ops@host",
    lambda: f"Accepted publickey for deploy from 10.0.0.4 port 50022 ssh2: ED25519 SHA256:{pick(STD, 43)}",
    lambda: json.dumps({"kty": "RSA", "kid": pick(URL, 20), "n": pick(URL, 342), "e": "AQAB"}),
    lambda: f"<img src=\"data:image/png;base64,iVBORw0KGgo{base64.b64encode(rng.randbytes(240)).decode()}\">",
    lambda: f"!function(e,t){{var n=e.token,r=t.password||\"\";return n&&r?e.auth(n,r):null}}(a{pick(LOW, 3)},b{pick(LOW, 3)});",
    lambda: f"commit {pick(HEX, 40)} Merge branch 'secret-rotation'",
    lambda: f"publishable=sb_publishable_{pick(ALNUM, 22)}_{pick(ALNUM, 8)}",
    lambda: f"stripe: charge ch_{pick(ALNUM, 24)} for cus_{pick(ALNUM, 14)} intent pi_{pick(ALNUM, 24)}",
    lambda: f"key id kid={pick(URL, 43)} alg=ES256 rotated",
    lambda: f"site key 6L{pick(URL, 38)} rendered",
    lambda: f"password must hold at least {rng.randint(8, 16)} characters, one digit and one mark",
    lambda: f"DEBUG AuthService.resetPassword(): token sent to user {rng.randint(1, 9999)}",
    lambda: f"password=******** user=u{rng.randint(1, 99)}",
    lambda: f"passwordHash=$2b$12${pick(ALNUM + './', 53)}",
    lambda: f"secretName: pay-tls-{pick(LOW, 5)}",
    lambda: f"secretKeyRef: {{name: db-credentials-{pick(LOW, 4)}, key: password}}",
    lambda: f"token_type=bearer expires_in={rng.randint(60, 3600)} scope=read",
    lambda: f"pod/pay-api-{pick(LOW, 9)}-{pick(LOW, 5)} restarted",
    lambda: f"x-amz-version-id: {pick(ALNUM + '._', 32)}",
    lambda: f"KCV={pick('0123456789ABCDEF', 6)} key loaded, check value matches",
    lambda: f"certificate fingerprint {':'.join(pick('0123456789ABCDEF', 2) for _ in range(32))}",
    lambda: f"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB{pick(STD, 160)}IDAQAB",
    lambda: f"cache key pay:{pick(HEX, 40)} miss",
    lambda: f"idempotency-key: {guid()}",
    lambda: f"partition key merchant#{rng.randint(1, 9999)} sort key {stamp()}",
    lambda: f"nonce={pick(HEX, 32)} timestamp={rng.randint(10**9, 2 * 10**9)} sign_type=RSA2",
    lambda: f"client_id={pick(ALNUM, 32)} redirect_uri=https://shop.example/cb",
    lambda: f"invalid api key supplied by 10.0.0.{rng.randint(1, 254)}",
    lambda: f"{rng.randint(10**11, 10**12)}-{pick(LOW, 32)}.apps.googleusercontent.com",
    lambda: f"main.{pick(HEX, 20)}.chunk.js 200 {rng.randint(1000, 99999)}",
    lambda: f"sdk-version=4.{rng.randint(0, 99)} api-{rng.randint(1, 9)} re_indexed r8_final cio_task",
    lambda: f"uploaded part {guid()}-{pick(HEX, 8)} of patient-{rng.randint(1, 99)}.csv",
    lambda: f"{stamp()} POST /oauth/token 200 {rng.randint(1, 900)}ms",
    lambda: f"the secret {rng.choice(['was rotated', 'expires soon', 'is stored in vault'])} (version {rng.randint(1, 40)})",
    lambda: f"auth_token_ttl=3600 token_count={rng.randint(1, 9999)} passwordless=true",
    lambda: f"login failed: wrong password for anna from 10.0.0.{rng.randint(1, 254)}",
    lambda: "vault kv get -field=password secret/pay/db",
    lambda: f"md5={pick(HEX, 32)} sha1={pick(HEX, 40)} file=batch_{rng.randint(1, 99)}.xml",
    lambda: "requirepass is not set, bindpw is empty, password was not given",
]

with open(out_path, "w", encoding="utf-8") as out, open(truth_path, "w", encoding="utf-8") as truth:
    for line in range(1, LINES + 1):
        draw = rng.random()
        if draw >= 1 / 3:
            out.write(rng.choice(NEGATIVE)() + "\n")
            continue
        if draw < 0.18:
            kind = rng.choice(list(ISSUED))
            secret = ISSUED[kind]()
            text = rng.choice(CARRIERS)(secret)
        elif draw < 0.27:
            kind = rng.choice(list(NAMED))
            secret = human()
            text = NAMED[kind](secret)
        else:
            kind = rng.choice(list(KEYED))
            form, secret = KEYED[kind]().split("|", 1)
            text = form.format(secret)
        if secret not in text:
            secret = urllib.parse.quote(secret, safe="")
        out.write(text + "\n")
        truth.write(json.dumps({"line": line, "kind": kind, "secret": secret}) + "\n")
