/** Who began a payment: its cardholder, or the merchant with a stored card and nobody at the till (Visa's and Mastercard's frameworks of stored credentials). */
import { word } from './response-codes.ts';

/**
 * What exports call payments that a merchant initiates: Adyen's `recurringProcessingModel` (its `CardOnFile` is begun by the
 * shopper), Checkout.com's `payment_type`, Braintree's `transactionSource`, Mollie's and SEPA's sequence types, Cybersource's
 * commerce indicator, and types of transactions in several languages. First payments of a series have the cardholder present.
 */
const MERCHANT_INITIATED: ReadonlySet<string> = new Set(
  (
    'mit merchant merchantinitiated merchantinitiatedtransaction recurring recurringpayment recurringcharge subscription ' +
    'subscriptionpayment subscriptioncycle subscriptionrenewal renewal unscheduled unscheduledcardonfile installment instalment ' +
    'install rcur folgezahlung wiederkehrend wiederkehrendezahlung abo abozahlung abonnement abonnementverlangerung recurrente ' +
    'pagorecurrente cobrorecurrente suscripcion domiciliacion recurrent paiementrecurrent echeance recorrente ' +
    'cobrancarecorrente recorrencia assinatura ricorrente pagamentoricorrente abbonamento terugkerend incassorecurrent 代扣 ' +
    '周期扣款 自动续费 订阅 订阅扣款 委托代扣 継続課金 定期課金 定期購入 月額課金 اشتراك دوري دفعةدورية ' +
    'рекуррентный рекуррентныйплатеж автоплатеж подписка tekrarlayan tekrarlayanodeme abonelik 정기결제 구독 cykliczna platnosccykliczna subskrypcja'
  )
    .split(' ')
    .map(word),
);

/** Mastercard's indicators of payments that the merchant initiates (DE 48, subelement 22, subfield 5): M101 to M104, M205 to M208. */
const MASTERCARD_MIT = /^m(?:10[1-4]|20[5-8])$/;

/** Columns that say yes or no to it. A stored card alone says nothing: shoppers pay with theirs at one click. */
const ASKS_WHETHER = /mit|merchantinitiated|recur|offsession|subscription|wiederkehrend|ricorrente|suscripcion/;
const YES = /^(?:true|yes|y|1|ja|si|oui|sim|是|はい)$/;

/**
 * Whether a payment was initiated by the merchant.
 * @param header of the column that says who began it. @param cell of that column. @param type what the payment is called.
 */
export function isMerchantInitiated(header: string, cell: string, type: string): boolean {
  if (cell !== '') {
    const said = word(cell);
    return (
      MERCHANT_INITIATED.has(said) || MASTERCARD_MIT.test(said) || (YES.test(said) && ASKS_WHETHER.test(word(header)))
    );
  }
  return type !== '' && MERCHANT_INITIATED.has(word(type));
}
