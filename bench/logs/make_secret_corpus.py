"""A labelled corpus of secrets as logs leak them, sharing no code with the detector.

python3 bench/logs/make_secret_corpus.py OUT.log OUT.truth.jsonl [SEED] [LINES]

One line in three holds a secret, in the format that its vendor documents, written as programs write settings, requests and errors. The
others hold what looks like one: identifiers, digests, public and publishable keys, names without a value, values that are masked.
All are random; none was ever issued.
"""
import base64, json, random, sys, urllib.parse, uuid

if len(sys.argv) < 3:
    sys.exit(__doc__)
out, truth_file = sys.argv[1:3]
R = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 6000
HEX, LOWER, UPPER, DIGITS = '0123456789abcdef', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'
ALNUM = LOWER + UPPER + DIGITS
URL64, STD64 = ALNUM + '-_', ALNUM + '+/'


def of(letters, n):
    """Random letters; what is issued has digits and letters nearly always."""
    while True:
        text = ''.join(R.choice(letters) for _ in range(n))
        if n < 12 or letters in (DIGITS, HEX) or not set(DIGITS) <= set(letters) or (any(c in DIGITS for c in text) and any(c in LOWER + UPPER for c in text)):
            return text


def span(low, high): return R.randrange(low, high + 1)
def hexa(n): return of(HEX, n)
def b64(n): return base64.b64encode(R.randbytes(n)).decode()
def b64u(n): return base64.urlsafe_b64encode(R.randbytes(n)).decode().rstrip('=')
def uid(): return str(uuid.UUID(int=R.getrandbits(128), version=4))
def jwt(): return '.'.join([base64.urlsafe_b64encode(json.dumps({'alg': R.choice(['HS256', 'RS256', 'ES256']), 'typ': 'JWT'}).encode()).decode().rstrip('='), base64.urlsafe_b64encode(json.dumps({'sub': of(DIGITS, 8), 'exp': 1790000000 + R.randrange(10 ** 6)}).encode()).decode().rstrip('='), b64u(32)])
def word(): return R.choice(['blue', 'Summer', 'winter', 'Tiger', 'galaxy', 'hunter', 'dragon', 'Paris', 'monkey', 'kaffee'])
def password(): return R.choice([word() + of(DIGITS, 4), word() + '!' + of(DIGITS, 2) + R.choice(['#x', '$$', '-Q']), of(ALNUM, span(8, 20)), of(ALNUM + '!#%*+_.~^', 16)])
def pkcs8(bits=1216): return 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC' + b64(bits - 24)
def spki(): return 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA' + b64(261)[:346]


