/** What stands between the time stamp and the message in application logs: level, thread, logger, node. */
import type { Level } from '../types.ts';
import { levelOf } from './levels.ts';

export interface Prefix {
  level: Level | undefined;
  logger: string | undefined;
  node: string | undefined;
  message: string;
}

const LOGGER_WORD = /^[A-Za-z_$][\w$.-]{1,120}$/;
const CLASS_NAME = /^(?:[a-z_][\w]*\.)+[A-Za-z_$][\w$]*$/;
const HOST_IN_BRACKETS = /^[a-z][a-z0-9]*(?:-?\d+|-[a-z0-9-]+)$/i;

/**
 * Understands logback, log4j, Spring Boot, Python logging, Flask, winston, Go, Serilog and their kin by the shape of
 * each token, at most ten tokens deep.
 * @param rest text after the time stamp.
 */
export function readPrefix(rest: string): Prefix {
  const prefix: Prefix = { level: undefined, logger: undefined, node: undefined, message: rest };
  let at = 0;
  const length = rest.length;
  for (let token = 0; token < 10 && at < length; token++) {
    while (at < length && (rest.charCodeAt(at) === 32 || rest.charCodeAt(at) === 9)) at++;
    if (at >= length) break;
    const code = rest.charCodeAt(at);
    if (code === 91) {
      const close = rest.indexOf(']', at + 1);
      if (close === -1 || close - at > 160) break;
      const inner = rest.slice(at + 1, close).trim();
      let next = close + 1;
      const level =
        levelOf(inner) ?? (inner.includes(' ') ? levelOf(inner.slice(inner.lastIndexOf(' ') + 1)) : undefined);
      if (level && !prefix.level) prefix.level = level;
      else if (prefix.level && prefix.logger && !prefix.node && HOST_IN_BRACKETS.test(inner)) prefix.node = inner;
      else if (
        prefix.level &&
        !prefix.logger &&
        LOGGER_WORD.test(inner) &&
        !/-exec-\d|^(?:main|pool-|Thread|worker|nioEventLoop)/.test(inner)
      )
        prefix.logger = inner;
      if (rest.charCodeAt(next) === 58) next++;
      at = next;
      prefix.message = rest.slice(at).trimStart();
      continue;
    }
    let end = at;
    while (end < length && rest.charCodeAt(end) > 32) end++;
    const word = rest.slice(at, end);
    if (word === '-' || word === ':' || word === '|' || word === '--') {
      at = end;
      prefix.message = rest.slice(at).trimStart();
      // A dash after the logger ends the prefix; before it (Spring's "pid ---") it does not.
      if (prefix.logger || prefix.level) break;
      continue;
    }
    if (word === '---') {
      at = end;
      prefix.message = rest.slice(at).trimStart();
      continue;
    }
    const bare = word.endsWith(':') || word.endsWith(',') ? word.slice(0, -1) : word;
    if (!prefix.level) {
      const level = levelOf(bare);
      // "error" in lower case without punctuation may begin a sentence, so it must look like a tag.
      if (level && (bare === bare.toUpperCase() || bare !== word || token === 0)) {
        prefix.level = level;
        at = end;
        prefix.message = rest.slice(at).trimStart();
        continue;
      }
    }
    if (prefix.level && !prefix.logger && /^\d{1,7}$/.test(word)) {
      at = end;
      prefix.message = rest.slice(at).trimStart();
      continue;
    }
    if (word === 'in' && prefix.level && !prefix.logger) {
      at = end;
      continue;
    }
    if (
      !prefix.logger &&
      word.endsWith(':') &&
      LOGGER_WORD.test(bare) &&
      !/(?:Error|Exception)$/.test(bare) &&
      bare !== 'curl'
    ) {
      prefix.logger = bare;
      prefix.message = rest.slice(end).trimStart();
      break;
    }
    if (
      !prefix.logger &&
      prefix.level &&
      (CLASS_NAME.test(word) ||
        (LOGGER_WORD.test(word) && /^\s+(?:-|:)\s|^\s+\[[\w.-]+\]\s+(?:-|:)\s/.test(rest.slice(end, end + 80))))
    ) {
      prefix.logger = word;
      at = end;
      prefix.message = rest.slice(at).trimStart();
      continue;
    }
    break;
  }
  return prefix;
}

/** Lines that continue a record although they may begin at column one: stack traces in Java, Python, Node, Go, PHP, .NET. */
export function isContinuation(text: string): boolean {
  const code = text.charCodeAt(0);
  if (code === 32 || code === 9 || Number.isNaN(code)) return true;
  return /^(?:Caused by:|Suppressed:|Traceback \(most recent|goroutine \d+ \[|\.\.\. \d+ more|#\d+ |---> |--- End of|Stack trace:| {2}at |at [\w$.]+\(|[\w$.]+(?:Exception|Error)(?::|$))/.test(
    text,
  );
}
