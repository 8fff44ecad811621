import { judgeCases } from './unseen.ts';
import { CERTIFICATE_CASES } from './unseen-certificates.ts';

judgeCases('certificates', CERTIFICATE_CASES);
