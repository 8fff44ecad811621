import { judgeCases } from './unseen.ts';
import { LINK_CASES } from './unseen-links.ts';

judgeCases('parameters, the network and capacity', LINK_CASES);
