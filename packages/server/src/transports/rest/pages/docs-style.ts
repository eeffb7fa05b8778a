/** The look of the web app for Swagger UI: the same colours (Radix's slate and indigo), sizes and corners, light and dark. */
const light = `--ground:#fcfcfd;--sunk:#f9f9fb;--part:#f0f0f3;--line:#d9d9e0;--field:#b9bbc6;--text:#1c2024;--soft:#60646c;--link:#3a5bc7;
--get:#edf2fe;--on-get:#3a5bc7;--post:#e6f6eb;--on-post:#1c6f4b;--put:#fff7c2;--on-put:#7d4e00;--delete:#feebec;--on-delete:#b3261e;color-scheme:light`
const dark = `--ground:#111113;--sunk:#18191b;--part:#212225;--line:#363a3f;--field:#5a6169;--text:#edeef0;--soft:#b0b4ba;--link:#9eb1ff;
--get:#182449;--on-get:#9eb1ff;--post:#132d21;--on-post:#3dd68c;--put:#302008;--on-put:#ffca16;--delete:#3b1219;--on-delete:#ff9592;color-scheme:dark`

/** Dark by the system until the script has said what the reader chose: it sets `dark-mode` or `light-mode`. */
const base = `
#api{${light};background:var(--ground);color:var(--text);font:14px/1.45 var(--sans);
--sans:'Inter Variable',Inter,system-ui,sans-serif;--mono:'JetBrains Mono Variable','JetBrains Mono',ui-monospace,monospace}
#api.dark-mode{${dark}}
@media (prefers-color-scheme:dark){#api:not(.light-mode){${dark}}}
#api body{margin:0}
#api nav{position:sticky;top:0;z-index:2;display:flex;align-items:center;gap:20px;height:48px;padding:0 20px;overflow-x:auto;border-bottom:1px solid var(--line);background:var(--sunk);white-space:nowrap}
#api nav a{color:var(--soft);font-size:13px;text-decoration:none}
#api nav a:hover{color:var(--text);text-decoration:underline}
#api nav a:first-child{color:var(--text);font-weight:600}
#api :focus-visible{outline:2px solid var(--link);outline-offset:2px}
`

/** The pages of the error codes. In themselves: whoever may not read the documentation may read them. */
const article = `
#api main.text{max-width:760px;margin:0 auto;padding:20px 20px 48px;overflow-wrap:break-word}
#api main.text h1{margin:0 0 16px;font-size:20px}
#api main.text :is(p,dd){max-width:70ch}
#api main.text ul{margin:0;padding:0;list-style:none}
#api main.text li{display:grid;grid-template-columns:minmax(0,200px) 40px minmax(0,1fr);gap:0 12px;padding:6px 0;border-bottom:1px solid var(--line)}
#api main.text dt{margin-top:16px;font-weight:600}
#api main.text dd{margin:4px 0 0}
#api main.text code{padding:1px 4px;border-radius:4px;background:var(--part);font:.93em var(--mono)}
#api main.text a{color:var(--link)}
#api main.text .soft{color:var(--soft)}
@media (max-width:500px){#api main.text{padding:16px 12px 32px}#api main.text li{grid-template-columns:minmax(0,1fr) auto}#api main.text li>:last-child{grid-column:1/-1}}
`

