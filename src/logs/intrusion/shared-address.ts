/** Refused logins of people who mistype, alone or at an address that they share, told apart from guessing. */
import { isPrivate } from '../../address.ts';
import type { Login } from './logins.ts';

/** Accounts that get in from the address. */
const LEAST_PEOPLE = 3;
/** Refusals in a row of one account; sshd ends a connection after six, a client with an old password goes on a little. */
const MOST_IN_A_ROW = 10;

/** Days on which an account logged in from the address before its first refusal: it is its own. */
const HABIT_DAYS = 3;
const DAY = 86_400_000;

/** Whether every try was for one account that had been coming from there on several days. */
function isOwnAddress(logins: readonly Login[], refused: ReadonlySet<string>): boolean {
  const [user] = refused;
  const first = logins.find(({ ok }) => !ok);
  if (refused.size !== 1 || user === undefined || !first) return false;
  const days = new Set<number>();
  for (const login of logins)
    if (login.ok && login.user === user && login.proof.time < first.proof.time)
      days.add(Math.floor(login.proof.time / DAY));
  return days.size >= HABIT_DAYS;
}

/**
 * @param logins of one address at one service, in order of time.
 * @returns how many accounts log in from the address, where only one was refused that had been coming from there, or where they are at least as many as those that never get in, none was refused
 * often in a row, and no name was tried that does not exist; 0 where the refusals are those of somebody who guesses.
 */
export function peopleOf(logins: readonly Login[]): number {
  // An address of the own network that ever tried one account, and knew its password before, is that of its owner, however often
  // an old password is tried there.
  const [first] = logins;
  const alone = first !== undefined && isPrivate(first.address) && logins.every(({ user }) => user === first.user);
  if (alone && isOwnAddress(logins, new Set([first.user]))) return 1;
  const inRow = new Map<string, number>();
  const entered = new Set<string>();
  const refused = new Set<string>();
  for (const { user, ok, proof } of logins) {
    if (user === '' || /\binvalid user\b/.test(proof.text)) return 0;
    if (ok) {
      entered.add(user);
      inRow.set(user, 0);
      continue;
    }
    refused.add(user);
    const row = (inRow.get(user) ?? 0) + 1;
    if (row > MOST_IN_A_ROW) return 0;
    inRow.set(user, row);
  }
  if (isOwnAddress(logins, refused)) return entered.size;
  const never = [...refused].filter((user) => !entered.has(user)).length;
  return entered.size >= LEAST_PEOPLE && entered.size > never ? entered.size : 0;
}
