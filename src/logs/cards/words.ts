/** Words in the names of values: which of them say card, which say something else. */

/** The value is a card number. */
export const CARD_WORDS: ReadonlySet<string> = new Set(
  (
    'pan pans card cards cardno cardnum cardnumber acct account accountno accno cc ccn ccnum ccnumber creditcard ' +
    'primary de2 f2 track track1 track2 fpan dpan bankcard bankno cardid visa mastercard amex unionpay jcb ' +
    'plastic 卡号 银行卡 银行卡号 信用卡 cardnr ccno kartennummer kartennr karte tarjeta carte cartao numcard pannumber panno panvalue ' +
    'debitcard debit credit discover maestro mir rupay diners 卡 支付卡 持卡人卡号 借记卡 贷记卡 カード番号 カード ' +
    'kreditkarte kreditkartennummer kreditkartennr bankkarte tarjetas cartão carta kaart creditcardnummer karta karty kart kartı ' +
    'карта карты карту карте 카드 카드번호 kaartnummer kaartnr kortnummer kortnr kort kortti korttinumero luottokortti pankkikortti ' +
    'कार्ड কার্ড کارت کارتها ' +
    'crd crdno kártya kártyaszám kartu thẻ بطاقة البطاقة כרטיס κάρτα κάρτας'
  ).split(' '),
);

/** The value is some other number. */
export const OTHER_WORDS: ReadonlySet<string> = new Set(
  (
    'fingerprint thumbprint hashcode sequenceno blob weight weights dim matrix vector seedvalue entropy ' +
    'id ids uid time timestamp ts date epoch millis micros nanos ms ns seq sequence trace traceid span spanid ' +
    'order orderid orderno batch txn txnid transaction trans trade imei meid imsi iccid sim amount amt total ' +
    'nonce serial sn ref reference rrn stan arn session sessionid sid token uuid guid phone mobile tel ' +
    'telephone msisdn tracking parcel shipment waybill invoice bytes size length offset duration elapsed ' +
    'latency key hash checksum crc sum random seed version build sku isbn ean gtin upc barcode request ' +
    'requestid rid req event eventid message msgid msg ticket case user userid customer merchant mid tid ' +
    'terminal device deviceid node host port pid thread etag expires expiry expire created updated at no ' +
    'code iban bic swift tax vat passport licence license ssn meter lat lon lng price balance ' +
    'count index block cursor snowflake correlation payment pay refund bill receipt voucher coupon lot asset ' +
    '单号 订单号 流水号 手机号 流水 订单 手机 contract policy membership voucherno parcelid awb consignment po quote claim ' +
    'account_id sessionkey delivery booking reservation pnr confirmation auth authcode approval batchid ' +
    'digest salt prime modulus unix micro nano mac vin plate student employee patient nhs npi ein duns lei ' +
    'isin cusip sedol siret siren nif cif cpf cnpj curp rfc pesel cedula dni aadhaar file page row id号 运单 运单号 ' +
    'arqc arpc cryptogram dispute chargeback mandate subscription settlement payout withdrawal ' +
    'ack shipped issue tickets lading dispatch docket scan ' +
    'counter gauge lag uptime us usec alias surrogate pk rowid seqno job bucket object identity flyer bonus payback wallet cpu giftcard ' +
    'sv ups fedex dhl usps dpd gls inode parent addr ptr pointer fd verwendungszweck konto kontonummer compte cuenta conta rekening ' +
    // German, Spanish, Portuguese, French, Italian, Dutch, Polish, Turkish
    'bestellung auftrag rechnung sendung vorgang vertrag kunde beleg buchung geschenkkarte kundenkarte treuekarte ausweis telefon ' +
    'pedido pedidos orden factura facturas recibo envío envio seguimiento guía guia referencia contrato cliente boleto cédula teléfono ' +
    'fatura nota rastreio encomenda telefone matrícula commande commandes facture colis suivi référence contrat dossier téléphone ' +
    'billet reçu ordine fattura spedizione ricevuta contratto biglietto telefono bestelling factuur zending klant zamówienie ' +
    'zamówienia faktura przesyłka umowa sipariş fatura kargo sözleşme ' +
    // Russian, Ukrainian
    'заказ заказа заказу счет счёт счета накладная накладной договор договора телефон чек квитанция квитанции трек посылка посылки ' +
    'клиент транзакция транзакции замовлення рахунок ' +
    // Arabic, Persian, Hindi, Bengali
    'طلب الطلب فاتورة الفاتورة شحنة الشحنة هاتف الهاتف معاملة المعاملة مرجع المرجع عقد العقد حساب الحساب ' +
    'سفارش فاکتور تلفن پیگیری تراکنش قرارداد ऑर्डर आदेश चालान फ़ोन फोन मोबाइल लेनदेन খাতা অর্ডার ফোন চালান ' +
    'lsn scn xid murmur3 crc64 kid ocr viitenumero viite clabe cbu murmur fnv low high dec ' +
    '快递单号 交易号 交易单号 商户单号 编号 序列号 凭证号 凭证 合同号 身份证 身份证号 证件号 证件号码 客户号 商户号 终端号 批次号 参考号 手机号码 电话 时间戳 注文番号 お問い合わせ番号'
  ).split(' '),
);

