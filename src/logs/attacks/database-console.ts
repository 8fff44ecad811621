/** Paths under which database consoles run: phpMyAdmin and Adminer, as installed and as packaged. */
const CONSOLE =
  /\/(?:php-?my-?admin|pma|dbadmin|adminer(?:-[\d.]{1,12})?)(?:\/|\.php|$)|\/(?:tbl|db|server)_sql\.php$|\/sql\.php$/i;
/** The parameter in which each sends the statement a person typed or clicked (phpMyAdmin: sql_query; Adminer: sql). */
const STATEMENT = /(?:^|&)(?:sql_query|sql)=/;

/**
 * Whether a request is a statement run in a database console. SQL is what such a console is for: the request shows no injection,
 * and whether its sender may use the console the request does not say.
 * @param path without the query; @param query without the question mark.
 */
export const isConsoleStatement = (path: string, query: string): boolean => STATEMENT.test(query) && CONSOLE.test(path);
