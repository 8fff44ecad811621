import { judgeCases } from './unseen.ts';
import { PAYMENT_CASES } from './unseen-payments.ts';

judgeCases('messages, payments and attacks', PAYMENT_CASES);
