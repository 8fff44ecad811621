/** The style of the page. Its hash stands in the content security policy, so nothing else can style or run. */
export const STYLE = `
:root{--ink:#17212b;--soft:#52606d;--line:#d9dfe5;--paper:#fff;--wash:#f5f7f9;--urgent:#a8201a;--important:#8a5300;--routine:#1d5a9e;--none:#17693f;--accent:#143d66;--mark:#fdf3d7}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#a3b1be;--line:#33404c;--paper:#12181f;--wash:#1a222b;--urgent:#ff8a80;--important:#f2b35d;--routine:#86b9f2;--none:#7fd1a4;--accent:#9cc4ee;--mark:#3a3117}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--wash);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:break-word}
pre,code,.mono,dd{overflow-wrap:anywhere}
main,header>div,footer{max-width:1080px;margin:0 auto;padding:0 20px}
header{background:var(--paper);border-top:6px solid var(--tone);border-bottom:1px solid var(--line);padding:28px 0 20px}
.urgent{--tone:var(--urgent)}.important{--tone:var(--important)}.routine{--tone:var(--routine)}.none{--tone:var(--none)}
.eyebrow{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;color:var(--soft);font-size:.875rem;margin:0 0 10px}
.badge{display:inline-block;background:var(--tone,var(--soft));color:var(--paper);font-weight:700;font-size:.8125rem;letter-spacing:.04em;padding:3px 10px;border-radius:3px;white-space:nowrap}
h1{font-size:clamp(1.35rem,3.2vw,2rem);line-height:1.25;margin:0 0 18px;max-width:32em;text-wrap:balance}
h2{font-size:1.25rem;margin:44px 0 14px;padding-bottom:6px;border-bottom:2px solid var(--accent);color:var(--accent)}
h3{font-size:1.125rem;line-height:1.35;margin:0 0 8px}
h4{font-size:.8125rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:20px 0 6px}
.answer{display:grid;grid-template-columns:minmax(6em,max-content) 1fr;gap:8px 20px;margin:0}
.answer dt{color:var(--soft)}.answer dd{margin:0}
.answer .next{font-weight:600;border-left:4px solid var(--tone);padding-left:12px}
nav{margin:18px 0 0;font-size:.875rem;display:flex;flex-wrap:wrap;gap:4px 16px}
a{color:var(--accent)}
section>.card,.card{background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--tone,var(--line));border-radius:6px;padding:20px 22px;margin:0 0 18px}
.chips{display:flex;flex-wrap:wrap;gap:6px 16px;color:var(--soft);font-size:.9rem;margin:0 0 6px;padding:0;list-style:none}
.nowrap{white-space:nowrap}.chips b{color:var(--ink);font-weight:600}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 32px}
ul,ol{margin:0;padding-left:1.25em}li{margin:3px 0}
pre{margin:6px 0;padding:10px 12px;background:var(--wash);border:1px solid var(--line);border-radius:4px;white-space:pre-wrap;font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code,.mono{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.quote{margin:8px 0}.quote cite{font-style:normal;font-size:.875rem;color:var(--soft)}.quote pre{border-left:3px solid var(--tone,var(--accent));margin-top:2px}
figure{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:16px 20px;margin:0 0 18px}
figcaption{font-weight:600;margin-bottom:12px}
svg{display:block;overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif}
svg text{fill:var(--ink)}svg .tick{fill:var(--soft);font-size:11px}
.grid{stroke:var(--line);stroke-width:1}.base{stroke:var(--soft);stroke-width:1}
.area{fill:var(--routine);opacity:.75}.bad-area{fill:var(--urgent);opacity:.8}
.onset{stroke:var(--urgent);stroke-width:2;stroke-dasharray:5 3}.onset-label{fill:var(--urgent)!important;font-weight:700;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.now{stroke:var(--ink);stroke-width:2}
.event{fill:var(--soft)}.event.onset,.event.error{fill:var(--urgent)}.event.change{fill:var(--important)}.event.certificate{fill:var(--routine)}.event.attack{fill:#7b2d8b}
.life{stroke:var(--soft);stroke-width:2}.arrow{stroke:var(--accent);stroke-width:1.5}.arrow.bad{stroke:var(--urgent);stroke-width:2.5}.tip{fill:var(--accent)}.tip.bad{fill:var(--urgent)}.gap{stroke:var(--soft);stroke-dasharray:3 4}.gap.bad{stroke:var(--urgent)}
svg .step{font-size:13px}svg .step.bad{fill:var(--urgent);font-weight:700}
.bar.fine{fill:var(--none)}.bar.soon{fill:var(--important)}.bar.expired{fill:var(--urgent)}
svg .label,svg .step{paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.wide td{min-width:5em}.wide td:nth-child(2){min-width:14em}
.note,.muted{color:var(--soft);font-size:.9rem}.note{margin:10px 0 0}
.calendar{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:8px}
.calendar>li{border:1px solid var(--line);border-radius:4px;padding:8px 10px;margin:0;font-size:.875rem;min-height:64px}
.calendar b{display:block}.calendar ul{list-style:none;padding:0}.calendar .soon{border-color:var(--important);border-width:2px}.calendar .some{border-color:var(--routine)}
table{border-collapse:collapse;width:100%;font-size:.925rem;background:var(--paper)}
th,td{text-align:left;vertical-align:top;padding:8px 10px;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;color:var(--soft);border-bottom:2px solid var(--line)}
.num{text-align:right;font-variant-numeric:tabular-nums}td.num.urgent,td.num.important,td.num.routine{color:var(--tone);font-weight:700}
.matrix th[scope=row]{font-weight:500}.mark{color:var(--accent)}
.strength{font-weight:600}.strength.weak,.strength.broken{color:var(--urgent)}.strength.acceptable{color:var(--important)}.strength.strong{color:var(--none)}
.scroll{overflow-x:auto}
.list{border:1px solid var(--line);border-radius:6px;overflow:hidden}
.list tr.row{border-left:4px solid var(--tone)}
.list .fact{color:var(--soft);font-size:.875rem;margin:2px 0 0}
details>summary{cursor:pointer;color:var(--accent)}details[open]>summary{margin-bottom:8px}
.big>summary{font-weight:600;padding:12px 0}
footer{color:var(--soft);font-size:.8125rem;padding:28px 20px 48px}
@media (max-width:640px){.chips{gap:2px 14px}.chips li{margin:0}

body{font-size:15px}main,header>div,footer{padding-left:14px;padding-right:14px}
.answer{grid-template-columns:1fr;gap:0}.answer dd{margin-bottom:10px}
.two{grid-template-columns:1fr}.card,section>.card{padding:16px 14px}figure{padding:14px 12px}
.wide thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.wide,.wide tbody,.wide tr,.wide td{display:block}.wide tr{padding:10px 0 10px 10px;border-bottom:1px solid var(--line)}
.wide td,.wide td:nth-child(2){min-width:0}.wide td{border:0;padding:2px 4px}.wide td:before{content:attr(data-label) " ";color:var(--soft);font-size:.8125rem}
.matrix th,.matrix td{padding:6px 4px;font-size:.8125rem}.matrix thead th{font-size:.6875rem}
}
@media print{
:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--wash:#fff;--urgent:#a8201a;--important:#8a5300;--routine:#1d5a9e;--none:#17693f;--accent:#143d66}
body{font-size:10.5pt;background:#fff}nav{display:none}.card,figure,tr{break-inside:avoid}h2{break-after:avoid}
details:not([open])>*:not(summary){display:block}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
@page{margin:16mm 14mm}
}
`;