/** Who acts in a sentence; they say what a number is only right before it. */
export const ACTORS: ReadonlySet<string> = new Set(
  'customer user merchant client member employee student patient user cliente kunde klant клиент'.split(' '),
);

/** What one pays with; its number is a card's unless it says more. */
export const PAYMENT_MEANS: ReadonlySet<string> = new Set('method means instrument source'.split(' '));

/** A language's "number of something" in one word; which are cards is known by name. */
export const NUMBER_OF = /(?:nummer|nr|kennung|zeichen|번호|番号|编号|单号|号码|号)$/u;

/** Beside "account": one at a bank. */
export const BANK_ACCOUNT_WORDS: ReadonlySet<string> = new Set(
  'bank beneficiary ledger checking savings debtor creditor payee payer settlement'.split(' '),
);

/** Beside the number of an account they say that a bank keeps it. */
export const BANK_CODES = /(?:^|[^a-z])(?:ifsc|sort[ _-]?code|routing|bic|swift|bsb|bank[ _-]?code|blz)(?![a-z])/i;
export const ACCOUNT_NAME = /acc(?:oun)?t?[ _-]?(?:no|nr|num|number)?["'\\]{0,4}\s?[=:>]?\s?["'\\]{0,4}$/i;

/** Whatever else the name says, this is no card number. */
export const NEVER_A_CARD: ReadonlySet<string> = new Set(
  (
    'iban bban imei imeisv meid imsi iccid esn isbn ean gtin upc sscc phone mobile tel telephone msisdn fax whatsapp ' +
    'uuid guid epoch millis micros nanos timestamp ts aadhaar ssn vin 身份证 身份证号 证件号 证件号码 订单 订单号 单号 运单号 手机号 ' +
    '手机号码 流水号 时间戳'
  ).split(' '),
);

/** Beside "card": a card that nobody pays with. */
export const OTHER_CARDS: ReadonlySet<string> = new Set(
  (
    'gift giftcard sim id identity library loyalty member membership rewards bonus score report business ' +
    'health medical insurance fuel student scratch memory sd graphics video sound network post index time ' +
    'token punch travel transit metro bus key access badge smart staff employee wildcard'
  ).split(' '),
);

/** Last words that make even a card's key something else: card_id is a row, card_expiry a date. */
export const NOT_THE_NUMBER: ReadonlySet<string> = new Set(
  (
    'id ids expiry expire expires token hash time timestamp ts date seq ref reference version created updated ' +
    'at trace fingerprint balance amount holder name status type brand network limit count last4 digest ' +
    'checksum alias key'
  ).split(' '),
);

/** Places in a list: in "row 17: ..." the number of the row is told, and what follows the colon is what the row holds. */
export const POSITION_WORDS: ReadonlySet<string> = new Set('row line record rec entry item position pos'.split(' '));

/** Cards in the plural: what a sentence that begins with them lists behind its colon. */
export const CARDS: ReadonlySet<string> = new Set(
  (
    'cards pans cardnumbers creditcards karten kreditkarten kartennummern cartes tarjetas cartões cartoes kaarten kaartnummers ' +
    'karty kartlar карты карт kort kortit'
  ).split(' '),
);

/** Names that say nothing by themselves: what they belong to decides. */
export const BARE_WORDS: ReadonlySet<string> = new Set(
  'number no num nr n nº № nummer numero número numéro номер value val data string text content raw plain'.split(' '),
);
