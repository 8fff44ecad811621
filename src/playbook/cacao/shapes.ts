/**
 * The data model of CACAO Security Playbooks Version 2.0 (OASIS Committee Specification 01, 27 November 2023), sections 3
 * to 10, as shapes. Vocabularies that the standard calls open are not enforced.
 */
import { anything, choice, count, flag, list, mapOf, object, type Shape, text } from '../shape.ts';

const words = (says: string) => text(says, { maxLength: 100_000 });
const id = (says: string) => text(says, { format: 'cacao-id', maxLength: 120 });
const time = (says: string) => text(says, { format: 'cacao-time', maxLength: 40 });
const ids = (says: string, min = 1) => list(says, id('An identifier.'), { min });
const texts = (says: string) => list(says, words('A text.'), { min: 1 });
const extensions = mapOf(
  'Extensions by the id of their definition (section 9).',
  anything('Members of the extension.'),
  'cacao-id',
);
const variables = mapOf(
  'Variables (section 10.18).',
  object(
    'Variable',
    'A variable.',
    { type: words('Its type.') },
    {
      description: words('What it is.'),
      value: anything('Its value.'),
      constant: flag('It may not change.'),
      external: flag('It is set from outside.'),
    },
  ),
  'cacao-variable',
);
const reference = object(
  'ExternalReference',
  'A reference (section 10.9).',
  { name: words('Name.') },
  {
    description: words('What it is.'),
    source: words('Source.'),
    url: words('Address.'),
    external_id: words('Id there.'),
    reference_id: words('CACAO or STIX id.'),
  },
);
const references = list('References.', reference, { min: 1 });
const whole = (says: string) => count(says, 0, 100);

const commandCommon = {
  description: words('What it does.'),
  version: words('Version.'),
  playbook_activity: words('Activity.'),
  external_references: references,
} as const;
const plain = { command: words('The command.'), command_b64: words('The command, base64.') } as const;
const kind = (says: string) => ({ type: words(says) });

/** Members of each command type (section 5); other types are taken as they are, the vocabulary is open. */
export const COMMAND_SHAPES: { readonly [type: string]: Shape } = Object.fromEntries([
  ...['manual', 'bash', 'caldera-cmd', 'powershell', 'ssh'].map((type) => [
    type,
    object(type, 'A command.', kind(type), { ...commandCommon, ...plain }),
  ]),
  ...['elastic', 'jupyter', 'kestrel', 'sigma', 'yara'].map((type) => [
    type,
    object(type, 'A command.', { ...kind(type), command_b64: plain.command_b64 }, commandCommon),
  ]),
  [
    'http-api',
    object(
      'http-api',
      'An HTTP request.',
      { ...kind('http-api'), command: plain.command },
      { ...commandCommon, headers: anything('Headers.'), content: words('Body.'), content_b64: words('Body, base64.') },
    ),
  ],
  [
    'openc2-http',
    object(
      'openc2-http',
      'An OpenC2 command.',
      { ...kind('openc2-http'), command: plain.command, content_b64: words('Body, base64.') },
      { ...commandCommon, headers: anything('Headers.') },
    ),
  ],
]);

const stepCommon = {
  name: words('Name.'),
  description: words('What it does.'),
  external_references: references,
  delay: count('Pause before the step, in milliseconds.', 0, Number.MAX_SAFE_INTEGER),
  timeout: count('Milliseconds that the step may take.', 0, Number.MAX_SAFE_INTEGER),
  step_variables: variables,
  owner: id('Identity that owns the step.'),
  on_completion: id('Next step in any case.'),
  on_success: id('Next step when it succeeded.'),
  on_failure: id('Next step when it failed.'),
  step_extensions: extensions,
} as const;
const arguments_ = { in_args: texts('Variables in.'), out_args: texts('Variables out.') } as const;

/** Members of each step type (section 4). */
export const STEP_SHAPES: { readonly [type: string]: Shape } = {
  start: object('start', 'The start.', kind('start'), stepCommon),
  end: object('end', 'An end.', kind('end'), stepCommon),
  action: object(
    'action',
    'An action.',
    {
      ...kind('action'),
      commands: list('Commands.', anything('A command.'), { min: 1 }),
      agent: id('Who carries it out.'),
    },
    { ...stepCommon, ...arguments_, targets: ids('On what.') },
  ),
  'playbook-action': object(
    'playbook-action',
    'Another playbook.',
    { ...kind('playbook-action'), playbook_id: id('The playbook.') },
    { ...stepCommon, ...arguments_, playbook_version: time('Its version.') },
  ),
  parallel: object(
    'parallel',
    'Steps side by side.',
    { ...kind('parallel'), next_steps: ids('The steps.', 2) },
    stepCommon,
  ),
  'if-condition': object(
    'if-condition',
    'A condition.',
    { ...kind('if-condition'), condition: words('A STIX pattern.'), on_true: id('Then.') },
    { ...stepCommon, on_false: id('Else.') },
  ),
  'while-condition': object(
    'while-condition',
    'A loop.',
    { ...kind('while-condition'), condition: words('A STIX pattern.'), on_true: id('The body.') },
    stepCommon,
  ),
  'switch-condition': object(
    'switch-condition',
    'A switch.',
    { ...kind('switch-condition'), switch: words('A variable.'), cases: mapOf('Steps by value.', id('A step.')) },
    stepCommon,
  ),
};

