/** JSON Schema (2020-12) of a shape, for editors and other tools. */
import type { Json } from '../finding.ts';
import { FORMATS, type Shape } from './shape.ts';

type Schema = { [key: string]: Json };

/**
 * @param id address of the schema (`$id`)
 * @returns a schema whose `$defs` hold every named object once
 */
export function jsonSchemaOf(shape: Shape, id: string): Schema {
  const definitions: { [title: string]: Schema } = {};
  const root = schemaOf(shape, definitions);
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: id, ...root, $defs: definitions };
}

function schemaOf(shape: Shape, definitions: { [title: string]: Schema }): Schema {
  const described: Schema = { description: shape.description };
  switch (shape.kind) {
    case 'any':
      return described;
    case 'flag':
      return { ...described, type: 'boolean' };
    case 'count':
      return {
        ...described,
        type: shape.integer ? 'integer' : 'number',
        minimum: shape.min,
        maximum: shape.max,
      };
    case 'text':
      if (shape.values) return { ...described, enum: [...shape.values] };
      return {
        ...described,
        // An expression may be a bare true, false or number.
        type: shape.format === 'expression' ? ['string', 'boolean', 'number'] : 'string',
        minLength: 1,
        maxLength: shape.maxLength,
        ...(shape.format ? { pattern: FORMATS[shape.format].pattern } : {}),
        ...(shape.examples ? { examples: [...shape.examples] } : {}),
      };
    case 'list':
      return {
        ...described,
        type: 'array',
        items: schemaOf(shape.item, definitions),
        ...(shape.min > 0 ? { minItems: shape.min } : {}),
        maxItems: shape.max,
        ...(shape.unique ? { uniqueItems: true } : {}),
      };
    case 'map':
      return {
        ...described,
        type: 'object',
        ...(shape.keys ? { propertyNames: { pattern: FORMATS[shape.keys].pattern } } : {}),
        additionalProperties: schemaOf(shape.value, definitions),
      };
    case 'either':
      return { ...described, anyOf: shape.options.map((option) => schemaOf(option, definitions)) };
    case 'object': {
      if (!definitions[shape.title]) {
        const definition: Schema = { description: shape.description, type: 'object' };
        definitions[shape.title] = definition;
        definition.properties = Object.fromEntries(
          Object.entries({ ...shape.required, ...shape.optional }).map(([key, member]) => [
            key,
            schemaOf(member, definitions),
          ]),
        );
        definition.required = Object.keys(shape.required);
        if (shape.exactlyOne) definition.oneOf = shape.exactlyOne.map((key) => ({ required: [key] }));
        definition.additionalProperties = false;
      }
      return { $ref: `#/$defs/${shape.title}` };
    }
  }
}
