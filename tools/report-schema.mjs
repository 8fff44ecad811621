// schema/report.schema.json and schema/handshake.schema.json from the TypeScript types of the report model: one source for compiler, schema and documentation.
// Reads the subset of TypeScript that those types use: interfaces, unions of literals, arrays, inline objects, index signatures.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const SOURCES = ['src/finding.ts', 'src/evidence/types.ts', 'src/capture/views/row-types.ts', 'src/report/types.ts'];

const TOKEN =
  /\/\*\*([\s\S]*?)\*\/|\/\/[^\n]*|\/\*[\s\S]*?\*\/|'((?:[^'\\]|\\.)*)'|([A-Za-z_$][\w$]*)|(\d+(?:\.\d+)?)|(=>|[{}()[\]:;,?|=<>.*&-])|\s+/g;

function tokenize(source) {
  const tokens = [];
  for (const match of source.matchAll(TOKEN)) {
    if (match[1] !== undefined)
      tokens.push({
        doc: match[1]
          .replace(/^\s*\* ?/gm, '')
          .replace(/\s+/g, ' ')
          .trim(),
      });
    else if (match[2] !== undefined) tokens.push({ string: match[2] });
    else if (match[3]) tokens.push({ name: match[3] });
    else if (match[4]) tokens.push({ number: Number(match[4]) });
    else if (match[5]) tokens.push({ sign: match[5] });
  }
  return tokens;
}

class Types {
  constructor(tokens, constants) {
    this.tokens = tokens;
    this.constants = constants;
    this.at = 0;
  }
  peek(sign) {
    return this.tokens[this.at]?.sign === sign;
  }
  take(sign) {
    if (!this.peek(sign))
      throw new Error(
        `report-schema: expected ${sign} at token ${this.at}, found ${JSON.stringify(this.tokens[this.at])}`,
      );
    this.at++;
  }
  doc() {
    let doc;
    while (this.tokens[this.at]?.doc !== undefined) doc = this.tokens[this.at++].doc;
    return doc;
  }
  union() {
    if (this.peek('|')) this.at++;
    const parts = [this.postfix()];
    while (this.peek('|')) {
      this.at++;
      this.doc();
      parts.push(this.postfix());
    }
    if (parts.length === 1) return parts[0];
    const literals = parts.flatMap((part) => ('const' in part ? [part.const] : (part.enum ?? [])));
    if (parts.every((part) => 'const' in part || part.enum)) return { enum: literals };
    if (parts.every((part) => Object.keys(part).length === 1 && typeof part.type === 'string'))
      return { type: parts.map((part) => part.type) };
    const rest = parts.filter((part) => !('const' in part || part.enum));
    return { anyOf: [...rest, ...(literals.length ? [{ enum: literals }] : [])] };
  }
  postfix() {
    let type = this.primary();
    while (this.peek('[') && this.tokens[this.at + 1]?.sign === ']') {
      this.at += 2;
      type = { type: 'array', items: type };
    }
    return type;
  }
  primary() {
    const token = this.tokens[this.at++];
    if (token.string !== undefined) return { const: token.string };
    if (token.number !== undefined) return { const: token.number };
    if (token.sign === '{') return this.members();
    if (token.sign === '(') {
      if (this.tokens[this.at]?.name === 'typeof') {
        const constant = this.tokens[this.at + 1].name;
        this.at += 2;
        this.take(')');
        this.at += 3; // [number]
        return { enum: this.constants.get(constant) };
      }
      const inner = this.union();
      this.take(')');
      return inner;
    }
    if (['string', 'number', 'boolean', 'null'].includes(token.name)) return { type: token.name };
    return { $ref: `#/$defs/${token.name}` };
  }
  members() {
    const properties = {};
    const required = [];
    let indexed;
    for (let doc = this.doc(); !this.peek('}'); doc = this.doc()) {
      if (this.peek('[')) {
        while (!this.peek(']')) this.at++;
        this.at++;
        this.take(':');
        indexed = this.union();
      } else {
        const { name, string } = this.tokens[this.at++];
        const optional = this.peek('?');
        if (optional) this.at++;
        this.take(':');
        const type = this.union();
        const dated = doc && /ISO-8601/.test(doc) && type.type === 'string' ? { ...type, format: 'date-time' } : type;
        properties[name ?? string] = doc ? { description: doc, ...dated } : dated;
        if (!optional) required.push(name ?? string);
      }
      if (this.peek(';') || this.peek(',')) this.at++;
    }
    this.take('}');
    if (indexed) return { type: 'object', additionalProperties: indexed };
    return { type: 'object', properties, required };
  }
}

/** All types of the sources that a document can hold, by name. */
function readDefinitions() {
  const definitions = {};
  const constants = new Map();
  for (const file of SOURCES) {
    const tokens = tokenize(readFileSync(file, 'utf8'));
    for (let i = 0; i < tokens.length; i++) {
      if (tokens[i].name !== 'export') continue;
      const keyword = tokens[i + 1].name;
      const name = tokens[i + 2]?.name;
      const doc = tokens[i - 1]?.doc;
      if (keyword === 'const' && tokens[i + 4]?.sign === '[') {
        const values = [];
        for (let j = i + 5; tokens[j].sign !== ']'; j++)
          if (tokens[j].string !== undefined) values.push(tokens[j].string);
        constants.set(name, values);
      }
      if (keyword !== 'interface' && keyword !== 'type') continue;
      if (name === undefined || (keyword === 'type' && tokens[i + 3]?.sign !== '=')) continue;
      const reader = new Types(tokens, constants);
      reader.at = i + (keyword === 'interface' ? 3 : 4);
      // Interfaces with functions (sources, formats) are not part of the document.
      try {
        const type = reader.union();
        definitions[name] = doc ? { description: doc, ...type } : type;
      } catch {}
    }
  }
  return definitions;
}

/** The schema of one of the types, with the definitions it needs. */
function schemaOf(definitions, root, head) {
  const used = new Set();
  const visit = (value) => {
    if (!value || typeof value !== 'object') return;
    const target = typeof value.$ref === 'string' ? value.$ref.slice('#/$defs/'.length) : undefined;
    if (target && !used.has(target)) {
      if (!definitions[target])
        throw new Error(`report-schema: ${target} is used and could not be read from ${SOURCES.join(', ')}`);
      used.add(target);
      visit(definitions[target]);
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(definitions[root]);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...definitions[root],
    ...head,
    $defs: Object.fromEntries([...used].sort().map((name) => [name, definitions[name]])),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Writes the schemas, or with `check` returns the names of those that are stale. */
export function generateReportSchema(check = false) {
  const definitions = readDefinitions();
  const schemas = {
    'schema/report.schema.json': schemaOf(definitions, 'Report', {
      $id: 'urn:paymedic:schema:report:1',
      title: 'paymedic report',
      description: 'What `paymedic triage --format json` prints. schemaVersion 1 grows by optional members only.',
    }),
    'schema/handshake.schema.json': schemaOf(definitions, 'HandshakeRow', {
      $id: 'urn:paymedic:schema:handshake:1',
      title: 'paymedic handshake',
    }),
  };
  const stale = Object.keys(schemas).filter(
    (file) => !existsSync(file) || readFileSync(file, 'utf8') !== schemas[file],
  );
  if (!check) for (const file of stale) writeFileSync(file, schemas[file]);
  return check ? stale : [];
}