const agentCommon = {
  description: words('Who or what.'),
  location: anything('Where (section 10.4).'),
  agent_target_extensions: extensions,
} as const;
const named = (type: string) => ({ ...kind(type), name: words('Name.') });
const contact = { contact: anything('How to reach them (section 10.5).') } as const;
const machine = {
  port: words('Port.'),
  authentication_info: id('How to log in.'),
  category: texts('Category.'),
} as const;
const address = { address: anything('Addresses by kind.') } as const;

/** Members of each agent and target type (section 7). */
export const AGENT_SHAPES: { readonly [type: string]: Shape } = Object.fromEntries([
  ...['individual', 'group', 'organization'].map((type) => [
    type,
    object(type, 'People.', named(type), { ...agentCommon, ...contact }),
  ]),
  ...['http-api', 'linux', 'ssh'].map((type) => [
    type,
    object(type, 'A machine.', { ...named(type), ...address }, { ...agentCommon, ...machine }),
  ]),
  [
    'net-address',
    object(
      'net-address',
      'An address.',
      { ...named('net-address'), ...address },
      { ...agentCommon, authentication_info: machine.authentication_info, category: machine.category },
    ),
  ],
  ['location', object('location', 'A place.', named('location'), { ...agentCommon, logical: texts('Logical place.') })],
  ['sector', object('sector', 'A sector.', { ...named('sector'), sector: words('The sector.') }, agentCommon)],
  [
    'security-category',
    object(
      'security-category',
      'A category.',
      { ...named('security-category'), category: machine.category },
      agentCommon,
    ),
  ],
]);

const definitions = (says: string) => mapOf(says, anything('A definition.'), 'cacao-id');
const summary = mapOf('Features in use (section 10.14).', flag('Whether it is used.'));

export const cacaoShape = object(
  'playbook',
  'A CACAO playbook (section 3.1).',
  {
    type: choice('Always playbook.', ['playbook']),
    spec_version: choice('Always cacao-2.0.', ['cacao-2.0']),
    id: id('The playbook.'),
    name: words('Name.'),
    created_by: id('Who made it, a STIX identity.'),
    created: time('When it was made.'),
    modified: time('When this version was made.'),
    workflow_start: id('The start step.'),
    workflow: mapOf('The steps.', anything('A step.'), 'cacao-id'),
  },
  {
    description: words('What it does.'),
    playbook_types: list('Types (section 3.1.1).', words('A type.')),
    playbook_activities: texts('Activities (section 3.1.2).'),
    playbook_processing_summary: summary,
    revoked: flag('No longer valid.'),
    valid_from: time('Valid from.'),
    valid_until: time('Valid until.'),
    derived_from: ids('Made from.'),
    related_to: ids('Related to.'),
    priority: whole('1 is the highest.'),
    severity: whole('100 is the highest.'),
    impact: whole('Harm of running it; 100 is the highest.'),
    industry_sectors: texts('Sectors.'),
    labels: texts('Labels.'),
    external_references: references,
    markings: ids('Data markings.'),
    playbook_variables: variables,
    workflow_exception: id('Step for exceptions.'),
    playbook_extensions: extensions,
    authentication_info_definitions: definitions('Authentication.'),
    agent_definitions: definitions('Agents.'),
    target_definitions: definitions('Targets.'),
    extension_definitions: definitions('Extensions.'),
    data_marking_definitions: definitions('Markings.'),
    signatures: list('Signatures.', anything('A signature.'), { min: 1 }),
  },
);

export const AUTHENTICATION_SHAPES: { readonly [type: string]: Shape } = Object.fromEntries(
  (
    [
      ['http-basic', {}, { user_id: words('User.'), password: words('Password.') }],
      ['oauth2', { oauth_header: words('Header.'), token: words('Token.') }, {}],
      ['user-auth', {}, { username: words('User.'), password: words('Password.') }],
    ] as const
  ).map(([type, required, optional]) => [
    type,
    object(
      type,
      'Authentication (section 6).',
      { ...kind(type), ...required },
      {
        ...optional,
        name: words('Name.'),
        description: words('What.'),
        kms: flag('In a key store.'),
        kms_key_identifier: words('Key.'),
        authentication_info_extensions: extensions,
      },
    ),
  ]),
);

export const extensionDefinitionShape = object(
  'extension-definition',
  'An extension (section 9).',
  {
    type: choice('Always extension-definition.', ['extension-definition']),
    name: words('Name.'),
    created_by: id('Who.'),
    schema: words('Its schema.'),
    version: words('Version.'),
  },
  { description: words('What.'), external_references: list('References.', reference) },
);
