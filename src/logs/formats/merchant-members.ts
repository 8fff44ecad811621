/** How records name the merchant that a payment is for: members, and parts of a path or query. */

/** Best first; the shops and tenants of platforms are their merchants. */
const NAMES = [
  'merchant_id',
  'merchantId',
  'merchantID',
  'merchant_no',
  'merchantNo',
  'merchant_code',
  'merchantCode',
  'merchant',
  'merchant.id',
  'merchant.no',
  'merchant.code',
  // UnionPay, WeChat Pay and Alipay call it so.
  'mid',
  'mch_id',
  'mchId',
  'mchid',
  'mer_id',
  'merId',
  'seller_id',
  'sellerId',
  'merchant_name',
  'merchantName',
  'merchant.name',
  'merchantAccount',
  'merchant_account',
  'merchantAccountCode',
  'shop_id',
  'shopId',
  'store_id',
  'storeId',
  'tenant_id',
  'tenantId',
  'tenant',
  'terminal_id',
  'terminalId',
  '商户号',
  '商户',
] as const;

/** Those that are found inside other members, and what these are called. */
const INNER = ['merchant_id', 'merchantId', 'merchant', 'merchant.id', 'mid', 'mch_id'];
const OUTER = [
  'payment',
  'request',
  'req',
  'caller',
  'order',
  'transaction',
  'data',
  'body',
  'payload',
  'attributes',
  'labels',
  'context',
  'ctx',
  'mdc',
  'fields',
  'extra',
];

/** Tables are read with their names in small letters. */
const spelled = NAMES.flatMap((name) => (name.toLowerCase() === name ? [name] : [name, name.toLowerCase()]));

/** Names of members that say whose payment it is, best first: fewer than 255, as the kernel ranks them in a byte. */
export const MERCHANT_NAMES: readonly string[] = [
  ...new Set([...spelled, ...INNER.flatMap((name) => OUTER.map((outer) => `${outer}.${name}`))]),
];

/** Variables of nginx that hold a header, an argument, a cookie or a claim of a token, and what stands before names of one's own. */
const OF_REQUEST = /^(?:(?:sent_|upstream_)?http_|arg_|cookie_|jwt_claim_)?(?:x_)?/;
const KNOWN_NAMES: ReadonlySet<string> = new Set(spelled.map((name) => name.toLowerCase()));

/**
 * Whether a variable of a log_format says whose payment it is: `http_x_merchant_id`, `arg_mch_id`, or one that a map has set.
 * @see https://nginx.org/en/docs/http/ngx_http_core_module.html#var_http_
 */
export const isMerchantVariable = (name: string): boolean =>
  KNOWN_NAMES.has(name.toLowerCase().replace(OF_REQUEST, ''));

/** An endpoint whose path holds the id of a merchant: `/merchants/*` and what lies below. */
const IN_ENDPOINT = /\/(?:merchants?|mch|mid|sellers?|tenants?)\/\*(?:\/|$)/i;
const IN_PATH = /\/(?:merchants?|mch|mid|sellers?|tenants?)\/([^/?#]*\d[^/?#]*)/i;

/** @param endpoint a path as `endpointOf` writes it. */
export const namesMerchant = (endpoint: string): boolean => IN_ENDPOINT.test(endpoint);

/** `/v1/merchants/M123/payments` to `M123`, '' where there is none. */
export const merchantInPath = (path: string): string => IN_PATH.exec(path)?.[1] ?? '';

/**
 * Arguments that name a merchant and nothing else (not `mid`, which is a message elsewhere), with what a name of one may hold:
 * unreserved characters (RFC 3986, section 2.3), so that an attack in its place makes no merchant.
 */
const IN_QUERY =
  /(?:^|&)(?:merchant(?:_?(?:id|no|code|account))?|mch_?id|mer_?id)=([a-z0-9][a-z0-9._~-]{0,63})(?=&|$)/i;

/** `order=7&mch_id=M123` to `M123`, '' where there is none. The kernel says the same (`namedMerchant` in target.as). */
export const merchantInQuery = (query: string): string => IN_QUERY.exec(query)?.[1] ?? '';
