/** For every cause a server with the fault and its repaired twin, and the values of the command's placeholders. */

import type { Scene } from './scene.ts';
import { APPLICATION_SCENES } from './scenes-application.ts';
import { CERTIFICATE_SCENES } from './scenes-certificates.ts';
import { CLIENT_SCENES } from './scenes-clients.ts';
import { MESSAGE_SCENES } from './scenes-messages.ts';
import { PARAMETER_SCENES } from './scenes-parameters.ts';

export const SCENES: readonly Scene[] = [
  ...CERTIFICATE_SCENES,
  ...CLIENT_SCENES,
  ...PARAMETER_SCENES,
  ...MESSAGE_SCENES,
  ...APPLICATION_SCENES,
];
