// jsdom with scripts, events, fetch of resources; cheerio; htmlparser2; xml2js; fast-xml-parser.
// packages: jsdom cheerio htmlparser2 xml2js fast-xml-parser
'use strict';

const { JSDOM, VirtualConsole } = require('jsdom');
const cheerio = require('cheerio');
const { parseDocument, DomUtils } = require('htmlparser2');
const xml2js = require('xml2js');
const { XMLParser, XMLBuilder, XMLValidator } = require('fast-xml-parser');

async function main() {
  const console_ = new VirtualConsole()
    .on('log', (...values) => console.log('page:', ...values))
    .on('jsdomError', (error) => console.log('page error:', error.message.split('\n')[0]));
  const { window } = new JSDOM(
    `<!doctype html><title>t</title><ul id=list><li class="a b">1<li>2</ul>
    <form><input name=x value=1 required><button>go</button></form>
    <script>console.log(document.querySelectorAll('li').length, typeof window, [] instanceof Array);
      setTimeout(() => { document.title = 'later'; }, 5); customElements.define('x-y',
        class extends HTMLElement {
      connectedCallback() { this.textContent = 'custom'; } });
        throw new Error('in the page');</script><x-y></x-y>`,
    {
      runScripts: 'dangerously',
      url: 'http://page.test/a?b#c',
      virtualConsole: console_,
      pretendToBeVisual: true,
    },
  );
  const { document } = window;
  console.log(
    document.querySelector('li:nth-child(2)').textContent,
    document.querySelector('x-y').outerHTML,
  );
  const list = document.getElementById('list');
  list.addEventListener('click', (event) =>
    console.log('clicked', event.target.className, event.eventPhase, event.isTrusted),
  );
  list.firstChild.click();
  const seen = new Promise((resolve) =>
    new window.MutationObserver((records) => resolve(records.map(({ type }) => type))).observe(
      list,
      { childList: true, attributes: true },
    ),
  );
  list.append(document.createElement('li'), 'text');
  list.setAttribute('data-x', 'y');
  console.log(await seen, list.dataset.x, list.outerHTML);
  console.log(
    window.location.hash,
    window.localStorage.setItem('k', 'v'),
    window.localStorage.getItem('k'),
    (document.cookie = 'a=b'),
    document.cookie,
  );
  console.log(
    document.forms[0].checkValidity(),
    new window.FormData(document.forms[0]).get('x'),
    new window.URL('../z', window.location).href,
  );
  list.innerHTML = '<b style="color: red; margin: 1px 2px">styled</b>';
  console.log(window.getComputedStyle(list.firstChild).color, list.firstChild.style.marginLeft);
  await new Promise((resolve) => window.setTimeout(resolve, 20));
  await new Promise((resolve) => window.requestAnimationFrame(resolve));
  console.log(
    document.title,
    window.eval('1 + 1'),
    new window.DOMParser().parseFromString('<a><b/></a>', 'text/xml').documentElement.tagName,
  );
  console.log(window.btoa('text'), typeof window.TextEncoder, new window.Blob(['abc']).size);
  window.close();

  const $ = cheerio.load('<h2 class="title">Hello</h2><ul><li>a</li><li data-x="1">b</li></ul>');
  $('h2.title').text('changed').addClass('new');
  console.log(
    $.html(),
    $('li')
      .map((_, li) => $(li).text())
      .get(),
    $('li[data-x]').data('x'),
    $.extract({ items: ['li'] }),
  );
  const dom = parseDocument('<div><p>un<b>closed<p>two</div>');
  console.log(DomUtils.getOuterHTML(dom), DomUtils.textContent(dom));
  const xml =
    '<?xml version="1.0"?><root a="1"><item>x</item><item id="2"><![CDATA[<y>]]>' +
    '</item><n>5</n></root>';
  console.log(
    JSON.stringify(await xml2js.parseStringPromise(xml)),
    new xml2js.Builder().buildObject({ r: { a: [1, 2], $: { k: 'v' } } }),
  );
  await xml2js.parseStringPromise('<a><b></a>').catch((error) => console.log(error.message));
  console.log(
    JSON.stringify(new XMLParser({ ignoreAttributes: false }).parse(xml)),
    new XMLBuilder({ format: true }).build({ a: { b: [1, 2] } }),
  );
  console.log(XMLValidator.validate('<a><b></a>'));
}

main();