# Each: vendor, names under which programs keep it (None: it is known by its own form), how it looks.
SECRETS = [
    ('stripe', None, lambda: R.choice(['sk_live_', 'rk_live_', 'sk_test_']) + of(ALNUM, R.choice([24, 99]))),
    ('stripe-webhook', None, lambda: 'whsec_' + of(ALNUM, 32)),
    ('adyen', None, lambda: 'AQE' + of(STD64, span(60, 120)) + '=-' + of(STD64, 43) + '=-' + of(ALNUM + '{}[]^.', 16)),
    ('adyen-hmac', ['adyenHmacKey', 'ADYEN_HMAC_KEY', 'hmacKey', 'hmac_key'], lambda: hexa(64).upper()),
    ('paypal', ['client_secret', 'PAYPAL_CLIENT_SECRET', 'paypal.clientSecret'], lambda: 'E' + of(URL64, 79)),
    ('paypal-token', None, lambda: 'A21AA' + of(URL64, 92)),
    ('braintree', None, lambda: 'access_token$production$' + of(LOWER + DIGITS, 16) + '$' + hexa(32)),
    ('braintree-key', ['BRAINTREE_PRIVATE_KEY', 'braintree.privateKey', 'private_key'], lambda: hexa(32)),
    ('square', None, lambda: R.choice(['EAAA' + of(URL64, 60), 'sq0atp-' + of(URL64, 22), 'sq0csp-' + of(URL64, 43)])),
    ('wechat-v3', ['apiV3Key', 'api_v3_key', 'WECHAT_API_V3_KEY', 'wxpay.api-v3-key', 'mch_key', 'mchKey'], lambda: of(ALNUM, 32)),
    ('wechat-secret', ['appSecret', 'wx.app-secret', 'WX_APP_SECRET'], lambda: hexa(32)),
    ('alipay', ['app_private_key', 'merchantPrivateKey', 'alipay.private-key', 'rsa_private_key'], pkcs8),
    ('unionpay', ['signCert.pwd', 'acpsdk.signCert.pwd', 'certPwd'], lambda: of(DIGITS, 6)),
    ('mollie', None, lambda: 'live_' + of(ALNUM, 30)),
    ('razorpay', ['RAZORPAY_KEY_SECRET', 'key_secret'], lambda: of(ALNUM, 24)),
    ('paystack', None, lambda: 'sk_live_' + hexa(40)),
    ('flutterwave', None, lambda: 'FLWSECK-' + hexa(32) + '-X'),
    ('mercadopago', None, lambda: 'APP_USR-' + of(DIGITS, 16) + '-' + of(DIGITS, 6) + '-' + hexa(32) + '-' + of(DIGITS, 9)),
    ('checkout.com', None, lambda: 'sk_' + R.choice(['', 'sbox_']) + of(LOWER + DIGITS, 31)),
    ('gocardless', None, lambda: 'live_' + of(URL64, 40)),
    ('authorize.net', ['transactionKey', 'AUTHNET_TRANSACTION_KEY', 'transaction_key'], lambda: of(ALNUM, 16)),
    ('plaid', None, lambda: 'access-production-' + uid()),
    ('shopify', None, lambda: R.choice(['shpat_', 'shpss_', 'shppa_']) + hexa(32)),
    ('aws', None, lambda: R.choice(['AKIA', 'ASIA']) + of(UPPER + '234567', 16)),
    ('aws-secret', ['aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY', 'secretAccessKey', 'SecretKey'], lambda: of(STD64, 40)),
    ('aws-session', ['aws_session_token', 'AWS_SESSION_TOKEN', 'x-amz-security-token', 'sessionToken'], lambda: 'IQoJb3JpZ2luX2Vj' + b64(200)),
    ('gcp', None, lambda: 'AIza' + of(URL64, 35)),
    ('gcp-oauth', None, lambda: R.choice(['GOCSPX-' + of(URL64, 28), 'ya29.' + of(URL64, span(60, 150)), '1//0' + of(URL64, 60)])),
    ('azure-storage', None, lambda: ('DefaultEndpointsProtocol=https;AccountName=pay' + of(LOWER, 4) + ';AccountKey=', b64(64), ';EndpointSuffix=core.windows.net')),
    ('azure-client', ['AZURE_CLIENT_SECRET', 'clientSecret', 'client_secret'], lambda: of(ALNUM, 3) + '8Q~' + of(ALNUM + '_.~-', 34)),
    ('azure-bus', None, lambda: ('Endpoint=sb://pay.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=', b64(32), '')),
    ('azure-sas', None, lambda: ('https://pay.blob.core.windows.net/x/y.csv?sv=2022-11-02&se=2026-10-01T00%3A00%3A00Z&sr=b&sp=r&sig=', urllib.parse.quote(b64(32), safe=''), '')),
    ('github', None, lambda: R.choice([R.choice(['ghp_', 'gho_', 'ghs_', 'ghu_']) + of(ALNUM, 36), 'github_pat_' + of(ALNUM, 22) + '_' + of(ALNUM, 59)])),
    ('gitlab', None, lambda: R.choice(['glpat-', 'gldt-', 'glrt-', 'glptt-']) + of(URL64, 20)),
    ('slack', None, lambda: R.choice(['xoxb-' + of(DIGITS, 12) + '-' + of(DIGITS, 12) + '-' + of(ALNUM, 24), 'xoxp-' + of(DIGITS, 12) + '-' + of(DIGITS, 12) + '-' + hexa(32), 'xapp-1-A' + of(UPPER + DIGITS, 10) + '-' + of(DIGITS, 13) + '-' + hexa(64)])),
    ('slack-hook', None, lambda: ('https://', 'hooks.slack.com/services/T' + of(UPPER + DIGITS, 9) + '/B' + of(UPPER + DIGITS, 10) + '/' + of(ALNUM, 24), '')),
    ('discord-hook', None, lambda: ('https://discord.com/api/webhooks/' + of(DIGITS, 18) + '/', of(URL64, 68), '')),
    ('telegram', None, lambda: of('123456789', 1) + of(DIGITS, 9) + ':AA' + of(URL64, 33)),
    ('twilio', ['TWILIO_AUTH_TOKEN', 'auth_token', 'twilio.authToken'], lambda: hexa(32)),
    ('sendgrid', None, lambda: 'SG.' + of(URL64, 22) + '.' + of(URL64, 43)),
    ('mailgun', None, lambda: 'key-' + hexa(32)),
    ('mailchimp', None, lambda: hexa(32) + '-us' + str(span(1, 21))),
    ('npm', None, lambda: 'npm_' + of(ALNUM, 36)),
    ('pypi', None, lambda: 'pypi-AgEIcHlwaS5vcmc' + of(URL64, 150)),
    ('docker', None, lambda: 'dckr_pat_' + of(URL64, 27)),
    ('digitalocean', None, lambda: R.choice(['dop_v1_', 'doo_v1_', 'dor_v1_']) + hexa(64)),
    ('vault', None, lambda: 'hvs.' + of(URL64, 90)),
    ('databricks', None, lambda: 'dapi' + hexa(32)),
    ('newrelic', None, lambda: 'NRAK-' + of(UPPER + DIGITS, 27)),
    ('openai', None, lambda: 'sk-proj-' + of(URL64, 120)),
    ('anthropic', None, lambda: 'sk-ant-api03-' + of(URL64, 93) + 'AA'),
    ('huggingface', None, lambda: 'hf_' + of(LOWER + UPPER, 34)),
    ('linear', None, lambda: 'lin_api_' + of(ALNUM, 40)),
    ('datadog', ['DD_API_KEY', 'datadog.api_key', 'dd-api-key'], lambda: hexa(32)),
    ('alibaba', ['accessKeySecret', 'ALIYUN_ACCESS_KEY_SECRET', 'access-key-secret'], lambda: of(ALNUM, 30)),
    ('tencent', ['secretKey', 'TENCENTCLOUD_SECRET_KEY', 'secret-key'], lambda: of(ALNUM, 32)),
    ('age', None, lambda: 'AGE-SECRET-KEY-1' + of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)),
    ('tls-secrets', None, lambda: (R.choice(['CLIENT_RANDOM', 'CLIENT_TRAFFIC_SECRET_0', 'SERVER_HANDSHAKE_TRAFFIC_SECRET']) + ' ' + hexa(64) + ' ', hexa(96), '')),
    ('jwt', None, jwt),
    ('jwk', None, lambda: ('{"kty":"EC","crv":"P-256","x":"' + b64u(32) + '","y":"' + b64u(32) + '","d":"', b64u(32), '"}')),
    ('jwk-rsa', None, lambda: ('{"kty":"RSA","e":"AQAB","n":"' + b64u(256) + '","d":"', b64u(256), '"}')),
    ('basic', None, lambda: ('Authorization: Basic ', base64.b64encode((word() + ':' + password()).encode()).decode(), '')),
    ('bearer', None, lambda: ('Authorization: Bearer ', of(URL64, span(30, 80)), '')),
    ('api-key-header', None, lambda: (R.choice(['X-Api-Key: ', 'x-api-key: ', 'X-Auth-Token: ', 'Ocp-Apim-Subscription-Key: ', 'PRIVATE-TOKEN: ']), hexa(32), '')),
    ('pem', None, lambda: ('-----BEGIN ' + R.choice(['RSA ', 'EC ', '', 'ENCRYPTED ']) + 'PRIVATE KEY-----\\n', b64(300), '\\n-----END PRIVATE KEY-----')),
    ('openssh', None, lambda: ('-----BEGIN OPENSSH PRIVATE KEY-----\\n', 'b3BlbnNzaC1rZXktdjEAAAAA' + b64(300), '\\n-----END OPENSSH PRIVATE KEY-----')),
    ('db-url', None, lambda: (R.choice(['postgres://app:', 'postgresql://pay_rw:', 'mysql://root:', 'mongodb+srv://svc:', 'redis://:', 'amqp://guest1:', 'jdbc:postgresql://app:', 'ftp://bank:']), of(ALNUM + '_-.', span(8, 24)), '@db-' + of(DIGITS, 2) + '.internal:5432/pay')),
    ('jdbc', None, lambda: ('jdbc:mysql://db.internal:3306/pay?user=app&password=', of(ALNUM, 14), '&useSSL=true')),
    ('dsn', None, lambda: ('host=db port=5432 user=app password=', of(ALNUM, 14), ' dbname=pay sslmode=require')),
    ('mssql', None, lambda: ('Server=tcp:db,1433;Database=pay;User ID=app;Password=', of(ALNUM + '!#', 14), ';Encrypt=True')),
    ('netrc', None, lambda: ('machine api.example login bot password ', of(ALNUM, 18), '')),
    ('password', ['password', 'DB_PASSWORD', 'spring.datasource.password', 'passwd', 'userPwd', 'keystorePassword', 'ftp_pass', 'SMTP_PASS'], password),
    ('session', None, lambda: ('Cookie: lang=de; ' + R.choice(['PHPSESSID=', 'JSESSIONID=', 'connect.sid=s%3A', 'sessionid=']), of(ALNUM, 32), '; theme=dark')),
    ('oauth', ['refresh_token', 'access_token', 'id_token', 'refreshToken', 'accessToken'], lambda: of(URL64, span(32, 90))),
    ('oauth-query', None, lambda: ('GET /cb?state=' + hexa(8) + '&access_token=', of(URL64, 48), '&token_type=bearer HTTP/1.1')),
    ('command', None, lambda: R.choice([('mysqldump -u root -p', of(ALNUM, 12), ' pay > pay.sql'), ('curl -u merchant:', of(ALNUM, 16), ' https://api.example/v1'), ('sshpass -p ', of(ALNUM, 12), ' ssh bank@sftp'), ('redis-cli -a ', of(ALNUM, 16), ' ping'), ('openssl pkcs12 -in a.p12 -passin pass:', of(ALNUM, 10), ' -nodes')])),
]


