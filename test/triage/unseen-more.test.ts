import { judgeCases } from './unseen.ts';
import { MORE_CASES } from './unseen-more.ts';

judgeCases('further variants', MORE_CASES);
