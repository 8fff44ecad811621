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
    '$x = param(',
    'os.system(',
    'exec(req',
    '`',
  ])('are looked for in linear time behind %s and much white space', (before) => {
    const source = `${before}${' '.repeat(200_000)}`;
    const start = process.cpuUsage().user;
    expect(judgeScript('upload/a.php', source)).toBeUndefined();
    // Quadratic time takes ten seconds and more.
    expect(process.cpuUsage().user - start).toBeLessThan(2_000_000);
  });

  it.each([
    `"${'\\\\x41'.repeat(190)}`,
    `"${'\\\\x4'.repeat(190)}`,
    '<% a = GetString( '.repeat(20_000),
    'import flask\n@app.get( '.repeat(20_000),
  ])('are looked for in linear time in repetitions %#', (source) => {
    const start = process.cpuUsage().user;
    judgeScript('upload/a.php', source);
    judgeScript('upload/a.py', source);
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

  it.each([
    ['a.cgi', 'my $c = param("c"); print `$c`;'],
    ['a.cgi', 'system($ENV{QUERY_STRING});'],
    ['a.pl', 'my $do = $q->param("w") or exit;\nopen(my $p, "-|", "$do 2>&1");'],
    ['app.py', 'from flask import request\nout = os.popen(request.args["x"]).read()'],
    ['app.py', 'from flask import request\nc = request.form.get("c")\nsubprocess.run(c, shell=True)\n'],
    ['app.js', "const express = require('express');\napp.get('/x', (req, res) => exec(req.query.c, done));"],
    ['a.aspx', '<%var b=Text.GetString(System.Convert.FromBase64String(Request.Form["kx"]));eval(b,"unsafe");%>'],
  ])('are found in programs of other languages: %s %s', (file, source) => {
    expect(judgeScript(file, source)).toMatchObject({ why: [expect.stringMatching(/request/)] });
  });

  it.each([
    ['a.cgi', 'my $id = param("id"); open(my $p, "-|", "/usr/bin/stat", $id); system("uptime");'],
    ['a.cgi', 'my $page = $q->param("page"); print "seen $page"; my $up = `uptime`;'],
    ['app.py', 'from flask import request\nout = subprocess.check_output(KNOWN[request.args["c"]])'],
    ['app.py', 'from flask import request\nname = request.args["n"]\nsubprocess.run(["convert", name])\n'],
    ['app.js', "const express = require('express');\nconst found = /x/.exec(req.query.c); db.exec(sql, req.body);"],
  ])('are not what takes names and calls its own programs: %s %s', (file, source) => {
    expect(judgeScript(file, source)).toBeUndefined();
  });
});
