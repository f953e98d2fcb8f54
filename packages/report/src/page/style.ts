/** The whole look: light and dark by the reader's setting, phone first, one column that becomes two. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#16202b;--muted:#55616e;--line:#dde3e9;--soft:#e9edf1;--link:#0b5cad;--band:#aebac7;--ours:#0b63b8;--other:#7a8794;--up:#b4552d;--down:#2f7d6b;--sim:#7a3ea8;--plain:#8a5a00}
@media(prefers-color-scheme:dark){:root{--bg:#0f1419;--card:#171e26;--ink:#e8edf2;--muted:#a3afbc;--line:#2b353f;--soft:#232c36;--link:#7cb8f5;--band:#52606e;--ours:#6db1f5;--other:#8b98a6;--up:#e08a5f;--down:#5fb8a2;--sim:#c79bea;--plain:#e0b050}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Hiragino Sans GB","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px 12px;z-index:1}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.page{max-width:1080px;margin:0 auto;padding:12px 16px 40px}
header{display:flex;flex-wrap:wrap;gap:6px 20px;align-items:baseline;justify-content:space-between;margin:4px 0 10px}
h1{font-size:1.35rem;line-height:1.25;margin:0;font-weight:650}h1 small{display:block;font-size:.85rem;font-weight:400;color:var(--muted)}
h2{font-size:1.2rem;margin:0 0 6px;line-height:1.3}h3{font-size:1.02rem;margin:20px 0 8px}h4{font-size:.95rem;margin:20px 0 4px}
h3::first-letter{text-transform:uppercase}
h1{flex:1 1 12rem}header nav{font-size:.95rem}nav.stations{display:flex;gap:4px 16px;flex-wrap:wrap}nav.stations details{margin:0}nav.stations summary{padding:0}
nav.sections{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 12px;font-size:.92rem}
nav.stations ul,.list{list-style:none;padding:0;margin:8px 0}nav.stations li{padding:4px 0}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 16px;margin:0 0 14px}
.muted,.note{color:var(--muted)}.note{margin:4px 0 10px;font-size:.93rem}
.hero{padding-top:14px}
.kicker{margin:0 0 10px;font-size:1.02rem}.kicker strong{margin-right:4px}.zone{color:var(--muted);font-size:.88rem;margin-left:4px}
.now{display:flex;gap:18px;align-items:center}
.now>div{min-width:0}
.class{font-size:1.5rem;line-height:1.15;margin:0;font-weight:700}
.interval-text{margin:4px 0 8px}
.chance{margin:0}.chance strong{font-size:1.25rem}
.advice{font-size:1.06rem;margin:10px 0 14px}.advice .muted{font-size:.92rem;display:block;margin-top:2px}
.also{border-top:1px solid var(--line);padding-top:12px;margin:14px 0 0}
.tag{display:inline-block;font-size:.75rem;font-weight:600;line-height:1.3;padding:1px 7px;border-radius:99px;border:1.5px solid currentColor;vertical-align:middle;white-space:nowrap}
.tag.sim{color:var(--sim)}.tag.plain,.tag.late{color:var(--plain)}
figure{margin:8px 0 4px}svg{display:block;max-width:100%}
svg.narrow,svg.wide{width:100%;height:auto}svg.narrow{max-width:520px}svg.wide{display:none}
svg text{font-size:12px;fill:var(--muted);font-family:inherit}
svg text.name,svg text.value{font-size:14px;fill:var(--ink)}svg text.value{font-weight:600;font-variant-numeric:tabular-nums}
svg text.mark{fill:var(--sim);font-weight:600}
.disc{flex:none}.disc.large{width:124px}.disc.small{width:52px}.disc text.number{font-size:38px;font-weight:700}.disc.small text.number{font-size:36px}.disc text.unit{font-size:13px;font-weight:600}.disc text[fill="#000"]{fill:#000}.disc text[fill="#fff"]{fill:#fff}
.rim{stroke:var(--ink);stroke-opacity:.35;stroke-width:2}.nothing{fill:none;stroke:var(--muted);stroke-width:3;stroke-dasharray:8 7}.edge{stroke:var(--ink);stroke-opacity:.35;stroke-width:1}
.swatch{display:inline-block;width:12px;height:12px;margin-right:8px;vertical-align:-1px}
.share rect{vector-effect:non-scaling-stroke}.share{width:100%;height:10px;border-radius:3px;min-width:60px}.track{fill:var(--soft)}.fill{fill:var(--ours)}
.interval{stroke:var(--ink);stroke-width:4;stroke-linecap:round;opacity:.55}.interval-end{stroke:var(--ink);stroke-width:2}.point{fill:var(--ink);stroke:var(--card);stroke-width:2}.needle{stroke:var(--ink);stroke-width:2}
.grid{stroke:var(--line)}.zero{stroke:var(--muted);stroke-width:1.5}
.band{fill:var(--band);opacity:.55}.band.plain{fill:none;stroke:var(--other);stroke-dasharray:3 2;opacity:1}
.dot{stroke:var(--ink);stroke-width:1.2}.cross{fill:var(--ink);stroke:var(--card);stroke-width:1}
.line{fill:none;stroke-width:2.2}.ours{stroke:var(--ours)}.other{stroke:var(--other);stroke-dasharray:5 4}.spot{fill:var(--ours)}
.diagonal{stroke:var(--other);stroke-dasharray:5 4}.bubble{fill:var(--ours);fill-opacity:.55;stroke:var(--ours);stroke-width:1.5}
.up{fill:var(--up)}.down{fill:var(--down)}
.day-final{fill:var(--ours)}.day-partial{fill:var(--plain)}.day-modelled{fill:var(--down)}.day-missing{fill:var(--band)}
details{margin:6px 0}summary{cursor:pointer;color:var(--link);padding:4px 0;width:fit-content}
.scroll{overflow-x:auto;max-height:26rem}
table{border-collapse:collapse;width:100%;font-size:.93rem;overflow-wrap:normal}th,td{padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:middle;text-align:left;font-weight:400}
thead th{color:var(--muted);font-size:.85rem}tbody tr:last-child>*{border-bottom:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.chances td:nth-child(2){width:40%}.chances tbody th{padding-left:20px;text-indent:-20px}.chances thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
dl{margin:0}.facts>div{padding:7px 0;border-bottom:1px solid var(--line)}.facts>div:last-child{border-bottom:0}.two .facts>div{display:grid;grid-template-columns:5.6rem 1fr;gap:10px;padding:5px 0;font-size:.93rem;align-items:baseline}
dt{color:var(--muted);font-size:.85rem}dd{margin:0}dd ul{margin:2px 0;padding-left:18px}
.tiles{display:grid;grid-template-columns:1fr 1fr;gap:10px;margin:8px 0 10px}
.tile{background:var(--soft);border-radius:10px;padding:10px 12px}.tile dd{font-size:1.15rem;font-weight:650}.tile small{display:block;font-size:.82rem;font-weight:400;color:var(--muted)}
.backtest{border-left:4px solid var(--band);padding-left:12px;margin-top:16px}.backtest h4{margin-top:0}.backtest tbody th{min-width:6em}
code{font:.85em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;word-break:break-all}
.list{display:grid;gap:10px}.list a{display:flex;gap:14px;align-items:center;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:12px 14px;color:inherit;text-decoration:none}.list a:hover strong{text-decoration:underline}.list strong{display:block}
footer{color:var(--muted);font-size:.9rem;padding:6px 2px}footer p{margin:6px 0}
@media(min-width:600px){.list{grid-template-columns:1fr 1fr}}
@media(min-width:860px){svg.narrow{display:none}svg.wide{display:block}.page{padding:24px 28px 60px}section{padding:24px 26px;margin-bottom:18px}h1{font-size:1.6rem}.class{font-size:2.4rem}.disc.large{width:168px}.now{gap:28px}.kicker{font-size:1.12rem}.two{display:grid;grid-template-columns:1fr 1fr;gap:0 36px;align-items:start}.two svg.narrow{display:block}.two svg.wide{display:none}.tiles{grid-template-columns:repeat(4,1fr)}.facts>div{display:grid;grid-template-columns:9rem 1fr;gap:12px}}
@media(min-width:1000px){.list{grid-template-columns:1fr 1fr 1fr}}
@media print{body{background:#fff}section{break-inside:avoid;border:0;padding:8px 0}nav{display:none}}
`.trim()
