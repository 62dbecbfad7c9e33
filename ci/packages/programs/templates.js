// ejs, pug, handlebars, nunjucks, mustache, marked, markdown-it.
// packages: ejs pug handlebars nunjucks mustache marked markdown-it
'use strict';

const ejs = require('ejs');
const pug = require('pug');
const handlebars = require('handlebars');
const nunjucks = require('nunjucks');
const mustache = require('mustache');
const { marked } = require('marked');
const markdownIt = require('markdown-it');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const express = require('express');

const data = {
  title: 'a <b> & "c"',
  items: [
    { name: 'one', price: 1.5 },
    { name: 'two', price: 2 },
  ],
  empty: [],
};
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'views-'));
const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
write(
  'page.ejs',
  '<%- include("part", { n: items.length }) %><% for (const i of items) { %><%= ' +
    'i.name %>:<%= title %>\n<% } %>',
);
write('part.ejs', '<i><%= n %></i>');
write('layout.pug', 'html\n  body\n    block content\n');
write(
  'page.pug',
  'extends layout\nblock content\n  h1= title\n  ul\n    each item in items\n      ' +
    'li(class=item.name) #{item.price.toFixed(2)}\n    else\n      li none\n  include ' +
    'part.pug\n',
);
write('part.pug', 'mixin box(t)\n  p.box= t\n+box("mixed")\n');
write(
  'page.njk',
  '{% extends "base.njk" %}{% block main %}{% for i in items %}{{ loop.index }} {{ ' +
    'i.name | upper }}{% endfor %}{{ title }}{{ title | safe }}{% endblock %}',
);
write('base.njk', '<{% block main %}{% endblock %}>');

async function main() {
  console.log(await ejs.renderFile(path.join(folder, 'page.ejs'), data));
  console.log(
    await ejs.render('<%= await later %>', { later: Promise.resolve('async') }, { async: true }),
  );
  try {
    ejs.render('line\n<%= none.such %>', {});
  } catch (error) {
    console.log(error.name, error.message);
  }
  console.log(
    pug.renderFile(path.join(folder, 'page.pug'), data),
    pug.compileClient('p= x', { compileDebug: false }).length > 100,
  );
  try {
    pug.render('p\n   - bad(');
  } catch (error) {
    console.log(error.code, error.line);
  }
  handlebars.registerHelper('loud', (text) => text.toUpperCase());
  handlebars.registerPartial('item', '<{{name}}>');
  console.log(
    handlebars.compile(
      '{{title}} {{{title}}} {{#each items}}{{@index}}{{> item}}{{loud ' +
        'name}}{{/each}}{{#if empty}}x{{else}}none{{/if}}',
    )(data),
  );
  try {
    handlebars.compile('{{#if}}')(data);
  } catch (error) {
    console.log(error.message);
  }
  console.log(
    new nunjucks.Environment(new nunjucks.FileSystemLoader(folder)).render('page.njk', data),
  );
  await new Promise((resolve) =>
    nunjucks.renderString('{{ none() }}', {}, (error) => {
      console.log(error.message);
      resolve();
    }),
  );
  console.log(
    mustache.render(
      '{{title}} {{{title}}} {{#items}}{{name}},{{/items}}{{^empty}}none{{/empty}}',
      data,
    ),
  );
  const text =
    '# Title\n\nSome *text* with `code` and [link](http://x.test "t").\n\n- a\n  - ' +
    'b\n- [ ] c\n\n| h | i |\n|---|:-:|\n| 1 | 2 |\n\n```js\nlet a = 1 < 2;\n```\n\n>' +
    ' quote\n\n<div>html</div>\n';
  console.log(marked.parse(text));
  console.log(
    markdownIt({ html: true, linkify: true, typographer: true }).render(
      `${text}\nwww.example.com "quoted" -- (c)`,
    ),
  );
  const app = express().set('views', folder).set('view engine', 'pug');
  app
    .get('/', (req, res) => res.render('page', data))
    .get('/ejs', (req, res) => res.render('page.ejs', data));
  const server = app.listen(0, '127.0.0.1', async () => {
    for (const url of ['/', '/ejs']) {
      const response = await fetch(`http://127.0.0.1:${server.address().port}${url}`);
      console.log(response.status, response.headers.get('etag'), await response.text());
    }
    server.close();
    fs.rmSync(folder, { recursive: true });
  });
}

main();
