/**
 * The expression language of `if`, `expect` and `${{ }}`: small, total and free of side effects. Every expression that
 * parses has a value for every input; what is missing is null, and comparisons of unlike things are false.
 *
 *   or     := and ("or" and)*
 *   and    := not ("and" not)*
 *   not    := "not" not | compare
 *   compare:= value (("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") value)?
 *   value  := literal | list | call | path | "(" or ")"
 */

export type Expression =
  | { kind: 'literal'; value: string | number | boolean | null; at: number; end: number }
  | { kind: 'list'; items: Expression[]; at: number; end: number }
  | { kind: 'path'; root: string; members: (string | Expression)[]; at: number; end: number }
  | { kind: 'call'; name: string; args: Expression[]; at: number; end: number }
  | { kind: 'not'; operand: Expression; at: number; end: number }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression; at: number; end: number };

export type BinaryOperator = 'and' | 'or' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

export class ExpressionError extends Error {
  /** Offset in the expression. */
  readonly at: number;
  readonly suggestion: string;
  constructor(message: string, at: number, suggestion: string) {
    super(message);
    this.at = at;
    this.suggestion = suggestion;
  }
}

const MAX_EXPRESSION_LENGTH = 500;
const MAX_DEPTH = 40;

type Token = { kind: 'word' | 'number' | 'string' | 'symbol' | 'end'; text: string; at: number; end: number };

const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '!', '(', ')', '[', ']', ',', '.'];

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at]!;
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r') {
      at++;
      continue;
    }
    if (char === "'" || char === '"') {
      const close = source.indexOf(char, at + 1);
      if (close < 0) throw new ExpressionError('a text is not closed', at, `add the closing ${char}`);
      tokens.push({ kind: 'string', text: source.slice(at + 1, close), at, end: close + 1 });
      at = close + 1;
      continue;
    }
    const rest = source.slice(at);
    const number = /^-?[0-9]{1,15}(\.[0-9]{1,15})?/.exec(rest);
    if (number) {
      tokens.push({ kind: 'number', text: number[0], at, end: at + number[0].length });
      at += number[0].length;
      continue;
    }
    const word = /^[A-Za-z_][A-Za-z0-9_-]{0,100}/.exec(rest);
    if (word) {
      tokens.push({ kind: 'word', text: word[0], at, end: at + word[0].length });
      at += word[0].length;
      continue;
    }
    const symbol = SYMBOLS.find((candidate) => rest.startsWith(candidate));
    if (!symbol) {
      const hint =
        char === '='
          ? 'write == to compare'
          : '+*/%'.includes(char)
            ? 'there is no arithmetic; compute it in a step'
            : 'remove it';
      throw new ExpressionError(`"${char}" has no meaning here`, at, hint);
    }
    tokens.push({ kind: 'symbol', text: symbol, at, end: at + symbol.length });
    at += symbol.length;
  }
  tokens.push({ kind: 'end', text: '', at: source.length, end: source.length });
  return tokens;
}

/** Parses one expression; throws ExpressionError with the offset of the mistake. */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_EXPRESSION_LENGTH)
    throw new ExpressionError(
      `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters`,
      0,
      'split it over several steps',
    );
  return new Parser(tokenize(source)).whole();
}