def lookalike():
    return R.choice([
        lambda: f'trace_id={hexa(32)} span_id={hexa(16)} parent={hexa(16)} flags=01',
        lambda: f'request_id={uid()} idempotency_key={uid()} correlation={uid()}',
        lambda: f'commit {hexa(40)} by build-{of(DIGITS, 4)} image=pay@sha256:{hexa(64)}',
        lambda: f'etag="{hexa(32)}" md5={hexa(32)} sha256={hexa(64)} content-length={of("123456789", 4)}',
        lambda: f'publishable_key=pk_live_{of(ALNUM, 24)} loaded',
        lambda: f'created pi_3{of(ALNUM, 23)} ch_3{of(ALNUM, 23)} cus_{of(ALNUM, 14)} evt_1{of(ALNUM, 23)} req_{of(ALNUM, 14)}',
        lambda: f'alipay_public_key={spki()}',
        lambda: f'-----BEGIN PUBLIC KEY-----\\n{spki()}\\n-----END PUBLIC KEY-----',
        lambda: f'-----BEGIN CERTIFICATE-----\\nMIID{b64(600)}\\n-----END CERTIFICATE-----',
        lambda: f'client certificate MIIE{b64(500)} accepted',
        lambda: json.dumps({'keys': [{'kty': 'RSA', 'kid': b64u(20), 'use': 'sig', 'n': b64u(256), 'e': 'AQAB'}]}),
        lambda: f'square application sq0idp-{of(URL64, 22)} location L{of(UPPER + DIGITS, 12)}',
        lambda: f'wechatpay serial_no={hexa(40).upper()} nonce_str={of(ALNUM, 32)} prepay_id=wx{of(DIGITS, 14)}{hexa(20)} mchid={of("123456789", 10)}',
        lambda: f'sign={hexa(32).upper()} sign_type=MD5 out_trade_no={of(DIGITS, 18)}',
        lambda: f'assumed arn:aws:iam::{of(DIGITS, 12)}:role/pay AROA{of(UPPER + "234567", 17)} AIDA{of(UPPER + "234567", 17)}',
        lambda: f's3 x-amz-request-id={of(UPPER + DIGITS, 16)} x-amz-id-2={b64(56)}',
        lambda: f'twilio account AC{hexa(32)} message SM{hexa(32)} sent',
        lambda: R.choice(['password: ********', 'passwd=[FILTERED]', '"password":"***"', 'api_key=<redacted>', 'secret=REDACTED token=null', 'Authorization: Bearer [MASKED]', '"client_secret": "xxxxxxxxxxxx"', 'password=${DB_PASSWORD}', 'apiKey: {{ vault.api_key }}', 'DB_PASSWORD=changeit-from-env:$PW'][:9]),
        lambda: R.choice(['invalid password for user bob', 'token expired, refresh needed', 'api key missing in request', 'secret rotation finished in 12 ms', 'password reset mail sent to a***@b.example', 'Bearer token required', 'Basic authentication failed for realm pay', 'session token validated', 'private key loaded from /etc/ssl/private/pay.key', 'client_secret_basic is not supported', 'CVV check passed', 'security code mismatch']),
        lambda: f'primary_key={of(DIGITS, 12)} sort_key=order#{of(DIGITS, 8)} cache_key=user:{of(DIGITS, 9)} partition_key={of(ALNUM, 12)}',
        lambda: f'key_id={hexa(20)} kid={b64u(20)} api_key_id={uid()} access_key_id=none',
        lambda: f'max_tokens=4096 tokens_used={of("123456789", 4)} token_type=Bearer expires_in=3600 token_count={of("123456789", 3)}',
        lambda: f'GET /static/app.{hexa(20)}.js?v={hexa(12)} HTTP/1.1" 200 {of("123456789", 5)}',
        lambda: f'data:image/png;base64,iVBORw0KGgo{b64(200)}',
        lambda: f'connect postgres://app@db.internal:5432/pay?sslmode=require ok; mysql://db.internal/pay; https://user@git.example/x.git',
        lambda: f'public_key="{of(LOWER + DIGITS, 16)}" merchant_id="{of(LOWER + DIGITS, 16)}"',
        lambda: f'fingerprint SHA256:{b64(32)[:43]} MD5:{":".join(hexa(2) for _ in range(16))}',
        lambda: f'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b64(32)[:43]} deploy@ci',
        lambda: f'psp_reference={of(UPPER + DIGITS, 16)} pspReference=88{of(DIGITS, 14)} adyen client key test_{of(UPPER, 32)}',
        lambda: f'user_agent="Mozilla/5.0" session_duration={of("123456789", 4)} session_count=3 cookie_consent=true',
        lambda: f'bitcoin tx {hexa(64)} address bc1q{of("qpzry9x8gf2tvdw0s3jn54khce6mua7l", 38)}',
        lambda: f'etcd revision {of("123456789", 9)} lease {hexa(16)} member {hexa(16)}',
        lambda: f'x-request-id: {uid()} x-b3-traceid: {hexa(32)} cf-ray: {hexa(16)}-FRA',
        lambda: f'kafka key={of(ALNUM, 24)} partition={of("123456789", 1)} offset={of("123456789", 9)}',
        lambda: f'stored bcrypt $2b$12${of(ALNUM + "./", 53)} for user {of(DIGITS, 6)}',
        lambda: f'sentry event {hexa(32)} release pay@{hexa(40)}',
        lambda: f'live_{of(DIGITS, 4)} mode on; test_mode=false; live_orders={of("123456789", 4)} sk_ip={of(DIGITS, 2)}',
        lambda: f'at com.shop.pay.TokenService$$EnhancerBySpringCGLIB$${hexa(8)}.verify(TokenService.java:{of("123456789", 3)})',
    ])()


