import { build } from 'esbuild'; import {readFileSync,writeFileSync} from 'node:fs';
const plugin={name:'b',setup(b){b.onLoad({filter:/[\\/]src[\\/]x509[\\/][a-z0-9-]+\.ts$/},({path})=>({contents:readFileSync(path,'utf8').replace(/createRequire\(import\.meta\.url\)\('([^']+)'\)/g,(_,n)=>`require('./packages/${n}.cjs')`),loader:'ts'}));b.onResolve({filter:/^\.\/packages\//},({path})=>({path,external:true}))}};
await build({entryPoints:['src/cli/main.ts'],outfile:'dist/cli/one.cjs',bundle:true,format:'cjs',platform:'node',target:'node20',minifySyntax:true,minifyWhitespace:!!process.env.MIN,define:{PAYMEDIC_VERSION:'"x"','import.meta.url':'__url'},banner:{js:'const __url=require("node:url").pathToFileURL(__filename).href;'},plugins:[plugin]});
writeFileSync('dist/cli/boot.cjs',`
const vm=require('vm'),fs=require('fs'),path=require('path');
const f=path.join(__dirname,'one.cjs');const src=fs.readFileSync(f,'latin1');
let cached;try{cached=fs.readFileSync(f+'.cache')}catch{}
const s=new vm.Script('(function(exports,require,module,__filename,__dirname){'+src+'\\n})',{filename:f,cachedData:cached});
if(process.env.CC)console.error('rejected',s.cachedDataRejected);
const m={exports:{}};s.runInThisContext()(m.exports,require,m,f,__dirname);
process.on('exit',()=>{if(!cached)fs.writeFileSync(f+'.cache',s.createCachedData())});
`);
