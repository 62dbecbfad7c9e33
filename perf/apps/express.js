'use strict';
// Express with its defaults: a router, a text, and JSON with a parameter of the path.
// PACKAGES is the folder where express is installed.
const path = require('path');
const { createRequire } = require('module');

const express = createRequire(path.join(process.env.PACKAGES, 'index.js'))('express');
const app = express();

app.get('/', (req, res) => {
  res.send('Hello World');
});

app.get('/items/:id', (req, res) => {
  res.json({ id: req.params.id, page: req.query.page, agent: req.get('user-agent') });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
