import { describe, expect, it } from 'vitest';
import { judgeScript } from '../../../src/logs/intrusion/shells.ts';

describe('web shells', () => {
  it.each([
    '<?php $a =',
    '<?php $a = &',
    '<?php $f = hex2bin',
    '<?php $f = hex2bin($_POST["a"]',
    '<?php eval(',
    '<?php system(',
    '<%',
    '<% eval',
    'eval(Request',
    "'cmd.exe'; p.Arguments = Request",
    'x = Request',
  ])('are looked for in linear time behind %s and much white space', (before) => {
    const source = `${before}${' '.repeat(200_000)}`;
    const start = process.cpuUsage().user;
    expect(judgeScript('upload/a.php', source)).toBeUndefined();
    // Quadratic time takes ten seconds and more.
    expect(process.cpuUsage().user - start).toBeLessThan(2_000_000);
  });

  it.each([
    '<?php @eval( @ $_POST["a"]);',
    '<?php system( @ $_GET["c"]);',
    '<% eval ( request("a")) %>',
    '<%@ Page Language="Jscript" %> <% eval(Request.Item ["a"]) %>',
    '<?php $c = & $_COOKIE ; $f = hex2bin ( $c["p1"] ) ; $f($c["p2"]);',
    '<?php $f = hex2bin $_POST["a"] ; $f(1);',
    '<% x = Request . Form ("c") ; execute(x) %>',
  ])('are found with white space wherever the language allows it: %s', (source) => {
    expect(judgeScript('upload/a.php', source)).toBeDefined();
  });
});