class Parser {
  private position = 0;
  private depth = 0;
  private readonly tokens: Token[];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  whole(): Expression {
    const expression = this.or();
    const next = this.peek();
    if (next.kind !== 'end') {
      const hint = next.text === '=' ? 'write ==' : 'join two conditions with and or or';
      throw new ExpressionError(`"${next.text}" was not expected here`, next.at, hint);
    }
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.position]!;
  }

  private take(...texts: string[]): Token | undefined {
    const token = this.peek();
    if ((token.kind === 'symbol' || token.kind === 'word') && texts.includes(token.text)) {
      this.position++;
      return token;
    }
    return undefined;
  }

  private need(text: string): Token {
    const token = this.take(text);
    if (!token) throw new ExpressionError(`"${text}" is missing`, this.peek().at, `add ${text}`);
    return token;
  }

  private or(): Expression {
    if (++this.depth > MAX_DEPTH)
      throw new ExpressionError('the expression is nested too deep', this.peek().at, 'split it over several steps');
    let left = this.and();
    while (this.take('or', '||')) {
      const right = this.and();
      left = { kind: 'binary', operator: 'or', left, right, at: left.at, end: right.end };
    }
    this.depth--;
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.take('and', '&&')) {
      const right = this.not();
      left = { kind: 'binary', operator: 'and', left, right, at: left.at, end: right.end };
    }
    return left;
  }

  private not(): Expression {
    const token = this.take('not', '!');
    if (!token) return this.compare();
    if (++this.depth > MAX_DEPTH)
      throw new ExpressionError('the expression is nested too deep', token.at, 'split it over several steps');
    const operand = this.not();
    this.depth--;
    return { kind: 'not', operand, at: token.at, end: operand.end };
  }

  private compare(): Expression {
    const left = this.value();
    const operator = this.take('==', '!=', '<=', '>=', '<', '>', 'in');
    if (!operator) return left;
    const right = this.value();
    return { kind: 'binary', operator: operator.text as BinaryOperator, left, right, at: left.at, end: right.end };
  }

  private value(): Expression {
    const token = this.peek();
    this.position++;
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text), at: token.at, end: token.end };
    if (token.kind === 'string') return { kind: 'literal', value: token.text, at: token.at, end: token.end };
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.or();
      this.need(')');
      return inner;
    }
    if (token.kind === 'symbol' && token.text === '[') {
      const items = this.items(']');
      return { kind: 'list', items: items.values, at: token.at, end: items.end };
    }
    if (token.kind !== 'word') {
      this.position--;
      throw new ExpressionError(
        token.kind === 'end' ? 'the expression ends too early' : `"${token.text}" was not expected here`,
        token.at,
        'write a value here: a path such as inputs.host, a number or a text in quotes',
      );
    }
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true', at: token.at, end: token.end };
    if (token.text === 'null') return { kind: 'literal', value: null, at: token.at, end: token.end };
    if (this.take('(')) {
      const items = this.items(')');
      return { kind: 'call', name: token.text, args: items.values, at: token.at, end: items.end };
    }
    return this.path(token);
  }

  private items(close: string): { values: Expression[]; end: number } {
    const values: Expression[] = [];
    let closing = this.take(close);
    while (!closing) {
      values.push(this.or());
      closing = this.take(close);
      if (!closing && !this.take(','))
        throw new ExpressionError(`"${close}" is missing`, this.peek().at, `add ${close}`);
    }
    return { values, end: closing.end };
  }

  private path(root: Token): Expression {
    const members: (string | Expression)[] = [];
    let end = root.end;
    for (;;) {
      if (this.take('.')) {
        const member = this.peek();
        if (member.kind !== 'word' && member.kind !== 'number')
          throw new ExpressionError('a name is missing after the dot', member.at, 'write the name of a member');
        this.position++;
        members.push(member.text);
        end = member.end;
      } else if (this.take('[')) {
        members.push(this.or());
        end = this.need(']').end;
      } else {
        return { kind: 'path', root: root.text, members, at: root.at, end };
      }
    }
  }
}

/** Calls `visit` for the expression and everything in it. */
export function walkExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  switch (expression.kind) {
    case 'list':
      for (const item of expression.items) walkExpression(item, visit);
      break;
    case 'path':
      for (const member of expression.members) if (typeof member !== 'string') walkExpression(member, visit);
      break;
    case 'call':
      for (const argument of expression.args) walkExpression(argument, visit);
      break;
    case 'not':
      walkExpression(expression.operand, visit);
      break;
    case 'binary':
      walkExpression(expression.left, visit);
      walkExpression(expression.right, visit);
      break;
    case 'literal':
      break;
  }
}
