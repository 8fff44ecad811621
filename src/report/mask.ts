/** All masks in their order: secrets before numbers, since a number masked inside an address or a token would hide its form. */
import { maskCardNumbers } from './mask-cards.ts';
import { maskFoundCards, maskFoundSecrets } from './mask-leaks.ts';
import { maskSecrets } from './mask-secrets.ts';

/** @returns `text` without secrets, its card numbers as first six and last four digits. Control characters stay: see `safeText`. */
export const maskText = (text: string): string => maskFoundCards(maskCardNumbers(maskFoundSecrets(maskSecrets(text))));