def keyed(name, value):
    """A setting as programs print it."""
    return R.choice([
        lambda: f'{name}={value}', lambda: f'{name}: {value}', lambda: json.dumps({'msg': 'config', name: value}), lambda: f'{name}="{value}"',
        lambda: "{'%s': '%s', 'debug': False}" % (name, value), lambda: json.dumps({'body': json.dumps({name: value, 'amount': 12})}),
        lambda: f'POST /token?grant=x&{name}={urllib.parse.quote(value, safe="")}&scope=pay', lambda: f'<{name}>{value}</{name}>',
        lambda: f'Config({name}={value}, timeout=30)', lambda: f'export {name}={value}', lambda: f'  {name} => {value}'])()


def free(text):
    """One that is known by its own form."""
    return R.choice([lambda: f'key {text} rejected', lambda: json.dumps({'level': 'error', 'apiCredential': text}), lambda: f'value={text}', lambda: f'using {text}', lambda: f'["{text}"]',
                     lambda: f'GET /hook/{urllib.parse.quote(text, safe="")} 404' if '/' not in text else f'got {text}', lambda: f'Authorization: Bearer {text}', lambda: f"'{text}', 'eu'"])()


def head(): return R.choice([f'2026-09-{span(10, 28)}T{span(10, 23)}:{span(10, 59)}:{span(10, 59)}.{of(DIGITS, 3)}Z INFO [pay-{span(1, 9)}] ', f'2026-09-{span(10, 28)} {span(10, 23)}:{span(10, 59)}:{span(10, 59)},{of(DIGITS, 3)} DEBUG c.s.p.Config - ', f'Sep {span(10, 28)} {span(10, 23)}:{span(10, 59)}:{span(10, 59)} pay{span(1, 9)} app[{of("123456789", 4)}]: ', ''])


with open(out, 'w', newline='\n') as log, open(truth_file, 'w') as truth:
    for line in range(1, LINES + 1):
        if R.random() > 1 / 3:
            log.write(head() + lookalike() + '\n')
            continue
        vendor, names, make = R.choice(SECRETS)
        made = make()
        before, secret, after = made if isinstance(made, tuple) else ('', made, '')
        text = keyed(R.choice(names), secret) if names else before + secret + after if before else free(secret)
        log.write(head() + text + '\n')
        # As it stands on the line.
        shown = next(s for s in (secret, urllib.parse.quote(secret, safe=''), json.dumps(secret)[1:-1]) if s in text)
        truth.write(json.dumps({'line': line, 'kind': vendor, 'secret': shown}) + '\n')