/** Each selector begins with the page's id, which wins over Swagger UI's own rules for light and dark. */
const parts = `
#api .swagger-ui{background:none;color:var(--text);font-family:var(--sans)}
#api .swagger-ui .wrapper{max-width:1100px;padding:0 20px}
#api .swagger-ui :is(a,h1,h2,h3,h4,h5,p,li,td,th,label,span,button,input,select,textarea,.opblock-tag,.opblock-summary-description,.tab li,.parameter__name,.parameter__type,.response-col_status,.response-col_links){font-family:var(--sans)}
#api .swagger-ui :is(h2,h3,h4,h5,p,li,td,th,label,table,.opblock-tag,.parameter__name,.response-col_status,.opblock-section-header h4,.opblock-description-wrapper p,.tab li,.model,.model-title,.info .title){color:var(--text)}
#api .swagger-ui :is(.opblock-tag small,.opblock-summary-description,.parameter__type,.parameter__in,.response-col_links,.info .base-url,.prop-format,.renderedMarkdown.soft){color:var(--soft)}
#api .swagger-ui .info{margin:24px 0 16px}
#api .swagger-ui .info .title{font-size:20px;font-weight:600}
#api .swagger-ui .info .title small{top:0;margin-left:8px;padding:2px 6px;border-radius:4px;background:var(--part);vertical-align:middle}
#api .swagger-ui .info .title small pre{color:var(--soft);font:500 13px/1.3 var(--mono)}
#api .swagger-ui .info :is(p,li){max-width:90ch;margin-inline:0;font-size:14px}
#api .swagger-ui :is(a,.info a){color:var(--link)}
#api .swagger-ui .opblock-tag a{color:var(--text)}
#api .swagger-ui .scheme-container{margin:0 0 8px;padding:0 0 16px;border-bottom:1px solid var(--line);background:none;box-shadow:none}
#api .swagger-ui .btn{min-height:32px;padding:4px 12px;border:1px solid var(--field);border-radius:6px;background:var(--ground);box-shadow:none;color:var(--text);font-size:13px;font-weight:500}
#api .swagger-ui .btn:hover{background:var(--part)}
#api .swagger-ui .btn svg{color:inherit;fill:currentColor}
#api .swagger-ui :is(.btn.execute,.btn.modal-btn.authorize){border-color:#3e63dd;background:#3e63dd;color:#fff}
#api .swagger-ui :is(input,select,textarea){border:1px solid var(--field);border-radius:6px;background-color:var(--ground);box-shadow:none;color:var(--text);font-size:13px}
#api .swagger-ui textarea{font-family:var(--mono)}
#api .swagger-ui .opblock-tag{padding:12px 8px;border-bottom:1px solid var(--line);font-size:16px;font-weight:600}
#api .swagger-ui .opblock-tag small{font-size:13px;font-weight:400}
#api .swagger-ui .opblock{margin:0 0 8px;border:1px solid var(--line);border-radius:6px;background:var(--ground);box-shadow:none}
#api .swagger-ui .opblock .opblock-summary{padding:4px 8px 4px 4px;border-color:var(--line)}
#api .swagger-ui .opblock .opblock-section-header{background:var(--sunk);box-shadow:inset 0 -1px var(--line)}
#api .swagger-ui .opblock-summary-method{min-width:68px;padding:5px 0;border-radius:4px;background:var(--part);color:var(--text);font:600 13px/1.4 var(--mono);text-shadow:none}
#api .swagger-ui .opblock-get .opblock-summary-method{background:var(--get);color:var(--on-get)}
#api .swagger-ui .opblock-post .opblock-summary-method{background:var(--post);color:var(--on-post)}
#api .swagger-ui :is(.opblock-put,.opblock-patch) .opblock-summary-method{background:var(--put);color:var(--on-put)}
#api .swagger-ui .opblock-delete .opblock-summary-method{background:var(--delete);color:var(--on-delete)}
#api .swagger-ui :is(.opblock-summary-path,.opblock-summary-path a,.opblock-summary-path__deprecated) {color:var(--text);font:500 13px/1.4 var(--mono)}
#api .swagger-ui .opblock-summary-path span{font-family:var(--mono)}
#api .swagger-ui :is(.expand-operation svg,.opblock-control-arrow svg,.authorization__btn svg){color:var(--soft);fill:var(--soft)}
#api .swagger-ui :is(.markdown code,.renderedMarkdown code){padding:1px 4px;border-radius:4px;background:var(--part);color:var(--text);font:400 .9em var(--mono)}
#api .swagger-ui :is(.highlight-code .microlight,.opblock-body pre.microlight){border:1px solid var(--line);border-radius:6px;font:13px/1.5 var(--mono)}
#api .swagger-ui section.models{border:1px solid var(--line);border-radius:6px}
#api .swagger-ui section.models .model-container{background:var(--sunk)}
#api .swagger-ui :is(.model-box,.json-schema-2020-12-head){background:none}
#api .swagger-ui .dialog-ux .modal-ux{border:1px solid var(--line);border-radius:6px;background:var(--ground)}
@media (max-width:500px){#api nav{gap:16px;padding:0 12px}#api nav a[href$=json]{display:none}#api .swagger-ui .wrapper{padding:0 12px}#api .swagger-ui .opblock-tag{flex-wrap:wrap;padding:12px 0}#api .swagger-ui .opblock-tag small{order:3;flex-basis:100%;padding:0}}
`

export const docsStyle = base + parts
export const textPageStyle = base + article
