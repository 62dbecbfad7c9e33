'use strict';

// node:inspector whose sessions answer with promises.

const { Promise } = primordials;

const inspector = require('inspector');

class Session extends inspector.Session {
  post(method, params) {
    return new Promise((resolve, reject) => {
      super.post(method, params, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}

module.exports = { ...inspector, Session };
